"""The verbs of series: make one, change it, skip a day of it, end it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.content import occurrences, typed
from unisono.rooms.content.models import Occurrence, Post, Series, SeriesChannel, SeriesImage
from unisono.rooms.content.recurrence import (
    EVERY,
    INTERVAL_MAX,
    NTH,
    OCCURRENCES_MAX,
    End,
    Rule,
    Slot,
    last_day,
    slots,
)
from unisono.rooms.content.states import SERIES
from unisono.rooms.library.models import Asset
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan.models import Campaign, Objective

FIRST_YEAR, LAST_YEAR = 1970, 9000
"""Beyond these the calendar itself runs out somewhere in the arithmetic."""


@dataclass(frozen=True)
class Rhythm:
    """When a series happens: the rule, its anchor as a wall time in a zone, and its end."""

    rule: Rule
    wall: datetime
    zone: str
    end: End


@dataclass(frozen=True)
class Pattern:
    """What every post of a series starts as.

    `follow_ups` go out under it, in their order. `words`, `own_follow_ups` and `options` map a
    channel to its own text and follow-ups (None: the common ones) and what its network offers;
    `images` are assets with the alt text they have here (None: the library's).
    """

    title: str
    department: Department
    channels: Sequence[Channel]
    text: str = ""
    follow_ups: Sequence[str] = ()
    language: str = ""
    campaign: Campaign | None = None
    objective: Objective | None = None
    words: Mapping[UUID, str | None] = field(default_factory=dict)
    own_follow_ups: Mapping[UUID, Sequence[str] | None] = field(default_factory=dict)
    options: Mapping[UUID, dict[str, Any]] = field(default_factory=dict)
    images: Sequence[tuple[Asset, str | None]] = ()

    @classmethod
    def of(cls, row: Post | Series) -> Pattern:
        """The pattern a post would be, or that a series has."""
        parts: list[Any] = list(
            row.variants.filter(dropped_at=None).select_related("channel")
            if isinstance(row, Post)
            else row.channels.select_related("channel")
        )
        return cls(
            title=row.title,
            department=row.department,
            channels=[part.channel for part in parts],
            text=row.text,
            follow_ups=row.follow_ups,
            language=row.language,
            campaign=row.campaign,
            objective=row.objective,
            words={part.channel_id: part.text for part in parts},
            own_follow_ups={part.channel_id: part.follow_ups for part in parts},
            options={part.channel_id: part.options for part in parts},
            images=[(image.asset, image.alt) for image in row.images.select_related("asset")],
        )


@dataclass(frozen=True)
class Changed:
    """How many posts ahead followed a change, were taken back, made anew, and left as they are."""

    followed: int
    removed: int
    made: int
    left: int


def make_series(pattern: Pattern, rhythm: Rhythm, *, by: Actor, now: datetime) -> Series:
    """Start a series; the posts of the window ahead are made at once.

    They are ordinary posts, pencilled in: nothing of them goes out unless it is approved and
    scheduled like any other. Raises Invalid for a rule, time or end that cannot be.
    """
    by.must(Capability.WRITE, pattern.department)
    coming = foreseen(rhythm)
    content.meant(coming[0].wall, rhythm.zone, now=now)
    with transaction.atomic():
        series = _started(pattern, rhythm, coming, by=by, now=now)
        occurrences.extend(series, by=by, now=now)
    series.refresh_from_db()
    return series


def repeat_post(post: Post, rhythm: Rhythm, *, by: Actor, now: datetime) -> Series:
    """Start a series with a post as its pattern.

    A post without a time, or with the very time of the first occurrence, becomes that occurrence;
    any other stays as it is.
    """
    by.must(Capability.WRITE, post.department_id)
    if Occurrence.objects.filter(post=post).exists():
        raise Conflict(_("This post belongs to a series already. Change the series instead."))
    pattern, coming = Pattern.of(post), foreseen(rhythm)
    content.meant(coming[0].wall, rhythm.zone, now=now)
    first = coming[0]
    instants = set(post.variants.filter(dropped_at=None).values_list("planned_at", flat=True))
    with transaction.atomic():
        series = _started(pattern, rhythm, coming, by=by, now=now)
        if instants <= {None, first.at}:
            occurrences.adopt(series, post, first, by=by, now=now)
        occurrences.extend(series, by=by, now=now)
    series.refresh_from_db()
    return series


def change_series(
    series: Series,
    *,
    pattern: Pattern,
    rhythm: Rhythm,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Changed:
    """Change what a series says, or when.

    The posts ahead that nobody touched follow; those edited, moved, in review, approved or
    scheduled stay as they are. Raises Outdated when somebody else changed it after `version`.
    """
    by.must(Capability.WRITE, series.department_id)
    by.must(Capability.WRITE, pattern.department)
    coming = foreseen(rhythm)
    if coming[-1].at <= now:
        raise Invalid(_("No date lies ahead. Choose a later end, or end the series."), field="end")
    with transaction.atomic():
        # Dates that passed unmade under the rule so far are missed under that rule.
        occurrences.extend(series, by=by, now=now)
        _lock(series, version)
        if series.state != "running":
            raise Conflict(_("This series has ended."))
        _set(series, pattern, rhythm, coming, by=by)
        series.version, series.changed_at, series.made_until = series.version + 1, now, now
        series.save()
        _set_parts(series, pattern)
        followed, removed = occurrences.follow(series, by=by, now=now)
        made = len(occurrences.extend(series, by=by, now=now))
        left = occurrences.ahead(series, now).count() - followed - made
        told = {"followed": followed, "removed": removed, "made": made}
        events.record("series.changed", series, by=by, now=now, **told)
    series.refresh_from_db()
    return Changed(followed, removed, made, left)


def skip(series: Series, *, day: date, by: Actor, now: datetime) -> Occurrence:
    """Leave one day of a series out: its post is removed, and never made again."""
    by.must(Capability.WRITE, series.department_id)
    with transaction.atomic():
        _lock(series, None)
        row = series.occurrences.filter(day=day).select_related("post").first()
        if row is None:
            return _leave_out(series, day, by=by, now=now)
        if row.state == "skipped":
            return row
        if row.state == "missed" or row.at <= now or row.post is None or row.post.removed_at:
            raise Conflict(_("The time of this occurrence has passed. It cannot be skipped."))
        content.remove_post(row.post, by=by, now=now)
        row.refresh_from_db()
    return row


def end_series(series: Series, *, by: Actor, now: datetime) -> Changed:
    """Make no more posts, and take back those ahead that nobody touched."""
    by.must(Capability.WRITE, series.department_id)
    with transaction.atomic():
        occurrences.extend(series, by=by, now=now)
        _lock(series, None)
        advance(series, SERIES, "ended", by=by, now=now, changed_at=now)
        removed = occurrences.unmade(series, by=by, now=now)
        left = occurrences.ahead(series, now).count()
    return Changed(0, removed, 0, left)


def foreseen(rhythm: Rhythm) -> list[Slot]:
    """All dates of a series, at least one. Raises Invalid for what cannot be."""
    _check_rule(rhythm.rule)
    if rhythm.wall.year > LAST_YEAR:
        raise Invalid(_("This day lies too far ahead."), field="day")
    if rhythm.wall.year < FIRST_YEAR:
        raise Invalid(_("This time has passed already. Choose one ahead."), field="at")
    _check_end(rhythm.end, rhythm.wall.date())
    content.instant_of(rhythm.wall, rhythm.zone)
    found = list(slots(_whole(rhythm), rhythm.wall, rhythm.zone, rhythm.end))
    if not found:
        raise Invalid(_("No date lies before this end."), field="until")
    if len(found) > OCCURRENCES_MAX:
        raise Invalid(
            _("A series has %(n)s posts at most. Choose an earlier end.") % {"n": OCCURRENCES_MAX},
            field="until",
        )
    if found[-1].day > last_day(rhythm.wall.date()):
        raise Invalid(_("A series lasts two years at most. Choose an earlier end."), field="count")
    return found


def _started(
    pattern: Pattern, rhythm: Rhythm, coming: Sequence[Slot], *, by: Actor, now: datetime
) -> Series:
    series = Series(made_by=by.member, made_at=now, changed_at=now, made_until=now)
    _set(series, pattern, rhythm, coming, by=by)
    series.save()
    _set_parts(series, pattern)
    events.record("series.started", series, by=by, now=now, title=series.title)
    return series


def _set(
    series: Series, pattern: Pattern, rhythm: Rhythm, coming: Sequence[Slot], *, by: Actor
) -> None:
    if not pattern.channels:
        raise Invalid(_("Choose at least one channel first."), field="channels")
    series.title, series.text = typed.title(pattern.title), typed.text(pattern.text)
    series.follow_ups = typed.follow_ups(pattern.follow_ups)
    series.language = typed.language(pattern.language or by.language)
    series.department, series.campaign = pattern.department, pattern.campaign
    series.objective = pattern.objective
    rule = _whole(rhythm)
    series.every, series.interval = rule.every, rule.interval
    series.weekdays, series.nth = list(rule.weekdays), rule.nth
    series.wall, series.zone = f"{rhythm.wall:%Y-%m-%dT%H:%M}", rhythm.zone
    series.until, series.count = rhythm.end.until, rhythm.end.count
    series.last_at = coming[-1].at


def _set_parts(series: Series, pattern: Pattern) -> None:
    """The channels and images of the pattern, in place of those before."""
    before = {part.channel_id for part in series.channels.all()}
    for channel in pattern.channels:
        if channel.state == "disconnected" and channel.pk not in before:
            raise Conflict(
                _("%(channel)s is disconnected. Connect it again first.")
                % {"channel": channel.name},
                field="channels",
            )
    if len(pattern.images) > content.IMAGES_MAX:
        raise Invalid(
            _("A post takes %(n)s images at most.") % {"n": content.IMAGES_MAX}, field="images"
        )
    series.channels.all().delete()
    series.images.all().delete()
    own = {pk: None if text is None else typed.text(text) for pk, text in pattern.words.items()}
    parts = {
        pk: None if own_parts is None else typed.follow_ups(own_parts)
        for pk, own_parts in pattern.own_follow_ups.items()
    }
    SeriesChannel.objects.bulk_create(
        SeriesChannel(
            series=series,
            channel=channel,
            text=own.get(channel.pk),
            follow_ups=parts.get(channel.pk),
            options=pattern.options.get(channel.pk, {}),
        )
        for channel in {channel.pk: channel for channel in pattern.channels}.values()
    )
    images = {asset.pk: (asset, alt) for asset, alt in pattern.images}
    SeriesImage.objects.bulk_create(
        SeriesImage(
            series=series,
            asset=asset,
            position=position,
            alt=(asset.alt if alt is None else alt).strip(),
        )
        for position, (asset, alt) in enumerate(images.values())
    )


def _lock(series: Series, version: int | None) -> None:
    """Wait for others who change it, and see what they made of it."""
    fresh = Series.objects.select_for_update().get(pk=series.pk)
    if version is not None and fresh.version != version:
        raise content.Outdated(
            _("Somebody else changed this series while you were at it. Look at it again.")
        )
    series.version, series.state = fresh.version, fresh.state
    series.made_until, series.last_at = fresh.made_until, fresh.last_at


def _leave_out(series: Series, day: date, *, by: Actor, now: datetime) -> Occurrence:
    """Keep a day that is not made yet from being made."""
    slot = next((s for s in occurrences.slots_of(series) if s.day == day and s.at > now), None)
    if slot is None or series.state != "running":
        raise Invalid(_("This series has no occurrence ahead on that day."), field="day")
    row = Occurrence.objects.create(
        series=series,
        day=day,
        wall=f"{slot.wall:%Y-%m-%dT%H:%M}",
        zone=series.zone,
        at=slot.at,
        state="skipped",
    )
    events.record("occurrence.skipped", row, by=by, now=now)
    return row


def _whole(rhythm: Rhythm) -> Rule:
    """The rule with what it leaves to the anchor, and without what it has no use for."""
    rule, anchor = rhythm.rule, rhythm.wall.weekday()
    if rule.every == "week":
        return replace(rule, nth=0, weekdays=tuple(sorted(set(rule.weekdays))) or (anchor,))
    if rule.every == "month" and rule.nth:
        return replace(rule, weekdays=rule.weekdays[:1] or (anchor,))
    return replace(rule, nth=0, weekdays=())


def _check_rule(rule: Rule) -> None:
    if rule.every not in EVERY:
        raise Invalid(_("Choose one of the values offered."), field="every")
    if not 1 <= rule.interval <= INTERVAL_MAX:
        raise Invalid(_("Choose a number from 1 to %(n)s.") % {"n": INTERVAL_MAX}, field="interval")
    if any(not 0 <= day <= 6 for day in rule.weekdays):
        raise Invalid(_("Choose one of the values offered."), field="weekdays")
    if rule.nth and rule.nth not in NTH:
        raise Invalid(_("Choose one of the values offered."), field="nth")


def _check_end(end: End, first: date) -> None:
    if (end.until is None) == (end.count is None):
        raise Invalid(_("Say when the series ends: on a day, or after a number."), field="ends")
    if end.count is not None and not 1 <= end.count <= OCCURRENCES_MAX:
        raise Invalid(_("Choose a number from 1 to %(n)s.") % {"n": OCCURRENCES_MAX}, field="count")
    if end.until and end.until < first:
        raise Invalid(_("The end lies before the first day."), field="until")
    if end.until and end.until > last_day(first):
        raise Invalid(_("A series lasts two years at most. Choose an earlier end."), field="until")

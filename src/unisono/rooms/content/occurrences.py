"""From a series to its posts: made ahead, kept like the pattern while untouched, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from unisono.kernel import events
from unisono.kernel.states import advance
from unisono.rooms.content import actions as content
from unisono.rooms.content import snapshot
from unisono.rooms.content.models import (
    Occurrence,
    Post,
    PostImage,
    Revision,
    Series,
    SeriesChannel,
    SeriesImage,
    Variant,
)
from unisono.rooms.content.recurrence import Slot, slots
from unisono.rooms.content.states import OCCURRENCE
from unisono.rooms.people.actors import Actor

AHEAD = timedelta(days=60)
"""How far ahead the posts of a series lie ready to be read, edited and approved."""


def slots_of(series: Series) -> Iterable[Slot]:
    """All the occurrences the rule means, from the anchor to the end."""
    return slots(series.rule, series.anchor, series.zone, series.end)


def extend(series: Series, *, by: Actor, now: datetime) -> list[Occurrence]:
    """Make the posts of the window ahead that are not made yet; those made or missed just now.

    A time that has passed unmade, since nothing was running, is kept as missed and no post is
    made of it. Two at once wait for each other; the table's key would refuse the second.
    """
    with transaction.atomic():
        fresh = Series.objects.select_for_update().get(pk=series.pk)
        if fresh.state != "running":
            return []
        horizon = now + AHEAD
        coming = [
            slot
            for slot in takewhile(lambda slot: slot.at <= horizon, slots_of(fresh))
            if slot.at > fresh.made_until
        ]
        taken = set(fresh.occurrences.filter(day__in=[s.day for s in coming]).values_list("day"))
        coming = [slot for slot in coming if (slot.day,) not in taken]
        missed = _miss_all(fresh, [s for s in coming if s.at <= now], by=by, now=now)
        made = _make_all(fresh, [s for s in coming if s.at > now], by=by, now=now)
        Series.objects.filter(pk=fresh.pk).update(made_until=max(horizon, fresh.made_until))
    return [*missed, *made]


def miss(occurrence: Occurrence, *, channels: Sequence[str], by: Actor, now: datetime) -> None:
    """Keep that an occurrence's time came and it was not on its way on these channels."""
    advance(occurrence, OCCURRENCE, "missed", by=by, now=now, data={"channels": list(channels)})


def adopt(series: Series, post: Post, slot: Slot, *, by: Actor, now: datetime) -> None:
    """Make a post that exists the occurrence of its day."""
    for variant in post.variants.filter(dropped_at=None, planned_at=None):
        content.plan_variant(variant, wall=slot.wall, zone=series.zone, by=by, now=now)
    row = _row(series, slot)
    row.post, row.post_version = post, post.version
    row.save()


def ahead(series: Series, now: datetime) -> QuerySet[Occurrence]:
    """The occurrences made for a time to come, whose post is still there."""
    rows = series.occurrences.filter(state="made", at__gt=now, post__removed_at=None)
    return rows.select_related("post")


def untouched(series: Series, now: datetime) -> QuerySet[Occurrence]:
    """Those ahead that are as the series made them: not edited, moved, asked about or scheduled.

    To ask for approval, and to schedule, is to freeze a revision.
    """
    variants = Variant.objects.filter(post=OuterRef("post"), dropped_at=None)
    moved = variants.filter(~Q(planned_wall=OuterRef("wall")) | ~Q(planned_zone=OuterRef("zone")))
    frozen = Revision.objects.filter(variant__post=OuterRef("post"))
    return ahead(series, now).filter(
        ~Exists(moved), ~Exists(frozen), post__version=F("post_version")
    )


def follow(series: Series, *, by: Actor, now: datetime) -> tuple[int, int]:
    """Bring what nobody touched in line with the pattern and rule; how many kept, how many left.

    What the rule no longer means is taken back.
    """
    wanted = {slot.day: slot for slot in slots_of(series) if slot.at > now}
    rows = _locked(series, now)
    kept = [row for row in rows if row.day in wanted]
    for row in kept:
        _rewrite(row, series, wanted[row.day], now)
    events.record_all("post.changed", [row.post for row in kept], by=by, now=now)
    return len(kept), take_back([row for row in rows if row.day not in wanted], by=by, now=now)


def take_back(rows: Sequence[Occurrence], *, by: Actor, now: datetime) -> int:
    """Remove posts that a series made and nobody touched, with what kept their day; how many."""
    for row in rows:
        row.delete()
        content.remove_post(row.post, by=by, now=now)  # type: ignore[arg-type]
    return len(rows)


def unmade(series: Series, *, by: Actor, now: datetime) -> int:
    """Take back all that is ahead and untouched."""
    return take_back(_locked(series, now), by=by, now=now)


def _locked(series: Series, now: datetime) -> list[Occurrence]:
    """The untouched ones; who is saving one at this moment is waited for and then left alone."""
    posts = Post.objects.filter(occurrence__series=series, occurrence__at__gt=now)
    list(posts.select_for_update(of=("self",)).values_list("pk"))
    return list(untouched(series, now).select_related("post"))


def _miss_all(
    series: Series, gone: Sequence[Slot], *, by: Actor, now: datetime
) -> list[Occurrence]:
    rows = [_row(series, slot, state="missed") for slot in gone]
    Occurrence.objects.bulk_create(rows)
    events.record_all("occurrence.missed", rows, by=by, now=now)
    return rows


def _make_all(
    series: Series, coming: Sequence[Slot], *, by: Actor, now: datetime
) -> list[Occurrence]:
    """One ordinary post for each slot, in a fixed number of statements."""
    channels, images = _parts(series)
    rows, posts, variants, pictures = [], [], [], []
    for slot in coming:
        post = Post(written_by=series.made_by, written_at=now, changed_at=now)
        _describe(post, series)
        shown = _pictures(post, images)
        posts.append(post)
        pictures += shown
        variants += [_variant(Variant(post=post), part, slot, series, shown) for part in channels]
        row = _row(series, slot)
        row.post, row.post_version = post, post.version
        rows.append(row)
    Post.objects.bulk_create(posts)
    PostImage.objects.bulk_create(pictures)
    Variant.objects.bulk_create(variants)
    Occurrence.objects.bulk_create(rows)
    told = [{"title": post.title, "series": str(series.pk)} for post in posts]
    events.record_all("post.written", posts, by=by, now=now, data=told)
    return rows


def _rewrite(row: Occurrence, series: Series, slot: Slot, now: datetime) -> None:
    """The post of an occurrence as the series would make it today."""
    post = row.post
    if post is None:
        return
    channels, images = _parts(series)
    _describe(post, series)
    post.version, post.changed_at = post.version + 1, now
    post.save()
    post.images.all().delete()
    shown = PostImage.objects.bulk_create(_pictures(post, images))
    there = {variant.channel_id: variant for variant in post.variants.all()}
    for part in channels:
        variant = there.pop(part.channel_id, None) or Variant(post=post)
        variant.post, variant.dropped_at = post, None
        _variant(variant, part, slot, series, shown).save()
    Variant.objects.filter(pk__in=[v.pk for v in there.values()], dropped_at=None).update(
        dropped_at=now
    )
    row.wall, row.zone, row.at = f"{slot.wall:%Y-%m-%dT%H:%M}", series.zone, slot.at
    row.post_version = post.version
    row.save()


def _parts(series: Series) -> tuple[list[SeriesChannel], list[SeriesImage]]:
    return (
        list(series.channels.select_related("channel")),
        list(series.images.select_related("asset")),
    )


def _row(series: Series, slot: Slot, *, state: str = "made") -> Occurrence:
    wall = f"{slot.wall:%Y-%m-%dT%H:%M}"
    return Occurrence(
        series=series, day=slot.day, wall=wall, zone=series.zone, at=slot.at, state=state
    )


def _describe(post: Post, series: Series) -> None:
    post.title, post.text, post.language = series.title, series.text, series.language
    post.follow_ups = list(series.follow_ups)
    post.department, post.campaign = series.department, series.campaign
    post.objective = series.objective


def _pictures(post: Post, images: Iterable[SeriesImage]) -> list[PostImage]:
    return [
        PostImage(post=post, asset=image.asset, position=image.position, alt=image.alt)
        for image in images
    ]


def _variant(
    variant: Variant, part: SeriesChannel, slot: Slot, series: Series, images: list[PostImage]
) -> Variant:
    """The pattern's side for one channel. One that is disconnected by now gets it too: whoever
    schedules the post is told, and nothing falls away unseen."""
    variant.channel, variant.text, variant.options = part.channel, part.text, part.options
    variant.follow_ups = part.follow_ups
    _pencil(variant, slot, series.zone)
    variant.digest = snapshot.digest_now(variant, images)
    return variant


def _pencil(variant: Variant, slot: Slot, zone: str) -> None:
    variant.planned_wall, variant.planned_zone = f"{slot.wall:%Y-%m-%dT%H:%M}", zone
    variant.planned_at = slot.at

"""Due and late: what did not go out in time, what will not, why, and what can be done.

Each group is one question with a fixed number of queries, however many rows it finds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext, gettext_noop

from unisono.kernel.clock import to_wall
from unisono.networks.contract import Sentence
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.sentences import kept, said_again
from unisono.rooms.content.models import Variant
from unisono.rooms.content.queries import seen
from unisono.rooms.library.models import Asset
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.models import Department
from unisono.rooms.publishing.agenda import Filters
from unisono.rooms.publishing.models import Hold, Publication
from unisono.rooms.publishing.queries import badge, publications, troubled
from unisono.rooms.publishing.reasons import SENTENCES
from unisono.rooms.publishing.remedies import acts_on, what_to_do
from unisono.rooms.publishing.standings import badge_of, review_of
from unisono.rooms.publishing.states import DRIFTS, GRACE, READY
from unisono.rooms.publishing.stops import stopped
from unisono.rooms.publishing.turns import STUCK, stuck_behind
from unisono.rooms.workflow.queries import asked_and_agreed

PROMPT = timedelta(minutes=2)
"""What goes out within this after its time is on time; past it, lateness is told."""

BACK = timedelta(days=7)
AHEAD = timedelta(hours=24)

GROUPS = ("person", "working", "risk", "late")
"""Needs a person; late and being worked on; at risk; gone out late. In the order of urgency."""

RISKS: dict[str, str] = {
    "open": gettext_noop("It waits for approval, and does not go out without."),
    "changes_asked": gettext_noop("Changes were asked for, and it is not approved."),
    "draft": gettext_noop("Nobody has been asked to approve it."),
    "unscheduled": gettext_noop("It may go out, but is not scheduled."),
    "expires": gettext_noop("The channel's sign-in runs out before."),
    "image": gettext_noop("One of its images is archived, past its date, or missing."),
}
FOUND_AHEAD = ("unfit", "unprepared", "breaks")
"""What a pre-flight found in the way, and keeps with the row until it is gone."""

KEPT_REASONS = (*FOUND_AHEAD, *STUCK)
"""Reasons that are said as the row keeps them."""

OUT_LATE = gettext_noop("It went out after its time.")


@dataclass(frozen=True)
class Item:
    """One line of Due and late. `publication` is missing for what is only pencilled in.

    `late` is how long past its time it is, or went out; None while its time is still to come.
    `code` names the reason for programs; `acts` what this reader may do about it.
    """

    group: str
    code: str
    reason: str
    todo: str
    acts: tuple[str, ...]
    variant: Variant
    publication: Publication | None
    due_at: datetime
    zone: str
    state: str
    late: timedelta | None
    holds: tuple[Hold, ...] = ()

    @property
    def key(self) -> UUID:
        return self.publication.pk if self.publication else self.variant.pk

    @property
    def id(self) -> str:
        return str(self.key)

    @property
    def channel(self) -> Channel:
        return self.publication.channel if self.publication else self.variant.channel

    @property
    def department(self) -> Department:
        return self.variant.post.department

    @property
    def wall(self) -> datetime:
        """The due time as it was meant, in its zone."""
        return to_wall(self.due_at, self.zone)


def due(
    actor: Actor,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    filters: Filters | None = None,
    groups: Iterable[str] = GROUPS,
) -> list[Item]:
    """All that is due and not plainly published in time: by group, then by due time.

    What is open stays until it is settled, however old. `since` bounds what went out late or was
    never scheduled (by default a week back), `until` what is at risk (a day ahead).
    """
    filters = filters or Filters()
    since, until = since or now - BACK, until or now + AHEAD
    asked = {
        "person": lambda: needs_a_person(actor, now, filters) + missed(actor, since, now, filters),
        "working": lambda: under_way(actor, now, filters),
        "risk": lambda: (
            at_risk(actor, now, until, filters) + unscheduled(actor, now, until, filters)
        ),
        "late": lambda: gone_late(actor, since, now, filters),
    }
    wanted = set(groups)
    return [
        item
        for group in GROUPS
        if group in wanted
        for item in sorted(asked[group](), key=lambda item: (item.due_at, str(item.key)))
    ]


def needs_a_person(actor: Actor, now: datetime, filters: Filters) -> list[Item]:
    """Failed, held, in doubt with no way left to look, or no more as it was sent; or scheduled
    behind a post that does not go out unless somebody acts."""
    rows = list(troubled(actor).filter(filters.on("variant__")))
    rows += [row for row in _stuck(actor, filters) if not _may_come(row, now)]
    stops = stopped([row for row in rows if row.reason_code == "on_hold"])
    return [
        _item(actor, "person", _code(row), row, now, holds=stops.get(row.pk, ())) for row in rows
    ]


def _stuck(actor: Actor, filters: Filters) -> list[Publication]:
    """What is scheduled behind a post that does not go out by itself."""
    return stuck_behind(publications(actor, filters))


def _may_come(row: Publication, now: datetime) -> bool:
    """Whether the post before it is only not scheduled yet, and there is time for that still."""
    return row.reason_code == "follows_unplanned" and row.due_at >= now - PROMPT


def under_way(actor: Actor, now: datetime, filters: Filters) -> list[Item]:
    """Past its time, and still on its way by itself."""
    rows = publications(actor, filters).filter(_on_its_way(), due_at__lt=now - PROMPT)
    rows = rows.exclude(state="scheduled", reason_code__in=STUCK)
    return [_item(actor, "working", _code(row), row, now) for row in rows]


def gone_late(actor: Actor, since: datetime, now: datetime, filters: Filters) -> list[Item]:
    """Published, but after its time."""
    rows = publications(actor, filters).filter(
        state="published",
        due_at__gte=since,
        due_at__lte=now,
        published_at__gt=F("due_at") + PROMPT,
    )
    return [_item(actor, "late", "out_late", row, row.published_at or now) for row in rows]


def at_risk(actor: Actor, now: datetime, until: datetime, filters: Filters) -> list[Item]:
    """Scheduled up to `until`, but something is in its way that is known already."""
    rows = list(
        publications(actor, filters)
        .filter(READY, due_at__gte=now - PROMPT, due_at__lt=until)
        .annotate(**asked_and_agreed("revision_id", "variant_id"))
    )
    stops, images = stopped(rows), _unusable(rows)
    stuck = {row.pk: row for row in _stuck(actor, filters) if _may_come(row, now)}
    for row in rows:
        if row.pk in stuck:
            row.reason_code, row.reason = stuck[row.pk].reason_code, stuck[row.pk].reason
        elif row.reason_code in STUCK:
            row.reason_code, row.reason = "", None
    found = ((row, _risk(row, row.pk in stops, row.pk in images)) for row in rows)
    return [
        _item(actor, "risk", risk, row, now, holds=stops.get(row.pk, ()))
        for row, risk in found
        if risk
    ]


def missed(actor: Actor, since: datetime, now: datetime, filters: Filters) -> list[Item]:
    """Pencilled in for a time that has passed, and never scheduled."""
    rows = _pencilled(actor, filters).filter(planned_at__gte=since, planned_at__lt=now - PROMPT)
    return [_pencilled_item(actor, "person", row, now) for row in rows]


def unscheduled(actor: Actor, now: datetime, until: datetime, filters: Filters) -> list[Item]:
    """Pencilled in up to `until`, and not scheduled yet."""
    rows = _pencilled(actor, filters).filter(planned_at__gte=now - PROMPT, planned_at__lt=until)
    return [_pencilled_item(actor, "risk", row, now) for row in rows]


def waiting_on(actor: Actor, channel: Channel) -> QuerySet[Publication]:
    """What will not go out on the channel unless somebody connects it again, by due time."""
    rows = publications(actor, Filters(channels=(channel.pk,))).order_by("due_at")
    if channel.state != "connected":
        held = Q(state="held", reason_code__in=("needs_sign_in", "disconnected"))
        return rows.filter(READY | held)
    if channel.ends_at is None:
        return rows.none()
    return rows.filter(READY, due_at__gte=channel.ends_at)


def overdue(now: datetime) -> QuerySet[Publication]:
    """On their way for longer than is prompt after the time they were last meant to go out.

    A publication's latest time lies GRACE after that: after the due time, or after somebody
    asked for it to be sent again.
    """
    soon = Q(state="scheduled", next_at__lt=now + GRACE) | ~Q(state="scheduled")
    return Publication.objects.filter(
        soon, _on_its_way(), latest_at__lt=now - PROMPT + GRACE, due_at__lt=now - PROMPT
    )


def never_scheduled() -> QuerySet[Variant]:
    """Variants with a pencilled time for which there never was a publication."""
    scheduled = Publication.objects.filter(variant=OuterRef("pk"))
    return Variant.objects.filter(
        ~Exists(scheduled.filter(~Q(state="cancelled") | Q(due_at=OuterRef("planned_at")))),
        planned_at__isnull=False,
        dropped_at=None,
        post__removed_at=None,
    )


def _on_its_way() -> Q:
    return READY | Q(state="publishing") | Q(state="unknown", next_at__isnull=False)


def _code(row: Publication) -> str:
    if row.state == "unknown" and row.next_at is None:
        return "person_decides"
    if row.reason_code:
        return row.reason_code
    return {"failed": "refused", "held": "undecided", "publishing": "publishing"}.get(
        row.state, "queued"
    )


def _risk(row: Any, on_hold: bool, image: bool) -> str:
    """The first thing in the way of a scheduled publication; "" when there is none."""
    channel = row.channel
    if on_hold:
        return "on_hold"
    if row.asked and not row.agreed:
        return "not_approved"
    if row.revision.digest != row.variant.digest:
        return "edited"
    if row.reason_code in KEPT_REASONS:
        return str(row.reason_code)
    if channel.state != "connected":
        return str(channel.state)
    if channel.ends_at is not None and channel.ends_at <= row.due_at:
        return "expires"
    return "image" if image else ""


def _unusable(rows: Iterable[Publication]) -> set[UUID]:
    """Which publications have an image that is archived, past its date, or gone. One query."""
    wanted = {m["asset"] for row in rows for m in row.revision.media}
    if not wanted:
        return set()
    known = {str(asset.pk): asset for asset in Asset.objects.filter(pk__in=wanted)}
    there = {pk: default_storage.exists(asset.path) for pk, asset in known.items()}
    return {
        row.pk
        for row in rows
        for m in row.revision.media
        if not there.get(m["asset"]) or _ended(known[m["asset"]], row.due_at, row.zone)
    }


def _ended(asset: Asset, at: datetime, zone: str) -> bool:
    if asset.retired_at is not None:
        return True
    return asset.usable_until is not None and asset.usable_until < to_wall(at, zone).date()


def kept_risk(code: str, row: Publication) -> dict[str, Any]:
    """The sentence of a risk, as it is kept in events and notices."""
    if code in KEPT_REASONS and row.reason:
        return dict(row.reason)
    return kept(Sentence(RISKS.get(code) or SENTENCES[code]))


def _pencilled(actor: Actor, filters: Filters) -> QuerySet[Variant]:
    return (
        never_scheduled()
        .filter(seen(actor, "post__department"), filters.on(""))
        .select_related("channel", "post__department", "post__campaign")
        .annotate(review=review_of("pk", "digest"))
    )


def _item(
    actor: Actor,
    group: str,
    code: str,
    row: Publication,
    at: datetime,
    holds: Iterable[Hold] = (),
) -> Item:
    stops = tuple(holds)
    return Item(
        group=group,
        code=code,
        reason=_reason(group, code, row),
        todo=what_to_do(group, code),
        acts=acts_on(actor, group, code, row.variant, row.channel, stops),
        variant=row.variant,
        publication=row,
        due_at=row.due_at,
        zone=row.zone,
        state=badge(row),
        late=at - row.due_at if at > row.due_at and code not in DRIFTS else None,
        holds=stops,
    )


def _pencilled_item(actor: Actor, group: str, row: Any, now: datetime) -> Item:
    code = {"open": "open", "approved": "unscheduled", "changes_asked": "changes_asked"}.get(
        row.review or "", "draft"
    )
    if code == "draft" and not row.post.department.approval_required:
        code = "unscheduled"
    return Item(
        group=group,
        code=code,
        reason=gettext(RISKS[code]),
        todo=what_to_do(group, code),
        acts=acts_on(actor, group, code, row, row.channel, ()),
        variant=row,
        publication=None,
        due_at=row.planned_at,
        zone=row.planned_zone,
        state=badge_of(row.review),
        late=now - row.planned_at if now > row.planned_at else None,
    )


def _reason(group: str, code: str, row: Publication) -> str:
    if group == "late":
        return gettext(OUT_LATE)
    if group == "risk":
        return said_again(kept_risk(code, row))
    told = said_again(row.reason)
    return told or (gettext(SENTENCES[code]) if code in SENTENCES else "")

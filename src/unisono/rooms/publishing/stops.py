"""Questions about holds: which are in force, what they stop, and what a new one would stop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing.models import Hold, Publication
from unisono.rooms.publishing.states import READY

STOPPED = READY | Q(state="held", reason_code="on_hold")
"""What waits because of a hold, or will once its time has come."""


def holds(actor: Actor) -> QuerySet[Hold]:
    """The holds in force."""
    return Hold.objects.filter(lifted_at=None).select_related(
        "department", "campaign__department", "channel", "placed_by"
    )


def hold(actor: Actor, pk: UUID) -> Hold:
    """One hold; raises NotFound."""
    rows = Hold.objects.select_related("department", "campaign__department", "channel", "placed_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such hold."))
    return found


def may_lift(actor: Actor, hold: Hold) -> bool:
    """Whether the actor may lift the hold, as they might have placed it."""
    return actor.can(Capability.HOLD, where_of(hold))


def where_of(hold: Hold) -> Department | None:
    """The department whose people decide about the hold; None: the organization's."""
    return hold.department or (hold.campaign.department if hold.campaign else None)


def holds_on(rows: Sequence[Publication]) -> set[UUID]:
    """Which of these publications a hold in force stops. One query, however many rows."""
    return set(stopped(rows))


def stopped(rows: Sequence[Publication]) -> dict[UUID, list[Hold]]:
    """The holds in force that stop each of these publications; those nothing stops are missing."""
    if not rows:
        return {}
    stops = list(Hold.objects.filter(lifted_at=None))
    if not stops:
        return {}
    prefetch_related_objects(list(rows), "variant__post")
    departments = _parents() if any(h.department_id for h in stops) else {}
    found = {row.pk: [h for h in stops if _stops(h, row, departments)] for row in rows}
    return {pk: stopping for pk, stopping in found.items() if stopping}


def stopping(variants: Sequence[Variant]) -> list[tuple[Variant, list[Hold]]]:
    """The holds in force that would stop each of these as it is written now, planned or not."""
    stops = list(Hold.objects.filter(lifted_at=None))
    departments = _parents() if any(h.department_id for h in stops) else {}
    return [
        (
            row,
            [
                hold
                for hold in stops
                if _meant(hold, row.channel_id, row.post, [row.words, *row.parts], departments)
            ],
        )
        for row in variants
    ]


@dataclass(frozen=True)
class Impact:
    """What a hold stops: the posts the reader sees, by due time, how many others, and campaigns."""

    posts: list[Publication]
    unseen: int
    campaigns: list[Campaign]

    @property
    def total(self) -> int:
        return len(self.posts) + self.unseen


def impact(
    actor: Actor,
    *,
    department: Department | None = None,
    campaign: Campaign | None = None,
    channel: Channel | None = None,
    keyword: str = "",
) -> Impact:
    """What a hold on this target would stop."""
    target = Hold(
        department=department, campaign=campaign, channel=channel, keyword=keyword.strip()
    )
    return _impact(actor, _stopped_by(target, Publication.objects.filter(READY)))


def impact_of(actor: Actor, hold: Hold) -> Impact:
    """What a hold in force stops by now: what it holds back, and what it will."""
    return _impact(actor, _stopped_by(hold, Publication.objects.filter(STOPPED)))


def _impact(actor: Actor, rows: Iterable[Publication]) -> Impact:
    allowed = actor.departments_with(Capability.SEE)
    every = list(rows)
    seen = [r for r in every if allowed is None or r.variant.post.department_id in allowed]
    touched = {c.pk: c for row in seen if (c := row.variant.post.campaign)}
    return Impact(seen, len(every) - len(seen), sorted(touched.values(), key=lambda c: c.name))


def _stopped_by(hold: Hold, rows: QuerySet[Publication]) -> list[Publication]:
    """The rows this one hold stops, by due time."""
    narrowed = rows
    if hold.channel_id:
        narrowed = rows.filter(channel=hold.channel_id)
    elif hold.campaign_id:
        narrowed = rows.filter(variant__post__campaign=hold.campaign_id)
    found = narrowed.order_by("due_at", "pk").select_related(
        "channel", "revision", "variant__post__department", "variant__post__campaign"
    )
    parents = _parents() if hold.department_id else {}
    return [row for row in found if _stops(hold, row, parents)]


def _stops(hold: Hold, row: Publication, parents: dict[UUID, UUID | None]) -> bool:
    parts = [row.revision.text, *row.revision.follow_ups] if hold.keyword else []
    return _meant(hold, row.channel_id, row.variant.post, parts, parents)


def _meant(
    hold: Hold, channel: UUID, post: Post, parts: list[str], parents: dict[UUID, UUID | None]
) -> bool:
    if hold.channel_id:
        return channel == hold.channel_id
    if hold.campaign_id:
        return post.campaign_id == hold.campaign_id
    if hold.keyword:
        return hold.keyword.casefold() in "\n".join(parts).casefold()
    if hold.department_id:
        where: UUID | None = post.department_id
        while where is not None and where != hold.department_id:
            where = parents.get(where)
        return where is not None
    return True


def _parents() -> dict[UUID, UUID | None]:
    return dict(Department.objects.values_list("pk", "parent_id"))

"""Questions about publications: one agenda for every view, receipts, and what needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.sentences import said_again
from unisono.rooms.content.models import Variant
from unisono.rooms.content.queries import for_audiences, seen
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.models import Department
from unisono.rooms.publishing.models import Attempt, Evidence, Publication, ReadBack
from unisono.rooms.publishing.standings import DRIFTED, NEEDS_A_PERSON, badge_of, review_of, stuck
from unisono.rooms.publishing.states import DRIFTS, LIVE
from unisono.rooms.workflow.models import Decision


@dataclass(frozen=True)
class Filters:
    """What narrows an agenda or a list; empty means all."""

    departments: tuple[UUID, ...] = ()
    channels: tuple[UUID, ...] = ()
    campaigns: tuple[UUID, ...] = ()
    objectives: tuple[UUID, ...] = ()
    states: tuple[str, ...] = ()
    audiences: tuple[UUID, ...] = ()

    def on(self, path: str) -> Q:
        """The condition on a query whose variant lies at `path` ("" or "variant__")."""
        where = Q()
        if self.departments:
            where &= Q(**{f"{path}post__department__in": self.departments})
        if self.channels:
            where &= Q(**{f"{path}channel__in": self.channels})
        if self.campaigns:
            where &= Q(**{f"{path}post__campaign__in": self.campaigns})
        if self.objectives:
            where &= Q(**{f"{path}post__objective__in": self.objectives}) | Q(
                **{
                    f"{path}post__objective": None,
                    f"{path}post__campaign__objective__in": self.objectives,
                }
            )
        if self.audiences:
            where &= for_audiences(self.audiences, f"{path}post__")
        return where


@dataclass(frozen=True)
class Item:
    """One thing on the calendar. `state` is the badge: a publication's state, `incomplete` when it
    is out but a follow-up needs a person; draft, in_review, changes_asked or approved when it is
    only pencilled in."""

    variant_id: UUID
    publication_id: UUID | None
    post_id: UUID
    title: str
    at: datetime
    zone: str
    state: str
    channel: Channel
    department: Department
    campaign_id: UUID | None
    campaign_name: str
    objective_id: UUID | None
    series_id: UUID | None
    reason: str
    url: str

    @property
    def movable(self) -> bool:
        return self.publication_id is None or self.state in ("scheduled", "held")

    @property
    def needs_a_person(self) -> bool:
        return self.state in ("failed", "held", "doubtful", "incomplete", *DRIFTS)


def agenda(
    actor: Actor, start: datetime, end: datetime, filters: Filters | None = None
) -> list[Item]:
    """All that goes out, went out, or is pencilled in from `start` up to `end`, by time.

    Three queries, however many items: every calendar view asks this one question. Rows are read as
    plain values, since a month holds hundreds of them.
    """
    filters = filters or Filters()
    sent = (
        Publication.objects.filter(
            seen(actor, "variant__post__department"),
            filters.on("variant__"),
            due_at__gte=start,
            due_at__lt=end,
            part=0,
        )
        .exclude(state="cancelled")
        .annotate(stuck=Case(When(parts__gt=1, then=stuck()), default=Value(False)))
        .order_by()
        .values_list(
            "pk",
            "state",
            "next_at",
            "reason",
            "url",
            "due_at",
            "zone",
            "stuck",
            "reason_code",
            *_told("variant__"),
        )
    )
    pencilled = (
        Variant.objects.filter(
            seen(actor, "post__department"),
            filters.on(""),
            dropped_at=None,
            post__removed_at=None,
            planned_at__gte=start,
            planned_at__lt=end,
        )
        .exclude(
            Exists(Publication.objects.filter(variant=OuterRef("pk")).exclude(state="cancelled"))
        )
        .annotate(review=review_of("pk", "digest"))
        .order_by()
        .values_list("review", "planned_at", "planned_zone", *_told(""))
    )
    told = [*sent, *pencilled]
    departments = actor.departments.by_id({row[_DEPARTMENT] for row in told})
    around = _Around(Channel.objects.in_bulk(), departments)
    items = [_of_publication(row, around) for row in sent]
    items += [_of_variant(row, around) for row in pencilled]
    if filters.states:
        items = [item for item in items if item.state in filters.states]
    return sorted(items, key=lambda item: (item.at, item.title, str(item.variant_id)))


@dataclass(frozen=True)
class _Around:
    """What many items share."""

    channels: dict[Any, Channel]
    departments: dict[Any, Department]

    def item(self, told: Sequence[Any], **known: Any) -> Item:
        variant_id, post_id, title, channel_id, department_id, campaign_id, *rest = told
        campaign, objective_id, series_id = rest
        return Item(
            variant_id=variant_id,
            post_id=post_id,
            title=title,
            channel=self.channels[channel_id],
            department=self.departments[department_id],
            campaign_id=campaign_id,
            campaign_name=campaign or "",
            objective_id=objective_id,
            series_id=series_id,
            **known,
        )


_DEPARTMENT = -5
"""Where a row that ends with what `_told` names has its department."""


def _told(path: str) -> list[str | Coalesce]:
    """The columns every item has, of a query whose variant lies at `path`."""
    post = f"{path}post__"
    return [
        f"{path}pk",
        f"{path}post_id",
        f"{post}title",
        f"{path}channel_id",
        f"{post}department_id",
        f"{post}campaign_id",
        f"{post}campaign__name",
        Coalesce(f"{post}objective", f"{post}campaign__objective"),
        f"{post}occurrence__series_id",
    ]


def passed_by(now: datetime) -> QuerySet[Variant]:
    """The variants of occurrences whose time came while nothing of theirs was on its way."""
    sent = Publication.objects.filter(variant=OuterRef("pk")).exclude(state="cancelled")
    return Variant.objects.filter(
        ~Exists(sent),
        dropped_at=None,
        planned_at__lte=now,
        post__removed_at=None,
        post__occurrence__state="made",
    )


def publications(actor: Actor, filters: Filters | None = None) -> QuerySet[Publication]:
    """Publications of the departments the actor sees, by due time."""
    rows = Publication.objects.filter(seen(actor, "variant__post__department"))
    if filters:
        rows = rows.filter(filters.on("variant__"))
        if filters.states:
            rows = rows.filter(state__in=filters.states)
    return rows.select_related(
        "channel",
        "revision",
        "variant__post__department",
        "variant__post__campaign",
        "scheduled_by",
    )


def publication(actor: Actor, pk: UUID) -> Publication:
    """One publication; raises NotFound."""
    found = publications(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such publication."))
    return found


def troubled(actor: Actor) -> QuerySet[Publication]:
    """What waits for a person: failed, held, unknown with no way left to look, or no more as it was
    sent."""
    return publications(actor).filter(NEEDS_A_PERSON | DRIFTED).order_by("due_at")


@dataclass(frozen=True)
class Receipt:
    """The proof of one publication, for people and for the API.

    `chain` are the post and its follow-ups in order, this one among them; empty without any.
    """

    publication: Publication
    chain: list[Publication] = field(default_factory=list)
    approvals: list[Decision] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    read_back: ReadBack | None = None

    @property
    def reason(self) -> str:
        return said_again(self.publication.reason)


def receipt(actor: Actor, pk: UUID) -> Receipt:
    """What was approved, by whom, what was sent when, what the network answered, and the link."""
    found = publication(actor, pk)
    return Receipt(
        publication=found,
        chain=_chain(found),
        approvals=list(
            Decision.objects.filter(request__revision=found.revision_id).select_related("by")
        ),
        attempts=list(found.attempts.all()),
        evidence=list(found.evidence.select_related("by")),
        read_back=ReadBack.objects.filter(publication=found).first(),
    )


def _chain(publication: Publication) -> list[Publication]:
    if publication.parts == 1:
        return []
    rows = Publication.objects.filter(
        variant=publication.variant_id, occurrence=publication.occurrence
    )
    return list(rows.select_related("revision", "variant").order_by("part", "scheduled_at"))


def _of_publication(row: Sequence[Any], around: _Around) -> Item:
    pk, state, next_at, reason, url, due_at, zone, incomplete, code, *told = row
    if state == "unknown" and next_at is None:
        state = "doubtful"
    elif state == "published" and incomplete:
        state = "incomplete"
    elif state == "published" and code in DRIFTS:
        state = code
    return around.item(
        told,
        publication_id=pk,
        at=due_at,
        zone=zone,
        state=state,
        reason=said_again(reason),
        url=url,
    )


def _of_variant(row: Sequence[Any], around: _Around) -> Item:
    review, planned_at, zone, *told = row
    return around.item(
        told,
        publication_id=None,
        at=planned_at,
        zone=zone,
        state=badge_of(review),
        reason="",
        url="",
    )


def badge(row: Publication) -> str:
    """The badge of one publication: its state, or what there is to know of it first."""
    if row.state == "unknown" and row.next_at is None:
        return "doubtful"
    return row.reason_code if row.state == "published" and row.reason_code in DRIFTS else row.state


def live(variant: Variant) -> Publication | None:
    """The variant's publication that still wants to go out, or may have."""
    return variant.publications.filter(state__in=LIVE, part=0).select_related("revision").first()

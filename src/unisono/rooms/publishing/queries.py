"""Questions about publications: one agenda for every view, receipts, and what needs a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _

from unisono.kernel.clock import zone_named
from unisono.kernel.refusals import NotFound
from unisono.kernel.statements import ask
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.sentences import said_again
from unisono.rooms.content.models import Variant
from unisono.rooms.content.queries import seen
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.publishing.models import Attempt, Evidence, Publication, ReadBack
from unisono.rooms.publishing.standings import (
    DRIFTED,
    NEEDS_A_PERSON,
    REVIEWED,
    badge_of,
    review_of,
    shown,
)
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
        return where


class Item(NamedTuple):
    """One thing on the calendar. `state` is the badge: a publication's state, `incomplete` when it
    is out but a follow-up needs a person; draft, in_review, changes_asked or approved when it is
    only pencilled in.

    A tuple, since a window of a busy house holds thousands of them.
    """

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
    def number(self) -> int:
        """It counts as one among what is counted."""
        return 1

    @property
    def channel_id(self) -> UUID:
        return self.channel.id

    @property
    def department_id(self) -> UUID:
        return self.department.id

    @property
    def movable(self) -> bool:
        return self.publication_id is None or self.state in ("scheduled", "held")

    @property
    def needs_a_person(self) -> bool:
        return self.state in TROUBLE


TROUBLE = ("failed", "held", "doubtful", "incomplete", *DRIFTS)
"""Badges of what waits for a person."""


def agenda(
    actor: Actor,
    start: datetime,
    end: datetime,
    filters: Filters | None = None,
    channels: Mapping[UUID, Channel] | None = None,
) -> list[Item]:
    """All that goes out, went out, or is pencilled in from `start` up to `end`, by time.

    Two queries, however many items, and one for the channels unless the caller knows them all:
    every calendar view asks this one question. Rows are read as plain values, since a month holds
    hundreds of them.
    """
    filters = filters or Filters()
    states = tuple(sorted(filters.states))
    values = _values(actor, start, end, filters)
    sent = ask(("sent", states), partial(_sent_rows, states), **values)
    pencilled = ask(("pencilled", states), partial(_pencilled_rows, states), **values)
    channels = Channel.objects.in_bulk() if channels is None else channels
    departments = actor.departments.by_id({row[_DEPARTMENT] for row in (*sent, *pencilled)})
    items = [
        Item(
            variant, pk, post, title, at, zone, state, channels[channel], departments[department],
            campaign, name or "", objective, series, _said(reason) if reason else "", url,
        )
        for variant, post, title, channel, department, campaign, name, objective, series,
            at, zone, state, pk, reason, url in sent
    ]  # fmt: skip
    items += [
        Item(
            variant, None, post, title, at, zone, badge_of(review), channels[channel],
            departments[department], campaign, name or "", objective, series, "", "",
        )
        for variant, post, title, channel, department, campaign, name, objective, series,
            at, zone, review in pencilled
    ]  # fmt: skip
    items.sort(key=_by_time)
    return items


def _by_time(item: Item) -> tuple[datetime, str, UUID]:
    return item.at, item.title, item.variant_id


def _said(reason: str) -> str:
    """A reason as the database tells it: JSON."""
    return said_again(json.loads(reason))


def _values(actor: Actor, start: datetime, end: datetime, filters: Filters) -> dict[str, Any]:
    """What an agenda's statements differ in, apart from the states that are asked for."""
    actor.must_anywhere(Capability.SEE)
    allowed = actor.departments_with(Capability.SEE)
    return {
        "start": start,
        "end": end,
        "allowed": None if allowed is None else tuple(allowed),
        "departments": filters.departments,
        "channels": filters.channels,
        "campaigns": filters.campaigns,
        "objectives": filters.objectives,
    }


def _sent_rows(states: tuple[str, ...], **values: Any) -> QuerySet[Any, Any]:
    rows = _sent(states=states, **values)
    return rows.values_list(*_told("variant__"), "due_at", "zone", "shown", "pk", "reason", "url")


def _pencilled_rows(states: tuple[str, ...], **values: Any) -> QuerySet[Any, Any]:
    rows = _pencilled(states=states, **values)
    return rows.values_list(*_told(""), "planned_at", "planned_zone", "review")


class Counted(NamedTuple):
    """How many items of an agenda lie on one local day of one channel and belong to the same;
    `needing` of them wait for a person."""

    day: date
    channel_id: UUID
    department_id: UUID
    campaign_id: UUID | None
    objective_id: UUID | None
    number: int
    needing: int


def counts(
    actor: Actor, start: datetime, end: datetime, zone: str, filters: Filters | None = None
) -> list[Counted]:
    """The same set as `agenda`, counted by the database: for windows that hold tens of thousands.

    Two queries. Days are those of `zone`.
    """
    filters = filters or Filters()
    values = {"states": filters.states, **_values(actor, start, end, filters)}
    sent = _counted(_sent(**values), "variant__", "due_at", zone, Q(shown__in=TROUBLE))
    pencilled = _counted(_pencilled(**values), "", "planned_at", zone, Q(pk__isnull=True))
    return [Counted(*row) for row in (*sent, *pencilled)]


def _counted(rows: QuerySet[Any], path: str, at: str, zone: str, needing: Q) -> QuerySet[Any]:
    post = f"{path}post__"
    columns = {
        "of_channel": F(f"{path}channel_id"),
        "of_department": F(f"{post}department_id"),
        "of_campaign": F(f"{post}campaign_id"),
        "of_objective": Coalesce(f"{post}objective", f"{post}campaign__objective"),
    }
    grouped = rows.values(day=TruncDate(at, tzinfo=zone_named(zone)), **columns)
    found: QuerySet[Any] = grouped.annotate(
        number=Count("pk"), needing=Count("pk", filter=needing)
    ).values_list("day", *columns, "number", "needing")
    return found


def _sent(
    *, start: datetime, end: datetime, allowed: Any, states: Any, **named: Any
) -> QuerySet[Publication, Any]:
    """The publications of an agenda; `shown` is the badge of each. `allowed` are departments."""
    doubtful = When(state="unknown", next_at=None, then=Value("doubtful"))
    rows = (
        Publication.objects.filter(
            _within(allowed, "variant__post__department"),
            Filters(**named).on("variant__"),
            due_at__gte=start,
            due_at__lt=end,
            part=0,
        )
        .exclude(state="cancelled")
        .annotate(shown=Case(doubtful, default=shown()))
        .order_by()
    )
    return rows.filter(shown__in=states) if states else rows


def _pencilled(
    *, start: datetime, end: datetime, allowed: Any, states: Any, **named: Any
) -> QuerySet[Variant, Any]:
    """The variants of an agenda that only have a pencilled time, with their `review`."""
    rows = (
        Variant.objects.filter(
            _within(allowed, "post__department"),
            Filters(**named).on(""),
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
    )
    if states:
        wanted = Q(review__in=[k for k, badge in REVIEWED.items() if badge in states])
        rows = rows.filter(wanted | Q(review=None) if "draft" in states else wanted)
    return rows


def _within(allowed: Any, path: str) -> Q:
    return Q() if allowed is None else Q(**{f"{path}__in": allowed})


_DEPARTMENT = 4
"""Where a row that begins with what `_told` names has its department."""


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


def badge(row: Publication) -> str:
    """The badge of one publication: its state, or what there is to know of it first."""
    if row.state == "unknown" and row.next_at is None:
        return "doubtful"
    return row.reason_code if row.state == "published" and row.reason_code in DRIFTS else row.state


def live(variant: Variant) -> Publication | None:
    """The variant's publication that still wants to go out, or may have."""
    return variant.publications.filter(state__in=LIVE, part=0).select_related("revision").first()

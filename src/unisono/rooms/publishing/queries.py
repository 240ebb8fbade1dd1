"""Questions about publications: one agenda for every view, receipts, and what needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _

from unisono.kernel.clock import to_wall, zone_named
from unisono.kernel.refusals import NotFound
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.sentences import said_again
from unisono.rooms.content.models import Variant
from unisono.rooms.content.queries import seen
from unisono.rooms.people.actors import Actor
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

    number = 1
    """It counts as one among what is counted."""

    @property
    def channel_id(self) -> UUID:
        return self.channel.pk

    @property
    def department_id(self) -> UUID:
        return self.department.pk

    @property
    def movable(self) -> bool:
        return self.publication_id is None or self.state in ("scheduled", "held")

    @property
    def needs_a_person(self) -> bool:
        return self.state in TROUBLE


TROUBLE = ("failed", "held", "doubtful", "incomplete", *DRIFTS)
"""Badges of what waits for a person."""


def agenda(
    actor: Actor, start: datetime, end: datetime, filters: Filters | None = None
) -> list[Item]:
    """All that goes out, went out, or is pencilled in from `start` up to `end`, by time.

    Three queries, however many items: every calendar view asks this one question. Rows are read as
    plain values, since a month holds hundreds of them.
    """
    filters = filters or Filters()
    sent = _sent(actor, start, end, filters).values_list(*_SENT, "url", "reason")
    pencilled = _pencilled(actor, start, end, filters).values_list(
        *_PENCILLED, Value(""), Value(None, UUIDField())
    )
    return _items(actor, [*sent, *pencilled])


def _items(actor: Actor, rows: Sequence[Any]) -> list[Item]:
    """Rows of what `_SENT` and `_PENCILLED` name as items, by time."""
    channels = Channel.objects.in_bulk()
    departments = actor.departments.by_id({row[_DEPARTMENT] for row in rows})
    items = [
        Item(
            variant, pk, post, title, at, zone, state if pk else badge_of(state),
            channels[channel], departments[department], campaign, name or "", objective, series,
            said_again(*reason) if any(reason) else "", url,
        )
        for variant, post, title, channel, department, campaign, name, objective, series,
            at, zone, state, pk, url, *reason in rows
    ]  # fmt: skip
    items.sort(key=_by_time)
    return items


def _by_time(item: Item) -> tuple[datetime, str, UUID]:
    return item.at, item.title, item.variant_id


@dataclass
class Glance:
    """A local day of an agenda: the items of the notes to show, by time, and how many notes there
    are in all. A note is one post at one time in one state, on however many channels."""

    items: list[Item] = field(default_factory=list)
    notes: int = 0


def glances(
    actor: Actor,
    start: datetime,
    end: datetime,
    zone: str,
    filters: Filters | None = None,
    *,
    most: int,
) -> dict[date, Glance]:
    """The same set as `agenda` by days of `zone`, of each day at least the `most` first notes:
    what needs a person before the others, then by time. These items tell no reason.

    As many queries as `agenda`. The database counts and chooses, since a month of a busy house
    holds thousands of notes of which a page can show a few hundred.
    """
    filters = filters or Filters()
    rows = _first_of_days(
        _sent(actor, start, end, filters).values_list(*_SENT, "url"),
        _pencilled(actor, start, end, filters).values_list(*_PENCILLED, Value("")),
        zone,
        most,
    )
    found = {day: Glance(notes=number) for *_columns, day, number in rows}
    for item in _items(actor, [row[:-2] for row in rows]):
        found[to_wall(item.at, zone).date()].items.append(item)
    return found


def _first_of_days(
    sent: QuerySet[Any, Any], pencilled: QuerySet[Any, Any], zone: str, most: int
) -> list[tuple[Any, ...]]:
    """The rows of each day's first notes, each with its day and that day's number of notes.

    Written by hand around what Django wrote: it has no windows over a union, and takes longer to
    put windows over such rows into words than the database to answer them.
    """
    asked, values = [], []
    for rows in (sent, pencilled):
        # A question that can have no answer has no SQL either.
        with suppress(EmptyResultSet):
            sql, params = rows.query.sql_with_params()
            asked.append(sql)
            values += params
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _FIRST_OF_DAYS.format(rows=" UNION ALL ".join(asked)),
            [list(TROUBLE), zone_named(zone).key, *values, most],
        )
        return cursor.fetchall()


_COLUMNS = (
    "variant, post, title, channel, department, campaign, campaign_name, objective, series, "
    "at, zone, state, publication, url"
)
_FIRST_OF_DAYS = f"""
SELECT {_COLUMNS}, day, notes FROM (
    SELECT *, MAX(nth) OVER (PARTITION BY day) AS notes FROM (
        SELECT *, DENSE_RANK() OVER (
            PARTITION BY day ORDER BY calm, at, title, post, state
        ) AS nth FROM (
            SELECT *, state IS NULL OR state <> ALL(%s) AS calm, (at AT TIME ZONE %s)::date AS day
            FROM ({{rows}}) AS told ({_COLUMNS})
        ) AS dated
    ) AS ranked
) AS numbered WHERE nth <= %s
"""  # noqa: S608 - no value is in it


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
    sent = _counted(
        _sent(actor, start, end, filters), "variant__", "due_at", zone, Q(shown__in=TROUBLE)
    )
    pencilled = _counted(
        _pencilled(actor, start, end, filters), "", "planned_at", zone, Q(pk__isnull=True)
    )
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
    actor: Actor, start: datetime, end: datetime, filters: Filters
) -> QuerySet[Publication, Any]:
    """The publications of an agenda; `shown` is the badge of each."""
    doubtful = When(state="unknown", next_at=None, then=Value("doubtful"))
    rows = (
        Publication.objects.filter(
            seen(actor, "variant__post__department"),
            filters.on("variant__"),
            due_at__gte=start,
            due_at__lt=end,
            part=0,
        )
        .exclude(state="cancelled")
        .annotate(shown=Case(doubtful, default=shown()))
        .order_by()
    )
    return rows.filter(shown__in=filters.states) if filters.states else rows


def _pencilled(
    actor: Actor, start: datetime, end: datetime, filters: Filters
) -> QuerySet[Variant, Any]:
    """The variants of an agenda that only have a pencilled time, with their `review`."""
    rows = (
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
    )
    if filters.states:
        wanted = Q(review__in=[k for k, badge in REVIEWED.items() if badge in filters.states])
        rows = rows.filter(wanted | Q(review=None) if "draft" in filters.states else wanted)
    return rows


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


_SENT = (*_told("variant__"), "due_at", "zone", "shown", "pk")
_PENCILLED = (*_told(""), "planned_at", "planned_zone", "review", Value(None, UUIDField()))
_DEPARTMENT = 4
"""Where a row that begins with what `_told` names has its department."""


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

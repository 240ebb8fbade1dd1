"""The agenda: one question about what goes out when, for every calendar, timeline and list."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

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

from unisono.kernel.clock import to_wall, zone_named
from unisono.kernel.statements import ask, statement
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.sentences import said_again
from unisono.rooms.content.models import Variant
from unisono.rooms.content.queries import for_audiences
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.standings import REVIEWED, badge_of, review_of, shown
from unisono.rooms.publishing.states import DRIFTS


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


class Item(NamedTuple):
    """One thing on the calendar. `after` is the title of the post it follows, `embargo` the instant
    before which it does not go out. `state` is the badge: a publication's state, `incomplete` when
    it is out but a follow-up needs a person; draft, in_review, changes_asked or approved when it is
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
    after: str
    embargo: datetime | None
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
    asked = _asked(actor, start, end, filters or Filters())
    rows = [*ask(*asked.sent, **asked.values), *ask(*asked.pencilled, **asked.values)]
    return _items(actor, rows, channels)


class _Asked(NamedTuple):
    """The two questions of an agenda, each a key and what writes it, and what they differ in."""

    sent: tuple[Hashable, Callable[..., QuerySet[Any, Any]]]
    pencilled: tuple[Hashable, Callable[..., QuerySet[Any, Any]]]
    values: dict[str, Any]


def _asked(actor: Actor, start: datetime, end: datetime, filters: Filters) -> _Asked:
    states = tuple(sorted(filters.states))
    return _Asked(
        (("sent", states), partial(_sent_rows, states)),
        (("pencilled", states), partial(_pencilled_rows, states)),
        _values(actor, start, end, filters),
    )


def _items(
    actor: Actor, rows: Sequence[Any], channels: Mapping[UUID, Channel] | None = None
) -> list[Item]:
    """Rows of what `_SENT` and `_PENCILLED` name as items, by time."""
    channels = Channel.objects.in_bulk() if channels is None else channels
    departments = actor.departments.by_id({row[_DEPARTMENT] for row in rows})
    items = [
        Item(
            variant, pk, post, title, at, zone, state if pk else badge_of(state),
            channels[channel], departments[department], campaign, name or "", objective, series,
            after or "", max(own, shared) if own and shared else own or shared,
            said_again(json.loads(reason)) if reason else "", url,
        )
        for variant, post, title, channel, department, campaign, name, objective, series,
            after, own, shared, at, zone, state, pk, url, reason in rows
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
    channels: Mapping[UUID, Channel] | None = None,
    *,
    most: int,
) -> dict[date, Glance]:
    """The same set as `agenda` by days of `zone`, of each day at least the `most` first notes:
    what needs a person before the others, then by time.

    As many queries as `agenda`. The database counts and chooses, since a month of a busy house
    holds thousands of notes of which a page can show a few hundred.
    """
    rows = _first_of_days(_asked(actor, start, end, filters or Filters()), zone, most)
    found = {day: Glance(notes=number) for *_columns, day, number in rows}
    for item in _items(actor, [row[:-2] for row in rows], channels):
        found[to_wall(item.at, zone).date()].items.append(item)
    return found


def _first_of_days(asked: _Asked, zone: str, most: int) -> list[tuple[Any, ...]]:
    """The rows of each day's first notes, each with its day and that day's number of notes.

    Written by hand around what Django wrote, which has no windows over a union.
    """
    told = [statement(*one, **asked.values) for one in (asked.sent, asked.pencilled)]
    texts = [one[0] for one in told if one]
    if not texts:
        return []
    values = [value for one in told if one for value in one[1]]
    with connection.cursor() as cursor:
        cursor.execute(
            _FIRST_OF_DAYS.format(rows=" UNION ALL ".join(texts)),
            [list(TROUBLE), zone_named(zone).key, *values, most],
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


_COLUMNS = (
    "variant, post, title, channel, department, campaign, campaign_name, objective, series, "
    "after, embargo, campaign_embargo, at, zone, state, publication, url, reason"
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
        "audiences": filters.audiences,
    }


def _sent_rows(states: tuple[str, ...], **values: Any) -> QuerySet[Any, Any]:
    rows = _sent(states=states, **values)
    return rows.values_list(*_told("variant__"), "due_at", "zone", "shown", "pk", "url", "reason")


def _pencilled_rows(states: tuple[str, ...], **values: Any) -> QuerySet[Any, Any]:
    rows = _pencilled(states=states, **values)
    return rows.values_list(*_told(""), "planned_at", "planned_zone", "review", *_NO_PUBLICATION)


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
    audience_id: UUID | None = None
    """One whom they speak to, where it was asked for: what speaks to several counts in each."""


def counts(
    actor: Actor,
    start: datetime,
    end: datetime,
    zone: str,
    filters: Filters | None = None,
    *,
    by_audience: bool = False,
) -> list[Counted]:
    """The same set as `agenda`, counted by the database: for windows that hold tens of thousands.

    Two queries. Days are those of `zone`.
    """
    filters = filters or Filters()
    values = {"states": filters.states, **_values(actor, start, end, filters)}
    needing = Q(shown__in=TROUBLE)
    sent = _counted(_sent(**values), "variant__", "due_at", zone, needing, by_audience)
    none = Q(pk__isnull=True)
    pencilled = _counted(_pencilled(**values), "", "planned_at", zone, none, by_audience)
    return [Counted(*row) for row in (*sent, *pencilled)]


def _counted(
    rows: QuerySet[Any], path: str, at: str, zone: str, needing: Q, by_audience: bool
) -> QuerySet[Any]:
    post = f"{path}post__"
    columns = {
        "of_channel": F(f"{path}channel_id"),
        "of_department": F(f"{post}department_id"),
        "of_campaign": F(f"{post}campaign_id"),
        "of_objective": Coalesce(f"{post}objective", f"{post}campaign__objective"),
    }
    further = {}
    if by_audience:
        further["of_audience"] = Coalesce(f"{post}audiences", f"{post}campaign__audiences")
    # Of a post's own audiences and its campaign's, which are passed over, every pair is a row.
    count = partial(Count, "pk", distinct=by_audience)
    grouped = rows.values(day=TruncDate(at, tzinfo=zone_named(zone)), **columns, **further)
    found: QuerySet[Any] = grouped.annotate(
        number=count(), needing=count(filter=needing)
    ).values_list("day", *columns, "number", "needing", *further)
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
        f"{post}order__after__title",
        f"{post}embargo__until",
        f"{post}campaign__embargo__until",
    ]


_NONE = Value(None, UUIDField())
_NO_PUBLICATION = (_NONE, Value(""), _NONE)
_DEPARTMENT = 4
"""Where a row that begins with what `_told` names has its department."""

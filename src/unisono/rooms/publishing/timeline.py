"""The timeline: the agenda of some days, in lanes; over long windows, how much lies where.

A lane is a channel within a group; what the groups are is the reader's choice (`GROUPINGS`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from unisono.kernel.clock import start_of_day
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.queries import channels as all_channels
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.queries import departments_seen
from unisono.rooms.plan import queries as plan
from unisono.rooms.publishing.queries import Counted, Filters, Item, agenda, counts

COUNTED_FROM = timedelta(40)
"""Windows longer than this are counted instead of listed."""
BUCKET = timedelta(7)
NOTHING, OTHERS = UUID(int=0), UUID(int=1)
"""The groups of what belongs to none, and to one that has no name here."""


Lying = defaultdict[UUID, defaultdict[UUID, list["Item | Counted"]]]
"""What lies where: by group, by channel."""


class Named(NamedTuple):
    """What a group is called, and the hue of the department it belongs to."""

    name: str
    hue: str = ""


@dataclass(frozen=True)
class Grouping:
    """One way to gather lanes. `of` says where an item (or a counted day) belongs; `names` finds
    the groups there are, in their order. A further way is one more of these in GROUPINGS."""

    label: str | Promise
    nothing: str | Promise
    of: Callable[[Item | Counted], UUID | None]
    names: Callable[[Actor], dict[UUID, Named]]
    always: bool = False
    """Whether groups without anything in them are shown as well."""


def _departments(actor: Actor) -> dict[UUID, Named]:
    return {row.pk: Named(row.name, row.hue) for row in departments_seen(actor)}


def _campaigns(actor: Actor) -> dict[UUID, Named]:
    rows = plan.campaigns(actor).values_list("pk", "name", "department__hue")
    return {pk: Named(name, hue or "") for pk, name, hue in rows}


def _objectives(actor: Actor) -> dict[UUID, Named]:
    rows = plan.objectives(actor).values_list("pk", "name", "department__hue")
    return {pk: Named(name, hue or "") for pk, name, hue in rows}


GROUPINGS: dict[str, Grouping] = {
    "department": Grouping(
        _("Department, channel"),
        _("Without a department"),
        lambda row: row.department_id,
        _departments,
        always=True,
    ),
    "campaign": Grouping(
        _("Campaign"), _("Without a campaign"), lambda row: row.campaign_id, _campaigns
    ),
    "objective": Grouping(
        _("Objective"), _("Without an objective"), lambda row: row.objective_id, _objectives
    ),
}


class Density(NamedTuple):
    """So many items lie in the week that begins with `first`; `needing` wait for a person."""

    first: date
    last: date
    number: int
    needing: int


@dataclass(frozen=True)
class Lane:
    """One channel within a group: its items by time, or its densities."""

    channel: Channel
    items: list[Item] = field(default_factory=list)
    densities: list[Density] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """Lanes that belong together. `number` counts what lies in them."""

    key: UUID
    name: str
    hue: str
    lanes: list[Lane]
    number: int


@dataclass(frozen=True)
class Timeline:
    """The days [first, last] in groups of lanes; `number` counts all that lies there."""

    by: str
    first: date
    last: date
    counted: bool
    groups: list[Group]
    number: int
    channels: dict[UUID, Channel]
    """All of the organization's."""


def timeline(
    actor: Actor,
    first: date,
    last: date,
    *,
    by: str = "department",
    filters: Filters | None = None,
    every_channel: bool = False,
) -> Timeline:
    """The days of the actor's zone from `first` to `last` in lanes.

    Asks what the calendar asks; a window beyond COUNTED_FROM asks for its counts. Departments show
    their own channels also while nothing lies on them; with `every_channel` all that can be used.
    A constant number of queries.
    """
    filters = filters or Filters()
    start, end = start_of_day(first, actor.zone), start_of_day(last + timedelta(1), actor.zone)
    counted = last - first >= COUNTED_FROM
    channels = {channel.pk: channel for channel in all_channels(actor).select_related(None)}
    found: Iterable[Item | Counted] = (
        counts(actor, start, end, actor.zone, filters)
        if counted
        else agenda(actor, start, end, filters, channels)
    )
    grouping = GROUPINGS[by]
    names = grouping.names(actor)
    group_of = groups_by(grouping, names)
    lying: Lying = defaultdict(lambda: defaultdict(list))
    for row in found:
        lying[group_of(row)][row.channel_id].append(row)
    _lay_empty(lying, grouping, names, channels, filters, every_channel)
    named = {**names, OTHERS: Named(str(_("Others"))), NOTHING: Named(str(grouping.nothing))}
    groups = [
        _group(key, name, lying[key], channels, first, last)
        for key, name in named.items()
        if key in lying
    ]
    number = sum(group.number for group in groups)
    return Timeline(by, first, last, counted, groups, number, channels)


def groups_by(grouping: Grouping, names: Mapping[UUID, Named]) -> Callable[[Item | Counted], UUID]:
    """Finds the group of an item; what is archived or not the reader's to see is of the others."""
    of = grouping.of

    def group(row: Item | Counted) -> UUID:
        key = of(row)
        return NOTHING if key is None else key if key in names else OTHERS

    return group


def _lay_empty(
    lying: Lying,
    grouping: Grouping,
    names: Mapping[UUID, Named],
    channels: Mapping[UUID, Channel],
    filters: Filters,
    every_channel: bool,
) -> None:
    """Lanes on which nothing lies, so that something can be laid there."""
    wanted = _wanted(channels, filters)
    if grouping.always:
        for key in names:
            if not filters.departments or key in filters.departments:
                lying.setdefault(key, defaultdict(list))
    for key, lanes in lying.items():
        for pk in wanted:
            if every_channel or channels[pk].department_id == key:
                lanes.setdefault(pk, [])


def _wanted(channels: Mapping[UUID, Channel], filters: Filters) -> list[UUID]:
    """The channels of which an empty lane may be shown."""
    return [
        pk
        for pk, channel in channels.items()
        if channel.state != "disconnected" and (not filters.channels or pk in filters.channels)
    ]


def _group(
    key: UUID,
    named: Named,
    lanes: Mapping[UUID, list[Item | Counted]],
    channels: Mapping[UUID, Channel],
    first: date,
    last: date,
) -> Group:
    laid = [_lane(channels[pk], lanes[pk], first, last) for pk in channels if pk in lanes]
    number = sum(row.number for rows in lanes.values() for row in rows)
    return Group(key, named.name, named.hue, laid, number)


def _lane(channel: Channel, rows: list[Item | Counted], first: date, last: date) -> Lane:
    items = [row for row in rows if isinstance(row, Item)]
    if items or not rows:
        return Lane(channel, items)
    weeks: dict[date, list[int]] = {}
    for row in rows:
        if isinstance(row, Counted):
            week = first + (row.day - first) // BUCKET * BUCKET
            summed = weeks.setdefault(week, [0, 0])
            summed[0] += row.number
            summed[1] += row.needing
    densities = [
        Density(week, min(week + BUCKET - timedelta(1), last), number, needing)
        for week, (number, needing) in sorted(weeks.items())
    ]
    return Lane(channel, densities=densities)

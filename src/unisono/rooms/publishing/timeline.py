"""The timeline: the agenda of some days, in lanes; over long windows, how much lies where.

A lane is a channel within a group; what the groups are is the reader's choice (`GROUPINGS`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from unisono.kernel.clock import start_of_day
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.queries import channels as all_channels
from unisono.rooms.content.models import PostAudience
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.queries import departments_seen
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import CampaignAudience
from unisono.rooms.publishing.agenda import Counted, Filters, Item, agenda, counts

COUNTED_FROM = timedelta(40)
"""Windows longer than this are counted instead of listed."""
BUCKET = timedelta(7)
NOTHING, OTHERS = UUID(int=0), UUID(int=1)
"""The groups of what belongs to none, and to one that has no name here."""


Row = Item | Counted

Lying = defaultdict[UUID, defaultdict[UUID, list[Row]]]
"""What lies where: by group, by channel."""


class Named(NamedTuple):
    """What a group is called, and the hue of the department it belongs to."""

    name: str
    hue: str = ""


@dataclass(frozen=True)
class Grouping:
    """One way to gather lanes. `of` is given what lies there, items or counted days, and says to
    which groups each belongs; `names` finds the groups there are, in their order. A further way is
    one more of these in GROUPINGS."""

    label: str | Promise
    nothing: str | Promise
    of: Callable[[Collection[Row]], Callable[[Row], Sequence[UUID]]]
    names: Callable[[Actor], dict[UUID, Named]]
    always: bool = False
    """Whether groups without anything in them are shown as well."""
    several: bool = False
    """Whether something may lie in several groups, so that counts are asked for each of them."""


def _departments(actor: Actor) -> dict[UUID, Named]:
    return {row.pk: Named(row.name, row.hue) for row in departments_seen(actor)}


def _campaigns(actor: Actor) -> dict[UUID, Named]:
    rows = plan.campaigns(actor).values_list("pk", "name", "department__hue")
    return {pk: Named(name, hue or "") for pk, name, hue in rows}


def _objectives(actor: Actor) -> dict[UUID, Named]:
    rows = plan.objectives(actor).values_list("pk", "name", "department__hue")
    return {pk: Named(name, hue or "") for pk, name, hue in rows}


def _audiences(actor: Actor) -> dict[UUID, Named]:
    rows = plan.audiences(actor).values_list("pk", "name", "department__hue")
    return {pk: Named(name, hue or "") for pk, name, hue in rows}


def _one(of: Callable[[Row], UUID | None]) -> Callable[[object], Callable[[Row], Sequence[UUID]]]:
    """What belongs to one group at most says itself to which."""

    def found(row: Row) -> Sequence[UUID]:
        key = of(row)
        return () if key is None else (key,)

    return lambda _rows: found


def _spoken_to(rows: Collection[Row]) -> Callable[[Row], Sequence[UUID]]:
    """The audiences of posts: their own, else their campaign's. Two queries; none for counts."""
    posts = {row.post_id for row in rows if isinstance(row, Item)}
    campaigns = {row.campaign_id for row in rows if isinstance(row, Item)}
    own, theirs = (
        _by_first(PostAudience.objects.filter(post__in=posts).values_list("post", "audience")),
        _by_first(
            CampaignAudience.objects.filter(campaign__in=campaigns).values_list(
                "campaign", "audience"
            )
        ),
    )

    def found(row: Row) -> Sequence[UUID]:
        if isinstance(row, Counted):
            return () if row.audience_id is None else (row.audience_id,)
        return own.get(row.post_id) or theirs.get(row.campaign_id) or ()

    return found


def _by_first(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID | None, list[UUID]]:
    found: dict[UUID | None, list[UUID]] = {}
    for first, second in pairs:
        found.setdefault(first, []).append(second)
    return found


GROUPINGS: dict[str, Grouping] = {
    "department": Grouping(
        _("Department, channel"),
        _("Without a department"),
        _one(lambda row: row.department_id),
        _departments,
        always=True,
    ),
    "campaign": Grouping(
        _("Campaign"), _("Without a campaign"), _one(lambda row: row.campaign_id), _campaigns
    ),
    "objective": Grouping(
        _("Objective"), _("Without an objective"), _one(lambda row: row.objective_id), _objectives
    ),
    "audience": Grouping(
        _("Audience"), _("Without an audience"), _spoken_to, _audiences, several=True
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
    """The days [first, last] in groups of lanes; `number` counts all that lies there; in counted
    windows what lies in several groups counts in each."""

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
    grouping = GROUPINGS[by]
    found: Collection[Row] = (
        counts(actor, start, end, actor.zone, filters, by_audience=grouping.several)
        if counted
        else agenda(actor, start, end, filters, channels)
    )
    names = grouping.names(actor)
    groups_of = groups_by(grouping, names, found)
    lying: Lying = defaultdict(lambda: defaultdict(list))
    for row in found:
        for key in groups_of(row):
            lying[key][row.channel_id].append(row)
    _lay_empty(lying, grouping, names, channels, filters, every_channel)
    named = {**names, OTHERS: Named(str(_("Others"))), NOTHING: Named(str(grouping.nothing))}
    groups = [
        _group(key, name, lying[key], channels, first, last)
        for key, name in named.items()
        if key in lying
    ]
    number = sum(group.number for group in groups) if counted else len(found)
    return Timeline(by, first, last, counted, groups, number, channels)


def groups_by(
    grouping: Grouping, names: Mapping[UUID, Named], rows: Collection[Row]
) -> Callable[[Row], Sequence[UUID]]:
    """Finds the groups of an item of `rows`; what is archived or not the reader's to see is of the
    others."""
    of = grouping.of(rows)

    def groups(row: Row) -> Sequence[UUID]:
        keys = of(row)
        if not keys:
            return (NOTHING,)
        return [key for key in keys if key in names] or (OTHERS,)

    return groups


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
    lanes: Mapping[UUID, list[Row]],
    channels: Mapping[UUID, Channel],
    first: date,
    last: date,
) -> Group:
    laid = [_lane(channels[pk], lanes[pk], first, last) for pk in channels if pk in lanes]
    number = sum(row.number for rows in lanes.values() for row in rows)
    return Group(key, named.name, named.hue, laid, number)


def _lane(channel: Channel, rows: list[Row], first: date, last: date) -> Lane:
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

"""Where the notes of a lane lie: as many rows as can be read, and the rest as a number."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from unisono.kernel.clock import zone_named
from unisono.rooms.metrics.queries import Progress
from unisono.rooms.plan.models import Campaign
from unisono.rooms.plan.occasions import Occasion
from unisono.rooms.publishing.agenda import Item
from unisono.rooms.publishing.timeline import Density, Group, Lane
from unisono.screens.timeline.window import DAY, MINUTES, Window

TRACK = 1000
"""The width in pixels that a track has about; on a wider one, notes only lie further apart."""

SIZES: dict[str, tuple[tuple[str, int], ...]] = {
    "day": (("roomy", 160), ("compact", 96)),
    "week": (("roomy", 150), ("compact", 84)),
    "fortnight": (("roomy", 150), ("compact", 76)),
    "month": (("compact", 76), ("small", 38)),
}
"""The widths of a note: the first as long as all notes find room, then the smaller."""

ROWS = {"day": 40, "week": 6, "fortnight": 5, "month": 4}
"""How many notes lie below each other at most."""


class Laid(NamedTuple):
    """A note: how many minutes from the beginning, and in which row.

    `before`: near the window's end it lies before its minute instead of behind it.
    """

    item: Item
    x: int
    row: int
    before: bool


class More(NamedTuple):
    """So many notes of a day that find no room; `needing` of them wait for a person."""

    day: date
    x: int
    number: int
    needing: int


@dataclass(frozen=True)
class LaidLane:
    """A lane as it is drawn, `rows` notes high."""

    lane: Lane
    size: str = "roomy"
    rows: int = 1
    notes: list[Laid] = field(default_factory=list)
    more: list[More] = field(default_factory=list)
    densities: list[tuple[Density, int, int, int]] = field(default_factory=list)
    """Each with its minute, its width, and how dense it is from 1 to 5."""
    ghosts: list[Any] = field(default_factory=list)
    """Where a plan would put posts (`ghosts.Ghost`); from the minute `late` on notes lie before."""
    late: int = 0


@dataclass(frozen=True)
class LaidGroup:
    group: Group
    lanes: list[LaidLane]


class Stretch(NamedTuple):
    """A campaign as far as the window reaches, in minutes. `early`, `late`: it goes on beyond."""

    campaign: Campaign
    x: int
    width: int
    row: int
    early: bool
    late: bool
    progress: Progress | None


class Marked(NamedTuple):
    """What a day is known for."""

    x: int
    day: date
    occasions: list[Occasion]


def laid_out(groups: Iterable[Group], around: Window, zone: str) -> list[LaidGroup]:
    """Every lane of every group as it is drawn."""
    draw = _counted(groups, around) if around.counted else _noted(around, zone)
    return [LaidGroup(group, [draw(lane) for lane in group.lanes]) for group in groups]


def _noted(around: Window, zone: str) -> Callable[[Lane], LaidLane]:
    minutes = _minutes(around, zone)

    def draw(lane: Lane) -> LaidLane:
        xs = minutes(lane.items)
        size, width, rows = _fitting(xs, _order(lane.items), around)
        last = around.minutes - width
        laid = list(zip(lane.items, xs, rows, strict=True))
        notes = [Laid(item, x, row, x > last) for item, x, row in laid if row is not None]
        hidden = [(item, x) for item, x, row in laid if row is None]
        more = _more(hidden, around) if hidden else []
        high = max((note.row for note in notes), default=0) + 1 + bool(more)
        return LaidLane(lane, size, high, notes, more)

    return draw


def _minutes(around: Window, zone: str) -> Callable[[Sequence[Item]], list[int]]:
    """How far from the beginning items lie. Where no clock changes, that is a subtraction."""
    place = zone_named(zone)
    days = [datetime.combine(day, time(), place) for day in (*around.days, around.last + DAY)]
    first = days[0].astimezone(UTC)
    if {day.utcoffset() for day in days} == {days[0].utcoffset()}:
        return lambda items: [int((item.at - first).total_seconds()) // 60 for item in items]

    def minute(item: Item) -> int:
        return around.minute(item.at.astimezone(place).replace(tzinfo=None, fold=0))

    return lambda items: list(map(minute, items))


def _fitting(
    xs: Sequence[int], order: Sequence[int], around: Window
) -> tuple[str, int, list[int | None]]:
    """The largest size in which all find room, or the smallest, its width and the row of each."""
    smallest = SIZES[around.zoom][-1]
    for each in SIZES[around.zoom]:
        size, width = each[0], each[1] * around.minutes // TRACK
        last = around.minutes - width
        begun = [x - width if x > last else x for x in xs]
        rows = stacked(begun, order, width, ROWS[around.zoom], wholly=each is not smallest)
        if rows is not None:
            break
    return size, width, rows or []


def _order(items: Sequence[Item]) -> list[int]:
    """What needs a person finds its place before the others."""
    needing = [n for n, item in enumerate(items) if item.needs_a_person]
    if not needing:
        return list(range(len(items)))
    first = set(needing)
    return [*needing, *(n for n in range(len(items)) if n not in first)]


def stacked(
    xs: Sequence[int], order: Iterable[int], width: int, most: int, *, wholly: bool = False
) -> list[int | None] | None:
    """The row of each of the notes at `xs`, none lying on another of its row; None without room.

    `wholly`: no answer at all as soon as one finds no room.
    """
    rows: list[list[int]] = []
    found: list[int | None] = [None] * len(xs)
    for n in order:
        x = xs[n]
        for number, taken in enumerate(rows):
            at = bisect_left(taken, x)
            free = at == len(taken) or taken[at] - x >= width
            if free and (at == 0 or x - taken[at - 1] >= width):
                insort(taken, x)
                found[n] = number
                break
        else:
            if len(rows) < most:
                rows.append([x])
                found[n] = len(rows) - 1
            elif wholly:
                return None
    return found


def _more(hidden: Iterable[tuple[Item, int]], around: Window) -> list[More]:
    days: dict[int, list[Item]] = {}
    for item, x in hidden:
        days.setdefault(x // MINUTES, []).append(item)
    return [
        More(
            around.first + timedelta(day),
            day * MINUTES,
            len(items),
            sum(item.needs_a_person for item in items),
        )
        for day, items in days.items()
    ]


def _counted(groups: Iterable[Group], around: Window) -> Callable[[Lane], LaidLane]:
    """Densities, the darkest being that of the fullest week of all lanes."""
    numbers = [d.number for group in groups for lane in group.lanes for d in lane.densities]
    fullest = max(numbers, default=1)

    def draw(lane: Lane) -> LaidLane:
        return LaidLane(
            lane,
            densities=[
                (
                    one,
                    around.of_day(one.first),
                    ((one.last - one.first).days + 1) * MINUTES,
                    -(-5 * one.number // fullest),
                )
                for one in lane.densities
            ],
        )

    return draw


def stretches(
    around: Window, campaigns: Iterable[Campaign], progress: dict[UUID, Progress]
) -> list[Stretch]:
    """The campaigns that run in the window, each in the first row in which it fits."""
    found: list[Stretch] = []
    ends: list[date] = []
    for campaign in sorted(campaigns, key=lambda one: (one.starts_on, one.name)):
        first, last = max(campaign.starts_on, around.first), min(campaign.ends_on, around.last)
        if first > last:
            continue
        row = next((n for n, end in enumerate(ends) if end < first), len(ends))
        ends[row : row + 1] = [last]
        found.append(
            Stretch(
                campaign,
                around.of_day(first),
                ((last - first).days + 1) * MINUTES,
                row,
                campaign.starts_on < around.first,
                campaign.ends_on > around.last,
                progress.get(campaign.objective_id) if campaign.objective_id else None,
            )
        )
    return found


def marked(around: Window, occasions: Iterable[Occasion]) -> list[Marked]:
    """The days of the window that are known for something."""
    days: dict[date, list[Occasion]] = {}
    for one in occasions:
        days.setdefault(one.on, []).append(one)
    return [Marked(around.of_day(day), day, found) for day, found in sorted(days.items())]

"""A part of the plan as a linear program: columns that may be chosen, rows that say what may be
together. What is not in the part stands where it is, and has used up its share of every rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from unisono.rooms.orchestration.solver.board import Facts, Floats, State
from unisono.rooms.orchestration.solver.model import Ints


@dataclass
class Program:
    """Maximise `worth · x` over `low ≤ x ≤ high`, with `least ≤ row · x ≤ most` for every row. The
    first columns are spots, whole (0 or 1); those behind them are amounts."""

    spots: Ints
    worth: list[float]
    high: list[float]
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    index: list[Ints] = field(default_factory=list)
    factor: list[Floats] = field(default_factory=list)

    def row(self, least: float, most: float, columns: Ints, factors: Floats | float = 1.0) -> None:
        self.least.append(least)
        self.most.append(most)
        self.index.append(columns)
        self.factor.append(np.broadcast_to(np.asarray(factors, np.float64), columns.shape))
        self.starts.append(self.starts[-1] + len(columns))

    def column(self, worth: float, high: float) -> int:
        self.worth.append(worth)
        self.high.append(high)
        return len(self.worth) - 1


def program(known: Facts, state: State, spots: Ints) -> Program:
    """The program of choosing among `spots`, whose contents have no place in the state. Each spot
    has to fit what stands."""
    chosen = known.spots[spots]
    penalty = known.contents["penalty"][chosen["content"]]
    at_home = known.contents["home"][chosen["content"]] == spots
    moving = known.contents["move_price"][chosen["content"]]
    made = Program(spots, list(penalty + np.where(at_home, moving, 0.0)), [1.0] * len(spots))
    _once(known, state, made, chosen["content"])
    for channel in np.unique(chosen["channel"]):
        here = np.flatnonzero(chosen["channel"] == channel)
        here = here[np.argsort(chosen["hour"][here], kind="stable")]
        _lane(known, made, int(channel), here)
    _days(known, state, made)
    _weeks(known, state, made)
    _objectives(known, state, made)
    _order(known, state, made)
    return made


def _groups(keys: Ints) -> Iterator[tuple[int, Ints]]:
    """Each key, and where it is found."""
    order = np.argsort(keys, kind="stable")
    found, first = np.unique(keys[order], return_index=True)
    for key, part in zip(found, np.split(order, first[1:]), strict=True):
        yield int(key), part


def _once(known: Facts, state: State, made: Program, content: Ints) -> None:
    for who, columns in _groups(content):
        here = known.contents[who]
        later = known.follower[here["first_follower"] : here["last_follower"]]
        # Whoever comes before one that stands cannot be left out.
        bound = bool((state.spot[later] >= 0).any())
        made.row(1.0 if bound else 0.0, 1.0, columns)


def _lane(known: Facts, made: Program, channel: int, here: Ints) -> None:
    """Gaps of one channel; `here` are its columns by hour."""
    chosen = known.spots[made.spots[here]]
    hour, content = chosen["hour"], chosen["content"]
    department = known.contents["department"][content]
    gap = int(known.channels["gap"][channel])
    wide = int(known.channels["cross_gap"][channel])
    begins = np.unique(hour)
    begin, end = np.searchsorted(hour, begins), np.searchsorted(hour, begins + gap)
    for first, last in zip(begin, end, strict=True):
        made.row(-np.inf, 1.0, here[first:last])
    # A department's own in the first hours and the others' in `gap` hours later on, so much later
    # that all of it lies within the wider gap; as many such stretches as it takes to cover that.
    for shift in sorted({*range(gap, wide - gap, gap), wide - gap} if wide > gap else ()):
        late = np.searchsorted(hour, begins + shift)
        over = np.searchsorted(hour, begins + shift + gap)
        for index, first in enumerate(begin):
            near, far = slice(first, end[index]), slice(late[index], over[index])
            for own in np.unique(department[hour == begins[index]]):
                others = here[far][department[far] != own]
                if len(others):
                    own_first = here[near][department[near] == own]
                    made.row(-np.inf, 1.0, np.union1d(own_first, others))
    _exclusive(known, made, here)


def _exclusive(known: Facts, made: Program, here: Ints) -> None:
    chosen = known.spots[made.spots[here]]
    hour, content = chosen["hour"], chosen["content"]
    reach = known.contents["exclusive"][content]
    for index in np.flatnonzero(reach):
        first = np.searchsorted(hour, hour[index] - reach[index] + 1)
        last = np.searchsorted(hour, hour[index] + reach[index])
        others = here[first:last][content[first:last] != content[index]]
        if len(others):
            # As many as could be there at all stand aside for this one.
            most = float(len(others))
            columns = np.append(others, here[index])
            made.row(-np.inf, most, columns, np.append(np.ones(len(others)), most))


def _days(known: Facts, state: State, made: Program) -> None:
    chosen = known.spots[made.spots]
    width = state.days.shape[1]
    for key, columns in _groups(chosen["channel"].astype(np.int64) * width + chosen["day"]):
        channel, day = divmod(key, width)
        before = int(state.days[channel, day])
        room = int(known.channels["daily_most"][channel]) - before
        costs = known.fatigue[channel, before : before + room]
        steps = [made.column(-float(cost), 1.0) for cost in costs]
        index = np.append(columns, np.array(steps, np.int64))
        factor = np.append(np.ones(len(columns)), -np.ones(len(steps)))
        made.row(-np.inf, 0.0, index, factor)


def _weeks(known: Facts, state: State, made: Program) -> None:
    chosen = known.spots[made.spots]
    department = known.contents["department"][chosen["content"]].astype(np.int64)
    _channels, departments, weeks = state.weeks.shape
    keys = (chosen["channel"] * departments + department) * weeks + chosen["week"]
    for key, columns in _groups(keys):
        rest, week = divmod(key, weeks)
        channel, own = divmod(rest, departments)
        room = int(known.weekly_most[channel, own] - state.weeks[channel, own, week])
        if len(columns) > room:
            made.row(-np.inf, float(room), columns)


def _objectives(known: Facts, state: State, made: Program) -> None:
    chosen = known.spots[made.spots]
    objective = known.contents["objective"][chosen["content"]].astype(np.int64)
    for own, columns in _groups(objective):
        value = chosen["value"][columns]
        room = max(0.0, float(known.target[own] - state.earned[own]))
        whole, part = made.column(1.0, room), made.column(known.beyond, np.inf)
        index = np.append(columns, [whole, part])
        made.row(0.0, np.inf, index, np.append(value, [-1.0, -1.0]))
    weeks = known.quota.shape[1]
    for key, columns in _groups(objective * weeks + chosen["week"]):
        own, week = divmod(key, weeks)
        missing = int(known.quota[own, week] - state.counted[own, week])
        if missing > 0:
            met = made.column(known.quota_penalty, float(missing))
            index = np.append(columns, met)
            made.row(0.0, np.inf, index, np.append(np.ones(len(columns)), -1.0))


def _order(known: Facts, state: State, made: Program) -> None:
    chosen = known.spots[made.spots]
    columns = dict(_groups(chosen["content"].astype(np.int64)))
    for later, after in columns.items():
        before = int(known.contents["after"][later])
        if before < 0 or state.spot[before] >= 0:
            continue
        first = columns.get(before, np.zeros(0, np.int64))
        hours = chosen["hour"]
        for hour in np.unique(hours[after]):
            soon = after[hours[after] <= hour]
            early = first[hours[first] <= hour - known.contents["lag"][later]]
            index = np.append(soon, early)
            made.row(-np.inf, 0.0, index, np.append(np.ones(len(soon)), -np.ones(len(early))))

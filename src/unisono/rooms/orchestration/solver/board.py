"""The board that the engine moves contents on: facts that stay, a state that changes, and the three
steps everything is made of: `fits`, `gain` and `put`.

A state keeps, beside who is where, how many contents forbid each hour to others. So whether an
option is free is a handful of look-ups instead of a walk over the hours around it, and that is what
the search spends its time on. The engine numbers options anew ("spots"): of each content those that
are open, in falling value; `Facts.option` translates.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from unisono.rooms.orchestration.solver.compiled import compiled, inlined
from unisono.rooms.orchestration.solver.model import (
    NOWHERE,
    WEEK,
    Assignment,
    Flags,
    Ints,
    Problem,
)

Small = NDArray[np.int32]
Floats = NDArray[np.float64]


Records = Any
"""A structured array, for whose fields numpy has no types."""

SPOT = np.dtype(
    [("value", "f8"), ("option", "i4"), ("content", "i4"), ("channel", "i4"), ("hour", "i4"),
     ("day", "i4"), ("week", "i4")]
)  # fmt: skip
CONTENT = np.dtype(
    [("penalty", "f8"), ("move_price", "f8"), ("department", "i4"), ("objective", "i4"),
     ("after", "i4"), ("lag", "i4"), ("exclusive", "i4"), ("home", "i4"), ("first", "i4"),
     ("end", "i4"), ("first_follower", "i4"), ("last_follower", "i4"), ("fixed", "i4"),
     ("needed", "i4")]
)  # fmt: skip
CHANNEL = np.dtype([("gap", "i4"), ("cross_gap", "i4"), ("daily_most", "i4"), ("unused", "i4")])


class Facts(NamedTuple):
    """What does not change while planning. n contents, s spots, C channels, D departments."""

    spots: Records
    """[s] of SPOT; `option` is its number in the problem."""
    contents: Records
    """[n] of CONTENT. Its spots are `first` up to `end`, its followers
    `follower[first_follower:last_follower]`; `home` is the spot that it was approved for, or -1;
    one that is `needed` comes before one that is locked, and must not be left out."""
    channels: Records
    """[C] of CHANNEL"""
    follower: Small
    weekly_most: Small
    """[C, D]"""
    fatigue: Floats
    """[C, K], wide enough for as many contents as a day can hold."""
    target: Floats
    quota: Small
    """[O, W]"""
    quota_penalty: float
    beyond: float


class State(NamedTuple):
    """Who is where, and what follows from it."""

    spot: Small
    """[n] the spot taken, or -1."""
    who: Small
    """[C, H] the content there, or -1."""
    shut: NDArray[np.int16]
    """[C, H] contents that are nearer than the gap, or exclusive and nearer than they allow."""
    around: NDArray[np.int16]
    """[C, H] contents that are nearer than the gap between departments."""
    own: NDArray[np.int16]
    """[C, D, H] those of them that are the department's own."""
    days: Small
    """[C, days] contents of a local day."""
    weeks: Small
    """[C, D, W] contents of a department in a week."""
    earned: Floats
    """[O]"""
    counted: Small
    """[O, W] contents of an objective in a week."""


def facts(problem: Problem, keep: Flags | None = None) -> Facts:
    """The problem for the engine; of the options those in `keep`, [m], and those that stand."""
    options, contents, channels = problem.options, problem.contents, problem.channels
    chosen = _standing(problem, keep)
    order = np.lexsort((-options.value[chosen], options.content[chosen]))
    chosen = chosen[order]
    spots = np.full(len(options.value) + 1, -1, np.int32)
    spots[chosen] = np.arange(len(chosen), dtype=np.int32)
    longest = int(channels.daily_most.max(initial=1)) + problem.size_of_fullest_day + 2
    fatigue = np.zeros((len(channels.gap), max(longest, channels.fatigue.shape[1])))
    fatigue[:, : channels.fatigue.shape[1]] = channels.fatigue
    quota = np.zeros((len(problem.objectives.target), problem.weeks), np.int32)
    quota[:, : problem.objectives.quota.shape[1]] = problem.objectives.quota
    after, follower, ends = _order(problem)
    return Facts(
        spots=_records(
            SPOT, len(chosen), value=options.value[chosen], option=chosen,
            content=options.content[chosen], channel=options.channel[chosen],
            hour=options.hour[chosen], day=problem.option_day[chosen],
            week=options.hour[chosen] // WEEK,
        ),
        contents=_records(
            CONTENT, problem.size, penalty=contents.penalty, department=contents.department,
            objective=contents.objective, lag=contents.lag, exclusive=contents.exclusive,
            move_price=problem.standing.move_price, home=spots[problem.standing.approved],
            after=after, first_follower=ends[:-1], last_follower=ends[1:], fixed=problem.fixed,
            first=np.searchsorted(options.content[chosen], np.arange(problem.size)),
            end=np.searchsorted(options.content[chosen], np.arange(problem.size), "right"),
            needed=_needed(problem, after),
        ),
        channels=_records(
            CHANNEL, len(channels.gap), gap=channels.gap, cross_gap=channels.cross_gap,
            daily_most=channels.daily_most,
        ),
        follower=_small(np.append(follower, 0)),
        weekly_most=_small(channels.weekly_most),
        fatigue=fatigue,
        target=problem.objectives.target.astype(np.float64),
        quota=quota,
        quota_penalty=float(problem.objectives.quota_penalty),
        beyond=float(problem.objectives.beyond),
    )  # fmt: skip


def _records(kind: np.dtype[np.void], size: int, **fields: Any) -> Records:
    made = np.zeros(size, kind)
    for name, array in fields.items():
        made[name] = array
    return made


def _order(problem: Problem) -> tuple[Ints, Ints, Ints]:
    """Whom each content follows, [n]; all that follow somebody, and where in these the followers of
    each content begin, [n + 1]. Two that are locked are past ordering, circles past hope."""
    after, fixed = problem.contents.after, problem.fixed
    given = problem.circles | (fixed & (after >= 0) & fixed[after])
    after = np.where(given, NOWHERE, after)
    follower = np.argsort(after, kind="stable")
    follower = follower[after[follower] >= 0]
    return after, follower, np.searchsorted(after[follower], np.arange(problem.size + 1))


def _needed(problem: Problem, after: Ints) -> Flags:
    """[n] the contents that one which is locked has to follow."""
    found = np.zeros(problem.size, bool)
    for content in np.flatnonzero(problem.fixed):
        before = after[content]
        while before >= 0 and not found[before]:
            found[before] = True
            before = after[before]
    return found & ~problem.fixed


def _standing(problem: Problem, keep: Flags | None) -> Ints:
    """The options to keep: of a locked content its own alone."""
    chosen = np.ones(len(problem.options.value), bool) if keep is None else keep.copy()
    approved = problem.standing.approved
    chosen[approved[approved >= 0]] = True
    chosen &= ~(problem.fixed | problem.circles)[problem.options.content]
    chosen[problem.standing.locked[problem.fixed]] = True
    return np.flatnonzero(chosen)


def _small(array: Ints) -> Small:
    return np.ascontiguousarray(array, np.int32)


def begin(problem: Problem, known: Facts, assignment: Assignment) -> State:
    """The state of an assignment; options that the facts do not keep leave their content out."""
    channels, hours = problem.channels.open.shape
    departments, weeks = problem.departments, problem.weeks
    state = State(
        spot=np.full(problem.size, -1, np.int32),
        who=np.full((channels, hours), -1, np.int32),
        shut=np.zeros((channels, hours), np.int16),
        around=np.zeros((channels, hours), np.int16),
        own=np.zeros((channels, departments, hours), np.int16),
        days=np.zeros((channels, problem.days), np.int32),
        weeks=np.zeros((channels, departments, weeks), np.int32),
        earned=np.zeros(len(known.target)),
        counted=np.zeros((len(known.target), weeks), np.int32),
    )
    spots = np.full(len(problem.options.value) + 1, -1, np.int32)
    spots[known.spots["option"]] = np.arange(len(known.spots), dtype=np.int32)
    _lay(known, state, spots[assignment])
    return state


def assignment_of(known: Facts, spots: Small) -> Assignment:
    """[n] options, from the spots of a state."""
    return np.append(known.spots["option"].astype(np.int64), NOWHERE)[spots]


@compiled
def _lay(known: Facts, state: State, spots: Small) -> None:
    for content in range(spots.shape[0]):
        if spots[content] >= 0:
            put(known, state, spots[content], 1)


@inlined
def put(known: Facts, state: State, spot: int, sign: int) -> None:
    """Give a content its spot (sign 1) or take it away (sign -1)."""
    content = known.spots[spot].content
    channel, hour = known.spots[spot].channel, known.spots[spot].hour
    department, objective = known.contents[content].department, known.contents[content].objective
    hours = state.who.shape[1]
    state.who[channel, hour] = content if sign > 0 else -1
    state.spot[content] = spot if sign > 0 else -1
    reach = known.channels[channel].gap
    for other in range(max(0, hour - reach + 1), min(hours, hour + reach)):
        state.shut[channel, other] += sign
    reach = known.channels[channel].cross_gap
    for other in range(max(0, hour - reach + 1), min(hours, hour + reach)):
        state.around[channel, other] += sign
        state.own[channel, department, other] += sign
    reach = known.contents[content].exclusive
    for other in range(max(0, hour - reach + 1), min(hours, hour + reach)):
        state.shut[channel, other] += sign
    week = known.spots[spot].week
    state.days[channel, known.spots[spot].day] += sign
    state.weeks[channel, department, week] += sign
    state.earned[objective] += sign * known.spots[spot].value
    state.counted[objective, week] += sign


@inlined
def free(known: Facts, state: State, content: int, spot: int) -> bool:
    """Whether the channel's rules allow it; its content must not have a place."""
    channel, hour = known.spots[spot].channel, known.spots[spot].hour
    department = known.contents[content].department
    if state.shut[channel, hour] != 0:
        return False
    if state.around[channel, hour] != state.own[channel, department, hour]:
        return False
    if state.days[channel, known.spots[spot].day] >= known.channels[channel].daily_most:
        return False
    most = known.weekly_most[channel, department]
    if state.weeks[channel, department, known.spots[spot].week] >= most:
        return False
    reach = known.contents[content].exclusive
    for other in range(max(0, hour - reach + 1), min(state.who.shape[1], hour + reach)):
        if state.who[channel, other] >= 0:
            return False
    return True


@inlined
def fits(known: Facts, state: State, content: int, spot: int) -> bool:
    """Whether no rule is broken by it, order included."""
    if not free(known, state, content, spot):
        return False
    hour = known.spots[spot].hour
    before = known.contents[content].after
    if before >= 0:
        there = state.spot[before]
        if there < 0 or hour - known.spots[there].hour < known.contents[content].lag:
            return False
    for index in range(
        known.contents[content].first_follower, known.contents[content].last_follower
    ):
        later = known.follower[index]
        there = state.spot[later]
        if there >= 0 and known.spots[there].hour - hour < known.contents[later].lag:
            return False
    return True


@inlined
def earns(known: Facts, state: State, objective: int, value: float) -> float:
    """What a value adds to its objective: all up to the target, a part beyond."""
    room = known.target[objective] - state.earned[objective]
    if room >= value:
        return value
    if room <= 0:
        return known.beyond * value
    return float(room + known.beyond * (value - room))


@inlined
def gain(known: Facts, state: State, content: int, spot: int) -> float:
    """What the plan gains if the content, which has no place, takes the spot."""
    objective, channel = known.contents[content].objective, known.spots[spot].channel
    week = known.spots[spot].week
    won = earns(known, state, objective, known.spots[spot].value) + known.contents[content].penalty
    won -= known.fatigue[channel, state.days[channel, known.spots[spot].day]]
    if state.counted[objective, week] < known.quota[objective, week]:
        won += known.quota_penalty
    if known.contents[content].home == spot:
        won += known.contents[content].move_price
    return float(won)


@compiled
def total(known: Facts, state: State) -> float:
    """The plan's value less the price of moves, counted from the state."""
    sum_ = 0.0
    for objective in range(known.target.shape[0]):
        earned, target = state.earned[objective], known.target[objective]
        sum_ += min(earned, target) + known.beyond * max(0.0, earned - target)
        for week in range(known.quota.shape[1]):
            missing = known.quota[objective, week] - state.counted[objective, week]
            sum_ -= known.quota_penalty * max(0, missing)
    for channel in range(state.days.shape[0]):
        for day in range(state.days.shape[1]):
            sum_ -= known.fatigue[channel, : state.days[channel, day]].sum()
    for content in range(state.spot.shape[0]):
        spot = state.spot[content]
        if spot < 0:
            sum_ -= known.contents[content].penalty
        if spot < 0 or spot != known.contents[content].home:
            sum_ -= known.contents[content].move_price
    return sum_

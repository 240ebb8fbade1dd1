"""Why a content is where it is: what it earns there, the next best place, and what keeps it from a
better one. Codes and numbers only; sentences are made above, where they can be translated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unisono.rooms.orchestration.solver import board
from unisono.rooms.orchestration.solver.board import Facts, Floats, State, fits, gain, put
from unisono.rooms.orchestration.solver.checker import Rule
from unisono.rooms.orchestration.solver.compiled import compiled
from unisono.rooms.orchestration.solver.model import WEEK, Assignment, Flags, Problem

SHOWN = 3
"""Better places of a content of which the reason is given."""


@dataclass(frozen=True)
class Reason:
    """A rule that keeps a content from a place: with whom it would collide, or (none) the rule
    alone; `limit` is in hours or contents."""

    rule: Rule
    others: tuple[int, ...]
    limit: int


@dataclass(frozen=True)
class Better:
    """A place that would earn `more` for this content, and what binds."""

    option: int
    more: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Explanation:
    """Of one content. Options are those of the problem; -1 for none."""

    content: int
    option: int
    earns: float
    """What the plan would lose without it; for one without a place, 0."""
    next_option: int
    """The best other place that breaks nothing."""
    next_cost: float
    """What moving there would cost the plan; less than nothing if it would be better."""
    better: tuple[Better, ...]
    fixed: bool


def explain(problem: Problem, assignment: Assignment) -> list[Explanation]:
    """Of all contents, in their order."""
    known = board.facts(problem)
    state = board.begin(problem, known, assignment)
    return [_one(problem, known, state, content) for content in range(problem.size)]


def _one(problem: Problem, known: Facts, state: State, content: int) -> Explanation:
    here, spot = known.contents[content], int(state.spot[content])
    first, end = int(here["first"]), int(here["end"])
    gains, good = np.zeros(end - first), np.zeros(end - first, bool)
    if spot >= 0:
        put(known, state, spot, -1)
    _weigh(known, state, content, gains, good)
    earns = float(gains[spot - first]) if spot >= 0 else 0.0
    others = np.flatnonzero(good & (np.arange(first, end) != spot))
    best = int(others[np.argmax(gains[others])]) if len(others) else -1
    option = known.spots["option"]
    blocked = np.flatnonzero(~good & (gains > earns + 0.5) & (np.arange(first, end) != spot))
    blocked = blocked[np.argsort(-gains[blocked], kind="stable")][:SHOWN]
    told = Explanation(
        content=content,
        option=int(option[spot]) if spot >= 0 else -1,
        earns=earns,
        next_option=int(option[first + best]) if best >= 0 else -1,
        next_cost=earns - float(gains[best]) if best >= 0 else 0.0,
        better=tuple(
            Better(
                option=int(option[first + each]),
                more=float(gains[each]) - earns,
                reasons=_reasons(known, state, content, first + int(each)),
            )
            for each in blocked
        ),
        fixed=bool(here["fixed"]),
    )
    if spot >= 0:
        put(known, state, spot, 1)
    return told


@compiled
def _weigh(known: Facts, state: State, content: int, gains: Floats, good: Flags) -> None:
    """What each spot of a content would gain, and whether it fits."""
    first = known.contents[content].first
    for index in range(gains.shape[0]):
        gains[index] = gain(known, state, content, first + index)
        good[index] = fits(known, state, content, first + index)


def _reasons(known: Facts, state: State, content: int, spot: int) -> tuple[Reason, ...]:
    """The rules that the content would break at the spot; it has no place in the state."""
    there, here = known.spots[spot], known.contents[content]
    channel, hour = int(there["channel"]), int(there["hour"])
    department = int(here["department"])
    found = [*_near(known, state, content, channel, hour)]
    most = int(known.channels["daily_most"][channel])
    if state.days[channel, there["day"]] >= most:
        found.append(Reason(Rule.DAILY, _of_day(known, state, channel, int(there["day"])), most))
    most = int(known.weekly_most[channel, department])
    if state.weeks[channel, department, hour // WEEK] >= most:
        found.append(Reason(Rule.WEEKLY, (), most))
    before = int(here["after"])
    if before >= 0:
        place = int(state.spot[before])
        if place < 0 or hour - known.spots["hour"][place] < here["lag"]:
            found.append(Reason(Rule.ORDER, (before,), int(here["lag"])))
    for later in known.follower[here["first_follower"] : here["last_follower"]]:
        place, lag = int(state.spot[later]), int(known.contents["lag"][later])
        if place >= 0 and known.spots["hour"][place] - hour < lag:
            found.append(Reason(Rule.ORDER, (int(later),), lag))
    return tuple(found)


def _near(known: Facts, state: State, content: int, channel: int, hour: int) -> list[Reason]:
    gap, cross = (int(known.channels[name][channel]) for name in ("gap", "cross_gap"))
    own = int(known.contents["exclusive"][content])
    farthest = max(gap, cross, int(known.contents["exclusive"].max(initial=0)))
    first = max(0, hour - farthest + 1)
    lane = state.who[channel, first : hour + farthest]
    found = []
    for place in np.flatnonzero(lane >= 0):
        other, apart = int(lane[place]), abs(first + int(place) - hour)
        same = known.contents["department"][other] == known.contents["department"][content]
        alone = max(own, int(known.contents["exclusive"][other]))
        if apart < gap:
            found.append(Reason(Rule.GAP, (other,), gap))
        elif apart < cross and not same:
            found.append(Reason(Rule.CROSS_GAP, (other,), cross))
        if apart < alone:
            found.append(Reason(Rule.EXCLUSIVE, (other,), alone))
    return found


def _of_day(known: Facts, state: State, channel: int, day: int) -> tuple[int, ...]:
    there = np.unique(state.who[channel])
    return tuple(
        int(content)
        for content in there[there >= 0]
        if known.spots["day"][state.spot[content]] == day
    )

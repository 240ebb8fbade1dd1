"""The best plan of what there is: posed, solved, and held against the house rules until it fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import inf
from uuid import UUID

import numpy as np

from unisono.rooms.orchestration import hearing
from unisono.rooms.orchestration.audience.learning import Learned
from unisono.rooms.orchestration.plans.checking import as_it_stands, broken
from unisono.rooms.orchestration.plans.facts import Facts, Item
from unisono.rooms.orchestration.plans.posing import Posed, Worth, pose
from unisono.rooms.orchestration.solver import replan, solving
from unisono.rooms.orchestration.solver.model import Problem, empty
from unisono.rooms.orchestration.solver.value import with_moves
from unisono.rooms.people.actors import Actor

ROUNDS = 6
"""How often what collides to the minute is banned and solved anew; then it stays where it was."""


FIRST = 0.4
"""The share of the effort that the first round has."""


@dataclass(frozen=True)
class Solved:
    """The times of all posts, now and by the plan; `left` have no place by it.

    No choice among the hours that were weighed is better by more than the share `spare` (None: not
    known). `spent` is the work that was done, in seconds of a modest processor.
    """

    posed: Posed
    spare: float | None
    spent: float
    now: dict[UUID, datetime]
    then: dict[UUID, datetime]
    left: list[Item]


def worth_by(known: Learned, by: Actor) -> Worth:
    """What hours are worth by what is believed; 1 on a channel of which nothing is known."""

    def worth(item: Item, at: datetime) -> float:
        channel = str(item.channel)
        if channel not in known.places:
            return 1.0
        return float(known.belief(channel).worth[hearing.hour_at(by, at)])

    return worth


def solve(
    facts: Facts,
    worth: Worth,
    *,
    freedom: str,
    seed: int,
    effort: float,
    anew: bool = False,
    say: Callable[[int], None] = lambda _percent: None,
) -> Solved:
    """A plan that breaks no rule which is not broken by what stays. `anew`: near what stands.

    `effort` is in seconds of a modest processor, for all rounds together. Later rounds begin with
    what the one before found. The clock is not looked at: the same facts and seed make the same
    plan.
    """
    banned: set[tuple[UUID, datetime]] = set()
    now = as_it_stands(facts)
    then, spent = now, 0.0
    left: list[Item] = []
    first: Round | None = None
    for turn, work in enumerate(shares(effort)):
        posed = pose(facts, worth, freedom=freedom, banned=banned)
        made = _round(posed, seed, work, anew, then if turn else None)
        first, spent = first or made, spent + work
        then, left = _times(posed, made.outcome, now)
        say(30 + 10 * (turn + 1))
        against = broken(facts, then)
        moved = [key for key in against if then[key] != now.get(key)]
        # Of what collides where it stands, one has to go: the last.
        stays = [key for key in against if (key, then[key]) not in banned and key not in moved]
        if not moved and not stays:
            break
        banned |= {(key, then[key]) for key in moved or [max(stays, key=lambda key: then[key])]}
    else:
        then = _without_collisions(facts, now, then)
    return Solved(posed, _spare(first or made, then), spent, now, then, left)


def shares(effort: float) -> list[float]:
    """How much of the effort each round has: the first, which begins with nothing, the most."""
    return [effort * FIRST, *[effort * (1 - FIRST) / (ROUNDS - 1)] * (ROUNDS - 1)]


@dataclass(frozen=True)
class Round:
    """A problem and what was found for it."""

    posed: Posed
    problem: Problem
    outcome: solving.Outcome


def _round(
    posed: Posed, seed: int, work: float, anew: bool, before: dict[UUID, datetime] | None
) -> Round:
    if not any(i.movable and at for i, at in zip(posed.items, posed.instants, strict=True)):
        # Nothing can move: what stands is the plan.
        outcome = solving.finish(posed.problem, empty(posed.problem), -inf, seed, 0.0, whole=True)
        return Round(posed, posed.problem, outcome)
    if anew:
        stands = np.array(posed.now_options, np.int64)
        problem, plan = replan.changed(
            posed.problem, stands, now=0, approved=~posed.problem.fixed & (stands >= 0)
        )
        return Round(posed, problem, replan.again(problem, plan, work=work, seed=seed))
    start = None
    if before is not None:
        start = replan.standing_still(posed.problem, posed.assignment(before))
    outcome = solving.solve(posed.problem, seed=seed, work=work, start=start)
    return Round(posed, posed.problem, outcome)


def _spare(first: Round, then: dict[UUID, datetime]) -> float | None:
    """How far the proven bound lies above the plan, as a share; both as the first round weighed,
    before anything was banned. None where the plan holds a time that was not weighed there."""
    given = first.posed.assignment(then)
    for n, item in enumerate(first.posed.items):
        if item.key in then and given[n] < 0:
            return None
    bound = first.outcome.bound
    return max(0.0, bound - with_moves(first.problem, given)) / max(1.0, abs(bound))


def _times(
    posed: Posed, outcome: solving.Outcome, now: dict[UUID, datetime]
) -> tuple[dict[UUID, datetime], list[Item]]:
    then, left = dict(now), []
    for item, option in zip(posed.items, outcome.assignment.tolist(), strict=True):
        if not item.movable:
            continue
        if option >= 0:
            then[item.key] = posed.instant(option)
        else:
            left.append(item)
    return then, left


def _without_collisions(
    facts: Facts, now: dict[UUID, datetime], then: dict[UUID, datetime]
) -> dict[UUID, datetime]:
    """The plan less the moves that collide to the minute, and less those that collide then."""
    kept = dict(then)
    while moved := [key for key in broken(facts, kept) if kept[key] != now.get(key)]:
        for key in moved:
            if key in now:
                kept[key] = now[key]
            else:
                del kept[key]
    return kept

"""The best plan of what there is: posed, solved, and held against the house rules until it fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

from unisono.rooms.orchestration import hearing
from unisono.rooms.orchestration.audience.learning import Learned
from unisono.rooms.orchestration.plans.checking import as_it_stands, broken
from unisono.rooms.orchestration.plans.facts import Facts, Item
from unisono.rooms.orchestration.plans.posing import Posed, Worth, pose
from unisono.rooms.orchestration.solver import replan, solving
from unisono.rooms.people.actors import Actor

ROUNDS = 6
"""How often what collides to the minute is banned and solved anew; then it stays where it was."""


@dataclass(frozen=True)
class Solved:
    """The times of all posts, now and by the plan; `left` have no place by it."""

    posed: Posed
    outcome: solving.Outcome
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
    """A plan that breaks no rule which is not broken by what stays. `anew`: near what stands."""
    banned: set[tuple[UUID, datetime]] = set()
    now = as_it_stands(facts)
    for turn in range(ROUNDS):
        posed = pose(facts, worth, freedom=freedom, banned=banned)
        outcome = _outcome(posed, seed, effort, anew)
        then, left = _times(posed, outcome, now)
        say(30 + 10 * (turn + 1))
        against = broken(facts, then)
        moved = [key for key in against if then[key] != now.get(key)]
        # Of what collides where it stands, one has to go: the last.
        stays = [key for key in against if (key, then[key]) not in banned and key not in moved]
        if not moved and not stays:
            return Solved(posed, outcome, now, then, left)
        banned |= {(key, then[key]) for key in moved or [max(stays, key=lambda key: then[key])]}
    return Solved(posed, outcome, now, _without_collisions(facts, now, then), left)


def _outcome(posed: Posed, seed: int, effort: float, anew: bool) -> solving.Outcome:
    if not anew:
        return solving.solve(posed.problem, seed=seed, work=effort)
    stands = np.array(posed.now_options, np.int64)
    problem, plan = replan.changed(
        posed.problem, stands, now=0, approved=~posed.problem.fixed & (stands >= 0)
    )
    return replan.again(problem, plan, seconds=effort, seed=seed)


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

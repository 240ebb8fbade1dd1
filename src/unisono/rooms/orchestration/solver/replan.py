"""A plan after something happened: what is out or locked stays, and moving what was approved costs.

`changed` says what is so now; `again` finds a plan for it that keeps to the old one where it can.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from unisono.rooms.orchestration.solver import board, greedy, prices, search, solving
from unisono.rooms.orchestration.solver.model import (
    NOWHERE,
    Assignment,
    Flags,
    Ints,
    Options,
    Problem,
    Standing,
)

MOVE_PRICE = 3000
MILD = 0.2
"""How warm the search begins: the old plan is good, and only what broke needs mending."""
ENOUGH = 0.6
"""The share of the time that the search may take; the rest is for reading, prices and checking."""


@dataclass(frozen=True)
class Closed:
    """Hours from `first` up to `end` in which nothing goes out, on one channel or (None) on all."""

    first: int
    end: int
    channel: int | None = None


def changed(
    problem: Problem,
    plan: Assignment,
    *,
    now: int,
    approved: Flags,
    closed: Sequence[Closed] = (),
    penalty: Ints | None = None,
    worth: Mapping[int, float] | None = None,
    move_price: int = MOVE_PRICE,
) -> tuple[Problem, Assignment]:
    """The problem from hour `now` on, and what is left of the plan in its terms.

    What the plan has before `now` is out, and locked as everything that was. `penalty` [n] is what
    leaving out costs from now on, `worth` by how much more an objective counts: of one that is
    behind, more than 1.
    """
    options, channels = problem.options, problem.channels
    open_ = channels.open.copy()
    for span in closed:
        lanes = slice(None) if span.channel is None else slice(span.channel, span.channel + 1)
        open_[lanes, span.first : span.end] = False
    out = (plan >= 0) & (options.hour[plan] < now)
    locked = np.where(out, plan, problem.standing.locked)
    usable = open_[options.channel, options.hour] & (options.hour >= now)
    usable[locked[locked >= 0]] = True
    kept, place = _narrowed(problem, usable, worth or {})
    home = place[np.where(approved & ~out, plan, NOWHERE)]
    contents = problem.contents if penalty is None else replace(problem.contents, penalty=penalty)
    new = replace(
        problem,
        contents=contents,
        channels=replace(channels, open=open_),
        options=kept,
        standing=Standing(
            locked=place[locked],
            approved=home,
            move_price=np.where(home >= 0, move_price, 0).astype(np.int64),
        ),
    )
    return new, place[plan]


def _narrowed(problem: Problem, usable: Flags, worth: Mapping[int, float]) -> tuple[Options, Ints]:
    """The options that can still be used, worth what they are now; and where each of the old ones
    is among them, or NOWHERE (also behind the last, for contents that have none)."""
    options = problem.options
    kept = np.flatnonzero(usable)
    place = np.full(len(options.value) + 1, NOWHERE, np.int64)
    place[kept] = np.arange(len(kept))
    content = options.content[kept]
    factor = np.array([worth.get(each, 1.0) for each in range(len(problem.objectives.target))])
    value = np.rint(options.value[kept] * factor[problem.contents.objective[content]])
    narrowed = Options(
        content=content,
        channel=options.channel[kept],
        hour=options.hour[kept],
        value=value.astype(np.int64),
        number=options.number[kept],
        first=np.searchsorted(content, np.arange(problem.size + 1)),
    )
    return narrowed, place


def again(
    problem: Problem,
    plan: Assignment,
    *,
    seconds: float = 2.0,
    seed: int = 1,
    work: float | None = None,
    started: float | None = None,
) -> solving.Outcome:
    """A valid plan near `plan` within so many seconds; `plan` may have lost places.

    `work` is how much is done instead, in seconds of the modest processor, however long it takes:
    then the same seed makes the same plan always.
    """
    begun = time.monotonic() if started is None else started
    clock = solving.Clock(None if work is not None else begun + seconds * (1 - solving.RESERVE))
    seconds = seconds if work is None else work
    known = board.facts(problem)
    state = board.begin(problem, known, standing_still(problem, plan))
    greedy.fill(known, state, np.zeros(len(known.spots)), 0.0)
    aim = board.total(known, state)
    todo = solving.amount(problem, seconds)
    with ThreadPoolExecutor(1) as pool:
        pricing = clock.part(ENOUGH)
        hoped = aim + 0.02 * abs(aim)
        paid = pool.submit(
            prices.price, problem, known, todo.prices, hoped, pricing.over, pricing.behind
        )
        way = search.walk(known, state, np.zeros(len(known.spots)), seed)
        step = 3.4e-6 + 3.8e-8 * len(known.spots) / max(1, problem.size)
        chunks = int(ENOUGH * seconds / 2 / step) // search.CHUNK + 1
        solving.anneal(known, way, chunks, clock, share=ENOUGH, warm=MILD)
        bound = paid.result().bound
    found = board.assignment_of(known, way.best)
    return solving.finish(problem, found, bound, seed, begun, whole=clock.whole)


def standing_still(problem: Problem, plan: Assignment) -> Assignment:
    """The plan without those that follow somebody who has lost the place, or has it too late."""
    plan = np.where(problem.fixed, problem.standing.locked, plan)
    hours, after = problem.options.hour, problem.contents.after
    while True:
        lost = (plan >= 0) & (after >= 0) & ~problem.fixed
        there = plan[after]
        lost &= (there < 0) | (hours[plan] - hours[there] < problem.contents.lag)
        if not lost.any():
            return plan
        plan = np.where(lost, NOWHERE, plan)


def forced(problem: Problem, plan: Assignment, approved: Flags) -> Flags:
    """[n]: which approved contents have to move, because their place is closed now or because whom
    they follow has lost the place. `plan` is in the terms of the new problem."""
    lost = approved & (plan < 0)
    followers = approved & (plan >= 0) & (standing_still(problem, plan) < 0)
    return lost | followers

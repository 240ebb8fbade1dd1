"""As good as it gets: a plan with the proof that hardly any can be better.

From the bound's prices follows which options no better plan can use: those that lose more against
the best of their content than what lies between plan and bound. What is left is small enough for
HiGHS.
"""

from __future__ import annotations

import time

import numpy as np

from unisono.rooms.orchestration.solver import board, exact, prices, rows, solving
from unisono.rooms.orchestration.solver.board import Facts
from unisono.rooms.orchestration.solver.model import Assignment, Flags, Ints, Problem, empty
from unisono.rooms.orchestration.solver.value import with_moves

CLOSE = 1e-3
"""The gap that is close enough, as a share of the bound."""
SEARCHING = 0.2
"""The share of the time for a good plan, before it is proved."""


def prove(
    problem: Problem,
    *,
    seconds: float,
    seed: int,
    work: float | None = None,
    started: float | None = None,
) -> solving.Outcome:
    """The plan, and a bound within `CLOSE` where the time is enough. `work` is how much is searched
    before; a share of the seconds otherwise."""
    begun = time.monotonic() if started is None else started
    searching = SEARCHING * seconds
    first = solving.solve(problem, seconds=searching, seed=seed, work=work, started=begun)
    known = board.facts(problem)
    steps = solving.amount(problem, work or searching).prices * 2
    paid = prices.price(problem, known, steps, first.score)
    bound, plan = min(first.bound, paid.bound), first.assignment
    left = seconds * (1 - solving.RESERVE) - (time.monotonic() - begun)
    if bound - first.score > CLOSE * abs(bound) and left > 0:
        plan, bound = _settle(problem, known, paid, plan, bound, left)
    return solving.finish(problem, plan, bound, seed, begun, whole=False)


def _settle(
    problem: Problem,
    known: Facts,
    paid: prices.Prices,
    plan: Assignment,
    bound: float,
    seconds: float,
) -> tuple[Assignment, float]:
    """HiGHS on all that could be better than the plan."""
    score = with_moves(problem, plan)
    keep = worthwhile(known, paid, bound - score)
    state = board.begin(problem, known, empty(problem))
    mine = board.begin(problem, known, plan).spot
    keep[mine[mine >= 0]] = True
    keep &= known.contents["fixed"][known.spots["content"]] == 0
    spots = np.flatnonzero(keep)
    spots = spots[exact.fitting(known, state, spots)]
    made = rows.program(known, state, spots)
    start = np.flatnonzero(mine[known.spots["content"][spots]] == spots)
    answer = exact.solve(made, start, exact.Effort(seconds, 2**30, gap=CLOSE / 2))
    still = board.total(known, state)
    exact.place(known, state, spots[answer.columns])
    found = board.assignment_of(known, state.spot)
    better = found if with_moves(problem, found) > score else plan
    # Of the options that were left out none is in a plan better than ours.
    return better, min(bound, max(score, still + answer.bound))


def worthwhile(known: Facts, paid: prices.Prices, slack: float) -> Flags:
    """[s] which spots a plan may use that is better than one `slack` below the bound.

    At the bound's prices each chain of contents that follow each other is worth `whole`; with a
    given spot for one of them it is at most that spot's worth and the best of all others.
    """
    content, first = known.spots["content"], _first_of_chain(known)
    best = np.zeros(len(known.contents))
    np.maximum.at(best, content, paid.guide)
    whole, most = np.zeros(len(best)), np.zeros(len(best))
    placed = np.flatnonzero(paid.taken >= 0)
    np.add.at(whole, first[placed], paid.guide[paid.taken[placed]])
    np.add.at(most, first, best)
    others = most[first] - best
    keep: Flags = paid.guide + others[content] >= whole[first][content] - slack - 1e-6
    return keep


def _first_of_chain(known: Facts) -> Ints:
    """[n] the content that a chain begins with."""
    after = known.contents["after"].astype(np.int64)
    first = np.arange(len(after))
    while (after[first] >= 0).any():
        first = np.where(after[first] >= 0, after[first], first)
    return first

"""All contents placed anew at once by HiGHS, each among a few of its spots:

Spots picked by chance far down the ranks win more than any fixed choice of the best: where the
guide is right about a spot it is in the plan soon, and what is left to win lies where it errs.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unisono.rooms.orchestration.solver import board, exact
from unisono.rooms.orchestration.solver.board import Facts, Floats
from unisono.rooms.orchestration.solver.model import Assignment, Ints, Problem
from unisono.rooms.orchestration.solver.parts import free_ones, give_back
from unisono.rooms.orchestration.solver.value import with_moves

if TYPE_CHECKING:
    from unisono.rooms.orchestration.solver.solving import Clock

LEAST_WIDTH, MOST_WIDTH = 4, 60
"""Spots of each content."""
COLUMNS = 7200
"""Spots of a pass in all, of the first two, which go side by side."""
WIDER = 1.8
"""How many times as many spots those after them try, one at a time, in the same memory."""
FIRST_COST, LATER_COST = 9e-4, 3.2e-4
"""Seconds of a modest processor for each spot of the first passes, and of the later ones."""
REACH = 4.0
"""How far down the ranks chance goes, in widths."""
NODES = 200
"""The nodes after which HiGHS has to do with what it has."""
GAPS = 1e-4, 2e-5
"""The gap at which a pass has to do, the first and the later ones."""


@dataclass(frozen=True)
class Passes:
    """How many rounds, the first of two passes, and how many spots of each content these try."""

    rounds: int
    width: int

    def sides(self, turn: int) -> int:
        return 1 if turn else 2

    def spots(self, turn: int) -> int:
        return int(self.width * WIDER) if turn else self.width


def passes(seconds: float, contents: int) -> Passes:
    """What can be done in the time; none where it is too little for one."""
    contents = max(1, contents)
    width = int(min(MOST_WIDTH, COLUMNS / contents, seconds / FIRST_COST / contents))
    if width < LEAST_WIDTH:
        return Passes(0, 0)
    left = seconds - FIRST_COST * width * contents
    return Passes(1 + int(left / (LATER_COST * WIDER * width * contents)), width)


def improve(
    problem: Problem,
    known: Facts,
    plans: list[Assignment],
    guide: Floats,
    todo: Passes,
    seed: int,
    clock: Clock,
    pool: Executor,
) -> Assignment:
    """The best plan after so many rounds, begun from the plans given; each round goes on from what
    is best, with the runner-up at hand."""
    for turn in range(todo.rounds):
        if clock.over():
            break
        plans = sorted(plans, key=lambda plan: -with_moves(problem, plan))[:2]
        runs = [
            pool.submit(
                _pass, problem, known, plans, guide, todo.spots(turn), (seed, turn, side), clock
            )
            for side in range(todo.sides(turn))
        ]
        plans = [plans[0], *(run.result() for run in runs)]
        give_back()
    return max(plans, key=lambda plan: with_moves(problem, plan))


def _pass(
    problem: Problem,
    known: Facts,
    plans: list[Assignment],
    guide: Floats,
    width: int,
    seed: tuple[int, int, int],
    clock: Clock,
) -> Assignment:
    """Begin from the first of the plans, with the spots of the others at hand."""
    _seed, turn, side = seed
    chance = np.random.default_rng(seed)

    def by_chance(count: int) -> Ints:
        reach = min(count, int(REACH * width))
        return np.sort(chance.permutation(reach)[:width])

    state = board.begin(problem, known, plans[0])
    others = [board.begin(problem, known, plan).spot for plan in plans[1:]]
    ranks = exact.first(width) if turn == side == 0 else by_chance
    effort = exact.Effort(min(60.0, clock.left()), NODES, GAPS[turn > 0])
    ended = exact.polish(known, state, guide, free_ones(known), ranks, effort, others)
    if not ended and clock.left() <= 0:
        clock.whole = False
    return board.assignment_of(known, state.spot)

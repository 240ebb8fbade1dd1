"""Which parts of a plan HiGHS is given, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unisono.rooms.orchestration.solver import board, exact
from unisono.rooms.orchestration.solver.board import Facts, Floats, State
from unisono.rooms.orchestration.solver.model import Assignment, Ints, Problem

if TYPE_CHECKING:
    from unisono.rooms.orchestration.solver.solving import Clock

MOST, WIDTH = 120, 25
"""Contents of a part, and spots for each."""
SECONDS, NODES = 1.2, 60
"""About what a part takes, and the nodes after which HiGHS has to do with what it has."""
TOO_MANY = 3000
"""Contents from which on parts of this size are too few of the whole to be worth their time."""


def polish(
    problem: Problem,
    known: Facts,
    plan: Assignment,
    guide: Floats,
    seed: int,
    rounds: int,
    clock: Clock,
) -> Assignment:
    """So many parts of the plan placed anew, as long as there is time."""
    state = board.begin(problem, known, plan)
    chance = np.random.default_rng(seed)
    for turn in range(rounds):
        if clock.over():
            break
        part = _slab(known, state, chance) if turn % 2 else _lanes(known, state, chance)
        left = min(60.0, clock.left())
        ended = exact.polish(known, state, guide, part, WIDTH, exact.Effort(left, NODES))
        if not ended and clock.left() <= 0:
            clock.whole = False
    return board.assignment_of(known, state.spot)


def _free(known: Facts) -> Ints:
    contents = known.contents
    return np.flatnonzero((contents["fixed"] == 0) & (contents["end"] > contents["first"]))


def _slab(known: Facts, state: State, chance: np.random.Generator) -> Ints:
    """The contents around an hour, on all channels; those without a place by their best spot."""
    free = _free(known)
    spots = np.where(state.spot[free] >= 0, state.spot[free], known.contents["first"][free])
    hours = known.spots["hour"][spots]
    middle = hours[int(chance.integers(len(hours)))] if len(hours) else 0
    nearest = np.argsort(np.abs(hours - middle), kind="stable")[:MOST]
    return np.sort(free[nearest])


def _lanes(known: Facts, state: State, chance: np.random.Generator) -> Ints:
    """The contents of a few channels, at all hours."""
    free = _free(known)
    spots = np.where(state.spot[free] >= 0, state.spot[free], known.contents["first"][free])
    channel = known.spots["channel"][spots]
    rank = np.argsort(chance.permutation(len(known.channels)))
    order = np.lexsort((chance.permutation(len(free)), rank[channel]))
    return np.sort(free[order[:MOST]])

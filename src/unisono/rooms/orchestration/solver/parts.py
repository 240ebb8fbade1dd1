"""Which parts of a plan HiGHS is given, one after the other."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from unisono.rooms.orchestration.solver import board, exact
from unisono.rooms.orchestration.solver.board import Facts, Floats, State
from unisono.rooms.orchestration.solver.model import Assignment, Ints, Problem

if TYPE_CHECKING:
    from unisono.rooms.orchestration.solver.solving import Clock

SMALL, LARGE, SOON = 200, 280, 12
"""Contents of a part: small ones in the first turns, which win most in little time; then large."""
WIDTHS = (15, 15, 15, 20)
"""Spots of each content, turn by turn: most is won among few, and the rest among more."""
SMALL_SECONDS, LARGE_SECONDS = 0.4, 1.2
"""About what a part takes on a modest processor."""
NODES = 60
"""The nodes after which HiGHS has to do with what it has."""
MANY = 2000
"""Contents from which on a part of the same hours on all channels would be no more than an hour,
and all of them together are too much for HiGHS."""


def turns(seconds: float) -> int:
    """How many parts can be done in the time."""
    first = SOON * SMALL_SECONDS
    if seconds <= first:
        return int(seconds / SMALL_SECONDS)
    return SOON + int((seconds - first) / LARGE_SECONDS)


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
        lanes = turn % 2 == 0 or problem.size > MANY
        most = SMALL if turn < SOON else LARGE
        part = (_lanes if lanes else _slab)(known, state, chance, most)
        width = WIDTHS[turn // 2 % len(WIDTHS)]
        effort = exact.Effort(min(60.0, clock.left()), NODES)
        ended = exact.polish(known, state, guide, part, exact.first(width), effort)
        give_back()
        if not ended and clock.left() <= 0:
            clock.whole = False
    return board.assignment_of(known, state.spot)


def give_back() -> None:
    """Return what HiGHS no longer uses to the system: two threads that take turns would otherwise
    each keep the most they ever needed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def free_ones(known: Facts) -> Ints:
    """The contents that may be placed anew."""
    contents = known.contents
    return np.flatnonzero((contents["fixed"] == 0) & (contents["end"] > contents["first"]))


def _slab(known: Facts, state: State, chance: np.random.Generator, most: int) -> Ints:
    """The contents around an hour, on all channels; those without a place by their best spot."""
    free = free_ones(known)
    spots = np.where(state.spot[free] >= 0, state.spot[free], known.contents["first"][free])
    hours = known.spots["hour"][spots]
    middle = hours[int(chance.integers(len(hours)))] if len(hours) else 0
    nearest = np.argsort(np.abs(hours - middle), kind="stable")[:most]
    return np.sort(free[nearest])


def _lanes(known: Facts, state: State, chance: np.random.Generator, most: int) -> Ints:
    """The contents of a few channels, at all hours."""
    free = free_ones(known)
    spots = np.where(state.spot[free] >= 0, state.spot[free], known.contents["first"][free])
    channel = known.spots["channel"][spots]
    rank = np.argsort(chance.permutation(len(known.channels)))
    order = np.lexsort((chance.permutation(len(free)), rank[channel]))
    return np.sort(free[order[:most]])

"""The first plan: contents in the order of what they would cost unplaced, each where it gains
most."""

from __future__ import annotations

import numpy as np

from unisono.rooms.orchestration.solver.board import Facts, Floats, Small, State, fits, gain, put
from unisono.rooms.orchestration.solver.compiled import compiled

TURNS = 8
"""Passes over the contents; one that follows another can only be placed after it."""


def fill(known: Facts, state: State, guide: Floats, weight: float) -> None:
    """Place in the state what has no place. `guide` [s] is what a spot is worth at the price of its
    hours; `weight` from 0 to 1 says how much that counts beside what it gains right now."""
    order = np.lexsort((-known.contents["penalty"], 1 - known.contents["needed"]))
    _fill(known, state, order.astype(np.int32), guide, weight)


@compiled
def _fill(known: Facts, state: State, order: Small, guide: Floats, weight: float) -> None:
    for _turn in range(TURNS):
        placed = False
        for content in order:
            if state.spot[content] >= 0 or known.contents[content].fixed:
                continue
            best, most = -1, -1e18
            for spot in range(known.contents[content].first, known.contents[content].end):
                if not fits(known, state, content, spot):
                    continue
                won = gain(known, state, content, spot)
                if won <= 0 and not known.contents[content].needed:
                    continue
                won = (1 - weight) * won + weight * guide[spot]
                if won > most:
                    best, most = spot, won
            if best >= 0:
                put(known, state, best, 1)
                placed = True
        if not placed:
            break

"""Ruin and recreate: take a few contents that are in each other's way off the board, put them back
one by one, and keep what came of it if it is better, or by chance if it is a little worse.

The chance falls with a temperature (simulated annealing) that follows the steps done, not the
clock, so the same seed and number of steps make the same plan.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unisono.rooms.orchestration.solver.board import (
    Facts,
    Floats,
    Small,
    State,
    earns,
    fits,
    gain,
    put,
    total,
)
from unisono.rooms.orchestration.solver.compiled import compiled, inlined

CHUNK = 4096
"""Steps between two looks at the clock."""
MOST_TAKEN = 6
"""Contents that a step takes off the board on purpose; those that follow them come along."""
NOISE = 0.03
"""How far a gain is blurred, as a share, when contents are put back."""
GUIDED = 0.7
"""The share of steps that heed the price of hours."""
NEARBY, ELSEWHERE = 0.7, 0.9
"""A step takes neighbours on the channel, contents near in time anywhere, or any at all."""

Chance = NDArray[np.uint64]


class Walk(NamedTuple):
    """One search under way; the arrays change."""

    state: State
    chance: Chance
    """[1] the state of its random numbers."""
    best: Small
    """[n] the spots of the best plan so far."""
    figures: Floats
    """[2] the present plan's value and the best one's."""
    guide: Floats
    """[s] what a spot is worth at the price of its hours."""
    top: Floats
    """[n] the most that a content's spots are worth then."""


def walk(known: Facts, state: State, guide: Floats, seed: int) -> Walk:
    """Begin a search from a state, which it goes on changing."""
    worth = total(known, state)
    top = np.full(len(known.contents), -1e18)
    np.maximum.at(top, known.spots["content"], guide)
    # Neighbouring seeds must not begin with neighbouring numbers.
    first = (seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % 2**64 or 1
    chance = np.array([first], np.uint64)
    for _ in range(8):
        draw(chance)
    return Walk(state, chance, state.spot.copy(), np.array([worth, worth]), guide, top)


@inlined
def draw(chance: Chance) -> float:
    """A number from 0 up to 1, of xorshift64 (Marsaglia 2003)."""
    bits = chance[0]
    bits ^= bits << np.uint64(13)
    bits ^= bits >> np.uint64(7)
    bits ^= bits << np.uint64(17)
    chance[0] = bits
    return float((bits >> np.uint64(11)) * (1.0 / 9007199254740992.0))


@compiled
def advance(known: Facts, way: Walk, steps: int, hot: float, cold: float) -> None:
    """Do so many steps while the temperature falls from `hot` to `cold`, in units of value."""
    size = way.best.shape[0]
    taken, left = np.empty(size, np.int32), np.empty(size, np.int32)
    keys, temperature = np.empty(size), hot
    for step in range(steps):
        if step % 128 == 0:
            temperature = hot * (cold / hot) ** (step / steps)
        first = int(draw(way.chance) * size)
        if known.contents[first].fixed or known.contents[first].first == known.contents[first].end:
            continue
        count, change = _ruin(known, way, first, taken, left)
        _shuffle(known, way, count, taken, left, keys)
        won, whole = _recreate(known, way, count, taken)
        change += won
        if whole and (change >= 0 or draw(way.chance) < math.exp(change / temperature)):
            way.figures[0] += change
            if way.figures[0] > way.figures[1] + 1e-6:
                way.figures[1] = way.figures[0]
                way.best[:] = way.state.spot
        else:
            _undo(known, way.state, count, taken, left)


@compiled
def _ruin(known: Facts, way: Walk, first: int, taken: Small, left: Small) -> tuple[int, float]:
    """Take `first` and some that may be in its way off the board: how many, and what is lost."""
    state, chance = way.state, way.chance
    most = 1 + int(draw(chance) * MOST_TAKEN)
    there = state.spot[first]
    spots = known.contents[first].end - known.contents[first].first
    # Around where it is, or where it would like to be: its spots lie in falling value.
    wish = known.contents[first].first + int(draw(chance) * draw(chance) * spots)
    if there >= 0 and draw(chance) < 0.5:
        wish = there
    taken[0], left[0] = first, -1
    count, change = 1, 0.0
    if there >= 0:
        count, change = _take(known, state, first, taken, left, 0)
    channel, hour, kind = known.spots[wish].channel, known.spots[wish].hour, draw(chance)
    if kind < NEARBY:
        reach = 2 * (4 + int(draw(chance) * 30)) + 1
        for turn in range(reach):
            other = hour + ((turn + 1) // 2 if turn % 2 else -(turn // 2))
            if count >= most:
                break
            if not 0 <= other < state.who.shape[1] or state.who[channel, other] < 0:
                continue
            if draw(chance) < 0.8:
                content = state.who[channel, other]
                count, lost = _take(known, state, content, taken, left, count)
                change += lost
    else:
        for _turn in range(3 * most):
            if count >= most:
                break
            content = int(draw(chance) * state.spot.shape[0])
            spot = state.spot[content]
            if spot >= 0 and (kind >= ELSEWHERE or abs(known.spots[spot].hour - hour) < 48):
                count, lost = _take(known, state, content, taken, left, count)
                change += lost
    return count, change


@compiled
def _take(
    known: Facts, state: State, content: int, taken: Small, left: Small, count: int
) -> tuple[int, float]:
    """Take a content and those that follow it off the board: how many there are, what is lost."""
    if known.contents[content].fixed:
        return count, 0.0
    begin, change = count, 0.0
    taken[count], left[count] = content, state.spot[content]
    count += 1
    while begin < count:
        content = taken[begin]
        put(known, state, left[begin], -1)
        change -= gain(known, state, content, left[begin])
        for index in range(
            known.contents[content].first_follower, known.contents[content].last_follower
        ):
            later = known.follower[index]
            if state.spot[later] >= 0 and not known.contents[later].fixed:
                taken[count], left[count] = later, state.spot[later]
                count += 1
        begin += 1
    return count, change


@compiled
def _shuffle(known: Facts, way: Walk, count: int, taken: Small, left: Small, keys: Floats) -> None:
    """In which order they come back: by chance, or the dear ones first."""
    by_chance = draw(way.chance) < 0.5
    for index in range(count):
        key = draw(way.chance)
        if not by_chance:
            key = -known.contents[taken[index]].penalty * (1 + 0.5 * key)
        content, spot, place = taken[index], left[index], index
        while place > 0 and keys[place - 1] > key:
            keys[place] = keys[place - 1]
            taken[place], left[place] = taken[place - 1], left[place - 1]
            place -= 1
        keys[place], taken[place], left[place] = key, content, spot


@compiled
def _recreate(known: Facts, way: Walk, count: int, taken: Small) -> tuple[float, bool]:
    """Put them back: what is won, and whether none is missing that must not."""
    state, won = way.state, 0.0
    weight = draw(way.chance) if draw(way.chance) < GUIDED else 0.0
    for _turn in range(3):
        waiting = False
        for index in range(count):
            content = taken[index]
            if state.spot[content] >= 0:
                continue
            before = known.contents[content].after
            if before >= 0 and state.spot[before] < 0:
                waiting = True
                continue
            spot = _choose(known, way, content, weight)
            if spot >= 0:
                won += gain(known, state, content, spot)
                put(known, state, spot, 1)
        if not waiting:
            break
    for index in range(count):
        if known.contents[taken[index]].needed and state.spot[taken[index]] < 0:
            return won, False
    return won, True


@inlined
def _choose(known: Facts, way: Walk, content: int, weight: float) -> int:
    """The spot that gains most, a little blurred; -1 where none gains anything."""
    state, chance = way.state, way.chance
    here = known.contents[content]
    objective, best, most = here.objective, -1, 0.0
    if weight > 0.0 or here.needed:
        most = -1e18
    extra = here.penalty + known.quota_penalty + here.move_price
    for spot in range(here.first, here.end):
        # Spots lie in falling value: from here on none can be better any more.
        bound = earns(known, state, objective, known.spots[spot].value) + extra
        bound = (1 - weight) * bound + weight * way.top[content]
        if bound > 0 and bound * (1 + NOISE) <= most:
            break
        if not fits(known, state, content, spot):
            continue
        won = gain(known, state, content, spot)
        if won <= 0 and not here.needed:
            continue
        won = (1 - weight) * won + weight * way.guide[spot]
        won *= 1 + NOISE * (2 * draw(chance) - 1)
        if won > most:
            best, most = spot, won
    return best


@compiled
def _undo(known: Facts, state: State, count: int, taken: Small, left: Small) -> None:
    for index in range(count):
        if state.spot[taken[index]] >= 0:
            put(known, state, state.spot[taken[index]], -1)
    for index in range(count):
        if left[index] >= 0:
            put(known, state, left[index], 1)

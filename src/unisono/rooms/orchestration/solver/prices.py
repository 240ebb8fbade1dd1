"""What each hour costs the others, and a bound that no plan can pass.

The rules that tie contents together are given prices (Lagrangian relaxation, improved by a
subgradient method); at fixed prices each content takes its best option alone, and what they get
together is at least as much as any plan is worth. Contents that follow each other are no
relaxation: a chain is solved as a whole, from its last content back.

Priced are, per channel: every window of `gap` hours (at most one content in it); for every window
of `cross_gap` hours and every department the two sets that can hold only one content (the
department's own at one end, the others' at the other); the contents of a day, of a department's
week; and per objective what is earned, and the quotas. Exclusive hours are left out: the bound
holds without them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from unisono.rooms.orchestration.solver.board import Facts, Floats, Small, begin
from unisono.rooms.orchestration.solver.chains import Chains, chains, choose
from unisono.rooms.orchestration.solver.compiled import compiled
from unisono.rooms.orchestration.solver.model import DAY, WEEK, Problem

SMOOTH = 0.3
"""The share of the last direction that is kept."""
FIRST, LAST = 1.0, 1e-2
"""How long the first step is, as a share of Polyak's, and by how much the last is shorter."""
LOOK = 8
"""Steps between two looks at the clock."""
SCALE = 2000.0
"""Value that counts as much as one content where steps mix the two."""


class Table(NamedTuple):
    """One number for every priced rule: prices, directions, or what the rules allow. All are views
    of one vector, `of_all`, so that steps are taken in all of them at once."""

    of_all: Floats
    window: Floats
    """[C, H] by first hour."""
    pair: Floats
    """[2, C, D, H] by first hour: the department's own at its beginning (0) or end (1)."""
    day: Floats
    """[C, days]"""
    week: Floats
    """[C, D, W]"""
    share: Floats
    """[O] of each unit earned what is counted, in units of 1 / SCALE."""
    quota: Floats
    """[O, W]"""


@dataclass(frozen=True)
class Prices:
    """The outcome, by spot of the facts it was asked for."""

    bound: float
    """No plan is worth more, moves paid."""
    guide: Floats
    """[s] what a spot earns less what its hours cost; more than 0 is worth having."""
    cost: Floats
    """[s] what its hours cost."""
    taken: Small
    """[n] the spots that contents take at these prices, or -1."""


class Floor(NamedTuple):
    """What the method works with besides prices."""

    allowed: Table
    day_of: Small
    """[C, H]"""
    chains: Chains


def price(
    problem: Problem,
    known: Facts,
    steps: int,
    aim: float,
    stop: Callable[[], bool] = lambda: False,
    behind: Callable[[int, float], bool] = lambda _done, _todo: False,
) -> Prices:
    """So many steps; `aim` is a guess at the best plan's value, moves paid.

    `stop` is asked before each step but the first, without which there would be no bound. `behind`
    is asked now and then whether the time will not do, given the steps done and those to come: then
    the rest of the steps is halved, and each of them shortens more.
    """
    channels, hours = problem.channels.open.shape
    offset = problem.channels.offset[:, None]
    day_of = ((np.arange(hours)[None, :] + offset + DAY) // DAY).astype(np.int32)
    floor = Floor(_allowed(problem, known), day_of, chains(known))
    least, most = _limits(problem, known)
    now, found, way = _zero(problem), _zero(problem), np.zeros(len(least))
    now.share[:] = 0.7 * SCALE
    now.day[:] = known.fatigue[:, 1:2] / 2
    cost = np.zeros((channels, problem.departments, hours))
    chosen = np.empty(problem.size, np.int32)
    kept = (cost, now.share / SCALE, now.quota, chosen)
    bound = np.inf
    done, at, stride = 0, 0.0, 1 / steps
    while at < 1:
        if done and stop():
            break
        if done % LOOK == LOOK - 1 and behind(done, (1 - at) / stride):
            stride *= 2
        height = _survey(known, floor, now, found, cost, chosen)
        if height < bound:
            bound = height
            kept = (cost.copy(), now.share / SCALE, now.quota.copy(), chosen.copy())
        length = _turn(now.of_all, found.of_all, way, least, most)
        if length < 1e-9:
            break
        pace = FIRST * LAST**at * max(height - aim, 1e-6 * abs(height)) / length
        _go(now.of_all, way, least, most, pace)
        done, at = done + 1, at + stride
    return _by_spot(known, bound, *kept)


def _by_spot(
    known: Facts, bound: float, cost: Floats, share: Floats, quota: Floats, taken: Small
) -> Prices:
    spots = known.spots
    contents = known.contents[spots["content"]]
    spent = cost[spots["channel"], contents["department"], spots["hour"]]
    worth = contents["penalty"] + share[contents["objective"]] * spots["value"]
    worth += quota[contents["objective"], spots["hour"] // WEEK]
    at_home = contents["home"] == np.arange(len(spots))
    worth += np.where(at_home, contents["move_price"], 0.0)
    return Prices(float(bound), worth - spent, spent, taken)


def _table(problem: Problem, of_all: Floats) -> Table:
    channels, hours = problem.channels.open.shape
    departments, weeks = problem.departments, problem.weeks
    objectives = len(problem.objectives.target)
    shapes = (
        (channels, hours),
        (2, channels, departments, hours),
        (channels, problem.days),
        (channels, departments, weeks),
        (objectives,),
        (objectives, weeks),
    )
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    if not len(of_all):
        of_all = np.zeros(ends[-1])
    parts = np.split(of_all, ends[:-1])
    views = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
    return Table(of_all, *views)


def _zero(problem: Problem) -> Table:
    return _table(problem, np.zeros(0))


def _limits(problem: Problem, known: Facts) -> tuple[Floats, Floats]:
    """The least and the most that prices can be, as vectors."""
    least, most = _zero(problem), _zero(problem)
    most.of_all[:] = np.inf
    least.share[:], most.share[:] = known.beyond * SCALE, SCALE
    most.quota[:] = known.quota_penalty
    return least.of_all, most.of_all


def _allowed(problem: Problem, known: Facts) -> Table:
    """What the rules allow; where locked contents break one already, what they take."""
    state = begin(problem, known, problem.standing.locked)
    taken, allowed = _zero(problem), _zero(problem)
    locked = known.spots[known.contents["first"][known.contents["fixed"] > 0]]
    count = np.zeros((len(known.channels), problem.departments, problem.hours))
    department = known.contents["department"][locked["content"]]
    np.add.at(count, (locked["channel"], department, locked["hour"]), 1)
    for channel in range(len(known.channels)):
        _count(known, channel, count[channel], taken)
    allowed.window[:] = np.maximum(1, taken.window)
    allowed.pair[:] = np.maximum(1, taken.pair)
    allowed.day[:] = np.maximum(known.channels["daily_most"][:, None], state.days)
    allowed.week[:] = np.maximum(known.weekly_most[:, :, None], state.weeks)
    return allowed


@compiled
def _survey(
    known: Facts, floor: Floor, now: Table, found: Table, cost: Floats, chosen: Small
) -> float:
    """The bound at the prices of now; `found` becomes what each rule leaves unused (less than
    nothing where it is overdrawn), `cost` [C, D, H] what hours cost, `chosen` [n] who takes what
    then."""
    channels = cost.shape[0]
    for channel in range(channels):
        _spread(known, floor, channel, now, cost)
    height = choose(known, floor.chains, cost, now.share / SCALE, now.quota, chosen)
    for content in range(chosen.shape[0]):
        height -= known.contents[content].penalty + known.contents[content].move_price
    there = np.zeros_like(cost)
    _tally(known, chosen, there, found)
    for channel in range(channels):
        _count(known, channel, there[channel], found)
    for index in range(found.of_all.shape[0]):
        unused = floor.allowed.of_all[index] - found.of_all[index]
        height += now.of_all[index] * floor.allowed.of_all[index]
        found.of_all[index] = unused
    return height + _slack(known, floor.allowed, now, found)


@compiled
def _tally(known: Facts, chosen: Small, there: Floats, found: Table) -> None:
    there[:] = 0.0
    found.of_all[:] = 0.0
    for content in range(chosen.shape[0]):
        spot = chosen[content]
        if spot >= 0:
            channel, hour = known.spots[spot].channel, known.spots[spot].hour
            department, objective = (
                known.contents[content].department,
                known.contents[content].objective,
            )
            there[channel, department, hour] += 1
            found.day[channel, known.spots[spot].day] += 1
            found.week[channel, department, hour // WEEK] += 1
            found.share[objective] += known.spots[spot].value
            found.quota[objective, hour // WEEK] += 1


@compiled
def _slack(known: Facts, allowed: Table, now: Table, found: Table) -> float:
    """What is not simply a limit times its price: fatigue, targets and quotas. `found` has what is
    allowed less what was taken, and is put right for these."""
    height = 0.0
    for channel in range(now.day.shape[0]):
        for day in range(now.day.shape[1]):
            worth, used = now.day[channel, day], 0
            most = int(allowed.day[channel, day])
            for place in range(most):
                if worth > known.fatigue[channel, place]:
                    height += worth - known.fatigue[channel, place]
                    used += 1
            height -= worth * most
            found.day[channel, day] += used - most
    for objective in range(known.target.shape[0]):
        target, earned = known.target[objective], -found.share[objective]
        height += (1 - now.share[objective] / SCALE) * target
        if now.share[objective] >= SCALE:
            target = min(target, earned)
        found.share[objective] = (earned - target) / SCALE
        for week in range(known.quota.shape[1]):
            height -= now.quota[objective, week] * known.quota[objective, week]
            found.quota[objective, week] = -found.quota[objective, week]
            found.quota[objective, week] -= known.quota[objective, week]
    return height


@compiled
def _sums(rows: Floats) -> Floats:
    """[D + 1, H + 1]: for each row, and for all together, the sum up to each hour."""
    departments, hours = rows.shape
    sums = np.zeros((departments + 1, hours + 1))
    for department in range(departments):
        for hour in range(hours):
            sums[department, hour + 1] = sums[department, hour] + rows[department, hour]
        for hour in range(hours + 1):
            sums[departments, hour] += sums[department, hour]
    return sums


@compiled
def _count(known: Facts, channel: int, there: Floats, out: Table) -> None:
    """How many of the contents, [D, H], lie in each window of a channel, and in each pair."""
    departments, hours = there.shape
    gap, wide = known.channels[channel].gap, known.channels[channel].cross_gap
    sums = _sums(there)
    for hour in range(hours):
        end = min(hours, hour + gap)
        out.window[channel, hour] = sums[departments, end] - sums[departments, hour]
    if wide <= gap:
        return
    for hour in range(hours):
        soon, late, end = (
            min(hours, hour + gap),
            min(hours, hour + wide - gap),
            min(hours, hour + wide),
        )
        all_first = sums[departments, soon] - sums[departments, hour]
        all_last = sums[departments, end] - sums[departments, late]
        for own in range(departments):
            first, last = sums[own, soon] - sums[own, hour], sums[own, end] - sums[own, late]
            out.pair[0, channel, own, hour] = first + all_last - last
            out.pair[1, channel, own, hour] = last + all_first - first


@compiled
def _spread(known: Facts, floor: Floor, channel: int, now: Table, cost: Floats) -> None:
    """What each hour of a channel costs a department, [C, D, H], at the prices of now."""
    departments, hours = cost.shape[1], cost.shape[2]
    gap, wide = known.channels[channel].gap, known.channels[channel].cross_gap
    running = 0.0
    for hour in range(hours):
        running += now.window[channel, hour]
        if hour >= gap:
            running -= now.window[channel, hour - gap]
        base = running + now.day[channel, floor.day_of[channel, hour]]
        for own in range(departments):
            cost[channel, own, hour] = base + now.week[channel, own, hour // WEEK]
    if wide <= gap:
        return
    fore, aft = _sums(now.pair[0, channel]), _sums(now.pair[1, channel])
    for hour in range(hours):
        # Windows that have the hour within their first `gap` hours, and within their last.
        near, near_end = max(0, hour - gap + 1), hour + 1
        far, far_end = max(0, hour - wide + 1), max(0, hour - wide + gap + 1)
        fore_far = fore[departments, far_end] - fore[departments, far]
        aft_near = aft[departments, near_end] - aft[departments, near]
        for own in range(departments):
            cost[channel, own, hour] += (
                (fore[own, near_end] - fore[own, near])
                + fore_far
                - (fore[own, far_end] - fore[own, far])
                + (aft[own, far_end] - aft[own, far])
                + aft_near
                - (aft[own, near_end] - aft[own, near])
            )


@compiled
def _turn(now: Floats, found: Floats, way: Floats, least: Floats, most: Floats) -> float:
    """Turn the direction towards what was found; its squared length."""
    length = 0.0
    for index in range(now.shape[0]):
        unused = found[index]
        # A price that is at its end cannot go on.
        if (unused > 0 and now[index] <= least[index]) or (
            unused < 0 and now[index] >= most[index]
        ):
            unused = 0.0
        way[index] = SMOOTH * way[index] + (1 - SMOOTH) * unused
        length += way[index] * way[index]
    return length


@compiled
def _go(now: Floats, way: Floats, least: Floats, most: Floats, pace: float) -> None:
    for index in range(now.shape[0]):
        now[index] = min(most[index], max(least[index], now[index] - pace * way[index]))

"""At fixed prices: the best option of each content, those that follow each other together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from unisono.rooms.orchestration.solver.board import Facts, Floats, Small
from unisono.rooms.orchestration.solver.compiled import compiled


class Chains(NamedTuple):
    """Which contents are tied to others by order."""

    order: Small
    """[n] all contents, each before the one that it follows."""
    row: Small
    """[n] the row of a tied content in what `choose` keeps by hour, or -1."""
    rows: int


def chains(known: Facts) -> Chains:
    """Order and rows."""
    after = known.contents["after"]
    size = len(after)
    depth = np.zeros(size, np.int64)
    for content in range(size):
        before = after[content]
        while before >= 0:
            depth[content] += 1
            before = after[before]
    tied = (after >= 0) | (known.contents["last_follower"] > known.contents["first_follower"])
    row = np.where(tied, np.cumsum(tied) - 1, -1)
    order = np.argsort(-depth, kind="stable")
    return Chains(order.astype(np.int32), row.astype(np.int32), int(tied.sum()))


@compiled
def choose(
    known: Facts, tied: Chains, cost: Floats, share: Floats, quota: Floats, chosen: Small
) -> float:
    """Write each content's spot, or -1, to `chosen`; the answer is what they are worth together.

    A content stays out where nothing is worth more than that. `cost` [C, D, H] is what hours cost,
    `share` [O] what is counted of a unit earned, `quota` [O, W] what one content more is worth.
    """
    hours = cost.shape[2]
    # The best of a tied content, and of all that follow it, if it goes out at an hour or later.
    best = np.zeros((tied.rows, hours + 1))
    spots = np.full((tied.rows, hours + 1), -1, np.int32)
    height = 0.0
    for content in tied.order:
        row, here = tied.row[content], known.contents[content]
        objective, department = here.objective, here.department
        counted, penalty, home = share[objective], here.penalty, here.home
        most, chosen[content] = 0.0, -1
        for spot in range(here.first, here.end):
            hour = known.spots[spot].hour
            worth = penalty + counted * known.spots[spot].value
            worth += quota[objective, known.spots[spot].week]
            worth -= cost[known.spots[spot].channel, department, hour]
            if home == spot:
                worth += here.move_price
            if row < 0:
                if worth > most:
                    most, chosen[content] = worth, spot
                continue
            for index in range(here.first_follower, here.last_follower):
                later = known.follower[index]
                worth += best[tied.row[later], min(hours, hour + known.contents[later].lag)]
            if worth > best[row, hour]:
                best[row, hour], spots[row, hour] = worth, spot
        if row >= 0:
            for hour in range(hours - 2, -1, -1):
                if best[row, hour + 1] > best[row, hour]:
                    best[row, hour] = best[row, hour + 1]
                    spots[row, hour] = spots[row, hour + 1]
            most = best[row, 0]
        if row < 0 or here.after < 0:
            height += most
    _follow(known, tied, spots, chosen)
    return height


@compiled
def _follow(known: Facts, tied: Chains, spots: Small, chosen: Small) -> None:
    """From the first of each chain on: who takes which of the spots kept by hour."""
    hours = spots.shape[1] - 1
    for index in range(tied.order.shape[0] - 1, -1, -1):
        content = tied.order[index]
        if tied.row[content] < 0:
            continue
        before, hour = known.contents[content].after, 0
        if before >= 0:
            if chosen[before] < 0:
                chosen[content] = -1
                continue
            hour = known.spots[chosen[before]].hour + known.contents[content].lag
        chosen[content] = spots[tied.row[content], min(hours, hour)]

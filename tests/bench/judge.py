"""What a plan is worth and what it breaks, by the words of the problem alone: nothing of the solver
is used here. Instances are those of `tests.bench.instances`; a plan is an option number, or -1, for
each content."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

STEPS = (0, 0.10, 0.25, 0.45, 0.70, 1.0, 1.3, 1.6)
"""What the first, second, … content of a local day costs, in 1,600 times the channel's reach."""


def rows(made: dict[str, Any], plan: Any) -> list[tuple[int, int, int, int]]:
    """Content, channel, hour and value of all that have a place."""
    return [
        (n, int(made["o_ch"][o]), int(made["o_t"][o]), int(made["o_v"][o]))
        for n, o in enumerate(np.asarray(plan).tolist())
        if o >= 0
    ]


def value(made: dict[str, Any], plan: Any) -> float:
    placed = rows(made, plan)
    earned: Counter[int] = Counter()
    wanted: Counter[tuple[int, int]] = Counter()
    days: Counter[tuple[int, int]] = Counter()
    total = 0.0
    for content, channel, hour, worth in placed:
        objective = int(made["obj"][content])
        earned[objective] += worth
        wanted[objective, hour // 168] += 1
        days[channel, (hour + int(made["tz"][channel]) + 24) // 24] += 1
    for objective, target in enumerate(np.asarray(made["target"]).tolist()):
        over = max(0, earned[objective] - target)
        total += min(earned[objective], target) + made["over"] * over
        for week, quota in enumerate(np.asarray(made["minq"][objective]).tolist()):
            total -= made["qpen"] * max(0, quota - wanted[objective, week])
    for (channel, _day), count in days.items():
        reach = float(made["reach"][channel])
        total -= sum(int(np.round(1000 * reach * step * 1.6)) for step in STEPS[:count])
    here = {row[0] for row in placed}
    return total - sum(int(pen) for n, pen in enumerate(made["pen"]) if n not in here)


def broken(made: dict[str, Any], plan: Any) -> Counter[str]:
    """How often each rule is broken; empty where none is."""
    placed, found = rows(made, plan), Counter[str]()
    hours = {content: hour for content, _channel, hour, _worth in placed}
    lanes: dict[int, list[tuple[int, int]]] = {}
    for content, channel, hour, _worth in placed:
        lanes.setdefault(channel, []).append((hour, content))
        found["window"] += not made["lo"][content] <= hour <= made["hi"][content]
        found["blackout"] += not made["allowed"][channel][hour]
        before = int(made["pred"][content])
        if before >= 0:
            found["order"] += before not in hours or hour - hours[before] < made["lag"][content]
    for channel, lane in lanes.items():
        found += _of_lane(made, channel, sorted(lane))
    return +found


def _of_lane(made: dict[str, Any], channel: int, lane: list[tuple[int, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for index, (hour, one) in enumerate(lane):
        for later, other in lane[:index]:
            apart = hour - later
            same = made["dept"][one] == made["dept"][other]
            found["gap"] += apart < made["gap"][channel]
            found["xdept"] += not same and made["gap"][channel] <= apart < made["xgap"][channel]
            found["excl"] += apart < max(made["excl"][one], made["excl"][other])
    offset = int(made["tz"][channel])
    days = Counter((hour + offset + 24) // 24 for hour, _content in lane)
    weeks = Counter((int(made["dept"][content]), hour // 168) for hour, content in lane)
    found["maxday"] += sum(max(0, count - int(made["maxday"][channel])) for count in days.values())
    cap = int(made["deptcap"][channel])
    found["deptcap"] += sum(max(0, count - cap) for count in weeks.values())
    return found

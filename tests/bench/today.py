"""What planning tools offer today: a queue that gives each content, in the order in which they were
written, the next free slot of its channel, or the best of those that are free. Written without the
solver. Unlike those tools it keeps all the rules, which is generous."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.bench.judge import rows

HOURS = (9, 13, 17)
"""Local hours of a queue's slots, Monday to Friday."""


def plans(made: dict[str, Any]) -> dict[str, np.ndarray]:
    """`slot`: the next free slot; `best`: the free hour that earns most. Both on the channel that
    suits the content best."""
    return {"slot": _queue(made, best=False), "best": _queue(made, best=True)}


def _queue(made: dict[str, Any], *, best: bool) -> np.ndarray:
    plan = np.full(made["n"], -1)
    lanes: dict[int, list[tuple[int, int]]] = {channel: [] for channel in range(made["C"])}
    for _turn in range(3):
        for content in made["created"].tolist():
            if plan[content] >= 0:
                continue
            for option in _wishes(made, content, best=best):
                channel, hour = int(made["o_ch"][option]), int(made["o_t"][option])
                if _free(made, plan, lanes[channel], content, channel, hour):
                    plan[content] = option
                    lanes[channel].append((hour, content))
                    break
    assert len(rows(made, plan)) == (plan >= 0).sum()
    return plan


def _wishes(made: dict[str, Any], content: int, *, best: bool) -> list[int]:
    options = np.arange(made["ptr"][content], made["ptr"][content + 1])
    options = options[made["o_ch"][options] == made["pref"][content]]
    if best:
        return options[np.argsort(-made["o_v"][options], kind="stable")].tolist()
    local = made["o_t"][options] + made["tz"][made["pref"][content]]
    slot = np.isin(local % 24, HOURS) & ((local // 24) % 7 < 5)
    return options[np.lexsort((made["o_t"][options], ~slot))].tolist()


def _free(
    made: dict[str, Any],
    plan: np.ndarray,
    lane: list[tuple[int, int]],
    content: int,
    channel: int,
    hour: int,
) -> bool:
    gap, cross, alone = made["gap"][channel], made["xgap"][channel], made["excl"]
    own, day = made["dept"][content], (hour + made["tz"][channel] + 24) // 24
    in_day = in_week = 0
    for at, other in lane:
        apart, same = abs(at - hour), made["dept"][other] == own
        if apart < gap or (apart < cross and not same):
            return False
        if apart < max(alone[content], alone[other]):
            return False
        in_day += (at + made["tz"][channel] + 24) // 24 == day
        in_week += same and at // 168 == hour // 168
    if in_day >= made["maxday"][channel] or in_week >= made["deptcap"][channel]:
        return False
    before = made["pred"][content]
    if before >= 0:
        there = plan[before]
        if there < 0 or hour - made["o_t"][there] < made["lag"][content]:
            return False
    later = np.flatnonzero((made["pred"] == content) & (plan >= 0))
    return all(made["o_t"][plan[each]] - hour >= made["lag"][each] for each in later)

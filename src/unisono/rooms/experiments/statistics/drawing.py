"""Chance, drawn beforehand: which post tries what.

Balanced blocks of four, two each way, shuffled by a seed: the groups never drift apart by more than
two, a trend over the weeks strikes both alike, and who knows what came before still cannot foresee
most draws (Friedman, Furberg & DeMets, Fundamentals of Clinical Trials, ch. 6). The same seed gives
the same draws, so that anybody can check them.
"""

from __future__ import annotations

from random import Random

BLOCK = 4


def drawn(seed: str, number: int) -> int:
    """Which of the two arms, 0 or 1, the post with this number (from 0) tries."""
    block, place = divmod(number, BLOCK)
    order = [0, 1] * (BLOCK // 2)
    Random(f"{seed}/{block}").shuffle(order)
    return order[place]


def shuffled(seed: str, number: int, choices: range) -> list[int]:
    """The choices in an order drawn for the post with this number."""
    order = list(choices)
    Random(f"{seed}/{number}/choices").shuffle(order)
    return order

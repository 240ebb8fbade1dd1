"""Honest stopping: what the counts show, however often one looks.

On the way: the t-test as a mixture of likelihood ratios. Under no difference the ratio of what the
data are worth with a normal prior on the standardised effect (variance `prior`) to what they are
worth without, both with the right Haar prior on what is not asked about, is a martingale with mean
1 whatever the true level and spread (Lai 1976, Ann. Stat. 4; Pérez-Ortiz, Lardy, de Heide &
Grünwald 2024, E-statistics, group invariance and anytime-valid testing, Ann. Stat. 52; the ratio in
closed form: Gönen et al. 2005, Am. Stat. 59). By Ville's inequality it exceeds 1/EARLY in at most
EARLY of all experiments, at whatever look, and turned round it gives a range that holds at all
looks at once (Wang & Ramdas 2024, arXiv:2310.03722). At the planned end: the ordinary t-range
with LAST.
Together at most EARLY + LAST = 5 of 100 experiments without a difference claim one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, sqrt

import numpy as np
from scipy.special import stdtrit

from unisono.rooms.experiments.statistics.finding import Finding, Shown
from unisono.rooms.experiments.statistics.sample import EARLY, LAST, LEAST

SHARPEST = 9.0
"""Where the range on the way is narrowest: at the planned sample, for risks like EARLY."""

NO_SPREAD = 0.02
"""Posts are never taken to differ by less than this, in logarithms."""

WIDEST = 100.0
"""A range of more than this many times is told at the end alone: before, it is too early."""


@dataclass(frozen=True)
class Difference:
    """A mean difference of logarithms: its standard error, how much it weighs in posts, and the
    degrees of freedom of its spread."""

    mean: float
    error: float
    weight: float
    freedom: int


def between(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Two groups of logarithms, of posts that have nothing to do with each other."""
    a, b = np.asarray(first, float), np.asarray(second, float)
    freedom, weight = len(a) + len(b) - 2, len(a) * len(b) / (len(a) + len(b))
    squares = float(((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum())
    spread = max(sqrt(squares / freedom), NO_SPREAD)
    return Difference(float(a.mean() - b.mean()), spread / sqrt(weight), weight, freedom)


def within(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Pairs of the same content: the first of each beside its second."""
    apart = np.asarray(first, float) - np.asarray(second, float)
    spread = max(float(apart.std(ddof=1)), NO_SPREAD)
    return Difference(
        float(apart.mean()), spread / sqrt(len(apart)), float(len(apart)), len(apart) - 1
    )


def reach(weight: float, freedom: int, *, planned: float) -> float:
    """Standard errors to either end of the range that holds at all looks; infinite at first.

    `planned` is the weight at the planned end; it has to be fixed before the first look.
    """
    told = 1 + weight * SHARPEST / planned
    bound = (sqrt(told) / EARLY) ** (2 / (freedom + 1))
    if bound >= told:
        return inf
    return sqrt(freedom * (bound - 1) / (1 - bound / told))


def found(
    first: Sequence[float],
    second: Sequence[float],
    *,
    planned: int,
    paired: bool = False,
    last: bool = False,
) -> Finding | None:
    """What these logarithms show; None while that is too little for any range.

    `planned` are the posts each way decided on beforehand, `last` says that they are all there;
    where `paired`, the n-th of either are the same content.
    """
    if min(len(first), len(second)) < LEAST:
        return None
    one = within(first, second) if paired else between(first, second)
    if last:
        times = float(stdtrit(one.freedom, 1 - LAST / 2))
    else:
        times = reach(one.weight, one.freedom, planned=planned if paired else planned / 2)
    if not last and one.error * times > np.log(WIDEST):
        return None
    low, high = exp(one.mean - times * one.error), exp(one.mean + times * one.error)
    shown = _shown(low, high, last=last)
    return Finding(exp(one.mean), low, high, len(first), len(second), shown)


def _shown(low: float, high: float, *, last: bool) -> Shown:
    if low > 1:
        return Shown.FIRST
    if high < 1:
        return Shown.SECOND
    return Shown.NONE if last else Shown.OPEN

"""Hours that are only likely better: chosen by what is believed, and never said to be shown.

A claim that an hour is better needs evidence of the channel's own (`audience.judgement`). Much is
likely long before: by when followers are online, by what is usual on the network, by the posts
there were. A move to such an hour may be offered as that, with its range, which may reach
below 1. Other posts near by make an hour worth less, as `audience.fatigue` has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from statistics import NormalDist

import numpy as np

from unisono.rooms.orchestration.audience.belief import RANGE, Belief
from unisono.rooms.orchestration.audience.fatigue import USUAL

LEAST_RATIO, LEAST_CHANCE = 1.15, 0.75
KEPT_RATIO, KEPT_CHANCE = 1.05, 0.65
"""What is offered stays offered down to these, so that no offer comes and goes with each count."""

FEWEST = 5
"""With fewer posts of the channel's own nothing is offered."""

APART = timedelta(hours=3)
"""No hour is offered nearer than this to another post of the channel."""

NORMAL = NormalDist()
REACH = NORMAL.inv_cdf(0.5 + RANGE / 2)
"""Standard deviations to either end of a range."""

NEARLY = 0.97
"""Of hours that bring nearly as much as the best, the nearest to the time there was is taken."""


@dataclass(frozen=True)
class Hour:
    """An instant, and the hour of the week in which it lies for the audience (0 to 167)."""

    at: datetime
    of_week: int


@dataclass(frozen=True)
class Likely:
    """What an hour is likely to bring against the one there is: the ratio, the range that holds it
    with 80 %, and with which chance it is above 1."""

    at: datetime
    ratio: float
    low: float
    high: float
    chance: float

    @property
    def worth_offering(self) -> bool:
        return self.ratio >= LEAST_RATIO and self.chance >= LEAST_CHANCE

    @property
    def worth_keeping(self) -> bool:
        return self.ratio >= KEPT_RATIO and self.chance >= KEPT_CHANCE


def against(belief: Belief, hour: Hour, was: Hour, others: Sequence[datetime]) -> Likely:
    """What is believed of an hour against the one there is, among the channel's other posts."""
    mean, doubt = belief.ratio(hour.of_week, was.of_week)
    mean += log(left(hour.at, others)) - log(left(was.at, others))
    reach = REACH * doubt
    chance = NORMAL.cdf(mean / doubt) if doubt > 0 else float(mean > 0)
    return Likely(hour.at, exp(mean), exp(mean - reach), exp(mean + reach), chance)


def best(
    belief: Belief, hours: Sequence[Hour], was: Hour, others: Sequence[datetime], gap: timedelta
) -> Likely | None:
    """The hour that is worth offering most, at least `gap` from all other posts; None: none is."""
    apart = max(gap, APART)
    found = [
        told
        for hour in hours
        if spaced(hour.at, others, apart)
        and (told := against(belief, hour, was, others)).worth_offering
    ]
    most = max((told.ratio for told in found), default=0.0)
    near = [told for told in found if told.ratio >= NEARLY * most]
    return min(near, key=lambda told: abs(told.at - was.at), default=None)


def spaced(at: datetime, others: Sequence[datetime], apart: timedelta) -> bool:
    return all(abs(at - other) >= apart for other in others)


def left(at: datetime, others: Sequence[datetime]) -> float:
    """What is left of a post among others, those it tires included."""
    hours = np.array([abs(at - other) / timedelta(hours=1) for other in others])
    return float(np.prod(1 - USUAL.lost(hours)))

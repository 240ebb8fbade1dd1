"""Ripening: what share of its final count a post has at an age.

Counts come in while a post lives; a share 1 − exp(−(age / lasting)^shape) of them after `age`
hours: a Weibull law, with which a steady decay (shape 1) and a long tail (below 1) can be said.
For each network both figures are taken from posts counted at two ages or more, drawn towards the
default as long as there are few of them. A count is divided by its share, and doubted the more
the greener it is; the greenest are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from unisono.rooms.orchestration.audience.samples import Sample
from unisono.rooms.orchestration.audience.week import Array

LASTING_HOURS, SHAPE = 12.0, 0.7
LASTINGS = np.geomspace(0.5, 96.0, 22)
SHAPES = np.array([0.5, 0.7, 1.0])
SPREAD_LASTING, SPREAD_SHAPE = 0.8, 0.3
"""How far, in logarithms, a network may be from the default."""
NOISE = 0.25
"""Standard deviation of the logarithm of a step between two ages, beside chance in counting."""
GREENEST = 0.3
"""A count with less than this share of its final value is not learnt from."""


@dataclass(frozen=True)
class Ripening:
    """How counts of a network ripen, and from how many steps between two ages it is known."""

    lasting: float = LASTING_HOURS
    shape: float = SHAPE
    steps: int = 0

    def share(self, ages: Array) -> Array:
        """The share of the final count at ages in hours."""
        ages = np.maximum(np.asarray(ages, dtype=float), 1e-3)
        return np.asarray(-np.expm1(-((ages / self.lasting) ** self.shape)))

    def doubt(self, ages: Array) -> Array:
        """Variance of the logarithm of a count so corrected."""
        return np.asarray((0.5 * (1 - self.share(ages))) ** 2)


def ripening(samples: Iterable[Sample]) -> dict[str, Ripening]:
    """For each network how its counts ripen; those never counted twice have the default."""
    posts: dict[tuple[str, str, str], list[Sample]] = {}
    for sample in samples:
        posts.setdefault((sample.network, sample.channel, sample.post), []).append(sample)
    steps: dict[str, list[tuple[float, float, float, float]]] = {}
    for (network, _, _), counts in sorted(posts.items()):
        counts.sort(key=lambda one: one.observed_at)
        rows = steps.setdefault(network, [])
        last = counts[-1]
        rows += [
            (one.age, last.age, one.count, last.count)
            for one in counts[:-1]
            if one.age > 0 and last.count >= one.count and last.age > 1.2 * one.age
        ]
    return {network: _fitted(np.array(rows)) for network, rows in steps.items()}


def _fitted(steps: Array) -> Ripening:
    """The most probable law; `steps` is n × (age, later age, count, later count)."""
    if len(steps) == 0:
        return Ripening()
    age, later, count, full = steps.T
    step = np.log((count + 0.5) / (full + 0.5))
    weight = 1 / (NOISE**2 + 1 / (count + 0.5))
    best, found = -np.inf, Ripening()
    for lasting in LASTINGS:
        for shape in SHAPES:
            law = Ripening(float(lasting), float(shape), len(steps))
            missed = step - np.log(law.share(age) / law.share(later))
            # Heavy tails: a single post that comes back weeks later does not bend the law.
            fit = -np.sum(np.log1p(weight * missed**2 / 4)) * 2.5
            fit -= 0.5 * (np.log(lasting / LASTING_HOURS) / SPREAD_LASTING) ** 2
            fit -= 0.5 * (np.log(shape / SHAPE) / SPREAD_SHAPE) ** 2
            if fit > best:
                best, found = float(fit), law
    return found

"""What the counts of one channel say by themselves, with nothing known beforehand.

For claims only: what is believed uses all that is known, what is claimed must be seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from unisono.rooms.orchestration.audience.fit import Fit, NetworkFit
from unisono.rooms.orchestration.audience.response import FORMAT, LEVEL, STRENGTH, TOPIC
from unisono.rooms.orchestration.audience.week import Array, Hours, basis

CURVE = 0.4
"""Standard deviation, in logarithms, of a channel's curve when nothing is known of it."""


@dataclass(frozen=True)
class Alone:
    """What the counts of one channel say without anything known beforehand.

    `mean` and `root` are of the weights on the basis of the week; `hours` of the posts.
    """

    posts: int
    bayes_factor: float
    mean: Array
    covariance: Array
    hours: Hours

    @classmethod
    def of(cls, fit: Fit, network: str, channel: str) -> Alone:
        (one,) = (each for each in fit.networks if each.network.name == network)
        (at,) = (n for n, each in enumerate(one.network.channels) if each.name == channel)
        read, rows = one.reads[at], one.network.channels[at].rows
        rest, width = beside(one, at), basis().shape[1]
        curve = np.concatenate([CURVE * read.own[:, :width], rest], axis=1)
        with_curve, mean, covariance = evidence(curve, read.z, read.s)
        without, _, _ = evidence(rest, read.z, read.s)
        return cls(
            len(rows),
            float(np.exp(min(with_curve - without, 700.0))),
            CURVE * mean[:width],
            CURVE**2 * covariance[:width, :width],
            rows.hours,
        )

    def ratio(self, hour: int, than: int) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm of one hour against another."""
        apart = basis()[hour] - basis()[than]
        return float(apart @ self.mean), float(np.sqrt(apart @ self.covariance @ apart))

    def near(self, hour: int) -> float:
        """How many posts say something of an hour, each as far as its hour is like it."""
        return float((basis()[self.hours] @ basis()[hour]).clip(0).sum())


def beside(one: NetworkFit, at: int) -> Array:
    """Level, formats, topics and strength of a channel's samples, in standard deviations."""
    layout, read = one.network.layout, one.reads[at]
    start = layout.known + layout.week
    formats = read.shared[:, start : start + layout.formats]
    rest = start + layout.formats * (1 + layout.day)
    topics = read.shared[:, rest : rest + layout.topics]
    level = np.full((len(read.z), 1), LEVEL)
    strength = STRENGTH * read.shared[:, -1:]
    return np.concatenate([level, FORMAT * formats, TOPIC * topics, strength], axis=1)


def evidence(rows: Array, z: Array, s: Array) -> tuple[float, Array, Array]:
    """Log likelihood of z under independent standard weights; their mean and covariance."""
    light = rows / s[:, None]
    precision = light.T @ rows + np.eye(rows.shape[1])
    factor = cho_factor(precision, lower=True)
    mean = cho_solve(factor, light.T @ z)
    fit = z @ (z / s) + np.log(s).sum() - (light.T @ z) @ mean
    fit += 2 * np.log(np.diag(factor[0])).sum()
    return -0.5 * float(fit), mean, cho_solve(factor, np.eye(len(precision)))

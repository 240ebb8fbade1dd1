"""What is believed of one channel's week, and what of it may be shown.

The best of 168 hours always looks better than it is (the winner's curse). So what is shown is the
expected value, drawn towards what is known beforehand as far as samples are few, with the range in
which it lies with 80 %; never the mean or the maximum of what was counted. With too few posts no
curve is shown at all, but how many there are and what planning falls back to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import norm

from unisono.rooms.orchestration.audience.prior import Basis
from unisono.rooms.orchestration.audience.week import HOUR_OF_DAY, HOURS, Array, Hours

AWAKE = (HOUR_OF_DAY >= 7) & (HOUR_OF_DAY <= 22)
"""The hours whose mean is the measure of all: 1 is the channel's usual waking hour."""
LEAST_POSTS = 12
"""With fewer posts of its own nothing is said of a channel."""
RANGE = 0.8


@dataclass(frozen=True)
class NotEnough:
    """There are too few posts for a curve; planning uses `basis`."""

    posts: int
    needed: int
    basis: Basis


@dataclass(frozen=True)
class Curve:
    """Response by hour of the week against the channel's usual waking hour, each 168 long.

    `low` and `high` hold the value with a probability of `RANGE`.
    """

    value: Array
    low: Array
    high: Array
    posts: int
    posts_by_hour: Hours
    basis: Basis


@dataclass(frozen=True)
class Belief:
    """The logarithm of the count that an hour brings: mean (168) and covariance (168 × 168).

    `noise` is the standard deviation of a post's own strength. `hours` are those of the posts the
    belief rests on, `posts` how many of them had the format in question.
    """

    mean: Array
    covariance: Array
    noise: float
    posts: int
    hours: Hours
    basis: Basis

    @cached_property
    def relative(self) -> tuple[Array, Array]:
        """Mean and covariance about the mean of the waking hours."""
        about = np.eye(HOURS) - AWAKE / AWAKE.sum()
        return about @ self.mean, about @ self.covariance @ about.T

    @cached_property
    def worth(self) -> Array:
        """Expected response of each hour against the mean of the waking hours; mean 1."""
        mean, covariance = self.relative
        value = np.exp(mean + np.diag(covariance) / 2)
        return np.asarray(value / value[AWAKE].mean())

    @cached_property
    def counts(self) -> Array:
        """Expected count of a post in each hour, before fatigue."""
        doubt = np.diag(self.covariance) + self.noise**2
        return np.asarray(np.exp(self.mean + doubt / 2))

    def shown(self) -> Curve | NotEnough:
        if self.posts < LEAST_POSTS:
            return NotEnough(self.posts, LEAST_POSTS, self.basis)
        mean, covariance = self.relative
        reach = norm.ppf(0.5 + RANGE / 2) * np.sqrt(np.diag(covariance))
        scale = np.exp(mean + np.diag(covariance) / 2)[AWAKE].mean()
        return Curve(
            self.worth,
            np.exp(mean - reach) / scale,
            np.exp(mean + reach) / scale,
            self.posts,
            np.bincount(self.hours, minlength=HOURS),
            self.basis,
        )

    def ratio(self, hour: int, other: int) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm of `hour` against `other`."""
        v = self.covariance
        spread = v[hour, hour] + v[other, other] - 2 * v[hour, other]
        return float(self.mean[hour] - self.mean[other]), float(np.sqrt(max(spread, 0.0)))

"""Signals: a post that does far better or worse than its like at its age.

Its like are the channel's posts of its format, each held against its own hour, so that a post at a
bad hour is not called weak nor one at a good hour strong. The forecast of the logarithm is normal,
with the belief's own doubt, the spread of this channel's content, the ripening and the chance in
counting; Student's t stands in for the normal as long as the spread is known from few posts.

False alarms have a budget: at most `ALARMS_A_MONTH` for each channel and month on quiet data, both
sides together, half of which is spent so that a mistaken spread does not break the promise. A
channel's posts share its budget, and the looks at one post share the post's (Bonferroni: safe
whatever the looks have to do with each other). Looking in between is free: it changes nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import numpy as np
from scipy.special import stdtr, stdtrit

from unisono.rooms.orchestration.audience.aging import Ripening
from unisono.rooms.orchestration.audience.fatigue import FORGOTTEN
from unisono.rooms.orchestration.audience.fit import own_squares
from unisono.rooms.orchestration.audience.learning import Learned
from unisono.rooms.orchestration.audience.samples import Sample, by_channel
from unisono.rooms.orchestration.audience.week import hour_of_week

ALARMS_A_MONTH = 1.0
SPENT = 0.5
LOOKS = (3.0, 8.0, 24.0, 72.0, 168.0)
"""Ages in hours at which a post is judged."""
MONTH = timedelta(days=30.4)
LOOKED_BACK = timedelta(days=61)
LEAST_POSTS = 12
FEWEST_A_MONTH = 2.0
NOISE_POSTS = 20.0
"""For how many posts the organization's spread of content stands in the channel's own."""
USUAL = 0.8


class Standing(StrEnum):
    ABOVE = "above"
    BELOW = "below"
    USUAL = "usual"
    TOO_LITTLE = "too little"


@dataclass(frozen=True)
class Verdict:
    """How a post stands: its count at an age in hours, what is expected of it, the usual range.

    Of its like 80 % lie between `low` and `high`. For `TOO_LITTLE`, `posts` says how few there are.
    """

    standing: Standing
    age: float
    count: int
    expected: float
    low: float
    high: float
    posts: int
    chance: float
    """How often a quiet post would be so far off at this look, or further."""


class Likes:
    """The like of each channel's posts, as learnt; made once for any number of posts."""

    def __init__(self, learned: Learned) -> None:
        self.learned = learned
        self.spreads: dict[str, float] = {}
        self.times = {
            channel: [one.posted_at for one in own]
            for channel, own in by_channel(learned.kept.samples).items()
        }

    def standing(self, counts: Sequence[Sample]) -> Verdict:
        """How a post stands by its counts: at its first look that is far off, or at its last.

        It may be among what was learnt from, or not.
        """
        counts = sorted(counts, key=lambda one: one.observed_at)
        last = counts[-1]
        forecast = self.forecast(last)
        if forecast.posts < LEAST_POSTS:
            few = Standing.TOO_LITTLE
            return Verdict(few, last.age, last.count, 0.0, 0.0, 0.0, forecast.posts, 1.0)
        for one in _looks(counts):
            verdict = forecast.verdict(one, forecast.budget / len(LOOKS))
            if verdict.standing is not Standing.USUAL:
                return verdict
        return forecast.verdict(last, 0.0)

    def forecast(self, post: Sample) -> Forecast:
        """What the like of such a post bring, at its hour and behind the posts before it."""
        place = self.learned.places[post.channel]
        belief = self.learned.belief(post.channel, post.format)
        hour = hour_of_week(post.posted_at, post.zone, place.holidays)
        times = self.times.get(post.channel, [])
        before = times[: bisect_left(times, post.posted_at)]
        recent = before[bisect_left(before, post.posted_at - LOOKED_BACK) :]
        just = before[bisect_left(before, post.posted_at - timedelta(hours=FORGOTTEN)) :]
        tired = float(place.fatigue.kept([*just, post.posted_at])[-1])
        if post.channel not in self.spreads:
            self.spreads[post.channel] = spread_of(self.learned, post.channel)
        span = min(LOOKED_BACK, post.posted_at - before[0]) if before else LOOKED_BACK
        a_month = max(len(recent) * (MONTH / max(span, MONTH / 4)), FEWEST_A_MONTH)
        return Forecast(
            self.learned.ripening.get(post.network, Ripening()),
            belief.posts,
            float(belief.mean[hour] + np.log(tired)),
            float(belief.covariance[hour, hour] + self.spreads[post.channel] ** 2),
            min(ALARMS_A_MONTH * SPENT / a_month, 0.05),
        )


def _looks(counts: Sequence[Sample]) -> list[Sample]:
    """For each of `LOOKS` the first count at that age, if there is one before the next."""
    found = []
    for begins, ends in zip(LOOKS, [*LOOKS[1:], np.inf], strict=True):
        here = [one for one in counts if begins <= one.age < ends]
        found += here[:1]
    return found


@dataclass(frozen=True)
class Forecast:
    """What a post's like bring in the end: mean and variance of the logarithm.

    `budget` is the chance of a false alarm that the post may take, over all its looks.
    """

    law: Ripening
    posts: int
    mean: float
    variance: float
    budget: float

    def verdict(self, one: Sample, budget: float) -> Verdict:
        """How the post stands by one count, with so much of a chance of a false alarm."""
        age = np.array([one.age])
        middle = self.mean + float(np.log(self.law.share(age))[0])
        variance = self.variance + float(self.law.doubt(age)[0]) + float(np.exp(-middle))
        spread, freedom = float(np.sqrt(variance)), max(self.posts - 1, 1)
        off = (float(np.log(one.count + 0.5)) - middle) / spread
        chance = float(2 * stdtr(freedom, -abs(off)))
        side = Standing.ABOVE if off > 0 else Standing.BELOW
        reach = float(stdtrit(freedom, 0.5 + USUAL / 2)) * spread
        return Verdict(
            side if chance < budget else Standing.USUAL,
            one.age,
            one.count,
            float(np.exp(middle)),
            float(np.exp(middle - reach)),
            float(np.exp(middle + reach)),
            self.posts,
            chance,
        )


def spread_of(learned: Learned, channel: str) -> float:
    """Standard deviation of the strength of a channel's posts, drawn to the organization's."""
    fit, network = learned.fit, learned.places[channel].network
    (one,) = (each for each in fit.networks if each.network.name == network)
    (at,) = (n for n, each in enumerate(one.network.channels) if each.name == channel)
    read = one.reads[at]
    found, weights = fit.weighed(network)
    mean, doubt = found[int(np.argmax(weights))].at_rows(at, read.shared, read.own)
    part = own_squares(read, mean, doubt, fit.noise)
    return float(np.sqrt((part.sum() + fit.noise**2 * NOISE_POSTS) / (len(read.z) + NOISE_POSTS)))

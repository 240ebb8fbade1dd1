"""Judgement: whether one hour is really better than another on a channel, and how sure that is.

A claim moves people's work, so it needs more than the best guess. All of:

- enough posts of the channel itself, and some near either hour;
- evidence that on this channel the hour matters at all, from its own counts alone: the Bayes factor
  of a curve against none is at least `EVIDENCE`. Where the hour does not matter, that happens
  in one channel of twenty at most, however often one looks (Ville's inequality: a Bayes factor is
  a non-negative martingale; Ramdas et al. 2023, Game-Theoretic Statistics and Safe Anytime-Valid
  Inference);
- the same counts alone say that this hour is better than that one, and so does all that is known:
  the range of the ratio, wide enough for the many hours one could ask about, is above 1.

What is claimed is the shrunk ratio and its range. “Not shown” is a common answer and no failure;
it says what is missing, and what uplift so many posts could show at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import norm

from unisono.rooms.orchestration.audience.alone import Alone
from unisono.rooms.orchestration.audience.learning import Learned

LEAST_POSTS = 30
LEAST_NEAR = 4.0
"""Posts that say something of an hour, each counted as far as it is like it."""
EVIDENCE = 20.0
SURE, SURE_ALONE = 2.5, 1.64
"""Standard deviations above no difference: with all that is known, and with the counts alone."""
POWER = 0.8


class Missing(StrEnum):
    """Why no claim is made."""

    POSTS = "posts"
    NEAR = "near"
    EFFECT = "effect"
    DIFFERENCE = "difference"


@dataclass(frozen=True)
class Better:
    """`hour` brings `ratio` times what `than` does, between `low` and `high` with 80 %."""

    hour: int
    than: int
    ratio: float
    low: float
    high: float
    posts: int
    bayes_factor: float


@dataclass(frozen=True)
class NotShown:
    """No difference is shown, for want of `missing`; the ratio as believed, for what it is worth.

    `detectable` is the uplift that posts so many and so noisy, half in either hour, would show.
    """

    hour: int
    than: int
    missing: Missing
    ratio: float
    low: float
    high: float
    posts: int
    detectable: float


def better_time(
    learned: Learned, channel: str, hour: int, than: int, *, fmt: str = ""
) -> Better | NotShown:
    """Whether `hour` is a better hour of the week on a channel than `than`."""
    belief = learned.belief(channel, fmt)
    mean, spread = belief.ratio(hour, than)
    reach = norm.ppf(0.9) * spread
    ratio, low, high = (float(np.exp(x)) for x in (mean, mean - reach, mean + reach))
    alone = learned.alone(channel)
    missing = _missing(alone, hour, than, mean > SURE * spread)
    if missing is None:
        return Better(hour, than, ratio, low, high, alone.posts, alone.bayes_factor)
    shows = detectable(alone.posts / 2, belief.noise)
    return NotShown(hour, than, missing, ratio, low, high, alone.posts, shows)


def detectable(posts: float, noise: float) -> float:
    """The uplift, 0.5 for half as much again, that `posts` against `posts` show with `POWER`."""
    if posts < 1:
        return float("inf")
    needed = norm.ppf(0.975) + norm.ppf(POWER)
    return float(np.expm1(needed * noise * np.sqrt(2 / posts)))


def _missing(alone: Alone, hour: int, than: int, sure: bool) -> Missing | None:
    if alone.posts < LEAST_POSTS:
        return Missing.POSTS
    if min(alone.near(hour), alone.near(than)) < LEAST_NEAR:
        return Missing.NEAR
    if alone.bayes_factor < EVIDENCE:
        return Missing.EFFECT
    mean, spread = alone.ratio(hour, than)
    return None if sure and mean > SURE_ALONE * spread else Missing.DIFFERENCE

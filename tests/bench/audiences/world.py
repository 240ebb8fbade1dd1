"""The world: what a post earns in each hour of the week, known here and hidden from the policies.

The audience of a channel comes and goes with the hour; the posts of others push ours down the
feed; a part of the feed is shown by an algorithm for some hours more; each further post of our
own earns less for a while; and content is strong or weak by a wide margin. An hour of the week
is 0 to 167, of which 0 is Monday 00:00. Draws are made in a fixed order: a seed is a world.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

Array = NDArray[np.float64]
Slots = NDArray[np.int64]

HOURS = 168
HOUR = np.arange(HOURS) % 24
DAY = np.arange(HOURS) // 24
AWAKE = (HOUR >= 7) & (HOUR <= 22)
GAP, MOST_A_DAY = 3, 3
"""The channels' rules: hours between two posts, and posts a day."""

FATIGUE, TIRES_FOR, REMEMBERS = 0.35, 8.0, 48
"""What the post before costs at once, how fast that fades, and when it is forgotten (hours)."""

CONTENT = 0.8
"""Standard deviation of a post's own strength, in logarithms."""

KINDS = ("b2b", "b2c", "young", "office")
PEAKS = {
    "b2b": ((8.5, 1.5, 1.0), (12.5, 1.0, 0.8), (17.5, 1.5, 0.7)),
    "b2c": ((8.0, 1.2, 0.4), (12.5, 1.2, 0.7), (20.5, 2.0, 1.0)),
    "young": ((13.0, 1.5, 0.5), (17.0, 2.0, 0.6), (22.0, 2.0, 1.0)),
    "office": ((9.0, 1.0, 1.0), (14.0, 2.0, 0.8)),
}
"""For each kind of network its peaks of a day: hour, width, height."""
WEEKEND = {"b2b": 0.35, "b2c": 1.0, "young": 1.1, "office": 0.05}
A_WEEK = (5, 10, 14)


def _likeness() -> Array:
    """How alike two hours of the week are: near hours of the day, the same kind of day."""
    apart = np.abs(HOUR[:, None] - HOUR[None])
    apart = np.minimum(apart, 24 - apart)
    free = DAY >= 5
    same_kind = np.where(free[:, None] == free[None], 0.75, 0.35)
    days = np.where(DAY[:, None] == DAY[None], 1.0, same_kind)
    return np.asarray(np.exp(-0.5 * (apart / 1.8) ** 2) * days)


ROOT = np.linalg.cholesky(_likeness() + 1e-6 * np.eye(HOURS))
"""Turns 168 independent draws into a smooth curve over the week."""


def wobble(rng: np.random.Generator, spread: float) -> Array:
    """A smooth random curve over the week, in logarithms."""
    return np.asarray(spread * ROOT @ rng.normal(size=HOURS))


@dataclass
class Network:
    """What the channels of a network share: its audience and how busy its feed is."""

    audience: Array
    busy: Array
    rate: float
    prior: Array = field(default_factory=lambda: np.zeros(HOURS))
    """What the literature knows of its response, with an error; logarithms, mean 0."""


class Channel:
    """One channel: `audience` and `response` by hour of the week, both with mean 1."""

    def __init__(
        self,
        rng: np.random.Generator,
        network: Network,
        *,
        spread: float,
        a_week: int,
        by_algorithm: float,
    ) -> None:
        self.network, self.a_week, self.by_algorithm = network, a_week, by_algorithm
        self.audience = np.exp(np.log(network.audience) + wobble(rng, spread))
        self.audience /= self.audience.mean()
        self.busy = network.rate * (0.25 + 0.75 * network.busy)
        self.response = self._responds()
        self.size = float(np.exp(rng.normal(4.2, 0.8)))

    def _responds(self) -> Array:
        """What reaches people in the 24 hours after each hour, in quarters of an hour.

        A reader looks at the 15 newest posts; the algorithm shows the post for some five hours.
        """
        after = np.arange(96) / 4 + 0.125
        hours = (np.arange(HOURS)[:, None] + after[None].astype(int)) % HOURS
        above = np.cumsum(self.busy[hours] / 4, axis=1)
        newest = poisson.cdf(14, above)
        seen = (1 - self.by_algorithm) * newest + self.by_algorithm * np.exp(-after / 5)[None]
        earned = (self.audience[hours] * seen).sum(1) / 4
        return np.asarray(earned / earned.mean())

    def shift(self, hours: int) -> None:
        """The audience comes so many hours later."""
        self.audience = np.roll(self.audience, hours)
        self.response = self._responds()

    def activity(self, rng: np.random.Generator) -> Array:
        """When followers are online, as a network tells it: in logarithms, with an error."""
        return np.asarray(np.log(self.audience) + wobble(rng, 0.15))


@dataclass(frozen=True)
class Setting:
    """A kind of world."""

    name: str
    spread: float = 0.4
    prior_error: float = 0.25
    by_algorithm: float = 0.5
    shift_at: int | None = None
    """The week in which all audiences come three hours later."""


def organization(seed: int, setting: Setting, channels: int = 12) -> list[Channel]:
    """The channels of one organization, three on each of four networks."""
    rng = np.random.default_rng(seed)
    networks = [_network(rng, kind) for kind in KINDS]
    made = [
        Channel(
            rng,
            networks[n % 4],
            spread=setting.spread,
            a_week=A_WEEK[(n // 4) % 3],
            by_algorithm=setting.by_algorithm,
        )
        for n in range(channels)
    ]
    for network in networks:
        others = [
            Channel(
                np.random.default_rng(9999 + n),
                network,
                spread=setting.spread,
                a_week=5,
                by_algorithm=setting.by_algorithm,
            )
            for n in range(12)
        ]
        mean = np.mean([np.log(other.response) for other in others], axis=0)
        network.prior = mean - mean.mean() + wobble(rng, setting.prior_error)
    return made


def _network(rng: np.random.Generator, kind: str) -> Network:
    audience = np.maximum(_curve(rng, kind), 0.03)
    busy = (audience / audience.mean()) * np.exp(wobble(rng, 0.2))
    return Network(audience, busy, rng.uniform(5, 15))


def _curve(rng: np.random.Generator, kind: str) -> Array:
    """A week of a kind of network: its peaks, its weekend, and some roughness; at most 1."""
    hours = np.arange(24)
    day = sum(h * np.exp(-0.5 * ((hours - at) / wide) ** 2) for at, wide, h in PEAKS[kind])
    free = WEEKEND[kind]
    days = np.array([0.92, 1.05, 1.08, 1.0, 0.9, free, free]) * np.exp(rng.normal(0, 0.06, 7))
    rough = np.convolve(rng.normal(0, 0.35, HOURS + 4), np.ones(5) / 5**0.5 * 0.6, "valid")
    week = np.outer(days, 0.12 + day).ravel() * np.exp(rough)
    return np.asarray(week / week.max())


def tired(slots: Slots) -> Array:
    """What is left of each post's response behind the posts before it, in a week like the last.

    `slots` are sorted hours of the week; answers one factor for each.
    """
    twice = np.concatenate([slots - HOURS, slots]).astype(float)
    left = np.ones(len(twice))
    for n, at in enumerate(twice):
        since = at - twice[:n]
        since = since[since < REMEMBERS]
        left[n] = np.prod(1 - FATIGUE * np.exp(-since / TIRES_FOR))
    return left[len(slots) :]


def worth(response: Array, slots: Slots) -> float:
    """What a week of posts earns."""
    slots = np.sort(slots)
    return float((response[slots] * tired(slots)).sum())


def counts(channel: Channel, slots: Slots, rng: np.random.Generator) -> Slots:
    """What is counted in the end for posts at sorted hours."""
    strength = np.exp(rng.normal(-(CONTENT**2) / 2, CONTENT, len(slots)))
    return np.asarray(
        rng.poisson(channel.size * channel.response[slots] * tired(slots) * strength),
        dtype=np.int64,
    )

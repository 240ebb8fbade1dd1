"""The response of all channels of a network at once: a linear model with Gaussian beliefs.

    z = X θ + Φ w + level + e,      e ~ N(0, s)

z are logarithms of counts (see `sites`). θ are weights that the channels of the network share: the
network's deviation over the week, the coefficients of what is known beforehand, and what formats,
topics and strength do. Φ is the basis of the week (`week.basis`), w the channel's own deviation.

Given θ the channels are independent, so the system is an arrow: each channel's block (k + 1) is
eliminated by itself and only the shared block is solved for all. The cost grows linearly with
channels and samples, never with their square. Posterior and marginal likelihood are those of
Bayesian linear regression (Rasmussen and Williams 2006, sections 2.1 and 5.4.1; the elimination is
a Schur complement, appendix A.3). That channels of a network share θ is what pools them: few
samples leave a channel at its network's curve, many let it leave it (Gelman and Hill 2007, Data
Analysis Using Regression and Multilevel Models, chapter 12).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from unisono.rooms.orchestration.audience.prior import COEFFICIENTS, COLUMNS, LASTING
from unisono.rooms.orchestration.audience.samples import Rows
from unisono.rooms.orchestration.audience.week import Array, Hours, basis, daily_basis

LEVEL = 3.0
"""Standard deviation, in logarithms, of a channel's level about the mean of all counts."""
FORMAT, FORMAT_CURVE, TOPIC, STRENGTH = 0.5, 0.12, 0.3, 0.5
"""Standard deviations beforehand: of a format's level, of its curve over the day, of a topic's
level, and of what one standard deviation of strength does."""


@dataclass(frozen=True)
class Spreads:
    """How far deviations go, as standard deviations of the logarithm.

    `network`: of the organization's channels on a network from its published curve, and
    `network_told`: from their activity, where that is told of any. `untold` and `told`: of one
    channel from its network, likewise.
    """

    network: float = 0.2
    network_told: float = 0.15
    untold: float = 0.3
    told: float = 0.12


@dataclass(frozen=True)
class Layout:
    """Where the shared weights stand: first those of all lengths of sight, then the rest."""

    formats: int
    topics: int

    @property
    def known(self) -> int:
        return len(LASTING) * len(COLUMNS)

    @property
    def week(self) -> int:
        return int(basis().shape[1])

    @property
    def day(self) -> int:
        return int(daily_basis().shape[1])

    @property
    def width(self) -> int:
        return self.known + self.week + self.formats * (1 + self.day) + self.topics + 1

    def of_lasting(self, n: int) -> Hours:
        """The indexes of the shared weights in force for one length of sight."""
        own = np.arange(n * len(COLUMNS), (n + 1) * len(COLUMNS))
        return np.concatenate([own, np.arange(self.known, self.width)])

    def believed(self, spreads: Spreads, told: bool) -> tuple[Array, Array]:
        """Mean and variance beforehand of the weights in force; `told` any activity or none."""
        network = spreads.network_told if told else spreads.network
        spread = np.concatenate(
            [
                COEFFICIENTS[:, 1],
                np.full(self.week, network),
                np.repeat([FORMAT], self.formats),
                np.full(self.formats * self.day, FORMAT_CURVE),
                np.full(self.topics, TOPIC),
                [STRENGTH],
            ]
        )
        mean = np.zeros(len(spread))
        mean[: len(COLUMNS)] = COEFFICIENTS[:, 0]
        return mean, spread**2

    def rows(self, known: Array, hours: Hours, of: Rows | None = None, fmt: int = -1) -> Array:
        """The rows, n × width, of posts at hours of the week.

        `known` are their columns (`prior.Asked.rows`). Format, topic and strength are those of the
        rows `of`, or the one format `fmt` (−1 for none).
        """
        n = len(hours)
        made = np.zeros((n, self.width))
        made[:, : self.known] = known
        at = self.known
        made[:, at : at + self.week] = basis()[hours]
        at += self.week
        formats = np.full(n, fmt) if of is None else of.formats
        day = daily_basis()[hours]
        for each in range(self.formats):
            mask = formats == each
            made[mask, at + each] = 1
            start = at + self.formats + each * self.day
            made[mask, start : start + self.day] = day[mask]
        at += self.formats * (1 + self.day)
        if of is not None:
            with_topic = np.flatnonzero(of.topics >= 0)
            made[with_topic, at + of.topics[with_topic]] = 1
            made[:, -1] = of.strengths
        return made


@dataclass(frozen=True)
class Block:
    """What the samples of one channel say: sums over its rows, weighted by 1/s."""

    shared: Array
    """width × width"""
    mixed: Array
    """width × (k + 1)"""
    own: Array
    """(k + 1) × (k + 1), the level last"""
    shared_z: Array
    own_z: Array
    zz: float
    """z'z/s + Σ log s, the part of the likelihood that no weight changes."""


def own_rows(hours: Hours) -> Array:
    """The rows, n × (k + 1), of a channel's own weights."""
    return np.concatenate([basis()[hours], np.ones((len(hours), 1))], axis=1)


def block(shared: Array, own: Array, z: Array, s: Array) -> Block:
    """The sums of one channel; rows are n × width and n × (k + 1), `z` and variances `s` n."""
    heavy, light = shared / s[:, None], own / s[:, None]
    return Block(
        heavy.T @ shared,
        heavy.T @ own,
        light.T @ own,
        heavy.T @ z,
        light.T @ z,
        float(z @ (z / s) + np.log(s).sum()),
    )


@dataclass(frozen=True)
class Posterior:
    """The belief about the weights of one network, for one length of sight."""

    log_likelihood: float
    index: Hours
    mean: Array
    """The shared weights in force."""
    root: tuple[Array, bool]
    """Cholesky factor of their precision."""
    own: tuple[tuple[tuple[Array, bool], Array, Array], ...]
    """For each channel: factor of its precision, sums with z, and sums mixed with the shared."""

    def about(self, channel: int, shared: Array, own: Array) -> tuple[Array, Array]:
        """Mean and covariance of Xθ + Φw at rows n × width and n × (k + 1)."""
        mean, free, tied = self._parts(channel, shared, own)
        return mean, free.T @ free + tied.T @ tied

    def at_rows(self, channel: int, shared: Array, own: Array) -> tuple[Array, Array]:
        """Mean and variance of the same, row by row."""
        mean, free, tied = self._parts(channel, shared, own)
        return mean, (free**2).sum(0) + (tied**2).sum(0)

    def _parts(self, channel: int, shared: Array, own: Array) -> tuple[Array, Array, Array]:
        """The mean, and the roots of the covariance that is the channel's and that is shared."""
        shared = shared[:, self.index]
        factor, sums, mixed = self.own[channel]
        weights = cho_solve(factor, sums - mixed.T @ self.mean)
        through = shared - own @ cho_solve(factor, mixed.T)
        free = solve_triangular(factor[0], own.T, lower=True)
        tied = solve_triangular(self.root[0], through.T, lower=True)
        return shared @ self.mean + own @ weights, free, tied


class Eliminated:
    """The channels of a network with their own weights integrated out, for given spreads."""

    def __init__(
        self, layout: Layout, blocks: Sequence[Block], told: Sequence[bool], spreads: Spreads
    ) -> None:
        self.layout, self.spreads, self.told = layout, spreads, any(told)
        self.precision = sum((b.shared for b in blocks), np.zeros((layout.width,) * 2))
        self.sums = sum((b.shared_z for b in blocks), np.zeros(layout.width))
        self.fit = 0.0
        self.own = []
        for b, known in zip(blocks, told, strict=True):
            spread = np.full(len(b.own), spreads.told if known else spreads.untold)
            spread[-1] = LEVEL
            factor = cho_factor(b.own + np.diag(spread**-2.0), lower=True)
            self.precision = self.precision - b.mixed @ cho_solve(factor, b.mixed.T)
            solved = cho_solve(factor, b.own_z)
            self.sums = self.sums - b.mixed @ solved
            self.fit += b.zz - b.own_z @ solved
            self.fit += 2 * np.log(np.diag(factor[0])).sum() + 2 * np.log(spread).sum()
            self.own.append((factor, b.own_z, b.mixed))

    def posterior(self, lasting: int) -> Posterior:
        """The belief with one of the lengths of sight."""
        index = self.layout.of_lasting(lasting)
        mean, variance = self.layout.believed(self.spreads, self.told)
        precision = self.precision[np.ix_(index, index)] + np.diag(1 / variance)
        sums = self.sums[index] + mean / variance
        root = cho_factor(precision, lower=True)
        found = cho_solve(root, sums)
        fit = self.fit + mean @ (mean / variance) - sums @ found
        fit += 2 * np.log(np.diag(root[0])).sum() + np.log(variance).sum()
        own = tuple((factor, sums, mixed[index]) for factor, sums, mixed in self.own)
        return Posterior(-0.5 * float(fit), index, found, root, own)

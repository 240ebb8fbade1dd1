"""The fit: how noisy content is, how far deviations go, how long posts last, and the belief.

What has no weight of its own is found by the most probable value, drawn towards a default: the
noise by EM, the spreads by going over them in turn, each over a ladder (type II maximum a
posteriori; Rasmussen and Williams 2006, section 5.4.1). The lengths of sight are not chosen but
weighed (model averaging; Hoeting et al. 1999, Bayesian Model Averaging: A Tutorial).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from scipy.special import logsumexp

from unisono.rooms.orchestration.audience.belief import Belief
from unisono.rooms.orchestration.audience.network import Move, Network
from unisono.rooms.orchestration.audience.prior import LASTING, Basis
from unisono.rooms.orchestration.audience.response import (
    Block,
    Eliminated,
    Posterior,
    Spreads,
    block,
)
from unisono.rooms.orchestration.audience.sites import own_part, sites
from unisono.rooms.orchestration.audience.week import Array

NOISE, NOISE_POSTS = 0.8, 30.0
"""Standard deviation of a post's own strength beforehand, and for how many posts that stands."""
HALF_LIFE = 52.0
"""Weeks after which a sample counts half."""
FAR_OUT = 3.0
"""A sample further out than so many standard deviations counts less (Huber 1964)."""
ROUNDS = 3
LADDER = np.exp(np.linspace(-0.9, 0.9, 5))
SPREAD_OF_SPREADS = 0.5


@dataclass(frozen=True)
class Read:
    """The samples of one channel as the model reads them: rows, logarithms and variances.

    `s` grows with a sample's age and with how far out it lies; `counted` is the part of chance in
    counting, of ripening and of holidays alone.
    """

    shared: Array
    own: Array
    z: Array
    s: Array
    counted: Array


@dataclass(frozen=True)
class NetworkFit:
    """A network with what its samples say."""

    network: Network
    reads: tuple[Read, ...]
    blocks: tuple[Block, ...]
    level: float

    def eliminated(self, spreads: Spreads) -> Eliminated:
        told = [channel.told for channel in self.network.channels]
        return Eliminated(self.network.layout, self.blocks, told, spreads)

    def log_likelihood(self, spreads: Spreads) -> float:
        """That of the samples, over all lengths of sight."""
        done = self.eliminated(spreads)
        if not any(channel.told for channel in self.network.channels):
            return done.posterior(0).log_likelihood
        each = [done.posterior(n).log_likelihood for n in range(len(LASTING))]
        return float(logsumexp(each) - np.log(len(LASTING)))


@dataclass(frozen=True)
class Fit:
    """All networks of an organization, fitted."""

    networks: tuple[NetworkFit, ...]
    spreads: Spreads
    noise: float
    """Standard deviation of a post's own strength."""
    moves: tuple[Move, ...] = ()
    _done: dict[str, tuple[list[Posterior], Array]] = field(default_factory=dict)

    @cached_property
    def log_likelihood(self) -> float:
        return sum(one.log_likelihood(self.spreads) for one in self.networks)

    def weighed(self, name: str) -> tuple[list[Posterior], Array]:
        """The posterior of a network for each length of sight, and their weights."""
        if name not in self._done:
            (one,) = (each for each in self.networks if each.network.name == name)
            done = one.eliminated(self.spreads)
            told = any(channel.told for channel in one.network.channels)
            found = [done.posterior(n) for n in range(len(LASTING) if told else 1)]
            fits = np.array([each.log_likelihood for each in found])
            self._done[name] = found, np.exp(fits - logsumexp(fits))
        return self._done[name]

    def belief(self, name: str, channel: str, fmt: str, basis: Basis) -> Belief:
        """What is believed of a channel's 168 hours."""
        (one,) = (each for each in self.networks if each.network.name == name)
        network = one.network
        (at,) = (n for n, each in enumerate(network.channels) if each.name == channel)
        rows = network.channels[at].rows
        index = network.formats.index(fmt) if fmt in network.formats else -1
        shared, own = network.hours(network.channels[at], index, self.moves)
        found, weights = self.weighed(name)
        means, covariances = zip(*(each.about(at, shared, own) for each in found), strict=True)
        mean = np.einsum("t,th->h", weights, means)
        apart = np.array(means) - mean
        covariance = np.einsum("t,thg->hg", weights, covariances)
        covariance += np.einsum("t,th,tg->hg", weights, apart, apart)
        posts = len(rows) if not fmt else int((rows.formats == index).sum()) if index >= 0 else 0
        return Belief(
            mean=mean + one.level,
            covariance=covariance,
            noise=self.noise,
            posts=posts,
            hours=rows.hours,
            basis=basis,
        )


def fit(networks: Sequence[Network], moves: Sequence[Move] = (), *, listening: float = 1.0) -> Fit:
    """The networks of an organization fitted, in the frame of the `moves` of its audience.

    With `listening` below 1 samples are heard as if content were by that factor less noisy.
    """
    spreads, noise = Spreads(), NOISE
    designs = [
        [network.design(channel, moves) for channel in network.channels] for network in networks
    ]
    done = [
        _first(network, design, noise) for network, design in zip(networks, designs, strict=True)
    ]
    for turn in range(ROUNDS):
        now = Fit(tuple(done), spreads, noise, tuple(moves))
        believed = [_about_samples(now, one) for one in done]
        noise = _noise(done, believed, noise)
        done = [
            _again(one, each, noise * listening) for one, each in zip(done, believed, strict=True)
        ]
        if turn == 1:
            spreads = _spreads(done)
    return Fit(tuple(done), spreads, noise, tuple(moves))


def _faded(network: Network, channel: int, noise: float) -> Array:
    """The variance of the content's own in each sample, the more the older it is."""
    return np.asarray(noise**2 * 2.0 ** (network.channels[channel].rows.weeks_ago / HALF_LIFE))


def _first(network: Network, designs: Sequence[tuple[Array, Array]], noise: float) -> NetworkFit:
    """The first reading: the logarithms of the counts as they are."""
    rows = [channel.rows for channel in network.channels]
    level = [np.log(each.counts + 0.5) - each.offsets for each in rows]
    middle = float(np.mean(np.concatenate(level))) if sum(map(len, level)) else 0.0
    reads = []
    for n, (design, z, each) in enumerate(zip(designs, level, rows, strict=True)):
        counted = 1 / (each.counts + 0.5) + each.doubt
        reads.append(Read(*design, z - middle, _faded(network, n, noise) + counted, counted))
    return summed(network, reads, middle)


def summed(network: Network, reads: Sequence[Read], level: float) -> NetworkFit:
    blocks = tuple(block(each.shared, each.own, each.z, each.s) for each in reads)
    return NetworkFit(network, tuple(reads), blocks, level)


def _about_samples(now: Fit, one: NetworkFit) -> list[tuple[Array, Array]]:
    """Mean and variance of the belief at each sample, by channel."""
    found, weights = now.weighed(one.network.name)
    best = found[int(np.argmax(weights))]
    return [best.at_rows(n, read.shared, read.own) for n, read in enumerate(one.reads)]


def _again(one: NetworkFit, believed: Sequence[tuple[Array, Array]], noise: float) -> NetworkFit:
    """The samples read anew, with what is believed of their hours."""
    reads = []
    for n, (read, (mean, _)) in enumerate(zip(one.reads, believed, strict=True)):
        rows = one.network.channels[n].rows
        faded = _faded(one.network, n, noise)
        z, counting = sites(rows.counts, rows.offsets, mean + one.level, faded + rows.doubt)
        counted = counting + rows.doubt
        total = faded + counted
        out = np.abs(z - one.level - mean) / np.sqrt(total)
        total = total * np.maximum(out / FAR_OUT, 1.0)
        reads.append(replace(read, z=z - one.level, s=total, counted=counted))
    return summed(one.network, reads, one.level)


def own_squares(read: Read, mean: Array, doubt: Array, noise: float) -> Array:
    """Expected squares of what is the content's own in a channel's samples."""
    total = noise**2 + read.counted
    most = FAR_OUT * np.sqrt(total)
    missed = np.clip(read.z - mean, -most, most)
    return own_part(missed, total, doubt, np.full(len(total), noise**2))


def _noise(
    done: Sequence[NetworkFit], believed: Sequence[Sequence[tuple[Array, Array]]], noise: float
) -> float:
    """The standard deviation of content that explains best what the fit misses."""
    squares = [
        own_squares(read, *about, noise)
        for one, each in zip(done, believed, strict=True)
        for read, about in zip(one.reads, each, strict=True)
    ]
    posts = sum(map(len, squares))
    total = sum(float(each.sum()) for each in squares)
    return float(np.sqrt((total + NOISE**2 * NOISE_POSTS) / (posts + NOISE_POSTS)))


def _spreads(done: Sequence[NetworkFit]) -> Spreads:
    """The most probable spreads, each in turn over its ladder."""
    best = Spreads()
    if not any(len(read.z) for one in done for read in one.reads):
        return best
    seen: dict[Spreads, float] = {}
    names = _in_use(done)

    def fits(spreads: Spreads) -> float:
        if spreads not in seen:
            off = np.log([getattr(spreads, name) / getattr(Spreads, name) for name in names])
            seen[spreads] = sum(one.log_likelihood(spreads) for one in done) - float(
                0.5 * ((off / SPREAD_OF_SPREADS) ** 2).sum()
            )
        return seen[spreads]

    for name in names * 2:
        middle = getattr(Spreads, name)
        ladder = [replace(best, **{name: float(middle * step)}) for step in LADDER]
        best = max([best, *ladder], key=fits)
    return best


def _in_use(done: Sequence[NetworkFit]) -> list[str]:
    """The spreads that any channel has a use for."""
    told = [[channel.told for channel in one.network.channels] for one in done]
    use = {
        "network": any(not any(each) for each in told),
        "network_told": any(any(each) for each in told),
        "untold": any(not all(each) for each in told),
        "told": any(any(each) for each in told),
    }
    return [name for name, used in use.items() if used]

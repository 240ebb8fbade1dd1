"""Whether the audience has moved: it comes some hours later, or earlier, than it did.

Terms begin, shifts change, a summer is hot: what people do at nine they now do at twelve. Samples
from before are then not wrong, they are some hours off. So for each of some weeks in the past and
each of some hours it is asked how well what was believed before, moved by so many hours, foretells
what was counted since, in all channels together; the best answers, in the order in which they
foretold, are then held against no move by the likelihood of everything. A move is believed when
its Bayes factor is beyond `EVIDENCE` times the number of answers that were tried, so that on quiet
data one in twenty is a mistake at most (Kass and Raftery 1995, Bayes Factors). Channels whose
activity is told need no such guess: their posts are held against the activity of their time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from unisono.rooms.orchestration.audience.fit import Fit, NetworkFit, Read, fit, summed
from unisono.rooms.orchestration.audience.network import Move, later
from unisono.rooms.orchestration.audience.week import HOURS, Array, Flags, Hours

WEEKS_AGO = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 13.0, 17.0, 22.0)
BY_HOURS = (-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6)
EVIDENCE = 20.0
LEAST_POSTS = 40
"""Posts before and since, of channels whose activity is not told."""
USUAL_HOURS = 3.0
"""Far moves are rarer than near ones: beforehand a move has the weight exp(−hours / this)."""
LEVEL_DRIFT = 0.2
CLOSEST_LOOKS = 5
MOST_MOVES = 3
APART_WEEKS = 2.0


def followed(found: Fit) -> Fit:
    """The fit in the frame of today's audience; the same when nothing has moved."""
    for _ in range(MOST_MOVES):
        moves = _best(found)
        if moves is None:
            break
        found = fit([one.network for one in found.networks], moves)
    return found


def _best(found: Fit) -> tuple[Move, ...] | None:
    """The moves so far and one more, if there is evidence of one."""
    tried = _candidates(found)
    if not tried:
        return None
    needed = np.log(EVIDENCE * len(tried))
    for score, move in sorted(tried, key=lambda each: -each[0])[:CLOSEST_LOOKS]:
        moves = (*found.moves, move)
        gain = _log_likelihood(found, moves) - found.log_likelihood
        if score > needed / 3 and gain - abs(move.hours) / USUAL_HOURS > needed:
            return moves
    return None


def _log_likelihood(found: Fit, moves: Sequence[Move]) -> float:
    """That of the same samples in another frame."""
    total = 0.0
    for one in found.networks:
        reads = [
            replace(read, shared=shared, own=own)
            for read, (shared, own) in zip(
                one.reads,
                (one.network.design(channel, moves) for channel in one.network.channels),
                strict=True,
            )
        ]
        total += summed(one.network, reads, one.level).log_likelihood(found.spreads)
    return total


def _candidates(found: Fit) -> list[tuple[float, Move]]:
    """Each move that could be told, with how much better it foretells what came since."""
    tried = []
    for weeks in WEEKS_AGO:
        if any(abs(move.weeks_ago - weeks) < APART_WEEKS for move in found.moves):
            continue
        since = _since(found, weeks)
        if since is None:
            continue
        gains = np.sum(since, axis=0)
        tried += [
            (float(gain) - abs(hours) / USUAL_HOURS, Move(weeks, hours))
            for gain, hours in zip(gains, BY_HOURS, strict=True)
        ]
    return tried


def _since(found: Fit, weeks: float) -> list[Array] | None:
    """By channel, for each of `BY_HOURS`, the gain in log likelihood of what came since."""
    gains: list[Array] = []
    counted = np.zeros(2, dtype=int)
    for one in found.networks:
        ago = [channel.rows.weeks_ago for channel in one.network.channels]
        counts = [(int((each > weeks).sum()), int((each <= weeks).sum())) for each in ago]
        untold = [not channel.told for channel in one.network.channels]
        counted += np.sum(
            [c for c, free in zip(counts, untold, strict=True) if free] or [(0, 0)], 0
        )
        gains += _foretold(found, one, weeks, untold)
    return gains if counted.min() >= LEAST_POSTS else None


def _foretold(found: Fit, one: NetworkFit, weeks: float, untold: Sequence[bool]) -> list[Array]:
    """The gains of one network's channels whose activity is not told."""
    if not any(untold):
        return []
    network = one.network
    before = [
        _part(read, channel.rows.weeks_ago > weeks)
        for read, channel in zip(one.reads, network.channels, strict=True)
    ]
    done = summed(network, before, one.level).eliminated(found.spreads).posterior(0)
    gains = []
    for n, channel in enumerate(network.channels):
        late = channel.rows.weeks_ago <= weeks
        if not untold[n] or not late.any():
            continue
        shared, own = network.hours(channel, -1, found.moves)
        mean, variance = done.at_rows(n, shared, own)
        read = _part(one.reads[n], late)
        own_hours = _today(channel.rows.hours[late], found, channel.rows.weeks_ago[late])
        asked = [(own_hours - hours) % HOURS for hours in (0, *BY_HOURS)]
        fits = np.array([_fits(read.z - mean[at], read.s + variance[at]) for at in asked])
        gains.append(fits[1:] - fits[0])
    return gains


def _today(hours: Hours, found: Fit, weeks_ago: Array) -> Hours:
    """The hours that posts would have in the frame of the moves so far."""
    return np.asarray((hours + later(found.moves, 0.0) - later(found.moves, weeks_ago)) % HOURS)


def _part(read: Read, mask: Flags) -> Read:
    parts = (read.shared, read.own, read.z, read.s, read.counted)
    return Read(*(part[mask] for part in parts))


def _fits(missed: Array, variance: Array) -> float:
    """Log likelihood of what a forecast misses; the level may have drifted meanwhile."""
    weight = 1 / variance
    drift = 1 + LEVEL_DRIFT**2 * weight.sum()
    fits = -0.5 * (missed**2 * weight - np.log(weight)).sum() - 0.5 * np.log(drift)
    return float(fits + 0.5 * LEVEL_DRIFT**2 * (missed * weight).sum() ** 2 / drift)

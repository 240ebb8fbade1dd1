"""The channels of one network as rows of the model, in the frame of today's audience."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from unisono.rooms.orchestration.audience.prior import Asked
from unisono.rooms.orchestration.audience.response import Layout, own_rows
from unisono.rooms.orchestration.audience.samples import Rows
from unisono.rooms.orchestration.audience.week import HOURS, Array, Hours

WEEK_SECONDS = 7 * 86400


@dataclass(frozen=True)
class Move:
    """The audience comes `hours` later since so many weeks ago."""

    weeks_ago: float
    hours: int


@dataclass(frozen=True)
class ChannelRows:
    """A channel, its samples, and what is known of it for each snapshot of its activity."""

    name: str
    rows: Rows
    asked: Sequence[Asked]
    zone: str
    now: datetime

    @property
    def told(self) -> bool:
        return self.asked[-1].told

    def weeks_ago(self, one: Asked) -> float:
        if one.observed_at is None:
            return np.inf
        return (self.now - one.observed_at).total_seconds() / WEEK_SECONDS


@dataclass(frozen=True)
class Network:
    """The channels of a network, its formats and topics by index, and how it is laid out."""

    name: str
    channels: tuple[ChannelRows, ...]
    formats: tuple[str, ...]
    topics: tuple[str, ...]
    layout: Layout = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "layout", Layout(len(self.formats), len(self.topics)))

    def design(self, channel: ChannelRows, moves: Sequence[Move]) -> tuple[Array, Array]:
        """Shared and own rows of a channel's samples: n × width and n × (k + 1).

        Hours of old posts are those they would have today; network's curve and activity are read
        at the hour they had in their own time.
        """
        rows = channel.rows
        then = later(moves, rows.weeks_ago)
        today = (rows.hours + later(moves, 0.0) - then) % HOURS
        curve_hours = (rows.hours - then) % HOURS
        known = np.zeros((len(rows), self.layout.known))
        for mask, one in _in_force(channel, rows.weeks_ago):
            seen = (rows.hours + later(moves, channel.weeks_ago(one)) - then) % HOURS
            known[mask] = one.rows(curve_hours[mask], seen[mask])
        return self.layout.rows(known, today, rows), own_rows(today)

    def hours(self, channel: ChannelRows, fmt: int, moves: Sequence[Move]) -> tuple[Array, Array]:
        """The same for the 168 hours of today's week and a format (−1 for none)."""
        week = np.arange(HOURS)
        one = channel.asked[-1]
        now = later(moves, 0.0)
        seen = (week + later(moves, channel.weeks_ago(one)) - now) % HOURS
        known = one.rows((week - now) % HOURS, seen)
        return self.layout.rows(known, week, None, fmt), own_rows(week)


def later(moves: Sequence[Move], weeks_ago: Array | float) -> Hours:
    """By how many hours the audience came later than at first, so many weeks ago.

    A network's curve is as old as can be; a snapshot that was never taken counts as today's.
    """
    ago = np.asarray(weeks_ago, dtype=float)
    ago = np.where(np.isinf(ago), 0.0, ago)
    return np.asarray(
        sum((move.hours * (ago <= move.weeks_ago) for move in moves), np.zeros(ago.shape, int))
    )


def _in_force(channel: ChannelRows, weeks_ago: Array) -> list[tuple[Hours, Asked]]:
    """The rows that fall under each snapshot: the latest before the post, else the first."""
    taken = np.array([channel.weeks_ago(one) for one in channel.asked])
    under = np.array([(taken >= ago).sum() - 1 for ago in weeks_ago], dtype=int).clip(0)
    return [
        (np.flatnonzero(under == n), one)
        for n, one in enumerate(channel.asked)
        if (under == n).any()
    ]

"""Fatigue: each further post of a channel earns less for some hours.

A post `d` hours behind another keeps 1 − depth · exp(−d / hours) of its response, and the losses
of several multiply. This is an assumption with two figures, which may be set for each channel; the
defaults are those of the public benchmark of the loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from unisono.rooms.orchestration.audience.week import HOURS, Array, Hours

FORGOTTEN = 48.0
"""Hours after which a post no longer weighs on the next one."""


@dataclass(frozen=True)
class Fatigue:
    """`depth` is the share lost by a post at once behind another; it fades over `hours`."""

    depth: float = 0.35
    hours: float = 8.0

    def lost(self, apart: Array) -> Array:
        """The share that a post loses to one so many hours before it."""
        return np.where(apart < FORGOTTEN, self.depth * np.exp(-apart / self.hours), 0.0)

    def kept(self, times: Sequence[datetime]) -> Array:
        """What is left of each post behind those before it; `times` are in order."""
        seconds = np.array([at.timestamp() for at in times]) / 3600
        left = np.ones(len(seconds))
        first = np.searchsorted(seconds, seconds - FORGOTTEN, side="right")
        for n, at in enumerate(seconds):
            left[n] = np.prod(1 - self.lost(at - seconds[first[n] : n]))
        return left

    def between_hours(self) -> Array:
        """The share, 168 × 168, that a post in the row's hour loses to one in the column's.

        Weeks repeat, so the hours between go round; an hour does not weigh on itself.
        """
        apart = np.subtract.outer(np.arange(HOURS), np.arange(HOURS)) % HOURS
        lost = self.lost(apart.astype(float))
        np.fill_diagonal(lost, 0.0)
        return lost


USUAL = Fatigue()


def left_of(hours: Hours, lost: Array) -> Array:
    """What is left of each of a week's posts; `lost` is `Fatigue.between_hours`."""
    return np.asarray((1 - lost[np.ix_(hours, hours)]).prod(1))

"""What a proposal rests on: without a sample and a range nothing is proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import isfinite

FEWEST = 5
"""From fewer cases nothing is concluded."""

RECENT = timedelta(days=180)
"""Cases that lie further back are not asked."""


@dataclass(frozen=True)
class Evidence:
    """An expected figure with the range it lies in with 80 %, learnt from `sample` cases.

    `figure` names what is expected: `ratio` (times what it brings now, times what its like bring,
    or times as many people as usual), `views` (of one post), or `hours` (until a decision).
    `basis` names whose cases they are: `channel`, `department`, `organization`, `campaign` or
    `messages`; or what is believed beside a few of the channel's own: `activity` (when its
    followers are online) or `network` (what is usual there).
    """

    figure: str
    expected: float
    low: float
    high: float
    sample: int
    basis: str

    def __post_init__(self) -> None:
        if self.sample < 1:
            raise ValueError("Nothing is proposed without a sample.")
        if not all(isfinite(each) for each in (self.low, self.expected, self.high)):
            raise ValueError("The expected figure and its range are numbers.")
        if not self.low <= self.expected <= self.high or self.low < 0:
            raise ValueError("The expected figure lies within its range.")


def spread(cases: list[float]) -> tuple[float, float, float]:
    """The median of some cases, and the range that holds eight of ten of them."""
    ordered = sorted(cases)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (ordered[above] - ordered[below]) * (place - below)

    return at(0.5), at(0.1), at(0.9)

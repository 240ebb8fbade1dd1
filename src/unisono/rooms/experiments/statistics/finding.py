"""What was found: never a figure without its range and the posts it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite


class Shown(StrEnum):
    """What may be said: the first brings more, the second does, no difference is shown at the
    planned end (or where somebody stopped), or it is not shown yet."""

    FIRST = "first"
    SECOND = "second"
    NONE = "none"
    OPEN = "open"


@dataclass(frozen=True)
class Finding:
    """How many times as much the first arm brings as the second, the range in which that lies
    (whatever the looks, wrong in at most 5 of 100 experiments), and the posts of either."""

    ratio: float
    low: float
    high: float
    first: int
    second: int
    shown: Shown

    def __post_init__(self) -> None:
        if min(self.first, self.second) < 1:
            raise ValueError("Nothing is found without posts of both kinds.")
        if not all(isfinite(each) for each in (self.low, self.ratio, self.high)):
            raise ValueError("The ratio and its range are numbers.")
        if not 0 < self.low <= self.ratio <= self.high:
            raise ValueError("The ratio lies within its range.")
        if self.shown in (Shown.FIRST, Shown.SECOND) and self.low <= 1 <= self.high:
            raise ValueError("A range that holds 1 shows no difference.")

    @property
    def posts(self) -> int:
        return self.first + self.second

    def turned(self) -> Finding:
        """The same, seen from the second arm."""
        said = {Shown.FIRST: Shown.SECOND, Shown.SECOND: Shown.FIRST}
        return Finding(
            1 / self.ratio, 1 / self.high, 1 / self.low, self.second, self.first,
            said.get(self.shown, self.shown),
        )  # fmt: skip

"""The policy: hours for a week's posts on a channel, and a bounded share of trials.

Hours are chosen by their expected response. Drawing them at random from the belief (Thompson 1933)
costs more than it brings in a quarter of a year; never trying anything else learns nothing of
what was never tried. So a declared share of posts is tried elsewhere: which post and where is
drawn by lot, with known chances, among hours that are expected to bring nearly as much. Trials are
marked, so that they also serve as the holdout against which the policy is judged. The lot is drawn
from the channel's name and the week: asked twice, the policy answers the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from unisono.rooms.orchestration.audience.fatigue import USUAL, Fatigue, left_of
from unisono.rooms.orchestration.audience.week import HOURS, WEEKDAY, Array, Flags

SWEEPS = 40
LEAST_GAIN = 1e-9


@dataclass(frozen=True)
class Limits:
    """The rules of a channel for a week: hours allowed, hours between posts, posts a day.

    `taken` are hours that already have a post, which is not moved.
    """

    allowed: Flags = field(default_factory=lambda: np.ones(HOURS, dtype=bool))
    gap_hours: int = 3
    daily_most: int = 3
    taken: tuple[int, ...] = ()


@dataclass(frozen=True)
class Trials:
    """How much may be tried: at most one post in `1 / share`, ever.

    `floor` is what a trial must be expected to bring of what it gives up. `posts` and `trials`
    are how many the channel had before this week.
    """

    share: float = 1 / 16
    floor: float = 0.8
    posts: int = 0
    trials: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.share <= 1 and 0 <= self.floor <= 1):
            raise ValueError("Share and floor of trials are between 0 and 1.")

    def due(self, posts: int) -> int:
        """How many of so many further posts may be trials."""
        return max(0, min(posts, int((self.posts + posts) * self.share + 1e-9) - self.trials))


SELDOM = Trials()


@dataclass(frozen=True)
class Choice:
    """One post's hour. `worth` is its expected response behind the others.

    For a trial `chance` is the probability with which its hour was drawn, and `instead_of` the hour
    that it gives up.
    """

    hour: int
    worth: float
    explored: bool = False
    chance: float = 1.0
    instead_of: int | None = None


@dataclass(frozen=True)
class Week:
    """The hours chosen, by time; fewer than asked for when the rules leave no more."""

    choices: tuple[Choice, ...]
    wanted: int

    @property
    def hours(self) -> list[int]:
        return [choice.hour for choice in self.choices]

    @property
    def worth(self) -> float:
        return sum(choice.worth for choice in self.choices)


def plan_week(
    worth: Array,
    posts: int,
    *,
    limits: Limits,
    fatigue: Fatigue = USUAL,
    trials: Trials = SELDOM,
    lot: str = "",
) -> Week:
    """The hours of a week for `posts` further posts.

    `worth` (168) is the expected response by hour (`Learned.promise`). `lot` names what the trials
    are drawn for: channel and week.
    """
    board = _Board(np.asarray(worth, dtype=float), limits, fatigue)
    hours = board.improved(board.greedy(posts))
    tried = _tried(board, hours, trials, lot)
    final = [tried[n].hour if n in tried else hour for n, hour in enumerate(hours)]
    worths = board.worths(final)
    choices = []
    for n, hour in enumerate(final):
        one = tried.get(n)
        if one is None:
            choices.append(Choice(hour, float(worths[n])))
        else:
            choices.append(Choice(hour, float(worths[n]), True, one.chance, one.instead_of))
    return Week(tuple(sorted(choices, key=lambda choice: choice.hour)), posts)


def drawn(doubts: Sequence[float], due: int, *, lot: str) -> list[int]:
    """Which of some moves are trials: so many, by lot among the less certain half.

    `doubts` are the standard deviations of what each gains.
    """
    order = sorted(range(len(doubts)), key=lambda n: -doubts[n])
    among = order[: max(due, (len(order) + 1) // 2)]
    picked = _by_lot(lot).permutation(len(among))[: max(due, 0)]
    return sorted(among[int(n)] for n in picked)


def _by_lot(lot: str) -> np.random.Generator:
    seed = int.from_bytes(hashlib.sha256(lot.encode()).digest()[:8], "big")
    return np.random.default_rng(seed)


class _Board:
    """A week of a channel, on which posts are put and moved."""

    def __init__(self, worth: Array, limits: Limits, fatigue: Fatigue) -> None:
        self.worth, self.limits = worth, limits
        self.taken = list(limits.taken)
        self.lost = fatigue.between_hours()
        apart = np.abs(np.subtract.outer(np.arange(HOURS), np.arange(HOURS)))
        self.near = np.minimum(apart, HOURS - apart) < max(limits.gap_hours, 1)

    def free(self, hours: Sequence[int]) -> Flags:
        """The hours that the rules leave beside those posts."""
        others = [*self.taken, *hours]
        if not others:
            return self.limits.allowed.copy()
        full = np.bincount(WEEKDAY[others], minlength=7) >= self.limits.daily_most
        free: Flags = self.limits.allowed & ~full[WEEKDAY] & ~self.near[others].any(0)
        return free

    def worths(self, hours: Sequence[int]) -> Array:
        """What each of the posts brings behind the others."""
        every = np.array([*hours, *self.taken], dtype=int)
        return np.asarray((self.worth[every] * left_of(every, self.lost))[: len(hours)])

    def gains(self, hours: Sequence[int]) -> Array:
        """What one more post adds in each hour, its own response less what the others lose."""
        every = np.array([*hours, *self.taken], dtype=int)
        value = self.worth
        if len(every):
            left = self.worth[every] * left_of(every, self.lost)
            value = self.worth * (1 - self.lost[:, every]).prod(1) - left @ self.lost[every]
        return np.where(self.free(hours), value, -np.inf)

    def greedy(self, posts: int) -> list[int]:
        hours: list[int] = []
        for _ in range(posts):
            gains = self.gains(hours)
            best = int(np.argmax(gains))
            if not np.isfinite(gains[best]):
                break
            hours.append(best)
        return hours

    def improved(self, hours: list[int]) -> list[int]:
        """Moves one post, else two at once, to where the week brings more, until none does."""
        best = float(self._total(hours))
        for _ in range(SWEEPS):
            moved = self._one_moved(hours)
            if self._total(moved) <= best + LEAST_GAIN:
                moved = self._two_moved(hours)
            if self._total(moved) <= best + LEAST_GAIN:
                break
            hours, best = moved, float(self._total(moved))
        return hours

    def _total(self, hours: Sequence[int]) -> float:
        return float(self.worths([*hours, *self.taken][: len(hours)]).sum()) + self._kept(hours)

    def _kept(self, hours: Sequence[int]) -> float:
        """What the posts that were there before still bring."""
        if not self.taken:
            return 0.0
        every = np.array([*self.taken, *hours], dtype=int)
        return float((self.worth[every] * left_of(every, self.lost))[: len(self.taken)].sum())

    def _one_moved(self, hours: list[int]) -> list[int]:
        for n in range(len(hours)):
            rest = hours[:n] + hours[n + 1 :]
            hours = [*hours[:n], int(np.argmax(self.gains(rest))), *hours[n + 1 :]]
        return hours

    def _two_moved(self, hours: list[int]) -> list[int]:
        best, found = self._total(hours), hours
        for a in range(len(hours)):
            for b in range(a):
                rest = [hour for n, hour in enumerate(hours) if n not in (a, b)]
                one = int(np.argmax(self.gains(rest)))
                gains = self.gains([*rest, one])
                if not np.isfinite(gains.max()):
                    continue
                tried = [*rest, one, int(np.argmax(gains))]
                if (total := self._total(tried)) > best + LEAST_GAIN:
                    best, found = total, tried
        return found


def _tried(board: _Board, hours: list[int], trials: Trials, lot: str) -> dict[int, Choice]:
    """The trials of a week: for the index of a post the hour it is tried in."""
    due = trials.due(len(hours))
    if not due:
        return {}
    rng = _by_lot(lot)
    found: dict[int, Choice] = {}
    now = list(hours)
    for n in rng.permutation(len(hours)):
        if len(found) == due:
            break
        rest = now[: int(n)] + now[int(n) + 1 :]
        gains = board.gains(rest)
        eligible = np.flatnonzero(gains >= trials.floor * gains[now[int(n)]])
        eligible = eligible[eligible != now[int(n)]]
        if not len(eligible):
            continue
        hour = int(rng.choice(eligible))
        found[int(n)] = Choice(hour, 0.0, True, 1 / len(eligible), now[int(n)])
        now[int(n)] = hour
    return found

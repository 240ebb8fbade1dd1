"""Whether the mood on a channel turns: more people sound unhappy than usually do.

The people who wrote in the last three days, and how many of them sound unhappy, are held against
the same share in the stretches of three days of the eight weeks before. The share is unknown and
drawn from what was counted, and scatters from one stretch to the next; what may be expected now is
beta-binomial (Gelman et al. 2013, Bayesian Data Analysis, section 5.3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from scipy.stats import beta, betabinom

from unisono.rooms.orchestration.listening import alarms
from unisono.rooms.orchestration.listening.mood import score
from unisono.rooms.orchestration.listening.topics import Message

WINDOW = timedelta(days=3)
STRETCHES = 18
LEAST_STRETCHES = 8
LEAST_BEFORE = 60
LEAST_PEOPLE, LEAST_UNHAPPY = 10, 5
LEAST_TIMES, KEPT_TIMES = 1.5, 1.2
LEAST_SCATTER = 0.004
"""No inbox is so even that its share scatters less than this beyond chance."""


@dataclass(frozen=True)
class Turn:
    """Of `people`, `unhappy` sound so: `share`, shrunk, within `low` and `high` with 80 %.

    `usual` is the share before, of `before` people; `messages` are the keys of unhappy ones, the
    plainest first, one of each person.
    """

    people: int
    unhappy: int
    share: float
    low: float
    high: float
    usual: float
    before: int
    messages: list[str]


def turned(messages: Sequence[Message], *, now: datetime, lasting: bool = False) -> Turn | None:
    """The turn on one channel at `now`, if there is one; `lasting`: it was told before."""
    stretches = _stretches(messages, now)
    people, sad = stretches.pop(0, (0, 0))
    before, sad_before = (sum(each[n] for each in stretches.values()) for n in (0, 1))
    if len(stretches) < LEAST_STRETCHES or before < LEAST_BEFORE or not people:
        return None
    usual = (sad_before + 0.5) / (before + 1)
    turn = _turn(messages, now, (people, sad), usual, before)
    if lasting and turn.share >= KEPT_TIMES * usual:
        return turn
    if people < LEAST_PEOPLE or sad < LEAST_UNHAPPY or turn.share < LEAST_TIMES * usual:
        return None
    # The doubt of the usual share and its scatter from stretch to stretch, as one beta.
    spread = usual * (1 - usual) * (1 / (before + 2) + _scatter(list(stretches.values()), usual))
    strength = usual * (1 - usual) / spread - 1
    a, b = usual * strength, (1 - usual) * strength
    chance = float(betabinom.pmf(sad, people, a, b))
    quiet = alarms.climbs(sad, usual * people, chance, WINDOW) > alarms.MOODS_A_MONTH
    return None if quiet else turn


def _turn(
    messages: Sequence[Message], now: datetime, counts: tuple[int, int], usual: float, before: int
) -> Turn:
    people, sad = counts
    # As sure as ten people beforehand: a share of few is drawn to what is usual.
    a, b = sad + 10 * usual, people - sad + 10 * (1 - usual)
    low, high = (float(beta.ppf(at, a, b)) for at in (0.1, 0.9))
    plainest: dict[str, tuple[int, Message]] = {}
    for one in messages:
        if not now - WINDOW < one.at <= now or (value := score(one.text)) >= 0:
            continue
        if one.author not in plainest or value < plainest[one.author][0]:
            plainest[one.author] = (value, one)
    shown = sorted(plainest.values(), key=lambda each: (each[0], now - each[1].at))
    return Turn(people, sad, a / (a + b), low, high, usual, before,
                [one.key for _value, one in shown[:20]])  # fmt: skip


def _stretches(messages: Sequence[Message], now: datetime) -> dict[int, tuple[int, int]]:
    """By how many stretches ago: the people who wrote, and how many of them sound unhappy."""
    sounds: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in messages:
        ago = (now - one.at) // WINDOW
        if one.at <= now and ago <= STRETCHES:
            sounds[ago][one.author] += score(one.text)
    return {
        ago: (len(people), sum(value < 0 for value in people.values()))
        for ago, people in sounds.items()
    }


def _scatter(stretches: Sequence[tuple[int, int]], usual: float) -> float:
    """Variance of the share from stretch to stretch beyond chance, of its greatest, by moments."""
    sizes = np.array([people for people, _sad in stretches], dtype=float)
    shares = np.array([sad / people for people, sad in stretches])
    chance = usual * (1 - usual)
    seen = float((sizes * (shares - usual) ** 2).sum() / sizes.sum())
    by_chance = chance * len(sizes) / sizes.sum()
    return float(max(LEAST_SCATTER, (seen - by_chance) / chance))

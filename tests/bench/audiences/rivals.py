"""Other ways to choose hours: the oracle, fixed times, the best of history, and RedQueen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.bench.audiences.world import (
    AWAKE,
    DAY,
    FATIGUE,
    GAP,
    HOURS,
    MOST_A_DAY,
    REMEMBERS,
    TIRES_FOR,
    Array,
    Channel,
    Slots,
    counts,
    worth,
)

OFFICE = np.array([9, 10, 11, 12, 33, 34, 36, 37, 57, 58, 60, 61, 81, 82])
"""Monday to Thursday in the forenoon: the default queue of a peer."""
SPREAD = np.array([9, 12, 15, 33, 36, 39, 57, 60, 63, 81, 84, 87, 105, 108])
"""Monday to Friday at nine, twelve and three."""

NOTHING = -1e18


def pick(worths: Array, most: int, *, mind_fatigue: bool = True) -> Slots:
    """Greedily the best hours within the channel's rules, then each once more in turn."""
    worths = np.where(AWAKE, worths, -1e9)
    chosen: list[int] = []
    for _ in range(most):
        scores = _scores(worths, chosen, mind_fatigue)
        if scores is None:
            break
        chosen.append(int(np.argmax(scores)))
    if mind_fatigue:
        for _ in range(2):
            for n in range(len(chosen)):
                rest = chosen[:n] + chosen[n + 1 :]
                scores = _scores(worths, rest, True)
                chosen[n] = int(np.argmax(scores if scores is not None else worths))
    return np.array(chosen)


def _scores(worths: Array, chosen: list[int], mind_fatigue: bool) -> Array | None:
    """What one more post adds in each hour; None where the rules leave none."""
    free = AWAKE.copy()
    if chosen:
        free &= np.bincount(DAY[chosen], minlength=7)[DAY] < MOST_A_DAY
    hours, taken = np.arange(HOURS)[:, None], np.array(chosen, dtype=np.int64)[None]
    apart = np.abs(hours - taken)
    free &= (np.minimum(apart, HOURS - apart) >= GAP).all(1)
    if not free.any():
        return None
    if not mind_fatigue:
        return np.where(free, worths, NOTHING)
    since, until = (hours - taken) % HOURS, (taken - hours) % HOURS
    left = np.where(since < REMEMBERS, 1 - FATIGUE * np.exp(-since / TIRES_FOR), 1).prod(1)
    costs = np.where(until < REMEMBERS, FATIGUE * np.exp(-until / TIRES_FOR), 0)
    lost = (costs * np.maximum(worths[taken], 0)).sum(1)
    return np.where(free, worths * left - lost, NOTHING)


class Rival:
    """Chooses the hours of one channel, week by week, and may look at what was counted."""

    def __init__(self, channel: Channel, rng: np.random.Generator) -> None:
        self.channel, self.rng = channel, rng

    def week(self, number: int) -> Slots:
        raise NotImplementedError

    def learn(self, slots: Slots, seen: Slots) -> None:
        pass


class Oracle(Rival):
    """Knows the response."""

    def week(self, number: int) -> Slots:
        return pick(self.channel.response, self.channel.a_week)


class Office(Rival):
    def week(self, number: int) -> Slots:
        return OFFICE[: self.channel.a_week]


class Spread(Rival):
    """The same number of hours, well spread over the working week."""

    def week(self, number: int) -> Slots:
        if number == 0:
            self.slots = self.rng.permutation(SPREAD)[: self.channel.a_week]
        return self.slots


class NetworkBest(Rival):
    """The published best times of the network."""

    def week(self, number: int) -> Slots:
        prior = np.exp(self.channel.network.prior)
        return pick(prior, self.channel.a_week, mind_fatigue=False)


class BestHour(Rival):
    """The hours with the highest average so far, after two weeks at the network's best times."""

    def __init__(self, channel: Channel, rng: np.random.Generator) -> None:
        super().__init__(channel, rng)
        self.sums, self.posts = np.zeros(HOURS), np.zeros(HOURS)

    def week(self, number: int) -> Slots:
        if number < 2:
            moved = 0.2 * self.rng.normal(size=HOURS) if number else 0.0
            worths = np.exp(self.channel.network.prior + moved)
        else:
            means = np.where(self.posts > 0, self.sums / np.maximum(self.posts, 1), -1)
            worths = means + 1e-6 * self.rng.random(HOURS)
        return pick(worths, self.channel.a_week, mind_fatigue=False)

    def learn(self, slots: Slots, seen: Slots) -> None:
        np.add.at(self.sums, slots, seen)
        np.add.at(self.posts, slots, 1)


class RedQueen(Rival):
    """Posts the sooner the further the last post has sunk, the more so in significant hours.

    Zarezade, Upadhyay, Rabiee and Gomez-Rodriguez, RedQueen: An Online Algorithm for Smart
    Broadcasting in Social Networks, WSDM 2017; with the significance of their section 3.3 taken
    from the network's best times. It is told how busy the feed is, which our policy is not. Its
    cost is set so that it posts about as often as the channel does.
    """

    def __init__(self, channel: Channel, rng: np.random.Generator) -> None:
        super().__init__(channel, rng)
        prior = np.exp(channel.network.prior)
        self.significance = (prior / prior.mean()).tolist()
        low, high = 1.0, 1e12
        for _ in range(18):
            self.cost = (low * high) ** 0.5
            often = len(self._run(6, np.random.default_rng(1))) / 6
            low, high = (self.cost, high) if often > channel.a_week else (low, self.cost)

    def _run(self, weeks: int, rng: np.random.Generator) -> list[int]:
        posts: list[int] = []
        rank, last = 30, -99.0
        awake = AWAKE.tolist()
        rate = (self.channel.busy / 4).tolist()
        urge = [float(np.sqrt(each / self.cost)) / 4 for each in self.significance]
        for quarter in range(weeks * HOURS * 4):
            hour = (quarter // 4) % HOURS
            rank += rng.poisson(rate[hour])
            if not awake[hour] or quarter / 4 - last < GAP:
                continue
            if rng.random() < -np.expm1(-urge[hour] * rank):
                posts.append(quarter // 4)
                rank, last = 0, quarter / 4
        return posts

    def week(self, number: int) -> Slots:
        return np.array(sorted({at % HOURS for at in self._run(1, self.rng)}), dtype=np.int64)


RIVALS: dict[str, type[Rival]] = {
    "fixed office hours": Office,
    "fixed, well spread": Spread,
    "network's best times": NetworkBest,
    "best hour from history": BestHour,
    "RedQueen, significance": RedQueen,
}


def earned(
    make: Callable[[Channel, np.random.Generator], Rival],
    channel: Channel,
    rng: np.random.Generator,
    *,
    weeks: int,
    shift_at: int | None,
) -> list[float]:
    """What each week earned; the channel is left as it was found."""
    audience, response = channel.audience, channel.response
    channel.activity(rng)
    rival = make(channel, rng)
    found = []
    for week in range(weeks):
        if week == shift_at:
            channel.shift(3)
            channel.activity(rng)
        slots = np.sort(rival.week(week))
        posts = channel.a_week / max(len(slots), 1) if isinstance(rival, RedQueen) else 1
        found.append(worth(channel.response, slots) * posts)
        rival.learn(slots, counts(channel, slots, rng))
    channel.audience, channel.response = audience, response
    return found

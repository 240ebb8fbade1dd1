"""Quiet data: how often a signal or a better time is claimed where nothing is the matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from tests.bench.audiences import quiet, world
from tests.bench.audiences.world import Array
from tests.drill.house import House
from tests.drill.judge import Judge
from unisono.rooms.orchestration.audience.judgement import Better, better_time
from unisono.rooms.orchestration.audience.learning import learn
from unisono.rooms.orchestration.audience.prior import Known
from unisono.rooms.orchestration.audience.signals import Likes, Standing

CHANNELS = 12
MOST_ALARMS = 1.0
MOST_CLAIMS = 0.05
SEEDS = range(100, 106)


@dataclass(frozen=True)
class Alarms:
    """Signals on quiet data: how many, of how many posts, in how many months of channels."""

    alarms: int
    posts: int
    months: float

    @property
    def rate(self) -> float:
        return self.alarms / self.months


@dataclass(frozen=True)
class Claims:
    """Channels for which a better time was ever claimed, of those where there is none."""

    claimed: int
    channels: int

    @property
    def share(self) -> float:
        return self.claimed / self.channels


def alarms(seeds: Iterable[int], *, weeks: int, content: float = world.CONTENT) -> Alarms:
    """Each post is judged with what was learnt up to its week, by all its counts."""
    alarmed, posts, months = 0, 0, 0.0
    first = 8
    for seed in seeds:
        response = world.organization(seed, world.Setting("base"))[seed % 12].response
        history = quiet.posts(seed, response, channels=CHANNELS, weeks=weeks, content=content)
        for week in range(first, weeks, 4):
            now = quiet.START + timedelta(weeks=week)
            ends = now + timedelta(weeks=4)
            before = [counts for counts in history if counts[0].posted_at < now]
            found = learn(quiet.all_of(before), quiet.places(CHANNELS), Known(), now=now)
            likes = Likes(found)
            for counts in history:
                if now <= counts[0].posted_at < ends:
                    said = likes.standing(counts).standing
                    posts += 1
                    alarmed += said in (Standing.ABOVE, Standing.BELOW)
        months += CHANNELS * (weeks - first) * 7 / 30.4
    return Alarms(alarmed, posts, months)


def claims(seeds: Iterable[int], *, weeks: Sequence[int], hours: Sequence[int]) -> Claims:
    """Asks in each of some weeks of each hour whether it is better than the channel's usual one.

    Half of the channels post at hours that the network's curve calls good; it is wrong for all.
    """
    claimed = channels = 0
    for seed in seeds:
        curve = world.organization(seed, world.Setting("base"))[0].network.prior
        known = Known({str(n): curve.tolist() for n in range(4)})
        for favourite in (None, np.exp(curve)):
            claimed += _claimed(seed, favourite, known, weeks, hours)
            channels += CHANNELS
    return Claims(claimed, channels)


def _claimed(
    seed: int, favourite: Array | None, known: Known, weeks: Sequence[int], hours: Sequence[int]
) -> int:
    history = quiet.posts(
        seed, np.ones(168), channels=CHANNELS, weeks=max(weeks), favourite=favourite
    )
    wrong = set()
    for week in weeks:
        now = quiet.START + timedelta(weeks=week)
        samples = quiet.all_of([one for one in history if one[0].posted_at < now])
        found = learn(samples, quiet.places(CHANNELS), known, now=now)
        for n in range(CHANNELS):
            posted = np.bincount(found.alone(str(n)).hours, minlength=168)
            usual = int(posted.argmax())
            if any(isinstance(better_time(found, str(n), h, usual), Better) for h in hours):
                wrong.add(n)
    return len(wrong)


def run(_house: House | None, judge: Judge) -> None:
    """Half a year of quiet data: signals and claims must stay within what is promised."""
    for content in (world.CONTENT, 1.2):
        found = alarms(SEEDS, weeks=26, content=content)
        name = f"signals of quiet channels a month, content {content}: {found.rate:.2f}"
        wrong = [f"at most {MOST_ALARMS}"] * (found.rate > MOST_ALARMS)
        judge.note("quiet", name, found.posts, wrong)
    waking = [int(hour) for hour in np.flatnonzero(world.AWAKE)]
    said = claims(SEEDS, weeks=range(4, 27, 2), hours=waking)
    name = f"better times where there is none: {said.claimed} of {said.channels} channels"
    judge.note("quiet", name, 0, [f"at most {MOST_CLAIMS:.0%}"] * (said.share > MOST_CLAIMS))

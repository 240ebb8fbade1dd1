"""Quiet data: how often a signal or a better time is claimed where nothing is the matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from tests.bench.audiences import inboxes, quiet, world
from tests.bench.audiences.world import Array
from tests.drill.house import House
from tests.drill.judge import Judge
from unisono.rooms.orchestration.audience.judgement import Better, better_time
from unisono.rooms.orchestration.audience.learning import learn
from unisono.rooms.orchestration.audience.prior import Known
from unisono.rooms.orchestration.audience.signals import Likes, Standing
from unisono.rooms.orchestration.audience.wear import wear
from unisono.rooms.orchestration.listening import topics, turning

CHANNELS = 12
INBOXES = 4
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


def voices(seeds: Iterable[int], *, days: int, a_day: float) -> Alarms:
    """Growing topics and turning moods in quiet inboxes of four channels, looked at every six
    hours; one that lasts is one alarm."""
    alarmed, read, months = 0, 0, 0.0
    start, first = quiet.START, 60
    for seed in seeds:
        boxes = [
            inboxes.inbox(seed * 10 + n, start=start, days=days, a_day=a_day)
            for n in range(INBOXES)
        ]
        every = sorted((one for box in boxes for one in box), key=lambda one: one.at)
        read += len(every)
        lasting: set[str] = set()
        for step in range(4 * first, 4 * days):
            now = start + timedelta(hours=6 * step)
            since = now - timedelta(days=58)
            recent = [one for one in every if since < one.at <= now]
            said = {one.term for one in topics.growing(recent, now=now, lasting=lasting)}
            for n, box in enumerate(boxes):
                own = [one for one in box if since < one.at <= now]
                if turning.turned(own, now=now, lasting=f"#{n}" in lasting):
                    said.add(f"#{n}")
            alarmed += len(said - lasting)
            lasting = said
        months += INBOXES * (days - first) / 30.4
    return Alarms(alarmed, read, months)


def tired(seeds: Iterable[int], *, weeks: int) -> Alarms:
    """Channels without fatigue that are told to be worn, once each."""
    alarmed, posts, months = 0, 0, 0.0
    for seed in seeds:
        response = world.organization(seed, world.Setting("base"))[seed % 12].response
        history = quiet.posts(seed, response, channels=CHANNELS, weeks=weeks)
        posts += len(history)
        said: set[int] = set()
        for week in range(8, weeks + 1, 4):
            now = quiet.START + timedelta(weeks=week)
            before = [counts for counts in history if counts[0].posted_at < now]
            found = learn(quiet.all_of(before), quiet.places(CHANNELS), Known(), now=now)
            for n in range(CHANNELS):
                told = wear(found, str(n))
                if told and told.clear:
                    said.add(n)
        alarmed += len(said)
        months += CHANNELS * (weeks - 8) * 7 / 30.4
    return Alarms(alarmed, posts, months)


def run(_house: House | None, judge: Judge) -> None:
    """Half a year of quiet data: signals and claims must stay within what is promised."""
    rates = {}
    for content in (world.CONTENT, 1.2):
        found = alarms(SEEDS, weeks=26, content=content)
        rates[f"posts, content {content}"] = found
    rates["voices, 5 a day"] = voices(range(2), days=180, a_day=5)
    rates["voices, 25 a day"] = voices(range(1), days=100, a_day=25)
    rates["fatigue"] = tired(SEEDS[:3], weeks=26)
    for name, found in rates.items():
        said = f"signals of quiet channels a month, {name}: {found.rate:.3f}"
        judge.note("quiet", said, found.posts, [])
    worst = max(rates[name].rate for name in rates if name.startswith("posts"))
    worst += max(rates[name].rate for name in rates if name.startswith("voices"))
    worst += rates["fatigue"].rate
    wrong = [f"at most {MOST_ALARMS}"] * (worst > MOST_ALARMS)
    judge.note("quiet", f"all signals together, a channel and month: {worst:.2f}", 0, wrong)
    waking = [int(hour) for hour in np.flatnonzero(world.AWAKE)]
    told = claims(SEEDS, weeks=range(4, 27, 2), hours=waking)
    name = f"better times where there is none: {told.claimed} of {told.channels} channels"
    judge.note("quiet", name, 0, [f"at most {MOST_CLAIMS:.0%}"] * (told.share > MOST_CLAIMS))

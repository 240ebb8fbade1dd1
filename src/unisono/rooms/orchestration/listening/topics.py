"""Topics that grow: words that many more people use now than at the same days of other weeks.

For each word the people who used it in the last two days are held against how many did in the same
two days of each of the eight weeks before. The rate is unknown and so is drawn from what was
counted (a gamma distribution after Jeffreys), and people who write under one post write alike, so
counts scatter more than by chance: how much is taken from the inbox itself. The predictive
distribution of both is negative binomial. When the whole inbox grows, so does every word: what
is usual grows with it. Our own words, in the post that was answered, are not the people's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from scipy.stats import f as fisher
from scipy.stats import nbinom

from unisono.rooms.orchestration.listening import alarms
from unisono.rooms.orchestration.listening.mood import unhappy
from unisono.rooms.orchestration.listening.speech import asks, terms

WINDOW = timedelta(hours=48)
WEEKS = 8
LEAST_WEEKS = 4
"""An inbox that has been heard for less says nothing of what is usual."""

LEAST_PEOPLE = 5
LEAST_TIMES = 2.5
"""A topic is spoken of by so many people, so many times as many as usual."""

KEPT_PEOPLE, KEPT_TIMES = 3, 1.5
"""What was told goes on as long as this holds, so that it does not come and go."""

LEAST_HEARD = 40
"""Voices in the weeks before, below which nothing is usual."""

SAME = 0.5
"""Words that so large a part of the people share are one topic."""

MOST = 3


@dataclass(frozen=True)
class Message:
    """One message: who wrote it when, the text, and the terms of the post it stands under."""

    key: str
    author: str
    at: datetime
    text: str
    ours: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Topic:
    """A word that `people` used in the last two days; `ratio` times what is usual, shrunk, with the
    range that holds it with 80 %. `messages` are keys, newest first."""

    term: str
    people: int
    usual: float
    ratio: float
    low: float
    high: float
    asking: int
    unhappy: int
    messages: list[str]
    voices: frozenset[str]


@dataclass
class Heard:
    """Who used which term, now and in the same days of the weeks before."""

    now: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    before: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    voices: set[str] = field(default_factory=set)
    voices_before: Counter[int] = field(default_factory=Counter)
    said: list[tuple[Message, set[str]]] = field(default_factory=list)
    weeks: int = 0


def growing(
    messages: Sequence[Message], *, now: datetime, lasting: Collection[str] = ()
) -> list[Topic]:
    """The topics that grow at `now`, the surest first; `lasting` were told before."""
    heard = _heard(messages, now)
    total = sum(heard.voices_before.values())
    if heard.weeks < LEAST_WEEKS or total < LEAST_HEARD:
        return []
    scatter = _scatter(heard)
    looked_at = len(heard.now.keys() | heard.before.keys())
    found: list[tuple[float, Topic]] = []
    for term, people in heard.now.items():
        least = KEPT_PEOPLE if term in lasting else LEAST_PEOPLE
        if len(people) < least:
            continue
        topic, alarms_a_month = _held(term, heard, scatter, total)
        if term in lasting and topic.ratio >= KEPT_TIMES:
            found.append((-1.0, topic))
        elif (
            alarms_a_month * looked_at <= alarms.TOPICS_A_MONTH
            and topic.ratio >= LEAST_TIMES
            and len(people) >= LEAST_PEOPLE
        ):
            found.append((alarms_a_month, topic))
    # Of words that are equally sure the longest names the topic best.
    found.sort(key=lambda each: (each[0], -each[1].people, -len(each[1].term)))
    return _apart([topic for _chance, topic in found])


def mark(text: str, term: str) -> bool:
    """Whether a text speaks of a topic."""
    return term in terms(text)


def _heard(messages: Sequence[Message], now: datetime) -> Heard:
    heard, week = Heard(), timedelta(weeks=1)
    first = min((one.at for one in messages), default=now)
    heard.weeks = min(WEEKS, int((now - WINDOW - first) / week))
    by_week: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    voices: dict[int, set[str]] = defaultdict(set)
    for one in messages:
        if one.at > now:
            continue
        ago, within = divmod(now - one.at, week)
        if within >= WINDOW or ago > heard.weeks:
            continue
        said = terms(one.text) - one.ours
        voices[ago].add(one.author)
        for term in said:
            by_week[ago][term].add(one.author)
        if ago == 0:
            heard.said.append((one, said))
    heard.now = by_week.pop(0, {})
    heard.voices = voices.pop(0, set())
    heard.voices_before = Counter({ago: len(who) for ago, who in voices.items()})
    for ago, used in by_week.items():
        for term, who in used.items():
            heard.before[term][ago] = len(who)
    return heard


def _held(term: str, heard: Heard, scatter: float, total: int) -> tuple[Topic, float]:
    """A term against what is usual, and how often a month as much would be heard by chance."""
    people, past = len(heard.now[term]), sum(heard.before.get(term, Counter()).values())
    growth = max(1.0, len(heard.voices) * heard.weeks / total)
    exposure = heard.weeks / growth
    usual = (past + 0.5) / exposure
    shape = 1 / (1 / (past + 0.5) + scatter)
    chance = float(nbinom.pmf(people, shape, shape / (shape + usual)))
    ratio, low, high = _ratio(people, past, exposure)
    own = [one for one, said in heard.said if term in said]
    own.sort(key=lambda one: one.at, reverse=True)
    topic = Topic(
        term, people, usual, ratio, low, high,
        len({one.author for one in own if asks(one.text)}),
        len({one.author for one in own if unhappy(one.text)}),
        [one.key for one in own],
        frozenset(heard.now[term]),
    )  # fmt: skip
    return topic, alarms.climbs(people, usual, chance, WINDOW)


def _ratio(people: int, past: int, exposure: float) -> tuple[float, float, float]:
    """Of two Poisson rates, drawn together by half a count each: the median and its range."""
    free = (2 * people + 1, 2 * past + 1)
    scale = ((people + 0.5) / 1) / ((past + 0.5) / exposure)
    low, middle, high = (float(fisher.ppf(at, *free)) * scale for at in (0.1, 0.5, 0.9))
    return min(middle, scale), low, max(high, middle)


def _scatter(heard: Heard) -> float:
    """How much more the counts of words scatter than by chance: the reciprocal of a shape.

    Taken from all words that are common enough, week by week, by moments.
    """
    weeks = range(1, heard.weeks + 1)
    excess = square = 0.0
    for counted in heard.before.values():
        counts = np.array([counted[ago] for ago in weeks], dtype=float)
        mean = float(counts.mean())
        if counts.sum() >= 2 * len(counts):
            excess += float(counts.var(ddof=1)) - mean
            square += mean * mean
    return max(0.0, excess / square) if square else 0.0


def _apart(topics: Sequence[Topic]) -> list[Topic]:
    """Topics that different people speak of; what says the same as a surer one is left out."""
    found: list[Topic] = []
    for one in topics:
        shared = (len(one.voices & other.voices) / len(one.voices) for other in found)
        if max(shared, default=0.0) < SAME and len(found) < MOST:
            found.append(one)
    return found


def told(topic: Topic) -> Mapping[str, Any]:
    """A topic as it is kept."""
    return {
        "term": topic.term, "people": topic.people, "usual": round(topic.usual, 2),
        "ratio": topic.ratio, "low": topic.low, "high": topic.high,
        "asking": topic.asking, "unhappy": topic.unhappy, "messages": topic.messages[:20],
    }  # fmt: skip

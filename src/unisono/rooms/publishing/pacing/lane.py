"""What is planned on one channel under its house rules, and what a further post would break."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from unisono.kernel import clock
from unisono.rooms.channels.rules import Rules

SMALL_MONTH = 10
"""A month with fewer posts is taken to have this many where departments share it: of the first post
of a month its department would otherwise always have a hundred percent."""

A_MINUTE = timedelta(minutes=1)

Month = tuple[int, int]


class Kind(StrEnum):
    """Which rule is broken."""

    GAP = "gap"
    DAY = "day"
    SHARE = "share"
    TOPIC = "topic"
    QUIET = "quiet"
    BLACKOUT = "blackout"


@dataclass(frozen=True)
class Place:
    """A post at an instant on a channel: what has a place there, or wants one."""

    variant: UUID
    at: datetime
    department: UUID
    topics: frozenset[str] = frozenset()
    title: str = ""

    def moved(self, at: datetime) -> Place:
        """The same post at another instant."""
        return replace(self, at=at)


@dataclass(frozen=True)
class Finding:
    """One rule that a time breaks. Of this rule alone, `after` is the first instant that is free of
    it again and `before` the last one that was.

    `limit` counts minutes, posts or percent, as the rule does; `found` is what there is of it:
    minutes to the `other` post, or posts. `name` is that of a blackout or a topic.
    """

    kind: Kind
    after: datetime
    before: datetime
    limit: int = 0
    found: int = 0
    other: Place | None = None
    name: str = ""


class Lane:
    """The posts that have a place on one channel. `totals` are how many posts each month has in
    all, where more are known than have been added."""

    def __init__(
        self, rules: Rules, places: Iterable[Place] = (), totals: Mapping[Month, int] | None = None
    ) -> None:
        self.rules = rules
        self.places: list[Place] = []
        self._totals = totals or {}
        self._days: dict[date, list[Place]] = defaultdict(list)
        self._months: Counter[Month] = Counter()
        self._taken: Counter[tuple[Month, UUID]] = Counter()
        for place in places:
            self.add(place)

    def add(self, place: Place) -> None:
        """Give a post a place."""
        insort(self.places, place, key=_at)
        day = self.day_of(place.at)
        self._days[day].append(place)
        self._months[day.year, day.month] += 1
        self._taken[(day.year, day.month), place.department] += 1

    def without(self, variant: UUID) -> Lane:
        """The same lane as if this post had no place in it."""
        return Lane(self.rules, [place for place in self.places if place.variant != variant])

    def day_of(self, at: datetime) -> date:
        """The day of an instant as the rules count days."""
        return clock.to_wall(at, self.rules.zone).date()

    def free(self, wish: Place) -> bool:
        """Whether the post would break no rule."""
        return next(self._found(wish), None) is None

    def findings(self, wish: Place) -> list[Finding]:
        """The rules that the post would break, in the order of `Kind`."""
        return list(self._found(wish))

    def _found(self, wish: Place) -> Iterator[Finding]:
        rules, wall = self.rules, clock.to_wall(wish.at, self.rules.zone)
        if rules.gap_minutes:
            yield from self._too_near(wish)
        if rules.daily_most or rules.one_topic_a_day:
            yield from self._too_many(wish, wall.date())
        if wish.department in rules.shares:
            yield from self._too_much(wish, wall.date())
        for quiet in rules.quiet:
            ends = quiet.ending(wall)
            if ends:
                begins = clock.resolve(quiet.beginning(ends), rules.zone).instant
                # Where clocks go back, hours come twice: the later end, and never the same instant.
                after = clock.resolve(ends, rules.zone, fold=1).instant
                after = max(after, wish.at + A_MINUTE)
                yield Finding(Kind.QUIET, after, min(begins, wish.at) - A_MINUTE)
        for dark in rules.blackouts:
            if dark.covers(wall.date()):
                span = self._days_from(dark.first, dark.last)
                yield Finding(Kind.BLACKOUT, *span, name=dark.name)

    def _too_near(self, wish: Place) -> Iterator[Finding]:
        gap = self.rules.gap
        first = bisect_right(self.places, wish.at - gap, key=_at)
        last = bisect_left(self.places, wish.at + gap, key=_at)
        near = self.places[first:last]
        if near:
            other = min(near, key=lambda place: abs(place.at - wish.at))
            yield Finding(
                Kind.GAP,
                after=near[-1].at + gap,
                before=near[0].at - gap,
                limit=self.rules.gap_minutes,
                found=int(abs(other.at - wish.at).total_seconds() // 60),
                other=other,
            )

    def _too_many(self, wish: Place, day: date) -> Iterator[Finding]:
        there = self._days.get(day, [])
        most = self.rules.daily_most
        if most and len(there) >= most:
            last = max(there, key=_at)
            yield Finding(
                Kind.DAY, *self._days_from(day, day), limit=most, found=len(there), other=last
            )
        if self.rules.one_topic_a_day:
            for place in there:
                same = place.topics & wish.topics
                if same:
                    name = min(same)
                    yield Finding(Kind.TOPIC, *self._days_from(day, day), other=place, name=name)
                    return

    def _too_much(self, wish: Place, day: date) -> Iterator[Finding]:
        percent = self.rules.shares[wish.department]
        month = (day.year, day.month)
        held = self._taken[month, wish.department]
        total = max(self._months[month] + 1, self._totals.get(month, 0))
        if held + 1 > allowed(percent, total):
            first = day.replace(day=1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            yield Finding(Kind.SHARE, *self._days_from(first, last), limit=percent, found=held)

    def _days_from(self, first: date, last: date) -> tuple[datetime, datetime]:
        """When the days are over, and the last minute before them."""
        zone = self.rules.zone
        over = clock.start_of_day(last + timedelta(days=1), zone)
        return over, clock.start_of_day(first, zone) - A_MINUTE


def allowed(percent: int, total: int) -> int:
    """How many of a month's posts a department may have; at least one, unless it may have none."""
    return max(max(total, SMALL_MONTH) * percent // 100, 1 if percent else 0)


def among(
    rules: Rules, places: Iterable[Place], start: datetime, end: datetime
) -> tuple[Lane, list[tuple[Place, list[Finding]]]]:
    """Which of the posts from `start` up to `end` break a rule; of two that collide, the later
    comer is the one. `places` have a place, and come in the order in which they were given it.
    """
    ordered = list(places)
    months: Counter[Month] = Counter()
    counting = Lane(rules)
    for place in ordered:
        day = counting.day_of(place.at)
        months[day.year, day.month] += 1
    lane, told = Lane(rules, totals=months), []
    for place in ordered:
        found = lane.findings(place) if start <= place.at < end else []
        if found:
            told.append((place, found))
        lane.add(place)
    return lane, told


def _at(place: Place) -> datetime:
    return place.at

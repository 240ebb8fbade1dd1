"""Other times for a post whose time breaks a rule; each is held against every rule itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import chain, count
from typing import Literal

from unisono.kernel import clock
from unisono.rooms.publishing.pacing.lane import Finding, Lane, Place

WAYS = 3
REACH = timedelta(days=62)
"""How far from the wanted time another one is looked for."""

STEP = timedelta(minutes=5)
"""People choose round minutes."""

MORNING, EVENING = time(9), time(19)
"""Between these a post is put that has to move to another day, unless its own hour is beyond."""

A_WHILE = timedelta(minutes=2)
"""Nothing is offered for this very moment: the person has to read it first."""

TRIES = 2_000

Name = Literal["after", "before", "next_day", "earlier_day", "later_day", "another_day"]


@dataclass(frozen=True)
class Ask:
    """A post, and the lane of the channel on which it wants a place. It has none there itself."""

    lane: Lane
    wish: Place


@dataclass(frozen=True)
class Way:
    """Another instant, on which every rule agrees; its wall time is read in one zone only once."""

    name: Name
    at: datetime


def findings(asks: Sequence[Ask]) -> list[tuple[Ask, Finding]]:
    """What stands against these posts at the times they want."""
    return [(ask, found) for ask in asks for found in ask.lane.findings(ask.wish)]


def ways_out(
    asks: Sequence[Ask],
    *,
    now: datetime,
    zone: str,
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[Way]:
    """Up to three other times for posts that want to go out together, the nearest kinds first.

    Earliest after the wanted time, latest before it, the same hour on the next free day (`zone`
    says which hour); where one of them does not exist, the same hour on another day stands in, or
    the first free time of another day. Between `start` and `end` the lanes are known; nothing
    beyond is offered.
    """
    search = _Search(
        asks,
        zone,
        max(start or now, now + A_WHILE, asks[0].wish.at - REACH),
        min(end or asks[0].wish.at + REACH, asks[0].wish.at + REACH),
    )
    found: list[Way] = []
    kinds: list[tuple[Name, Iterator[datetime]]] = [
        ("after", search.after()),
        ("before", search.before()),
        ("next_day", search.other_days(1)),
        ("earlier_day", search.other_days(-1)),
        ("later_day", search.other_days(1)),
        ("another_day", search.from_day(1)),
        ("another_day", search.from_day(2)),
    ]
    for name, times in kinds:
        known = {way.at for way in found}
        at = next((at for at in times if at not in known), None)
        if at is not None and len(found) < WAYS:
            found.append(Way(name, at))
    return found


class _Search:
    """Free times around the one wanted, between `first` and `last`."""

    def __init__(self, asks: Sequence[Ask], zone: str, first: datetime, last: datetime) -> None:
        self.asks, self.zone, self.first, self.last = asks, zone, first, last
        self.wanted = asks[0].wish.at
        self.wall = clock.to_wall(self.wanted, zone).replace(second=0, microsecond=0)

    def after(self) -> Iterator[datetime]:
        """The earliest free time after the wanted one."""
        at = _up(max(self.wanted + timedelta(minutes=1), self.first))
        yield from self._walk(at, lambda against: max(f.after for f in against), _up)

    def before(self) -> Iterator[datetime]:
        """The latest free time before the wanted one."""
        at = _down(self.wanted - timedelta(minutes=1))
        yield from self._walk(at, lambda against: min(f.before for f in against), _down)

    def other_days(self, step: int) -> Iterator[datetime]:
        """The wanted hour, day after day."""
        for days in count(step, step):
            at = clock.resolve(self.wall + timedelta(days=days), self.zone).instant
            if not self.first <= at <= self.last:
                return
            if not self._against(at) and self._readable(at):
                yield at

    def from_day(self, days: int) -> Iterator[datetime]:
        """The earliest free time from the morning of a later day on: where the wanted hour is never
        free."""
        edge = datetime.combine(self.wall.date() + timedelta(days=days), MORNING)
        at = _up(clock.resolve(edge, self.zone).instant)
        yield from self._walk(at, lambda against: max(f.after for f in against), _up)

    def _walk(
        self,
        at: datetime,
        beyond: Callable[[list[Finding]], datetime],
        rounded: Callable[[datetime], datetime],
    ) -> Iterator[datetime]:
        ahead = rounded is _up
        for _turn in range(TRIES):
            if not self.first <= at <= self.last:
                return
            against = self._against(at)
            if against:
                at = self._decent(at, rounded(beyond(against)), ahead)
            elif not self._readable(at):
                at += STEP if ahead else -STEP
            else:
                yield at
                return

    def _decent(self, before: datetime, at: datetime, ahead: bool) -> datetime:
        """A time on another day lies in the day, not in its first or last minute."""
        was, wall = clock.to_wall(before, self.zone), clock.to_wall(at, self.zone)
        if was.date() == wall.date():
            return at
        own = self.wall.time()
        edge = min(own, MORNING) if ahead else max(own, EVENING)
        better = clock.resolve(datetime.combine(wall.date(), edge), self.zone).instant
        return max(at, _up(better)) if ahead else min(at, _down(better))

    def _against(self, at: datetime) -> list[Finding]:
        return list(chain.from_iterable(a.lane.findings(a.wish.moved(at)) for a in self.asks))

    def _readable(self, at: datetime) -> bool:
        """Whether the wall time of the instant means this instant, where clocks go back."""
        return clock.resolve(clock.to_wall(at, self.zone), self.zone).instant == at


def _up(at: datetime) -> datetime:
    low = _down(at)
    return low if low == at else low + STEP


def _down(at: datetime) -> datetime:
    seconds = at.timestamp()
    return datetime.fromtimestamp(seconds - seconds % STEP.total_seconds(), UTC)

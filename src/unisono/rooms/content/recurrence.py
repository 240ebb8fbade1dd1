"""Which days a rule means, and which instants: pure arithmetic, always from the anchor.

Every date is computed from the first one, never from the one before: a series on the 31st meets
28 February and comes back to 31 March. Days are calendar days in the zone of the series, so that
9 o'clock stays 9 o'clock over every change of the clocks.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count as counting
from itertools import islice

from unisono.kernel import clock

EVERY = ("day", "week", "month", "year")
NTH = (1, 2, 3, 4, -1)
"""The first to fourth of a weekday in its month, and the last. A fifth is not in every month."""
OCCURRENCES_MAX = 200
YEARS_MAX = 2
INTERVAL_MAX = 99


@dataclass(frozen=True)
class Rule:
    """`every` `interval` days, weeks, months or years.

    `weekdays` (0 is Monday) are those of a weekly rule; with `nth` a monthly rule means the nth
    of its one weekday instead of the anchor's day of the month.
    """

    every: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int = 0


@dataclass(frozen=True)
class End:
    """The last day that may still be one, or how many there are, counted from the anchor."""

    until: date | None = None
    count: int | None = None


@dataclass(frozen=True)
class Slot:
    """One occurrence: the day the rule means, and the instant its wall time means there.

    `shifted`: the clocks skip this time, so that it is later; `ambiguous`: it comes twice, and the
    first is meant.
    """

    day: date
    wall: datetime
    at: datetime
    shifted: bool
    ambiguous: bool


def days(rule: Rule, first: date) -> Iterator[date]:
    """The days the rule means from `first` on, in order and without an end."""
    for step in counting():
        try:
            found = _period(rule, first, step * rule.interval)
        except (OverflowError, ValueError):
            return
        yield from (day for day in found if day >= first)


def slots(rule: Rule, anchor: datetime, zone: str, end: End) -> Iterator[Slot]:
    """The occurrences of a series up to its end, in order.

    `anchor` is the naive wall time of the first. A day that a zone skipped whole has none: it
    would be the following day's, twice. Raises clock.UnknownZone.
    """
    limit = OCCURRENCES_MAX + 1 if end.count is None else end.count
    for day in islice(days(rule, anchor.date()), limit):
        if end.until and day > end.until:
            return
        wall = datetime.combine(day, anchor.time())
        meant = clock.resolve(wall, zone)
        if meant.shifted and not _is_there(day, zone):
            continue
        yield Slot(day, wall, meant.instant, meant.shifted, meant.ambiguous)


def last_day(anchor: date) -> date:
    """The last day a series that starts on `anchor` may reach."""
    return _clamped(anchor.year + YEARS_MAX, anchor.month, anchor.day)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth (-1: the last) of a weekday in a month."""
    length = monthrange(year, month)[1]
    if nth > 0:
        first = date(year, month, 1)
        return first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))
    last = date(year, month, length)
    return last - timedelta((last.weekday() - weekday) % 7)


def _period(rule: Rule, first: date, ahead: int) -> list[date]:
    """The days of the period that lies `ahead` days, weeks, months or years from the first."""
    if rule.every == "day":
        return [first + timedelta(ahead)]
    if rule.every == "week":
        monday = first - timedelta(first.weekday()) + timedelta(weeks=ahead)
        return [monday + timedelta(day) for day in sorted(rule.weekdays or {first.weekday()})]
    if rule.every == "year":
        return [_clamped(first.year + ahead, first.month, first.day)]
    year, month = divmod(first.year * 12 + first.month - 1 + ahead, 12)
    if rule.nth:
        weekday = rule.weekdays[0] if rule.weekdays else first.weekday()
        return [nth_weekday(year, month + 1, weekday, rule.nth)]
    return [_clamped(year, month + 1, first.day)]


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _is_there(day: date, zone: str) -> bool:
    start, end = clock.day_bounds(day, zone)
    return start < end

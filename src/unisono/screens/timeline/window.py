"""Which days a zoom shows around an anchor, and what its ruler says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.formats import date_format

from unisono.screens.calendar.grid import first_weekday
from unisono.ui import wording

ZOOMS = ("day", "week", "fortnight", "month", "quarter", "year")
DAY = timedelta(1)
MINUTES = 24 * 60
"""Of a day as it is drawn: the hour that a change of clocks adds or takes has no room."""


@dataclass(frozen=True)
class Tick:
    """A stretch of the ruler, in minutes from the window's beginning."""

    x: int
    width: int
    label: str
    day: date
    weekend: bool = False
    today: bool = False


@dataclass(frozen=True)
class Window:
    """The days [first, last] of a zoom, and where earlier and later lie."""

    zoom: str
    anchor: date
    first: date
    last: date
    earlier: date
    later: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(n) for n in range((self.last - self.first).days + 1)]

    @property
    def minutes(self) -> int:
        return ((self.last - self.first).days + 1) * MINUTES

    @property
    def counted(self) -> bool:
        return self.zoom in ("quarter", "year")

    @property
    def beginning(self) -> datetime:
        """The naive wall time at which the window begins."""
        return datetime.combine(self.first, time())

    def minute(self, wall: datetime) -> int:
        """How far from the beginning a naive wall time lies."""
        return int((wall - self.beginning).total_seconds() // 60)

    def of_day(self, day: date) -> int:
        """The minute at which a day begins."""
        return (day - self.first).days * MINUTES


def window(zoom: str, anchor: date, language: str) -> Window:
    """The days that `zoom` shows around `anchor`."""
    if zoom in ("month", "quarter", "year"):
        months = {"month": 1, "quarter": 3, "year": 12}[zoom]
        first = anchor.replace(month=(anchor.month - 1) // months * months + 1, day=1)
        later = _months_on(first, months)
        return Window(zoom, anchor, first, later - DAY, _months_on(first, -months), later)
    length = timedelta({"day": 1, "week": 7}.get(zoom, 14))
    week = anchor - timedelta((anchor.weekday() - first_weekday(language)) % 7)
    first = anchor if zoom == "day" else week
    return Window(zoom, anchor, first, first + length - DAY, first - length, first + length)


def _months_on(first: date, months: int) -> date:
    whole = first.year * 12 + first.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)


def ruler(around: Window, today: date) -> list[Tick]:
    """The stretches named on the ruler: hours, days, weeks or months."""
    if around.zoom == "day":
        return [Tick(hour * 60, 120, f"{hour:02d}:00", around.first) for hour in range(0, 24, 2)]
    return list({"quarter": _weeks, "year": _months}.get(around.zoom, _days)(around, today))


def _days(around: Window, today: date) -> Iterator[Tick]:
    for day in around.days:
        label = str(day.day) if around.zoom == "month" else wording.day_short(day)
        yield Tick(around.of_day(day), MINUTES, label, day, day.weekday() >= 5, day == today)


def _weeks(around: Window, today: date) -> Iterator[Tick]:
    for day in around.days[::7]:
        last = min(day + timedelta(6), around.last)
        width = ((last - day).days + 1) * MINUTES
        yield Tick(
            around.of_day(day), width, wording.day_and_month(day), day, today=day <= today <= last
        )


def _months(around: Window, today: date) -> Iterator[Tick]:
    for number in range(1, 13):
        day = date(around.first.year, number, 1)
        last = _months_on(day, 1) - DAY
        width = ((last - day).days + 1) * MINUTES
        yield Tick(
            around.of_day(day), width, date_format(day, "M"), day, today=day <= today <= last
        )


def weekends(around: Window) -> list[int]:
    """The minutes at which the days begin on which most offices are closed."""
    if around.zoom == "year":
        return []
    return [around.of_day(day) for day in around.days if day.weekday() >= 5]

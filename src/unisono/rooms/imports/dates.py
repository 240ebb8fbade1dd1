"""Dates and times as people write them in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from unisono.kernel import clock
from unisono.rooms.imports.columns import normal

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january januar janvier janner jan", "february februar fevrier feb fev fevr",
            "march marz mars mar maerz mrz", "april avril apr avr", "may mai",
            "june juni juin jun", "july juli juillet jul juil", "august aout aug",
            "september septembre sep sept", "october oktober octobre oct okt",
            "november novembre nov", "december dezember decembre dec dez",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_NUMERIC = re.compile(r"\b(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})\b")
_YEAR_FIRST = re.compile(r"\b(\d{4})([./-])(\d{1,2})\2(\d{1,2})\b")
_WORDED = re.compile(
    r"\b(\d{1,2})\s(?:st\s|nd\s|rd\s|th\s|er\s|de\s|of\s)?([a-z]+)\s(\d{4}|\d{2})\b"
)
_MONTH_FIRST = re.compile(r"\b([a-z]+)\s(\d{1,2})(?:st|nd|rd|th)?\s(\d{4})\b")
_TIME = re.compile(
    r"\b(\d{1,2})(?:\s?(?::|h|\.)\s?(\d{2})(?::\d{2})?|\s?(?=h\b|uhr|am\b|pm\b|a\.m|p\.m))"
    r"\s?(?:h|uhr)?\s?(am|pm|a\.m\.?|p\.m\.?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Moment:
    """What a cell says: a day, perhaps a time, perhaps the zone it was given in."""

    day: date
    at: time | None = None
    zone: str = ""


class NotADate(ValueError):
    """The cell says no date that we can read."""


def order_of(cells: Iterable[object]) -> tuple[str, bool]:
    """(`dmy` or `mdy`, whether both readings fit every date of the column).

    A day above 12 tells the order; where the column contradicts itself, the majority has it.
    """
    day_first = month_first = both = 0
    for cell in cells:
        found = _NUMERIC.search(cell) if isinstance(cell, str) else None
        if found is None:
            continue
        first, second = int(found[1]), int(found[3])
        if first > 12 >= second:
            day_first += 1
        elif second > 12 >= first:
            month_first += 1
        elif first != second and found[2] != ".":
            both += 1
    order = "mdy" if month_first > day_first else "dmy"
    return order, bool(both) and not (day_first or month_first)


def read_moment(cell: object, order: str) -> Moment:
    """The day and, where given, the time of a cell. Raises NotADate."""
    if isinstance(cell, datetime):
        at = cell.time().replace(second=0, microsecond=0) if cell.time() != time() else None
        return Moment(cell.date(), at)
    if isinstance(cell, date):
        return Moment(cell)
    text = str(cell).strip()
    stamp = _iso(text)
    if stamp is not None:
        return stamp
    day, rest = _day(text, order)
    return Moment(day, read_time(rest) if _TIME.search(rest) else None)


def read_time(cell: object) -> time:
    """The time of a cell: `08:50`, `8h50`, `8.50 Uhr`, `2 pm`, or a spreadsheet's own. NotADate."""
    if isinstance(cell, datetime):
        cell = cell.time()
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0)
    if isinstance(cell, (int, float)) and 0 <= cell < 1:
        minutes = round(cell * 24 * 60) % (24 * 60)
        return time(minutes // 60, minutes % 60)
    found = _TIME.search(str(cell).strip())
    if found is None:
        raise NotADate
    hour, minute = int(found[1]), int(found[2] or 0)
    half = (found[3] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        raise NotADate
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise NotADate from None


def _iso(text: str) -> Moment | None:
    """`2026-03-11`, `2026-03-11T08:50`, and with an offset: then the zone is UTC."""
    if not re.match(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}|$)", text):
        return None
    try:
        stamp = datetime.fromisoformat(text)
    except ValueError:
        return None
    if stamp.tzinfo is not None:
        wall = clock.to_wall(stamp.astimezone(UTC), "UTC")
        return Moment(wall.date(), wall.time().replace(second=0, microsecond=0), "UTC")
    at = stamp.time().replace(second=0, microsecond=0)
    return Moment(stamp.date(), at if len(text) > 10 else None)


def _day(text: str, order: str) -> tuple[date, str]:
    """The day, and what of the text is left."""
    found = _YEAR_FIRST.search(text)
    if found:
        return _made(found[1], found[3], found[4]), _without(text, found)
    found = _NUMERIC.search(text)
    if found:
        first, second = int(found[1]), int(found[3])
        month_first = second > 12 or (order == "mdy" and found[2] != "." and first <= 12)
        day, month = (second, first) if month_first else (first, second)
        return _made(found[4], month, day), _without(text, found)
    return _worded(text)


def _worded(text: str) -> tuple[date, str]:
    # A time keeps its signs; commas and dots of dates are of no use here.
    plain = re.sub(r"(?<!\d)[.,]|[.,](?!\d)", " ", text)
    plain = re.sub(r"(\d)(st|nd|rd|th|er)\b", r"\1 ", plain, flags=re.IGNORECASE)
    clean = " ".join(
        word if any(sign.isdigit() for sign in word) else normal(word) for word in plain.split()
    )
    found = _WORDED.search(clean)
    if found and found[2] in MONTHS:
        return _made(found[3], MONTHS[found[2]], found[1]), _without(clean, found)
    found = _MONTH_FIRST.search(clean)
    if found and found[1] in MONTHS:
        return _made(found[3], MONTHS[found[1]], found[2]), _without(clean, found)
    raise NotADate


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}".strip()


def _made(year: str | int, month: str | int, day: str | int) -> date:
    number = int(year)
    try:
        return date(number + 2000 if number < 100 else number, int(month), int(day))
    except ValueError:
        raise NotADate from None

"""How times and numbers are written, in the reader's language and zone."""

from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from django.utils import timezone, translation

_DAY = {"de": "EEE d. MMM", "en": "EEE d MMM", "fr": "EEE d MMM"}
_LONG_DAY = {"de": "EEEE d. MMMM", "en": "EEEE d MMMM", "fr": "EEEE d MMMM"}


def locale() -> Locale:
    """Babel's locale for the active language; English where Babel knows none."""
    return _locale(translation.get_language() or "en")


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code.replace("-", "_"))


def day(value: date | datetime, *, long: bool = False, year: bool = False) -> str:
    """`Wed 11 Mar`, or `Wednesday 11 March` when long."""
    patterns = _LONG_DAY if long else _DAY
    pattern = patterns.get(locale().language, patterns["en"])
    on = value.date() if isinstance(value, datetime) else value
    return _written(on, f"{pattern} y" if year else pattern, locale())


def day_short(value: date) -> str:
    """`Wed 11`, where the month is said elsewhere."""
    return _written(value, "EEE d." if locale().language == "de" else "EEE d", locale())


def day_and_month(value: date) -> str:
    """`11 Mar`."""
    return _written(value, "d. MMM" if locale().language == "de" else "d MMM", locale())


def day_of_year(value: date) -> str:
    """`11 March`."""
    pattern = "d. MMMM" if locale().language == "de" else "d MMMM"
    return _written(value, pattern, locale())


def weekday(value: date | datetime) -> str:
    """`Wednesday`."""
    on = value.date() if isinstance(value, datetime) else value
    return _written(on, "EEEE", locale())


@lru_cache(maxsize=4096)
def _written(on: date, pattern: str, named: Locale) -> str:
    return format_date(on, pattern, locale=named)


def clock(value: datetime) -> str:
    """`08:50`."""
    return f"{value:%H:%M}"


def zone_name(value: datetime) -> str:
    """`CET`; where a zone has no letters, its distance: `UTC+05:45`."""
    name = value.tzname() or "UTC"
    if name[0] not in "+-":
        return name
    hours, minutes = name[:3], name[3:5]
    return f"UTC{hours}:{minutes}" if minutes else f"UTC{hours}"


def moment(value: datetime, zone: tzinfo, form: str, now: datetime | None = None) -> str:
    """An aware instant in `zone`.

    Forms: full (`Wed 11 Mar, 08:50 CET`), short (without the zone), day, long, time, relative.
    The year is added when it is not the present one.
    """
    present = (now or timezone.now()).astimezone(zone)
    local = value.astimezone(zone)
    if form == "relative":
        return format_timedelta(local - present, add_direction=True, locale=locale())
    if form == "time":
        return clock(local)
    written = day(local, long=form == "long", year=local.year != present.year)
    if form in ("day", "long"):
        return written
    written = f"{written}, {clock(local)}"
    return written if form == "short" else f"{written} {zone_name(local)}"


def zone_of(context_actor: object) -> tzinfo:
    """The actor's zone, else the one that is active for the request."""
    name = getattr(context_actor, "zone", None)
    if isinstance(name, str) and name:
        return ZoneInfo(name)
    return name if isinstance(name, tzinfo) else timezone.get_current_timezone()


def utc(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(value: int | float | Decimal | None) -> str:
    """`8,412`; a dash for a figure nobody has."""
    return "–" if value is None else format_decimal(value, locale=locale())


def compact(value: int | float | Decimal | None) -> str:
    """`2.4M`; exact below ten thousand."""
    if value is None or abs(float(value)) < 10_000:
        return number(value)
    return format_compact_decimal(value, locale=locale(), fraction_digits=1)


def percent(value: float | Decimal | None) -> str:
    """A share of 1 as `62%`."""
    return "–" if value is None else format_percent(value, locale=locale())

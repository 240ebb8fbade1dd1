"""iCalendar files (RFC 5545): one event is one row."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from icalendar import Calendar, Component, vDDDTypes
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from unisono.kernel.clock import zone_names
from unisono.rooms.imports.sheets import LINES_MAX, Cell, Line, Table, Unreadable, too_many

HEADERS = ("Title", "Text", "Date", "Time zone", "Hashtags", "Link")


def read(text: str) -> Table:
    """The events of a calendar, or of several in one file, numbered as they stand.

    Cancelled events are left out. A floating time has no zone; one in UTC has that; one with a
    TZID has the zone it means, or the TZID itself where nobody knows it.
    """
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Unreadable(
            _("This calendar file is damaged. Export it once more and try again.")
        ) from error
    if len(events) > LINES_MAX:
        raise too_many()
    lines = tuple(
        Line(number, _cells(event))
        for number, event in enumerate(events, start=1)
        if (_text(event, "STATUS") or "").upper() != "CANCELLED"
    )
    if not lines:
        raise Unreadable(_("This calendar has no events."))
    return Table("ics", HEADERS, lines)


def _cells(event: Component) -> tuple[Cell, ...]:
    start, zone = _start(event)
    return (
        _text(event, "SUMMARY"),
        _text(event, "DESCRIPTION"),
        start,
        zone,
        _categories(event),
        _text(event, "URL"),
    )


def _start(event: Component) -> tuple[Cell, str | None]:
    """A date or a naive wall time with its zone; else the text as it stands, for its reader."""
    value: Any = event.get("DTSTART")
    if isinstance(value, list):
        value = value[0]
    if not isinstance(value, vDDDTypes):
        return (str(value) if value is not None else None), None
    if not isinstance(value.dt, datetime):
        return (value.dt if isinstance(value.dt, date) else str(value.dt)), None
    named = str(value.params.get("TZID", "")).strip('"')
    zone = (_zone(named) or named) if named else ("UTC" if value.dt.tzinfo else None)
    return value.dt.replace(tzinfo=None), zone


def _zone(name: str) -> str | None:
    """The IANA name a TZID means. Programs prefix it (/mozilla.org/…/Europe/Paris) or use
    Microsoft's names (“Romance Standard Time”)."""
    if name in ("UTC", "GMT", "Etc/UTC"):
        return "UTC"
    if name in WINDOWS_TO_OLSON:
        return str(WINDOWS_TO_OLSON[name])
    parts = name.split("/")
    for length in (2, 3):
        tail = "/".join(parts[-length:])
        if len(parts) >= length and tail in zone_names():
            return tail
    return None


def _text(event: Component, name: str) -> str | None:
    value: Any = event.get(name)
    if isinstance(value, list):
        value = value[0]
    return str(value).strip() or None if value is not None else None


def _categories(event: Component) -> str | None:
    value: Any = event.get("CATEGORIES")
    groups = value if isinstance(value, list) else [value] if value is not None else []
    words = [str(word).strip() for group in groups for word in getattr(group, "cats", [])]
    return ", ".join(word for word in words if word) or None

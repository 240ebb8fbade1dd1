"""The time zones people choose from."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

AREAS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)


@cache
def zone_names() -> tuple[str, ...]:
    """Names of places, in order; abbreviations and offsets only invite mistakes."""
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(AREAS)))

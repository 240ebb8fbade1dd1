"""The time zones people choose from."""

from __future__ import annotations

from functools import cache

from unisono.kernel import clock

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
    """Names of places, in order; older names of the same only invite mistakes."""
    return ("UTC", *sorted(name for name in clock.zone_names() if name.startswith(AREAS)))

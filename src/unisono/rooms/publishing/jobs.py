"""The worker's door to what happens by the clock, beside the dispatcher."""

from __future__ import annotations

from unisono.rooms.publishing import alarms, claims


def tell_late() -> int:
    """Tell what has become late, by the clock all workers share; how many were told."""
    return alarms.sweep(now=claims.database_now())

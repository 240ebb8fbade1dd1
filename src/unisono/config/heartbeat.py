"""Signs of life of the workers, kept by the queue: it has a row for every running worker."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

STALE_AFTER = timedelta(seconds=15)


def latest() -> datetime | None:
    """When any worker last gave a sign of life (aware UTC)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        row = cursor.fetchone()
    return row[0] if row else None


def fresh(now: datetime) -> bool:
    """Whether some worker gave a sign of life within the last seconds."""
    seen = latest()
    return seen is not None and now - seen < STALE_AFTER

"""What happens once a period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from unisono.kernel import jobs

KEEP_FAILED_JOBS = timedelta(days=30)


def forget_old_sessions() -> None:
    """Delete sign-ins that have run out."""
    SessionStore.clear_expired()


def forget_old_jobs() -> None:
    """Delete jobs that failed long ago; successful ones are deleted at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs j WHERE j.status IN ('failed', 'cancelled', 'aborted')"
            " AND NOT EXISTS (SELECT 1 FROM procrastinate_events e"
            " WHERE e.job_id = j.id AND e.at > now() - make_interval(days => %s))",
            [KEEP_FAILED_JOBS.days],
        )


def _schedule() -> list[tuple[timedelta, Callable[[], Any]]]:
    return [
        (timedelta(days=1), forget_old_sessions),
        (timedelta(days=1), forget_old_jobs),
    ]


def register() -> None:
    """Give the schedule to the queue. Called once, by the worker."""
    for period, function in _schedule():
        jobs.every(period)(function)

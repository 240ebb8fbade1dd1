"""What happens once a period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from unisono.kernel import jobs, tenancy
from unisono.kernel.idempotency import forget_old
from unisono.rooms.automation.actions import forget_runs
from unisono.rooms.channels.jobs import renew_due, watch_sign_ins
from unisono.rooms.content.jobs import make_ahead
from unisono.rooms.engagement.actions import forget_raw_events
from unisono.rooms.engagement.jobs import collect_due
from unisono.rooms.experiments.jobs import judge_due
from unisono.rooms.feeds.actions import forget_entries
from unisono.rooms.feeds.jobs import read_due
from unisono.rooms.metrics.jobs import count_followers, sample_due, survey_followers
from unisono.rooms.notifications.actions import forget_read
from unisono.rooms.notifications.jobs import mail_letters, mail_urgent
from unisono.rooms.orchestration.jobs import look_around
from unisono.rooms.people.actions import forget_ended
from unisono.rooms.publishing.jobs import make_ready, report_missed, tell_late, watch_queues
from unisono.rooms.publishing.readback import read_due as read_back_due
from unisono.rooms.requests.actions import forget_senders
from unisono.rooms.requests.files import forget_unsent
from unisono.rooms.workflow.absences import forget_absences
from unisono.rooms.workflow.reminders import remind_due

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


def forget_what_has_served() -> None:
    """Delete what the data map keeps for a while only, in every organization."""
    now = timezone.now()
    with tenancy.everywhere("what has served its time goes in every organization"):
        forget_old(before=now - timedelta(days=1))
        forget_read(before=now - timedelta(days=90))
        forget_ended(before=now - timedelta(days=90))
        forget_runs(before=now - timedelta(days=90))
        forget_senders(before=now - timedelta(days=1))
        forget_unsent(before=now - timedelta(days=1))
        forget_entries(before=now - timedelta(days=60))
        forget_absences(before=(now - timedelta(days=365)).date())
    forget_raw_events(before=now - timedelta(days=30))


def _schedule() -> list[tuple[timedelta, Callable[[], Any]]]:
    return [
        (timedelta(seconds=5), sample_due),
        (timedelta(seconds=10), collect_due),
        (timedelta(seconds=20), read_back_due),
        (timedelta(minutes=1), renew_due),
        (timedelta(minutes=1), watch_sign_ins),
        (timedelta(minutes=1), make_ready),
        (timedelta(minutes=1), tell_late),
        (timedelta(minutes=1), mail_urgent),
        (timedelta(minutes=1), mail_letters),
        (timedelta(minutes=1), report_missed),
        (timedelta(minutes=5), read_due),
        (timedelta(minutes=5), remind_due),
        (timedelta(minutes=10), look_around),
        (timedelta(minutes=10), judge_due),
        (timedelta(hours=1), make_ahead),
        (timedelta(hours=1), watch_queues),
        (timedelta(hours=1), count_followers),
        (timedelta(hours=1), survey_followers),
        (timedelta(days=1), forget_what_has_served),
        (timedelta(days=1), forget_old_sessions),
        (timedelta(days=1), forget_old_jobs),
    ]


def register() -> None:
    """Give the schedule to the queue. Called once, by the worker."""
    for period, function in _schedule():
        jobs.every(period)(function)

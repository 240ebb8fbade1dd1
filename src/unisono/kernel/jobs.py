"""The port to the job queue. Nothing else in Unisono knows which engine runs the jobs.

A job is rung for in the transaction of the change it follows from, in a web process and in a
worker alike: if the change rolls back, the job never was.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, transaction
from procrastinate import App, JobContext, RetryStrategy, exceptions
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_RETRIES = 5
log = logging.getLogger(__name__)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Registered:
    """A function that may run as a job; waits 2, 4, 8, … seconds between its retries."""

    function: Callable[..., Any]
    name: str
    queue: str
    retries: int


@dataclass(frozen=True, slots=True)
class Periodic:
    """A function that runs once a period, in one worker of however many there are."""

    function: Callable[[], Any]
    name: str
    queue: str
    cron: str
    seconds: int


_jobs: dict[str, Registered] = {}
_periodic: dict[str, Periodic] = {}
_app: App | None = None
_before: Callable[[str], None] | None = None


def job(*, queue: str = "default", retries: int = DEFAULT_RETRIES) -> Callable[[F], F]:
    """Register a function with keyword-only, JSON-able arguments; it stays a plain function."""

    def register(function: F) -> F:
        name = _name(function)
        _jobs[name] = Registered(function, name, queue, retries)
        if _app is not None:
            _add(_app, _jobs[name])
        return function

    return register


def every(period: timedelta, *, queue: str = "default") -> Callable[[F], F]:
    """Register a function without arguments to run once a period.

    The period must divide a minute, an hour or a day, so that all workers agree on the instants.
    """
    seconds = int(period.total_seconds())

    def register(function: F) -> F:
        name = f"every:{_name(function)}"
        _periodic[name] = Periodic(function, name, queue, _cron(seconds), seconds)
        if _app is not None:
            _add_periodic(_app, _periodic[name])
        return function

    return register


def before_each(function: Callable[[str], None]) -> None:
    """Let the worker call this, with the name of its queue, before it runs a job."""
    global _before
    _before = function


def enqueue(
    function: Callable[..., Any],
    /,
    *,
    at: datetime | None = None,
    key: str | None = None,
    **arguments: Any,
) -> int | None:
    """Ring for `function(**arguments)` in the current transaction; the job's number.

    at: not before this instant (aware). key: while a job with the same key is waiting, nothing is
    added and the answer is None.
    """
    registered = _jobs[_name(function)]
    wanted = Job(
        queue=registered.queue,
        lock=None,
        queueing_lock=key,
        task_name=registered.name,
        task_kwargs=arguments,
        scheduled_at=at,
    )
    manager = JobManager(DjangoConnector())
    try:
        # A refused key is an error of the statement; the savepoint keeps the transaction usable.
        with transaction.atomic() if key else nullcontext():
            return manager.defer_job(wanted).id
    except exceptions.AlreadyEnqueued:
        return None


def enqueue_all(function: Callable[..., Any], arguments: Sequence[Mapping[str, Any]]) -> None:
    """Ring for the function once with each of the arguments, in one statement."""
    registered = _jobs[_name(function)]
    wanted = [
        Job(
            queue=registered.queue,
            lock=None,
            queueing_lock=None,
            task_name=registered.name,
            task_kwargs=dict(one),
        )
        for one in arguments
    ]
    if wanted:
        JobManager(DjangoConnector()).batch_defer_jobs(wanted)


def attach(app: App) -> None:
    """Give every registered function to the engine. The engine calls this when Django is ready."""
    global _app
    _app = app
    for registered in _jobs.values():
        _add(app, registered)
    for periodic in _periodic.values():
        _add_periodic(app, periodic)


def engine() -> App:
    """The engine, for the worker process."""
    if _app is None:
        raise RuntimeError("Django is not set up yet.")
    return _app


def queues() -> list[str]:
    """Every queue that some registered function uses."""
    return sorted({r.queue for r in _jobs.values()} | {p.queue for p in _periodic.values()})


def run_pending(
    now: datetime | None = None, *, queue: str | None = None, limit: int = 10_000
) -> int:
    """Run all waiting jobs here and now, those due at `now` included; how many ran. For tests.

    Jobs that jobs ring for run as well. An exception of a job is raised; the job is gone then.
    """
    done = 0
    while done < limit:
        found = _take(now, queue)
        if found is None:
            break
        name, arguments = found
        _jobs[name].function(**arguments)
        done += 1
    return done


def run_periodic() -> None:
    """Run every periodic function once, here and now. For tests."""
    for periodic in _periodic.values():
        periodic.function()


def _take(now: datetime | None, queue: str | None) -> tuple[str, dict[str, Any]] | None:
    """Remove the oldest waiting job and give it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE id = (SELECT id FROM procrastinate_jobs"
            " WHERE status = 'todo' AND task_name = ANY(%s)"
            " AND (scheduled_at IS NULL OR scheduled_at <= coalesce(%s, now()))"
            " AND (%s::text IS NULL OR queue_name = %s)"
            " ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
            " RETURNING task_name, args",
            [list(_jobs), now, queue, queue],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    name, arguments = row
    # Django leaves jsonb as text on a bare cursor.
    return name, json.loads(arguments) if isinstance(arguments, str) else arguments


def _add(app: App, registered: Registered) -> None:
    if registered.name in app.tasks:
        return
    retry = RetryStrategy(max_attempts=registered.retries, exponential_wait=2)

    def run(context: JobContext, /, **arguments: Any) -> None:
        if _before is not None:
            _before(registered.queue)
        try:
            registered.function(**arguments)
        except Exception:
            if not _another_waits(context.job):
                raise
            log.exception("%s failed; the next of its kind is waiting already.", registered.name)

    app.task(
        name=registered.name,
        queue=registered.queue,
        retry=retry if registered.retries else False,
        pass_context=True,
    )(run)


def _add_periodic(app: App, periodic: Periodic) -> None:
    if periodic.name in app.tasks:
        return

    def run(timestamp: int) -> None:
        periodic.function()

    task = app.task(name=periodic.name, queue=periodic.queue, queueing_lock=periodic.name)(run)
    app.periodic(cron=periodic.cron)(task)


def _another_waits(running: Job) -> bool:
    """Whether a job with the same key waits: then this one must not go back to the queue."""
    if running.queueing_lock is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo'",
            [running.queueing_lock],
        )
        return cursor.fetchone() is not None


def _cron(seconds: int) -> str:
    """The engine's notation for a period: five fields, or six with the seconds last."""
    if 0 < seconds < _MINUTE and _MINUTE % seconds == 0:
        return f"* * * * * */{seconds}"
    minutes, rest = divmod(seconds, _MINUTE)
    if not rest and 0 < minutes < 60 and 60 % minutes == 0:
        return f"*/{minutes} * * * *"
    hours, rest = divmod(seconds, _HOUR)
    if not rest and 0 < hours < 24 and 24 % hours == 0:
        return f"0 */{hours} * * *"
    if seconds == _DAY:
        return "0 3 * * *"
    raise ValueError(f"A period of {seconds} seconds does not divide a minute, an hour or a day.")


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}".removeprefix("unisono.")

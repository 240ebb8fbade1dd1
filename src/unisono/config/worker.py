"""The worker process: deliveries, jobs, and what happens once a period.

Any number of workers may run on one database. Each part that ends by itself ends the process with
an error, so that whoever watches it starts a fresh one: half a worker is worse than none.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from procrastinate import App
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.psycopg_connector import PsycopgConnector

from unisono.config.postgres import die_with_parent
from unisono.kernel import database, jobs, processes

log = logging.getLogger(__name__)

HEARTBEAT = 2.0
GONE_AFTER = 6.0
"""Seconds without a sign of life after which a worker's jobs are given to others."""

RESCUE_EVERY = 2.0
MOST_ATTEMPTS = 6
"""A job that takes its worker down with it would otherwise do so for ever."""

GRACE = 20.0
CONNECT_WITHIN = 4.0
CONCURRENCY = 4
SWITCH = 0.001
"""Seconds after which a thread that writes lets the one in that talks to networks."""

BESIDES = 15
"""How much nicer than a delivery the jobs are."""


def run(name: str | None = None) -> int:
    """Deliver until SIGTERM or SIGINT; the process's exit code.

    The jobs run in a process of their own beside this one, and give way to it: whatever follows
    from a burst of publications must not slow the burst.
    """
    sys.setswitchinterval(SWITCH)
    return asyncio.run(_deliver(processes.own_name(name)))


def run_jobs(name: str | None = None) -> int:
    """Run jobs until SIGTERM or SIGINT; the process's exit code. `run` starts this by itself."""
    from unisono.config import schedule
    from unisono.rooms.publishing import readings

    schedule.register()
    jobs.before_each(readings.GiveWay(readings.going_out))
    processes.settle()
    return asyncio.run(_work(processes.own_name(name)))


async def _deliver(name: str) -> int:
    from unisono.rooms.publishing import dispatch

    processes.settle()
    stop = _stop_on_signals()
    log.info("Worker %s is at work.", name)
    parts = {
        asyncio.create_task(dispatch.run(stop, name=name), name="deliveries"),
        asyncio.create_task(_jobs_beside(name, stop), name="jobs"),
    }
    return await _until_one_ends(parts, stop)


async def _jobs_beside(name: str, stop: asyncio.Event) -> None:
    """The jobs' process, for as long as this one lives."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "unisono", "jobs", "--name", name, preexec_fn=_besides()
    )
    ended = asyncio.create_task(process.wait())
    await _first(ended, stop.wait())
    if ended.done():
        raise RuntimeError(f"The process of the jobs ended by itself, with {process.returncode}.")
    process.terminate()
    await ended


def _besides() -> Callable[[], None]:
    """For the child: gone with its parent, and behind it in the line for the processor."""
    die_too = die_with_parent(signal.SIGTERM)

    def begin() -> None:
        die_too()
        os.nice(BESIDES)

    return begin


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _work(name: str) -> int:
    stop = _stop_on_signals()
    connector = PsycopgConnector(
        kwargs=database.connection_params(),
        configure=database.take_role_async,
        min_size=1,
        max_size=4,
        # A worker that cannot say goodbye to a database that is gone must not hang on to life.
        timeout=CONNECT_WITHIN,
    )
    with jobs.engine().replace_connector(connector) as app:
        async with app.open_async():
            parts = {
                asyncio.create_task(_queue(app, name, stop), name="jobs"),
                asyncio.create_task(_rescue(app, stop), name="rescue"),
            }
            return await _until_one_ends(parts, stop)


async def _until_one_ends(parts: set[asyncio.Task[None]], stop: asyncio.Event) -> int:
    done, _others = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    wanted = stop.is_set()
    for part in done:
        if not wanted:
            log.error("The part “%s” ended by itself.", part.get_name(), exc_info=part.exception())
    stop.set()
    _done, late = await asyncio.wait(parts, timeout=GRACE + CONNECT_WITHIN)
    for part in late:
        log.error("The part “%s” did not stop in time.", part.get_name())
        part.cancel()
    return 0 if wanted else 1


async def _queue(app: App, name: str, stop: asyncio.Event) -> None:
    """Run jobs until `stop`; the engine finishes what it has begun within the grace."""
    engine = asyncio.create_task(
        app.run_worker_async(
            queues=jobs.queues(),
            name=name,
            concurrency=CONCURRENCY,
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=GONE_AFTER,
            shutdown_graceful_timeout=GRACE,
            delete_jobs="successful",
            install_signal_handlers=False,
        )
    )
    await _first(engine, stop.wait())
    engine.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await engine


async def _rescue(app: App, stop: asyncio.Event) -> None:
    """Give the jobs of workers that died to the living ones."""
    while not stop.is_set():
        await _first(asyncio.create_task(asyncio.sleep(RESCUE_EVERY)), stop.wait())
        try:
            stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=GONE_AFTER)
            for job in stalled:
                await _give_back(app, job)
        except ConnectorException as error:
            log.warning("Abandoned jobs could not be looked for: %s", error)


async def _give_back(app: App, job: Job) -> None:
    if job.id is None:
        return
    if job.attempts >= MOST_ATTEMPTS:
        await _give_up(app, job)
        return
    try:
        await app.job_manager.retry_job_by_id_async(job.id, retry_at=datetime.now(UTC))
        log.warning("Job %s was abandoned by its worker and runs again.", job.call_string)
    except UniqueViolation:
        # A job with the same key waits already and will do what this one would have done.
        await _give_up(app, job)
    except ConnectorException:
        log.info("Job %s has been taken up by another worker.", job.call_string)


async def _give_up(app: App, job: Job) -> None:
    with contextlib.suppress(ConnectorException):
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)


async def _first(task: asyncio.Task[Any], other: Awaitable[object]) -> None:
    """Wait until either is done."""
    waiting = asyncio.ensure_future(other)
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()

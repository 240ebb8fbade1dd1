"""The port to the queue: a job exists exactly when the change it follows from does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.psycopg_connector import PsycopgConnector

from unisono.config import schedule
from unisono.kernel import database, jobs

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

ran: list[Any] = []


@jobs.job()
def note(*, text: str) -> None:
    ran.append(text)


@jobs.job()
def chain(*, text: str) -> None:
    ran.append(text)
    jobs.enqueue(note, text=f"{text} and on")


@jobs.job(queue="house-tests", retries=0)
def stumble(*, text: str) -> None:
    with transaction.atomic():
        jobs.enqueue(note, text=text)
        raise ValueError(text)


@jobs.job(queue="house-tests", retries=3)
def stumble_again(*, text: str) -> None:
    raise ValueError(text)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    ran.clear()
    yield
    ran.clear()


def waiting() -> list[tuple[str, str]]:
    """The texts and states of this module's jobs, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args ->> 'text', status::text FROM procrastinate_jobs"
            " WHERE task_name LIKE '%%test_jobs%%' ORDER BY id"
        )
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_a_job_runs_with_its_arguments_and_is_gone() -> None:
    assert jobs.enqueue(note, text="hello") is not None
    assert jobs.run_pending() == 1
    assert ran == ["hello"]
    assert waiting() == []


@pytest.mark.django_db
def test_a_rolled_back_change_rings_for_nothing() -> None:
    with pytest.raises(ValueError, match="never"):
        stumble(text="never")
    assert jobs.run_pending() == 0
    assert ran == []


@pytest.mark.django_db
def test_jobs_that_jobs_ring_for_run_as_well() -> None:
    jobs.enqueue(chain, text="on")
    assert jobs.run_pending() == 2
    assert ran == ["on", "on and on"]


@pytest.mark.django_db
def test_a_later_job_waits_for_its_instant() -> None:
    jobs.enqueue(note, at=NOW + timedelta(hours=1), text="later")
    assert jobs.run_pending(NOW) == 0
    assert jobs.run_pending(NOW + timedelta(hours=1)) == 1


@pytest.mark.django_db
def test_one_waiting_job_a_key_and_the_transaction_stays_usable() -> None:
    assert jobs.enqueue(note, key="once", text="first") is not None
    assert jobs.enqueue(note, key="once", text="second") is None
    assert jobs.enqueue(note, key="other", text="third") is not None
    jobs.run_pending()
    assert ran == ["first", "third"]
    assert jobs.enqueue(note, key="once", text="fourth") is not None


def in_worker(*, queues: list[str]) -> None:
    """Let the engine's real worker take up what waits, as the worker process does."""

    async def work() -> None:
        params = {**database.connection_params(), "dbname": connection.settings_dict["NAME"]}
        connector = PsycopgConnector(
            kwargs=params, configure=database.take_role_async, min_size=1, max_size=2
        )
        with jobs.engine().replace_connector(connector) as app:
            async with app.open_async():
                await app.run_worker_async(
                    queues=queues, wait=False, delete_jobs="successful", listen_notify=False
                )

    asyncio.run(work())


@pytest.fixture
def empty_queue(
    django_db_setup: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """What these tests write is committed, for the worker to see: jobs only, removed after each."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    with django_db_blocker.unblock():
        clear()
        yield
        clear()


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.usefixtures("empty_queue")
def test_in_a_worker_too_a_rolled_back_job_never_was() -> None:
    jobs.enqueue(stumble, text="gone")
    in_worker(queues=["house-tests"])
    assert waiting() == [("gone", "failed")]


@pytest.mark.usefixtures("empty_queue")
def test_a_failed_job_waits_for_its_retry_unless_another_with_its_key_waits() -> None:
    jobs.enqueue(stumble_again, text="alone")
    in_worker(queues=["house-tests"])
    assert waiting() == [("alone", "todo")]
    clear()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, queueing_lock)"
            " VALUES ('house-tests', 'tests.house.test_jobs.stumble_again',"
            " '{\"text\": \"keyed\"}', 'k') RETURNING id"
        )
    original = stumble_again

    def ring_meanwhile(**arguments: Any) -> None:
        jobs.enqueue(note, key="k", text="the next")
        original(**arguments)

    replaced(stumble_again, ring_meanwhile, lambda: in_worker(queues=["house-tests"]))
    assert waiting() == [("the next", "todo")]


def replaced(job: Callable[..., None], by: Callable[..., None], work: Callable[[], None]) -> None:
    """Run `work` with another body in the place of a registered job's."""
    name = "tests.house.test_jobs.stumble_again"
    registered = jobs._jobs[name]
    task = jobs.engine().tasks[name]
    before = task.func
    jobs._jobs[name] = jobs.Registered(by, name, registered.queue, registered.retries)
    del jobs.engine().tasks[name]
    jobs._add(jobs.engine(), jobs._jobs[name])
    try:
        work()
    finally:
        jobs._jobs[name] = registered
        jobs.engine().tasks[name] = task
        task.func = before


@pytest.mark.parametrize(
    ("seconds", "cron"),
    [
        (5, "* * * * * */5"),
        (60, "*/1 * * * *"),
        (600, "*/10 * * * *"),
        (7200, "0 */2 * * *"),
        (86400, "0 3 * * *"),
    ],
)
def test_periods_in_the_engines_notation(seconds: int, cron: str) -> None:
    assert jobs._cron(seconds) == cron


@pytest.mark.parametrize("seconds", [0, 7, 61, 5400, 100_000])
def test_a_period_that_workers_would_disagree_on_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="does not divide"):
        jobs._cron(seconds)


@pytest.mark.django_db
def test_the_schedule_can_be_registered_and_is_safe_to_run() -> None:
    schedule.register()
    names = {periodic.name for periodic in jobs._periodic.values()}
    assert "every:config.schedule.forget_old_jobs" in names
    schedule.forget_old_jobs()
    schedule.forget_old_sessions()

"""`unisono up` as one tree that mends itself: the tests kill its parts and look."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.house import running as house
from tests.house.running import Running, unisono, up, wait_for
from unisono.config.lock import FolderLock

pytestmark = pytest.mark.processes

BACK_WITHIN = 10.0


@pytest.fixture(scope="module")
def running(template: Path) -> Iterator[Running]:
    with house.folder() as data, up(house.copied(template, data)) as tree:
        yield tree


def ring(running: Running, count: int, at: datetime | None = None) -> list[int]:
    """Put jobs into the queue as another process would, and give their numbers."""
    with psycopg.connect(running.cluster.dsn, autocommit=True) as connection:
        rows = connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at)"
            " SELECT 'default', 'every:config.schedule.forget_old_sessions',"
            " '{\"timestamp\": 0}', %s FROM generate_series(1, %s) RETURNING id",
            [at, count],
        ).fetchall()
    return [row[0] for row in rows]


def unfinished(running: Running, numbers: list[int]) -> int:
    """How many of the jobs are still there; finished ones are deleted."""
    try:
        with psycopg.connect(running.cluster.dsn, connect_timeout=2) as connection:
            row = connection.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE id = ANY(%s)", [numbers]
            ).fetchone()
    except psycopg.OperationalError:
        return -1
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(
    "words", [("unisono", "worker"), ("unisono", "web"), ("postgres",)], ids=["worker", "web", "db"]
)
def test_a_killed_part_is_back_within_ten_seconds(running: Running, words: tuple[str, ...]) -> None:
    waiting = ring(running, 5, datetime.now(UTC) + timedelta(seconds=1))
    killed = running.part(*words)
    assert killed is not None
    os.kill(killed.pid, signal.SIGKILL)

    def back() -> bool:
        part = running.part(*words)
        return part is not None and part.pid != killed.pid and running.ready()

    took = wait_for(back, BACK_WITHIN, f"{words[-1]} back")
    # Nothing that was asked for is lost, and what is asked for now is done.
    fresh = ring(running, 1)
    wait_for(lambda: unfinished(running, waiting + fresh) == 0, 20, "the waiting jobs")
    assert took < BACK_WITHIN
    assert running.process.poll() is None


def test_a_second_start_on_the_same_folder_is_refused(running: Running) -> None:
    done = unisono(running.data, "up", "--port", str(house.free_port()))
    assert done.returncode == 1
    assert f"already running on {running.data} (process {running.process.pid})" in done.stderr
    assert running.ready()


def test_a_taken_port_is_told_with_its_holder() -> None:
    with house.folder() as data, socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = unisono(data, "up", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken by" in done.stderr
    assert f"(process {os.getpid()})" in done.stderr


def test_two_workers_share_one_database(running: Running) -> None:
    """A second worker takes up the jobs of a first one that died with them in its hands."""
    second = subprocess.Popen(
        [sys.executable, "-m", "unisono", "worker", "--name", "second"],
        env=house.environment(running.data),
        cwd=house.ROOT,
    )
    try:
        wait_for(lambda: workers(running) >= 2, 20, "the second worker")
        numbers = ring(running, 40)
        wait_for(lambda: unfinished(running, numbers) == 0, 20, "the shared jobs")
    finally:
        second.terminate()
        assert second.wait(30) == 0
    wait_for(lambda: workers(running) == 1, 10, "the second worker's farewell")


def workers(running: Running) -> int:
    with psycopg.connect(running.cluster.dsn) as connection:
        row = connection.execute(
            "SELECT count(*) FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - interval '6 seconds'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_stop_is_clean_and_quick_even_with_an_open_stream(running: Running) -> None:
    """Runs last in this module: it stops the tree."""
    stream = socket.create_connection(("127.0.0.1", running.port))
    stream.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    database = running.part("postgres")
    assert database is not None
    began = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - began < 10
    stream.close()
    assert not database.is_running()
    assert not (running.data / "postgres" / "db" / "postmaster.pid").exists()
    assert "Stopping." in running.log.read_text()


def test_a_killed_supervisor_leaves_nothing_behind(prepared: Path) -> None:
    with up(prepared) as tree:
        children = [part for part in (tree.part("postgres"), tree.part("web")) if part]
        assert len(children) == 2
        tree.process.kill()
        tree.process.wait()
        for child in children:
            child.wait(20)
        # The folder is free again, and the database was shut down in order.
        lock = FolderLock(prepared)
        wait_for(lock.is_free, 20, "the end of the whole tree")
        lock.release()
        assert "database system is shut down" in tree.cluster.log_tail()

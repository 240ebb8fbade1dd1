"""`unisono up`: database, worker and web as one tree of processes that mends itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType

from unisono.config import places, postgres
from unisono.config.lock import FolderLock

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
STEADY_AFTER = 10.0
"""Seconds a part must have lived for its next restart to come without a longer pause."""

TICK = 0.05


@dataclass
class Part:
    """One watched process. Whatever it ends with, ending is a failure while we are up."""

    name: str
    launch: Callable[[], subprocess.Popen[bytes]]
    patience: float
    stop_signal: int = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    pause: float = FIRST_PAUSE
    started: float = 0.0
    again_at: float = 0.0

    def start(self) -> None:
        self.process = self.launch()
        self.started = time.monotonic()

    def adopt(self, process: subprocess.Popen[bytes]) -> None:
        """Watch a process that was started elsewhere."""
        self.process = process
        self.started = time.monotonic()

    def watch(self, say: Callable[[str], None]) -> None:
        """Notice an end, and start anew when its time has come."""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            self.process = None
            lived = now - self.started
            self.pause = FIRST_PAUSE if lived > STEADY_AFTER else min(self.pause * 2, LONGEST_PAUSE)
            self.again_at = now + self.pause
            say(f"The {self.name} ended ({_ended(code)}); starting it again.")
        elif now >= self.again_at:
            self.start()

    def stop(self, hurry: Callable[[], bool]) -> None:
        """Ask it to stop and wait; after its patience, or in a hurry, end it by force."""
        process = self.process
        if process is None or process.poll() is not None:
            return
        process.send_signal(self.stop_signal)
        end = time.monotonic() + self.patience
        while process.poll() is None:
            if time.monotonic() > end or hurry():
                process.kill()
            time.sleep(TICK)


def _ended(code: int) -> str:
    if code < 0:
        return f"by signal {signal.Signals(-code).name}"
    return f"with code {code}"


@dataclass
class Supervisor:
    """Starts parts in order, keeps them alive, stops them in the opposite order."""

    data: Path
    say: Callable[[str], None] = print
    parts: list[Part] = field(default_factory=list)
    stops: int = 0

    def __post_init__(self) -> None:
        self.lock = FolderLock(self.data)

    def add(self, part: Part) -> Part:
        part.start()
        self.parts.append(part)
        return part

    @contextmanager
    def listening_for_stop(self) -> Iterator[None]:
        """SIGTERM and SIGINT ask for a stop; a second one for a fast stop."""

        def count(_number: int, _frame: FrameType | None) -> None:
            self.stops += 1

        before = {n: signal.signal(n, count) for n in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def watch(self, until: Callable[[], bool] | None = None) -> None:
        """Keep the parts alive until a stop is asked for, or `until` says so."""
        while not self.stops and not (until is not None and until()):
            for part in self.parts:
                part.watch(self.say)
            time.sleep(TICK)

    def stop(self) -> None:
        for part in reversed(self.parts):
            part.stop(self._in_a_hurry)
        self.lock.release()

    def _in_a_hurry(self) -> bool:
        return self.stops > 1

    def database(self) -> None:
        """Start the embedded PostgreSQL and watch it."""
        cluster = postgres.Cluster(self.data)
        cluster.prepare()
        launch = partial(cluster.launch, keep=(self.lock.descriptor,))
        process = launch()
        # SIGINT is PostgreSQL's fast shutdown: open transactions roll back at once.
        part = Part("database", launch, patience=20, stop_signal=signal.SIGINT)
        part.adopt(process)
        self.parts.append(part)
        cluster.wait_ready(process)

    def program(self, name: str, *arguments: str, patience: float) -> Part:
        """Start one of our own processes and watch it."""
        return self.add(Part(name, partial(self.spawn, *arguments), patience))

    def spawn(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `python -m …`; it ends when we are gone."""
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.DEVNULL,
            pass_fds=(self.lock.descriptor,),
            # Ctrl-C in a terminal is for us alone; we stop the parts in their order.
            process_group=0,
            preexec_fn=postgres.die_with_parent(signal.SIGTERM),
            env=os.environ | {"UNISONO_DATA": str(self.data), "PYTHONUNBUFFERED": "1"},
        )

    def run_to_end(self, *arguments: str) -> int:
        """Run one of our own programs while watching the parts; its exit code, or -1 on a stop."""
        process = self.spawn(*arguments)
        self.watch(until=lambda: process.poll() is not None)
        if process.poll() is None:
            process.terminate()
            process.wait()
            return -1
        return process.returncode


@contextmanager
def database_at_hand(data: Path | None = None) -> Iterator[None]:
    """Run the block with the embedded PostgreSQL answering, started for it if nobody has."""
    from unisono.config import environment

    if not environment.embedded():
        yield
        return
    data = data or places.data()
    cluster = postgres.Cluster(data)
    if cluster.answers():
        yield
        return
    data.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(data)
    lock.take()
    cluster.prepare()
    process = cluster.launch(keep=(lock.descriptor,))
    try:
        cluster.wait_ready(process)
        yield
    finally:
        cluster.stop(process)
        lock.release()

"""Worker processes that can be killed at any moment, or at one chosen beforehand.

A worker is a fork of the drill with a dispatcher of its own: it is at work after milliseconds, so
that a thousand can be killed. What a moment changes, it changes in the fork only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.drill.house import patient
from unisono.kernel import processes

log = logging.getLogger(__name__)
LOG = Path(tempfile.gettempdir()) / "unisono-drill-workers.log"
"""What workers had to complain of, for whoever looks into a row that broke."""

Moment = Callable[[], None]
"""Changes the forked worker so that something happens to it."""


def start(moment: Moment | None = None) -> int:
    """Start a worker; its process number."""
    return forked(lambda: _work(moment))


def forked(work: Callable[[], object]) -> int:
    """Start a process that does this and ends; its number."""
    from django.db import connections

    from unisono.config.postgres import die_with_parent

    follow = die_with_parent(signal.SIGKILL)
    connections.close_all()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    try:
        follow()
        work()
    except BaseException:
        log.exception("The worker fell.")
        os._exit(1)
    os._exit(0)


def kill(pid: int, how: signal.Signals = signal.SIGKILL) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)


def ended(pid: int, seconds: float = 20.0) -> int | None:
    """The wait status of a worker that ends within so long; None when it does not."""
    status: list[int] = []

    def gone() -> bool:
        done, how = os.waitpid(pid, os.WNOHANG)
        if done:
            status.append(how)
        return bool(done)

    patient(gone, seconds)
    return status[0] if status else None


def bury(pid: int) -> None:
    """Kill it and wait for its end."""
    kill(pid, signal.SIGCONT)
    kill(pid)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


@contextlib.contextmanager
def at_work(count: int = 1, moment: Moment | None = None) -> Iterator[list[int]]:
    """Living workers, buried afterwards."""
    pids = [start(moment) for _number in range(count)]
    try:
        yield pids
    finally:
        for pid in pids:
            bury(pid)


def _work(moment: Moment | None) -> None:
    from unisono.rooms.publishing import dispatch

    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(name, signal.SIG_DFL)
    for handler in logging.getLogger().handlers[:]:
        logging.getLogger().removeHandler(handler)
    logging.basicConfig(filename=LOG, level=logging.ERROR, force=True)
    if moment:
        moment()

    async def main() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await dispatch.run(stop, name=processes.own_name())

    asyncio.run(main())


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)

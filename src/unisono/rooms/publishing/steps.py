"""Which post a worker is busy with at this very instant, kept where it outlives the worker.

A post can end the worker that delivers it: by the memory it takes, by a crash in a library, by a
loop that the kernel's alarm cuts off. The dead cannot tell. So each step of an adapter is noted
before it runs, in a page of memory that is a file as well: no call to the system, and whole however
the process ends. The next worker on the machine reads it. What other deliveries of the dead worker
were waiting for at that time is not to blame, and goes on.
"""

from __future__ import annotations

import contextlib
import logging
import mmap
import time
import types
from collections.abc import Coroutine, Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote
from uuid import UUID

from unisono.kernel import processes

log = logging.getLogger(__name__)

T = TypeVar("T")
Mark = tuple[UUID, int]
"""A publication, and the fence of the attempt."""

_FENCE = 8
_SIZE = 16 + _FENCE
_IDLE = bytes(_SIZE)

FORGOTTEN = 7 * 24 * 3600.0
"""Seconds after which the note of a process that nothing can be said of is thrown away."""


class Steps:
    """The note of this process, in a file that bears its name."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = folder / quote(name, safe="")
        self._file.write_bytes(_IDLE)
        with self._file.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), _SIZE)

    @types.coroutine
    def of(self, mark: Mark, work: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
        """Await the work; whenever it really runs, and does not wait, it is noted."""
        noted = mark[0].bytes + mark[1].to_bytes(_FENCE, "big")
        thrown: BaseException | None = None
        while True:
            self._page[:] = noted
            try:
                waits_for = work.throw(thrown) if thrown else work.send(None)
            except StopIteration as done:
                result: T = done.value
                return result
            finally:
                self._page[:] = _IDLE
            thrown = None
            try:
                yield waits_for
            except BaseException as error:  # noqa: BLE001 - cancelled, say: the work decides
                thrown = error

    def close(self) -> None:
        """The process ends in order: nothing is to be read."""
        self._page.close()
        self._file.unlink(missing_ok=True)


class Unnoted:
    """Steps of a process whose end nobody reads about."""

    async def of(self, mark: Mark, work: Coroutine[Any, Any, T]) -> T:
        return await work

    def close(self) -> None:
        pass


def begun(folder: Path, name: str) -> Steps | Unnoted:
    """The steps of this process. Where nothing can be noted it works all the same, and says so."""
    try:
        return Steps(folder, name)
    except OSError as error:
        log.warning("What this worker is at cannot be noted in %s: %s", folder, error)
        return Unnoted()


def last_of_the_dead(folder: Path) -> Iterator[Mark]:
    """What processes of this machine were at when they died; each is told once it was taken up."""
    for file in sorted(folder.glob("*")) if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):
            if processes.is_dead(unquote(file.name)):
                mark = _read(file)
                if mark:
                    yield mark
                file.unlink(missing_ok=True)
            elif time.time() - file.stat().st_mtime > FORGOTTEN:
                file.unlink(missing_ok=True)


def _read(file: Path) -> Mark | None:
    noted = file.read_bytes()
    if len(noted) != _SIZE or noted == _IDLE:
        return None
    return UUID(bytes=noted[:16]), int.from_bytes(noted[16:], "big")

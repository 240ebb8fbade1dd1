"""One Unisono a data folder: a lock that lasts as long as any process of its tree."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

WAIT_FOR_LEFTOVERS = 40.0


class AlreadyRunning(RuntimeError):
    """Another Unisono works on this folder; the message is a sentence."""


class FolderLock:
    """Held through a file descriptor that children inherit, so leftovers of a killed tree count."""

    def __init__(self, data: Path) -> None:
        self.path = data / "unisono.lock"
        self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+")

    @property
    def descriptor(self) -> int:
        return self._file.fileno()

    def take(self) -> None:
        """Take the lock and write our process id. Raises AlreadyRunning.

        When the holder itself is gone, its children are about to stop: they are waited for.
        """
        end = time.monotonic() + WAIT_FOR_LEFTOVERS
        while not self._try():
            holder = self.holder()
            if holder is not None:
                raise AlreadyRunning(
                    f"Unisono is already running on {self.path.parent} (process {holder}). "
                    "Stop it first, or give this one another folder with UNISONO_DATA."
                )
            if time.monotonic() > end:
                raise AlreadyRunning(
                    f"Processes of an earlier start still work on {self.path.parent}. "
                    "End them, then try again."
                )
            time.sleep(0.1)
        self._file.seek(0)
        self._file.truncate()
        self._file.write(str(os.getpid()))
        self._file.flush()

    def holder(self) -> int | None:
        """The living process that took the lock, if any."""
        self._file.seek(0)
        text = self._file.read().strip()
        if not text.isdigit() or not Path(f"/proc/{text}").exists():
            return None
        return int(text) if self._is_ours(int(text)) else None

    def is_free(self) -> bool:
        """Whether nobody holds it. Leaves it free."""
        if not self._try():
            return False
        fcntl.flock(self._file, fcntl.LOCK_UN)
        return True

    def release(self) -> None:
        self._file.close()

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @staticmethod
    def _is_ours(process: int) -> bool:
        """Process ids are given out again: another program may have the number now."""
        try:
            command = Path(f"/proc/{process}/cmdline").read_bytes()
        except OSError:
            return False
        return b"unisono" in command or process == os.getpid()

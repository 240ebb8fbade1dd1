"""A worker that was frozen past its lease must not send when it wakes: the kernel ends it first."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.house.running import ROOT

LIVES = """
import asyncio, django
django.setup()
from unisono.rooms.publishing import dispatch
dispatch.FROZEN, dispatch.NAP = 1.5, 0.1

async def main():
    showing = asyncio.create_task(dispatch._show_life())
    for _step in range(400):
        await asyncio.sleep(0.05)
        print("alive", flush=True)

asyncio.run(main())
"""


@pytest.mark.processes
def test_a_frozen_worker_does_nothing_more_when_it_wakes(tmp_path: Path) -> None:
    given = {
        "DJANGO_SETTINGS_MODULE": "unisono.config.settings",
        "PYTHONPATH": str(ROOT / "src"),
        "UNISONO_DATA": str(tmp_path),
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", LIVES],
        env={**os.environ, **given},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stdout is not None
        # While it lives, it keeps its alarm ahead: forty steps are longer than the alarm.
        for _step in range(40):
            assert worker.stdout.readline() == "alive\n"
        os.kill(worker.pid, signal.SIGSTOP)
        with suppress(subprocess.TimeoutExpired):
            worker.wait(2.5)
        said_before = os.read(worker.stdout.fileno(), 65536) if _waits(worker) else b""
        os.kill(worker.pid, signal.SIGCONT)
        assert worker.wait(5) == -signal.SIGALRM
        assert worker.stdout.read() == "", f"after {said_before!r} it went on"
    finally:
        worker.kill()


def _waits(worker: subprocess.Popen[str]) -> bool:
    """Whether something it said before it was frozen has not been read yet."""
    return bool(worker.stdout and select.select([worker.stdout], [], [], 0)[0])

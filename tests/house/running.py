"""Unisono as people start it: its own processes, a data folder and ports of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from unisono.config import postgres

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def folder() -> Iterator[Path]:
    """A fresh data folder that the database's account can walk to."""
    path = Path(tempfile.mkdtemp(prefix="unisono-house-"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def copied(template: Path, data: Path) -> Path:
    """A copy of a stopped data folder, its owners kept."""
    subprocess.run(["cp", "-a", f"{template}/.", str(data)], check=True)
    return data


def environment(data: Path, **more: str) -> dict[str, str]:
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("UNISONO_", "DJANGO_"))}
    for name in ("DATABASE_URL", "DIRECT_DATABASE_URL", "PYTHONDONTWRITEBYTECODE"):
        keep.pop(name, None)
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), keep.get("PYTHONPATH", "")]))
    return {**keep, "PYTHONPATH": path, "UNISONO_DATA": str(data), **more}


def unisono(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "unisono", *arguments],
        env=environment(data, **more), capture_output=True, text=True, timeout=120, check=False,
        cwd=ROOT,
    )  # fmt: skip


class Running:
    """A started `unisono up`."""

    def __init__(self, data: Path, **more: str) -> None:
        self.data = data
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.cluster = postgres.Cluster(data)
        self.log = data / "up.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "unisono", "up", "--port", str(self.port)],
                env=environment(data, **more), stdout=log, stderr=log, cwd=ROOT,
            )  # fmt: skip

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=2) as answer:
                return bool(json.load(answer)["status"] == "ready")
        except (OSError, ValueError):
            return False

    def part(self, *words: str) -> psutil.Process | None:
        """The child of the tree whose command line has all the words."""
        for child in psutil.Process(self.process.pid).children():
            try:
                command = child.cmdline()
            except psutil.Error:
                continue
            if all(any(word in argument for argument in command) for word in words):
                return child
        return None

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


def wait_for(condition: Callable[[], object], seconds: float, what: str) -> float:
    """Wait until the condition holds; how long it took."""
    start = time.monotonic()
    while not condition():
        took = time.monotonic() - start
        assert took < seconds, f"{what}: not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - start


@contextmanager
def up(data: Path, **more: str) -> Iterator[Running]:
    """Unisono, ready; stopped at the end whatever happens. `more` are environment variables."""
    running = Running(data, **more)
    try:
        wait_for(
            lambda: running.ready() or running.process.poll() is not None, 60, "the first start"
        )
        assert running.process.poll() is None, running.log.read_text()
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()

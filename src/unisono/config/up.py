"""`unisono up`: from nothing to a running Unisono, with a word at every step."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import partial

from unisono.config import environment, frontend, places, ports, postgres
from unisono.config.lock import AlreadyRunning
from unisono.config.supervisor import Supervisor
from unisono.kernel.secrets import ensure_keys

START_WITHIN = 60.0
ASK_EVERY = 0.3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to start."""

    host: str
    port: int
    sandbox: bool
    demo: bool


def say(sentence: str) -> None:
    print(sentence, flush=True)


def run(wanted: Wanted) -> int:
    """Start everything and stay until asked to stop; the exit code."""
    data = places.data()
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return _complain(
            f"{data} cannot be written ({error.strerror}). Set UNISONO_DATA to a folder of yours."
        )
    _tell_children(wanted)
    try:
        supervisor = Supervisor(data, say)
        supervisor.lock.take()
    except (AlreadyRunning, PermissionError) as error:
        return _complain(str(error))
    with supervisor.listening_for_stop():
        try:
            return _run(supervisor, wanted)
        except (postgres.CannotRun, environment.BadSetting, LookupError) as error:
            return _complain(str(error))
        finally:
            supervisor.stop()


def _run(supervisor: Supervisor, wanted: Wanted) -> int:
    problem = ports.taken(wanted.host, wanted.port)
    if problem is None and wanted.sandbox:
        problem = ports.taken("127.0.0.1", environment.port("UNISONO_SANDBOX_PORT", 8410))
    if problem is not None:
        return _complain(problem)
    ensure_keys(supervisor.data / "keys")
    environment.secret_key()
    if not frontend.is_current() and supervisor.run_to_end("unisono.config.frontend", "collect"):
        return 1
    if environment.embedded():
        supervisor.database()
    if supervisor.run_to_end("unisono", "migrate") != 0:
        return 1 if not supervisor.stops else 0
    if wanted.sandbox:
        _start_sandbox(supervisor)
    # Before the web server: nobody is to find an empty house in the meantime.
    if wanted.demo and supervisor.run_to_end("unisono", "demo", "--load") != 0:
        return 1 if not supervisor.stops else 0
    _start_work(supervisor, wanted)
    address = f"http://{_dialled(wanted.host)}:{wanted.port}"
    _wait_until_ready(supervisor, address)
    if not supervisor.stops:
        say(f"Unisono is ready: {environment.public_url().text}  (Ctrl-C stops it)")
    supervisor.watch()
    say("Stopping.")
    return 0


def _wait_until_ready(supervisor: Supervisor, address: str) -> None:
    """Ask a few times a second; after a minute people had better hear something."""
    end = time.monotonic() + START_WITHIN
    while not supervisor.stops and time.monotonic() < end and not _ready(address):
        pause = time.monotonic() + ASK_EVERY
        supervisor.watch(until=partial(_is_past, pause))


def _is_past(instant: float) -> bool:
    return time.monotonic() > instant


def _start_sandbox(supervisor: Supervisor) -> None:
    port = environment.port("UNISONO_SANDBOX_PORT", 8410)
    supervisor.program(
        "sandbox network", "unisono.networks.sandbox.server", "--port", str(port),
        "--state", str(supervisor.data / "sandbox"),
        "--speed", environment.text("UNISONO_SANDBOX_SPEED", "60"), patience=5,
    )  # fmt: skip
    end = time.monotonic() + START_WITHIN
    supervisor.watch(until=lambda: _listens(port) or time.monotonic() > end)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _start_work(supervisor: Supervisor, wanted: Wanted) -> None:
    supervisor.program("worker", "unisono", "worker", patience=40)
    supervisor.program(
        "web server", "unisono", "web", "--host", wanted.host, "--port", str(wanted.port),
        patience=15,
    )  # fmt: skip


def _tell_children(wanted: Wanted) -> None:
    """What the command line said reaches the other processes by the environment."""
    if wanted.demo:
        os.environ["UNISONO_DEMO"] = "1"
    if wanted.sandbox:
        os.environ["UNISONO_SANDBOX"] = "1"
    os.environ["UNISONO_PORT"] = str(wanted.port)


def _dialled(host: str) -> str:
    """An address that reaches a server listening on `host`."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104
    return everywhere.get(host, f"[{host}]" if ":" in host else host)


def _ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:  # noqa: S310
            return bool(json.load(answer)["status"] == "ready")
    except (OSError, ValueError, urllib.error.URLError):
        return False


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return 1

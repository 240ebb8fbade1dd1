"""`unisono doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection

from unisono.config import environment, frontend, health, heartbeat, places, ports, postgres
from unisono.config.lock import FolderLock
from unisono.kernel import database

OLDEST_POSTGRES = 15
MOST_SKEW = timedelta(seconds=2)
LEAST_SPACE = 1_000_000_000

Level = Literal["ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: a sentence on how it is, and what to do when it is not well."""

    check: str
    level: Level
    sentence: str
    mend: str = ""


def examine(*, host: str, port: int) -> list[Finding]:
    """Look at everything; the database's own checks only when it can be reached."""
    findings = [*_folders(), *_keys(), _front_end(), *_port(host, port), _public_url()]
    reached = _database()
    findings.append(reached)
    if reached.level != "bad":
        checks = (_version, _schema, _role, _clock, _worker, _failed_jobs)
        findings.extend(_guarded(check) for check in checks)
    return findings


def run(*, host: str, port: int, as_json: bool) -> int:
    """Print the findings; 1 when something is bad, else 0."""
    findings = examine(host=host, port=port)
    bad = any(finding.level == "bad" for finding in findings)
    if as_json:
        print(json.dumps({"ok": not bad, "findings": [asdict(f) for f in findings]}, indent=2))
        return int(bad)
    marks = {"ok": "✓", "warn": "!", "bad": "✗"}
    for finding in findings:
        print(f"{marks[finding.level]} {finding.sentence}")
        if finding.mend:
            print(f"    → {finding.mend}")
    print("Something needs mending." if bad else "All is well.")
    return int(bad)


def _folders() -> Iterator[Finding]:
    data = places.data()
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=data):
            pass
    except OSError as error:
        yield Finding(
            "folder", "bad", f"The data folder {data} cannot be written: {error.strerror}.",
            "Give it to the account that runs Unisono, or set UNISONO_DATA to another folder.",
        )  # fmt: skip
        return
    yield Finding("folder", "ok", f"The data folder {data} can be written.")
    free = shutil.disk_usage(data).free
    if free < LEAST_SPACE:
        yield Finding(
            "space", "warn", f"Only {free // 1_000_000} MB are free where the data lies.",
            "Make room: a full disk stops the database.",
        )  # fmt: skip


def _keys() -> Iterator[Finding]:
    keys = places.data() / "keys"
    private = sorted(keys.glob("publisher-*.key"))
    if not private:
        yield Finding(
            "keys", "warn", f"There are no keys in {keys} yet.",
            "“unisono up” makes them on its first start. If channels were connected before, bring "
            "the keys back from a backup: without them every account must be connected anew.",
        )  # fmt: skip
        return
    open_to_others = [path.name for path in (*private, keys / "secret_key") if _is_open(path)]
    if open_to_others:
        yield Finding(
            "keys", "bad", f"Other accounts can read the keys: {', '.join(open_to_others)}.",
            f"Run “chmod 600 {keys}/*”.",
        )  # fmt: skip
    else:
        yield Finding("keys", "ok", "The keys are there, and only their owner can read them.")


def _is_open(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & 0o077)


def _front_end() -> Finding:
    if frontend.is_current():
        return Finding("front end", "ok", "The front end is built.")
    mend = "Run “make build” in the source folder, then start Unisono again."
    return Finding("front end", "bad", "The front end is not built, or is out of date.", mend)


def _port(host: str, port: int) -> Iterator[Finding]:
    problem = ports.taken(host, port)
    if problem is None:
        yield Finding("port", "ok", f"Port {port} is free; no web server of ours is running on it.")
    elif _ask(f"http://127.0.0.1:{port}") == "unisono":
        yield Finding("port", "ok", f"Unisono's web server answers on port {port}.")
    else:
        yield Finding("port", "bad", problem, "“unisono up --port 8401” uses another port.")


def _public_url() -> Finding:
    url = settings.UNISONO_PUBLIC_URL.text
    found = _ask(url)
    if found == "unisono":
        return Finding("public address", "ok", f"{url} leads here.")
    if found == "nobody" and places.data().is_dir() and _is_stopped():
        return Finding("public address", "ok", f"{url} does not answer, as Unisono is not running.")
    mend = (
        "Set UNISONO_PUBLIC_URL to the address people type, and check that the name and the "
        "reverse proxy lead to this machine."
    )
    if found == "nobody":
        return Finding("public address", "bad", f"Nothing answers at {url}.", mend)
    return Finding("public address", "bad", f"Something else than Unisono answers at {url}.", mend)


def _is_stopped() -> bool:
    lock = FolderLock(places.data())
    try:
        # While nothing is running, this program itself may have started the database.
        return lock.is_free() or lock.holder() == os.getpid()
    finally:
        lock.release()


def _ask(address: str) -> Literal["unisono", "other", "nobody"]:
    """Who answers at an address."""
    try:
        # The address is our own, http or https by the check of the settings.
        with urllib.request.urlopen(f"{address}/healthz", timeout=4) as answer:  # noqa: S310
            return "unisono" if json.load(answer) == {"status": "alive"} else "other"
    except urllib.error.HTTPError:
        return "other"
    except ValueError:
        return "other"
    except OSError:
        return "nobody"


def _database() -> Finding:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        return _no_database(str(error).strip().splitlines()[0])
    return Finding("database", "ok", "The database answers.")


def _no_database(reason: str) -> Finding:
    if environment.embedded():
        mend = (
            "“unisono up” starts it. If that fails, the end of "
            f"{postgres.home(places.data()) / 'postgres.log'} says why."
        )
        return Finding("database", "bad", f"The embedded database does not answer: {reason}", mend)
    mend = "Check DATABASE_URL, and that the server takes connections from this machine."
    return Finding("database", "bad", f"The database does not answer: {reason}", mend)


def _guarded(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except (DatabaseError, psycopg.Error) as error:
        name = check.__name__.strip("_")
        return Finding(
            name, "bad", f"The database refused a question: {str(error).strip()}",
            "Run “unisono migrate”.",
        )  # fmt: skip


def _version() -> Finding:
    number = connection.cursor().connection.info.server_version // 10_000
    if number < OLDEST_POSTGRES:
        mend = f"Upgrade the server to PostgreSQL {OLDEST_POSTGRES} or newer."
        return Finding("version", "bad", f"The database is PostgreSQL {number}.", mend)
    return Finding("version", "ok", f"The database is PostgreSQL {number}.")


def _schema() -> Finding:
    pending = health.pending_migrations()
    if pending:
        sentence = f"The tables are older than the program ({len(pending)} steps are missing)."
        return Finding("schema", "bad", sentence, "Run “unisono migrate”.")
    return Finding("schema", "ok", "The tables fit the program.")


def _role() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user"
        )
        name, unbound = cursor.fetchone()
        tables = [model._meta.db_table for model in database.tables_of_organizations()]
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relname = ANY(%s) AND pg_table_is_visible(oid)"
            " AND relkind IN ('r', 'p') AND relrowsecurity AND relforcerowsecurity",
            [tables],
        )
        secured = cursor.fetchone()[0]
    if unbound:
        return Finding(
            "isolation", "bad",
            f"Unisono works as “{name}”, whom the database's separation of organizations does not "
            "bind.", f"Use a login that is not a superuser and may become “{database.ROLE}”.",
        )  # fmt: skip
    if secured < len(tables):
        sentence = f"{len(tables) - secured} tables lack the separation of organizations."
        return Finding("isolation", "bad", sentence, "Run “unisono migrate”.")
    if name != database.ROLE:
        return Finding(
            "isolation", "warn",
            f"Unisono works as the tables' owner “{name}”: organizations are separated, but the "
            "history could be rewritten.",
            f"As a superuser: CREATE ROLE {database.ROLE} NOLOGIN; GRANT {database.ROLE} TO "
            f"{name}; then “unisono migrate”.",
        )  # fmt: skip
    return Finding("isolation", "ok", "The database keeps organizations apart.")


def _clock() -> Finding:
    before = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there = cursor.fetchone()[0]
    here = before + (datetime.now(UTC) - before) / 2
    skew = abs(there - here)
    if skew > MOST_SKEW:
        return Finding(
            "clock", "bad",
            f"This machine's clock and the database's differ by {skew.total_seconds():.0f} "
            "seconds: posts would go out at the wrong time.",
            "Turn time synchronisation on, on both machines (“timedatectl set-ntp true”).",
        )  # fmt: skip
    return Finding("clock", "ok", "This machine's clock and the database's agree.")


def _worker() -> Finding:
    seen = heartbeat.latest()
    now = datetime.now(UTC)
    if seen is not None and now - seen < heartbeat.STALE_AFTER:
        return Finding("worker", "ok", "A worker is at work.")
    if _is_stopped():
        return Finding("worker", "ok", "No worker is at work, as Unisono is not running.")
    since = f" since {seen:%Y-%m-%d %H:%M} UTC" if seen else ""
    mend = "Start one with “unisono worker”; its messages say why an earlier one ended."
    return Finding("worker", "bad", f"No worker has given a sign of life{since}.", mend)


def _failed_jobs() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        failed = cursor.fetchone()[0]
    if failed:
        return Finding(
            "jobs", "warn", f"{failed} background jobs have failed for good in the last 30 days.",
            "The workers' messages name each of them and its error.",
        )  # fmt: skip
    return Finding("jobs", "ok", "No background job has failed.")

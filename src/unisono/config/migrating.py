"""Bringing the tables up to date, with a backup first when there is something to lose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from unisono.config import backups, health, places
from unisono.kernel import database

_LOCK = 0x756E69736F6E6F  # "unisono": of several servers starting at once, one migrates


def migrate(*, say: Callable[[str], None], backup_first: bool = True) -> Path | None:
    """Apply pending migrations as the owner; the backup made before, if one was needed."""
    with database.as_owner(), _alone():
        pending = health.pending_migrations()
        made = None
        if pending and backup_first and holds_data():
            made = before_migration(datetime.now(UTC))
            say(f"Backed up to {made} before changing the tables.")
        if pending:
            say(f"Bringing the tables up to date ({len(pending)} steps).")
        # Also without pending steps: roles, rights and policies are checked after each run.
        call_command("migrate", interactive=False, verbosity=0)
    return made


def before_migration(now: datetime) -> Path:
    """A backup into the data folder; the oldest automatic ones make room for it."""
    folder = places.private_folder(places.data() / "backups")
    backups.thin_out(folder, "before-migration-", keep=9)
    return backups.make(folder / f"before-migration-{now:%Y%m%d-%H%M%S}.tar", now=now)


def holds_data() -> bool:
    """Whether somebody has ever signed up here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('\"user\"') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute('SELECT EXISTS (SELECT 1 FROM "user")')
        return bool(cursor.fetchone()[0])


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])

"""One file that holds everything: the database, the keys that open its secrets, the media.

A plain tar archive readable by its owner only: `manifest.json`, `database.dump` (pg_dump's custom
format), `keys/`, `media/`. Whoever has the file has the organization's accounts; keep it so.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from unisono import __version__
from unisono.config import places, postgres
from unisono.kernel import database

FORMAT = 1
_FOLDERS = ("keys", "media")


class CannotBackUp(RuntimeError):
    """A backup or restore failed; the message is a sentence."""


def make(target: Path, *, now: datetime) -> Path:
    """Write a backup to `target`; it appears under that name only when it is complete."""
    target = target.absolute()
    if target.exists():
        raise CannotBackUp(f"{target} exists already; choose another name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
        dump = Path(scratch) / "database.dump"
        _dump(dump)
        with os.fdopen(
            os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb"
        ) as file:
            with tarfile.open(fileobj=file, mode="w") as archive:
                _add_manifest(archive, now)
                archive.add(dump, "database.dump")
                for name in _FOLDERS:
                    if (places.data() / name).is_dir():
                        archive.add(places.data() / name, name)
            file.flush()
            os.fsync(file.fileno())
    partial.rename(target)
    return target


def restore(source: Path, *, now: datetime) -> Path | None:
    """Put a backup in the place of what is there; the backup made of that before, if any.

    The database changes in one transaction: it is either the old or the new one. The tables may be
    older than the program; migrate afterwards.
    """
    from unisono.config.migrating import holds_data

    with tempfile.TemporaryDirectory(dir=_scratch(), prefix=".restore-") as scratch:
        manifest = _unpack(source, Path(scratch))
        if manifest.get("format") != FORMAT:
            raise CannotBackUp(f"{source} was made by a newer Unisono; upgrade this one first.")
        before = None
        with database.as_owner():
            if holds_data():
                folder = places.private_folder(places.data() / "backups")
                before = make(folder / f"before-restore-{now:%Y%m%d-%H%M%S}.tar", now=now)
            connection.close()
            _load(Path(scratch) / "database.dump")
            database.refresh_statistics()
        for name in _FOLDERS:
            _replace(Path(scratch) / name, places.data() / name)
    return before


def doubt_what_may_be_out(source: Path, *, now: datetime) -> int:
    """After a restore and its migrations: how many posts have to be looked up before all else."""
    from unisono.rooms.publishing import doubts

    with tarfile.open(source) as archive:
        entry = archive.extractfile("manifest.json")
        manifest = json.load(entry) if entry else {}
    taken_at = datetime.fromisoformat(manifest["made_at"])
    return doubts.restored(taken_at=taken_at, now=now)


def default_name(now: datetime) -> Path:
    """Where a backup goes when nobody says."""
    return places.private_folder(places.data() / "backups") / f"unisono-{now:%Y%m%d-%H%M%S}.tar"


def thin_out(folder: Path, prefix: str, *, keep: int) -> None:
    """Delete all but the newest `keep` files whose names begin with `prefix`."""
    for old in sorted(folder.glob(f"{prefix}*.tar"))[: -keep or None]:
        old.unlink()


def _add_manifest(archive: tarfile.TarFile, now: datetime) -> None:
    manifest = {
        "format": FORMAT,
        "unisono": __version__,
        "made_at": now.astimezone(UTC).isoformat(),
        "public_url": settings.UNISONO_PUBLIC_URL.text,
    }
    text = json.dumps(manifest, indent=2).encode()
    entry = tarfile.TarInfo("manifest.json")
    entry.size, entry.mode, entry.mtime = len(text), 0o600, int(now.timestamp())
    archive.addfile(entry, io.BytesIO(text))


def _dump(target: Path) -> None:
    # Row-level security stays on, with every organization in scope: an owner without superuser
    # rights is bound by the forced policies and could not dump otherwise.
    _tool(
        "pg_dump", "--format=custom", "--compress=6", "--no-owner", "--no-acl",
        "--enable-row-security", f"--schema={_schema()}", f"--file={target}",
        f"--dbname={_name()}",
    )  # fmt: skip


def _load(dump: Path) -> None:
    if not dump.is_file():
        raise CannotBackUp("The backup holds no database.")
    clear, load = dump.with_name("clear.sql"), dump.with_name("load.sql")
    clear.write_text(f'DROP SCHEMA IF EXISTS "{_schema()}" CASCADE;\n')
    _tool("pg_restore", "--no-owner", "--no-acl", f"--file={load}", str(dump))
    if "CREATE SCHEMA" not in load.read_text(errors="replace")[:20_000]:
        clear.write_text(clear.read_text() + f'CREATE SCHEMA "{_schema()}";\n')
    _tool(
        "psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1",
        "--output=/dev/null", f"--file={clear}", f"--file={load}", f"--dbname={_name()}",
    )  # fmt: skip


def _take_out(archive: tarfile.TarFile, member: tarfile.TarInfo, scratch: Path) -> None:
    """One file or folder, below `scratch` and nothing else: no link, no way out, no odd rights.

    tarfile's own filter does this from Python 3.11.4 on; Debian 12 has 3.11.2.
    """
    target = (scratch / member.name).resolve()
    if not target.is_relative_to(scratch.resolve()) or not (member.isfile() or member.isdir()):
        raise tarfile.ReadError(f"{member.name} has no place in a backup")
    content = archive.extractfile(member)
    if content is None:
        target.mkdir(parents=True, exist_ok=True)
        target.chmod(0o700 | member.mode & 0o055)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as out:
        shutil.copyfileobj(content, out)
    target.chmod(0o600 | member.mode & 0o044)


def _tool(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs against our database."""
    done = subprocess.run(
        [str(postgres.wheel() / "bin" / program), *arguments],
        env=_environment(database.connection_params()),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotBackUp(f"{program} failed: {done.stderr.strip()[-800:]}")


def _environment(params: Mapping[str, Any]) -> dict[str, str]:
    """libpq's variables: a password on the command line would be visible to every account."""
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
    }
    given = {ours: str(params[theirs]) for theirs, ours in names.items() if params.get(theirs)}
    return {**os.environ, **given, "PGOPTIONS": "-c app.org=*"}


def _name() -> str:
    return str(database.connection_params()["dbname"])


def _schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_schema(), 'public')")
        return str(cursor.fetchone()[0])


def _unpack(source: Path, scratch: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                _take_out(archive, member, scratch)
        manifest = json.loads((scratch / "manifest.json").read_text())
    except (OSError, tarfile.TarError, ValueError) as error:
        raise CannotBackUp(f"{source} is not a backup of Unisono: {error}") from error
    return manifest if isinstance(manifest, dict) else {}


def _replace(fresh: Path, place: Path) -> None:
    """Swap a folder for the unpacked one; the old one stays until the new one is in place."""
    if not fresh.is_dir():
        return
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    shutil.move(fresh, place)
    place.chmod(0o700)
    for file in place.rglob("*"):
        file.chmod(0o700 if file.is_dir() else 0o600)
    shutil.rmtree(old, ignore_errors=True)


def _scratch() -> Path:
    places.data().mkdir(parents=True, exist_ok=True)
    return places.data()

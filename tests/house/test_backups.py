"""A backup brings everything back, and one is made before tables change."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.house.running import unisono
from unisono.config import backups, migrating, postgres
from unisono.kernel import database


def users(data: Path) -> set[str]:
    """The e-mail addresses in the database, which is started for the question."""
    cluster = postgres.Cluster(data)
    process = cluster.start()
    try:
        with psycopg.connect(cluster.dsn) as connection:
            return {row[0] for row in connection.execute('SELECT email FROM "user"').fetchall()}
    finally:
        cluster.stop(process)


def change(data: Path, *statements: str) -> None:
    cluster = postgres.Cluster(data)
    process = cluster.start()
    try:
        with psycopg.connect(cluster.dsn) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]
    finally:
        cluster.stop(process)


def add(email: str) -> str:
    return (
        'INSERT INTO "user" (id, email, password, is_active)'
        f" VALUES (gen_random_uuid(), '{email}', '', true)"
    )


@pytest.mark.processes
def test_a_backup_brings_back_rows_keys_and_media(prepared: Path, tmp_path: Path) -> None:
    change(prepared, add("lea@example.org"))
    (prepared / "media").mkdir()
    (prepared / "media" / "lamp.jpg").write_bytes(b"light")
    (prepared / "keys").mkdir(exist_ok=True)
    (prepared / "keys" / "publisher-0001-test.key").write_text("private")
    target = tmp_path / "all.tar"

    done = unisono(prepared, "backup", str(target))
    assert done.returncode == 0, done.stderr
    assert f"Backed up to {target}." in done.stderr
    assert target.stat().st_mode & 0o077 == 0

    change(prepared, add("tom@example.org"), "DELETE FROM \"user\" WHERE email LIKE 'lea%'")
    (prepared / "media" / "lamp.jpg").write_bytes(b"dark")
    (prepared / "keys" / "publisher-0001-test.key").unlink()

    done = unisono(prepared, "restore", str(target))
    assert done.returncode == 0, done.stderr
    assert users(prepared) == {"lea@example.org"}
    assert (prepared / "media" / "lamp.jpg").read_bytes() == b"light"
    assert (prepared / "keys" / "publisher-0001-test.key").read_text() == "private"
    # What the restore replaced can be had back as well.
    (before,) = (prepared / "backups").glob("before-restore-*.tar")
    with tarfile.open(before) as archive:
        assert {"manifest.json", "database.dump"} <= set(archive.getnames())


@pytest.mark.processes
def test_something_else_is_not_restored(prepared: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.tar").write_text("Dear all")
    done = unisono(prepared, "restore", str(tmp_path / "letter.tar"))
    assert done.returncode == 1
    assert "is not a backup of Unisono" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["../outside", "/outside", "media/../../outside", "a-link"])
def test_a_backup_writes_nowhere_but_in_its_place(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    entry = tarfile.TarInfo(name)
    if name == "a-link":
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(tmp_path / "bad.tar", "w") as archive:
        archive.addfile(entry, io.BytesIO())
    with pytest.raises(backups.CannotBackUp):
        backups._unpack(tmp_path / "bad.tar", inside)
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "bad.tar", inside]


@pytest.mark.processes
def test_tables_change_only_after_a_backup(prepared: Path) -> None:
    change(
        prepared,
        add("lea@example.org"),
        "DELETE FROM django_migrations WHERE app = 'mfa' AND name LIKE '0003%'",
    )
    done = unisono(prepared, "migrate")
    (made,) = (prepared / "backups").glob("before-migration-*.tar")
    assert f"Backed up to {made} before changing the tables." in done.stderr


@pytest.mark.processes
def test_an_empty_house_needs_no_backup(template: Path) -> None:
    assert not (template / "backups").exists()


def test_old_automatic_backups_make_room(tmp_path: Path) -> None:
    for day in range(1, 13):
        (tmp_path / f"before-migration-202603{day:02}-000000.tar").touch()
    (tmp_path / "unisono-20200101-000000.tar").touch()
    backups.thin_out(tmp_path, "before-migration-", keep=9)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == 10
    assert left[0] == "before-migration-20260304-000000.tar"
    assert "unisono-20200101-000000.tar" in left


@pytest.mark.django_db
def test_whether_there_is_anything_to_lose() -> None:
    assert migrating.holds_data()
    with database.as_owner(), connection.cursor() as cursor:
        cursor.execute('TRUNCATE "user" CASCADE')
        assert not migrating.holds_data()


@pytest.mark.processes
def test_the_database_can_be_at_hand_without_anything_running(prepared: Path) -> None:
    done = unisono(prepared, "django", "showmigrations", "people")
    assert done.returncode == 0, done.stderr
    assert "[X] 0001_initial" in done.stdout
    assert not (prepared / "postgres" / "db" / "postmaster.pid").exists()

"""`unisono doctor` tells in sentences what is wrong and how to mend it."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection

from tests.house import running as house
from unisono.config import doctor, heartbeat, ports
from unisono.config.environment import PublicUrl
from unisono.kernel import database, secrets


@contextmanager
def stranger() -> Iterator[int]:
    """Some other program's web server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def only(findings: list[doctor.Finding], check: str) -> doctor.Finding:
    found = [finding for finding in findings if finding.check == check]
    assert len(found) == 1, findings
    return found[0]


def test_a_foreign_server_at_the_public_address(settings: Any) -> None:
    with stranger() as port:
        settings.UNISONO_PUBLIC_URL = PublicUrl(
            f"http://127.0.0.1:{port}", "127.0.0.1", port, False
        )
        finding = doctor._public_url()
    assert finding.level == "bad"
    assert finding.sentence == f"Something else than Unisono answers at http://127.0.0.1:{port}."
    assert "UNISONO_PUBLIC_URL" in finding.mend


def test_a_taken_port_names_who_has_it() -> None:
    with stranger() as port:
        (finding,) = doctor._port("127.0.0.1", port)
    assert finding.level == "bad"
    assert f"Port {port} is taken by" in finding.sentence
    assert f"(process {os.getpid()})" in finding.sentence
    assert "--port" in finding.mend


def test_a_free_port_and_an_impossible_address() -> None:
    assert ports.taken("127.0.0.1", house.free_port()) is None
    assert "no address 203.0.113.7" in str(ports.taken("203.0.113.7", 8400))


@pytest.mark.django_db
def test_a_wrong_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor._clock().level == "ok"
    late = SimpleNamespace(now=lambda zone: datetime.now(UTC) - timedelta(minutes=2))
    monkeypatch.setattr(doctor, "datetime", late)
    finding = doctor._clock()
    assert finding.level == "bad"
    assert "differ by 120 seconds" in finding.sentence
    assert "time synchronisation" in finding.mend


@pytest.mark.django_db
def test_the_role_and_the_policies() -> None:
    assert doctor._role().level == "ok"
    with database.as_owner():
        finding = doctor._role()
        assert finding.level == "bad"
        assert "does not bind" in finding.sentence
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE post NO FORCE ROW LEVEL SECURITY")
    finding = doctor._role()
    assert finding.sentence == "1 tables lack the separation of organizations."
    assert finding.mend == "Run “unisono migrate”."


@pytest.mark.django_db
def test_a_worker_that_stopped_giving_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    monkeypatch.setattr(heartbeat, "latest", lambda: seen)
    monkeypatch.setattr(doctor, "_is_stopped", lambda: False)
    finding = doctor._worker()
    assert finding.sentence == "No worker has given a sign of life since 2026-03-01 08:30 UTC."
    assert "unisono worker" in finding.mend


def test_an_unreachable_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection failed: Connection refused")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    finding = doctor._database()
    assert finding.level == "bad"
    assert "Connection refused" in finding.sentence
    assert "postgres.log" in finding.mend
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/unisono")
    assert "DATABASE_URL" in doctor._database().mend


def test_keys_that_others_can_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNISONO_DATA", str(tmp_path))
    assert only(list(doctor._keys()), "keys").level == "warn"
    secrets.ensure_keys(tmp_path / "keys")
    assert only(list(doctor._keys()), "keys").level == "ok"
    private = next((tmp_path / "keys").glob("*.key"))
    private.chmod(0o644)
    finding = only(list(doctor._keys()), "keys")
    assert finding.level == "bad"
    assert private.name in finding.sentence
    assert "chmod 600" in finding.mend


def test_no_write_access(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("UNISONO_DATA", str(tmp_path / "file" / "data"))
    (finding,) = doctor._folders()
    assert finding.level == "bad"
    assert "cannot be written" in finding.sentence
    assert "UNISONO_DATA" in finding.mend


@pytest.mark.processes
def test_the_command_itself_for_people_and_for_programs() -> None:
    with house.folder() as data, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql://u:p@127.0.0.1:{closed.getsockname()[1]}/unisono"
        done = house.unisono(data, "doctor", "--json", DATABASE_URL=url)
        assert done.returncode == 1
        answer = json.loads(done.stdout)
        assert answer["ok"] is False
        (finding,) = [f for f in answer["findings"] if f["check"] == "database"]
        assert "refused" in finding["sentence"]

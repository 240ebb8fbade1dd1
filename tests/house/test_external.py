"""A PostgreSQL of one's own, with a login that owns its database and nothing else."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.house import running as house
from tests.house.running import unisono
from unisono.config import postgres

pytestmark = pytest.mark.processes


@dataclass(frozen=True)
class Outside:
    """The server, and the address our processes are given."""

    cluster: postgres.Cluster
    url: str

    def as_superuser(self, *statements: str) -> None:
        with psycopg.connect(self.cluster.dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]


@pytest.fixture
def outside() -> Iterator[Outside]:
    with house.folder() as data:
        cluster = postgres.Cluster(data, extra=postgres.TEST_SETTINGS)
        cluster.prepare()
        with (cluster.home / "db" / "pg_ident.conf").open("a") as map_of_accounts:
            map_of_accounts.write(f'unisono "{getpass.getuser()}" social\n')
        process = cluster.start()
        url = f"postgresql:///social?host={cluster.socket}&user=social"
        server = Outside(cluster, url)
        server.as_superuser(
            "CREATE ROLE social LOGIN NOSUPERUSER NOCREATEROLE",
            "CREATE DATABASE social OWNER social",
        )
        yield server
        cluster.stop(process)


def isolation(data: Path, url: str) -> dict[str, str]:
    """What the doctor finds about the separation of organizations."""
    done = unisono(data, "doctor", "--json", DATABASE_URL=url)
    findings = {f["check"]: f for f in json.loads(done.stdout)["findings"]}
    assert findings["database"]["level"] == "ok", findings
    found: dict[str, str] = findings["isolation"]
    return found


def test_a_login_without_rights_is_bound_all_the_same(outside: Outside, tmp_path: Path) -> None:
    done = unisono(tmp_path, "migrate", DATABASE_URL=outside.url)
    assert done.returncode == 0, done.stderr
    found = isolation(tmp_path, outside.url)
    assert found["level"] == "warn", found
    assert "CREATE ROLE unisono_app NOLOGIN; GRANT unisono_app TO social" in found["mend"]

    # Though it owns the tables: without a scope there is nothing to see and nothing to write.
    with psycopg.connect(outside.url) as connection:
        insert = (
            "INSERT INTO department (id, organization_id, name, hue, approval_required, position)"
            " VALUES (gen_random_uuid(), gen_random_uuid(), 'Sales', 'teal', true, 0)"
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(insert)
        connection.execute("SELECT set_config('app.org', '*', false)")
        connection.execute(insert)
        connection.execute("SELECT set_config('app.org', '', false)")
        assert connection.execute("SELECT count(*) FROM department").fetchone() == (0,)

    # What the doctor advises mends it.
    outside.as_superuser("CREATE ROLE unisono_app NOLOGIN", "GRANT unisono_app TO social")
    assert unisono(tmp_path, "migrate", DATABASE_URL=outside.url).returncode == 0
    assert isolation(tmp_path, outside.url)["level"] == "ok"
    backup = unisono(tmp_path, "backup", str(tmp_path / "all.tar"), DATABASE_URL=outside.url)
    assert backup.returncode == 0, backup.stderr

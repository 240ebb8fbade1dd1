"""Data of an older schema survives the migrations to today's, in a database of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

import psycopg

from tests.house.running import ROOT, environment
from tests.settings import DATA
from unisono.config import postgres

OLD = {
    "notifications": "0001_initial",
    "plan": "0004_audiences",
    "workflow": "0002_tasks_and_work_plans",
}
ORGANIZATION = "018f0000-0000-7000-8000-000000000001"
MEMBER = "018f0000-0000-7000-8000-0000000000bb"
NOTICE = "018f0000-0000-7000-8000-0000000000aa"
TOLD_AT = datetime(2026, 3, 4, 9, tzinfo=UTC)
CAMPAIGN = "018f0000-0000-7000-8000-0000000000cc"
NOTES = [
    {"on": "2026-03-09", "title": "Call", "text": "The mayor", "department": "gone"},
    {"on": "", "title": "Thank", "text": "", "department": ""},
]
DUE_AT = datetime(2026, 3, 9, 23, tzinfo=UTC)


MIGRATE = """
import sys, django
django.setup()
from django.core.management import call_command
from unisono.kernel import database
with database.as_owner():
    call_command("migrate", *sys.argv[1:], verbosity=0)
"""


def migrate(dsn: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MIGRATE, *arguments],
        env=environment(
            DATA, DATABASE_URL=dsn, DJANGO_SETTINGS_MODULE="unisono.config.settings"
        ),
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_what_older_schemas_held_is_kept(cluster: postgres.Cluster) -> None:
    with psycopg.connect(cluster.dsn, autocommit=True) as line:
        line.execute("DROP DATABASE IF EXISTS unisono_upgrade")
        line.execute("CREATE DATABASE unisono_upgrade")
    url = f"postgresql:///unisono_upgrade?host={cluster.socket}&user=unisono"
    for app, name in OLD.items():
        migrate(url, app, name)
    with psycopg.connect(cluster.dsn, dbname="unisono_upgrade") as line:
        line.execute("SELECT set_config('app.org', '*', true)")
        line.execute(
            'INSERT INTO "user" (id, password, email, is_active) VALUES (%s, %s, %s, true)',
            [MEMBER, "!", "old@lumen.example"],
        )
        line.execute(
            "INSERT INTO member (id, organization_id, user_id, name, title, language, zone, theme,"
            " state, joined_at) VALUES (%s, %s, %s, 'Old', '', 'en', '', 'system', 'active', %s)",
            [MEMBER, ORGANIZATION, MEMBER, TOLD_AT],
        )
        line.execute(
            "INSERT INTO notice (id, organization_id, member_id, kind, params, link, urgent, at)"
            " VALUES (%s, %s, %s, 'channel.needs_sign_in', '{\"channel\": \"x\"}', '', true, %s)",
            [NOTICE, ORGANIZATION, MEMBER, TOLD_AT],
        )
        line.execute(
            "INSERT INTO organization (id, name, zone, language, founded_at)"
            " VALUES (%s, 'Old', 'Europe/Paris', 'en', %s)",
            [ORGANIZATION, TOLD_AT],
        )
        words = "brief, goal, message, tone, dos, donts, budget, code"
        line.execute(
            f"INSERT INTO campaign (id, organization_id, name, {words}, links, utm, notes,"
            " starts_on, ends_on) VALUES (%s, %s, 'Old', '', '', '', '', '', '', '', '', '[]',"
            " '{}', %s, '2026-03-01', '2026-03-09')",
            [CAMPAIGN, ORGANIZATION, json.dumps(NOTES)],
        )
    migrate(url)
    with psycopg.connect(cluster.dsn, dbname="unisono_upgrade") as line:
        line.execute("SELECT set_config('app.org', '*', true)")
        found = line.execute("SELECT params->>'channel', mailed_at FROM notice").fetchall()
        tasks = line.execute(
            "SELECT title, note, due_on::text, due_at, state, campaign_id::text FROM task"
            " ORDER BY step"
        ).fetchall()
    assert found == [("x", TOLD_AT)]
    assert tasks == [
        ("Call", "The mayor", "2026-03-09", DUE_AT, "open", CAMPAIGN),
        ("Thank", "", None, None, "open", CAMPAIGN),
    ]

"""Rules of the house that a reader would otherwise have to remember."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models
from importlinter.cli import lint_imports

from unisono.config import places
from unisono.kernel import database

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = places.PACKAGE

FLOORS: tuple[tuple[str, ...], ...] = (
    ("kernel",),
    ("people",),
    ("channels", "library"),
    ("plan",),
    ("requests", "feeds"),
    ("content",),
    ("workflow",),
    ("publishing",),
    ("advocacy",),
    ("metrics", "engagement"),
    ("experiments",),
    ("imports",),
    ("notifications",),
)
LEVEL = {label: level for level, labels in enumerate(FLOORS) for label in labels}

WRITES = {
    "bulk_create",
    "bulk_update",
    "create",
    "delete",
    "get_or_create",
    "save",
    "update",
    "update_or_create",
}
LONGEST_FILE = 500
LONGEST_TEMPLATE = 150


def python_files(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Every source file below the folders, as its path in the package and its tree."""
    for folder in folders:
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text())


def templates() -> list[Path]:
    return sorted(PACKAGE.rglob("templates/**/*.html"))


def test_the_import_contract_is_kept() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_foreign_keys_point_down_or_stay_in_their_room() -> None:
    wrong = []
    for model in apps.get_models():
        label = model._meta.app_label
        if label not in LEVEL:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey | models.ManyToManyField):
                continue
            other = field.related_model._meta.app_label
            if other != label and LEVEL.get(other, 99) >= LEVEL[label]:
                wrong.append(f"{label}.{model.__name__}.{field.name} → {other}")
    assert wrong == []


@pytest.mark.django_db
def test_every_table_of_an_organization_is_closed_by_the_database() -> None:
    tables = {model._meta.db_table for model in database.tables_of_organizations()}
    assert len(tables) > 20
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname,"
            " pg_get_expr(p.polqual, c.oid) = pg_get_expr(p.polwithcheck, c.oid)"
            " FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid"
            " WHERE c.relname = ANY(%s) AND c.relkind = 'r'",
            [sorted(tables)],
        )
        found = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
    assert set(found) == tables
    assert set(found.values()) == {(True, True, "of_one_organization", True)}


@pytest.mark.django_db
def test_every_table_with_an_organization_is_one_of_ours() -> None:
    """No table with the column escapes the policies by another base class."""
    ours = {model._meta.db_table for model in database.tables_of_organizations()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE column_name = 'organization_id' AND table_schema = current_schema()"
        )
        assert {row[0] for row in cursor.fetchall()} == ours


@pytest.mark.django_db
def test_the_application_cannot_rewrite_what_is_append_only() -> None:
    frozen = [m for m in database.tables_of_organizations() if getattr(m, "append_only", False)]
    assert frozen
    with connection.cursor() as cursor:
        for model in frozen:
            cursor.execute(
                "SELECT has_table_privilege(current_user, %s, 'INSERT'),"
                " has_table_privilege(current_user, %s, 'UPDATE'),"
                " has_table_privilege(current_user, %s, 'DELETE'),"
                " has_table_privilege(current_user, %s, 'TRUNCATE')",
                [model._meta.db_table] * 4,
            )
            assert cursor.fetchone() == (True, False, False, False), model


def test_rows_are_written_by_verbs_only() -> None:
    """Screens, the API and the kit change rows through the rooms' verbs."""
    wrong = [
        f"{name}:{node.lineno} {ast.unparse(node.func)}"
        for name, tree in python_files("screens", "api", "ui")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _writes_rows(node)
    ]
    assert wrong == []


def test_questions_write_nothing() -> None:
    wrong = [
        f"{name}:{node.lineno} {ast.unparse(node.func)}"
        for name, tree in python_files("rooms")
        if name.endswith(("queries.py", "checks.py", "states.py"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _writes_rows(node)
    ]
    assert wrong == []


def _writes_rows(call: ast.Call) -> bool:
    """Whether the call looks like `Model.objects….update()`, or like `row.save()`."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in WRITES:
        return False
    chain = ast.unparse(function.value)
    if ".objects" in chain:
        return True
    return function.attr == "save" and not re.search(r"(image|session|picture|book|form)", chain)


def test_only_the_egress_opens_connections() -> None:
    """The operator's own programs ask this installation's own addresses; nobody else dials."""
    allowed = ("kernel/egress.py", "networks/sandbox/server/", "config/")
    dialling = {
        "aiohttp",
        "http.client",
        "httpx",
        "requests",
        "socket",
        "urllib.request",
        "urllib3",
    }
    wrong = []
    for name, tree in python_files("."):
        if name.startswith(allowed):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                modules = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                modules = {node.module or ""}
            else:
                continue
            wrong += [f"{name}: {module}" for module in modules & dialling]
    assert wrong == []


def test_templates_hold_no_script_and_no_style() -> None:
    """The content policy would block them; the page would only look broken."""
    patterns = {
        "inline script": re.compile(
            r"<script(?![^>]*\bsrc=)(?![^>]*\btype=.application/json)", re.I
        ),
        "style element": re.compile(r"<style\b", re.I),
        "style attribute": re.compile(r"<[a-z][^<>]*\sstyle=", re.I),
        "event attribute": re.compile(r"<[a-z][^<>]*\son[a-z]+=", re.I),
        "script address": re.compile(r"javascript:", re.I),
    }
    wrong = [
        f"{path.relative_to(PACKAGE)}: {what}"
        for path in templates()
        for what, pattern in patterns.items()
        if pattern.search(path.read_text())
    ]
    assert wrong == []


def test_files_stay_readable() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for limit, paths in (
            (
                LONGEST_FILE,
                [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.ts"), *PACKAGE.rglob("*.css")],
            ),
            (LONGEST_TEMPLATE, templates()),
        )
        for path in paths
        if "migrations" not in path.parts and "dist" not in path.parts
        if (lines := len(path.read_text().splitlines())) > limit
    ]
    assert long == []


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "common", "helpers", "manager", "service", "services", "base", "misc"}
    assert [p.as_posix() for p in PACKAGE.rglob("*.py") if p.stem in drawers] == []

"""The application's rights in the database: a role without powers, and policies on every table.

The login user owns the tables and migrates them. All other work happens as `unisono_app`, which
row-level security binds and which cannot change an append-only table. Connections take that role
as soon as they open.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

ROLE = "unisono_app"
_TAKE_ROLE = (
    "SELECT set_config('role', rolname, false) FROM pg_roles "
    "WHERE rolname = 'unisono_app' AND pg_has_role(oid, 'MEMBER')"
)
# As subqueries the setting is read once a query instead of once a row.
_IN_SCOPE = (
    "(SELECT current_setting('app.org', true)) = '*' OR organization_id = "
    "(SELECT nullif(nullif(current_setting('app.org', true), ''), '*')::uuid)"
)
_POLICY = "of_one_organization"

_owner: ContextVar[bool] = ContextVar("unisono_database_owner", default=False)


@contextmanager
def as_owner() -> Iterator[None]:
    """Run the block with the login user's own rights: migrations, backups, test clean-up."""
    with _acting(owner=True):
        yield


@contextmanager
def as_application() -> Iterator[None]:
    """Run the block with the application's rights, inside `as_owner()`."""
    with _acting(owner=False):
        yield


@contextmanager
def _acting(*, owner: bool) -> Iterator[None]:
    before = _owner.get()
    token = _owner.set(owner)
    _switch()
    try:
        yield
    finally:
        _owner.reset(token)
        if before != owner:
            _switch()


def refresh_statistics() -> None:
    """After a load of many rows: let the planner see them now instead of at the next autovacuum."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def take_role(*, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Receiver of `connection_created`: from here on the connection is the application's.

    Behind a transaction pooler the next statement may run on another server connection, so there
    the login user itself must be the powerless one.
    """
    if connection.vendor != "postgresql" or _owner.get() or settings.UNISONO_DIRECT_DATABASE:
        return
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_ROLE)


async def take_role_async(connection: psycopg.AsyncConnection[Any]) -> None:
    """The same for a connection of an async pool; give it as the pool's `configure`."""
    await connection.execute(_TAKE_ROLE)
    await connection.commit()


def connection_params() -> dict[str, Any]:
    """psycopg keyword arguments for a connection of one's own, around any transaction pooler."""
    direct = settings.UNISONO_DIRECT_DATABASE
    wrapper = connections["default"]
    if direct is None:
        params = wrapper.get_connection_params()
        for django_only in ("cursor_factory", "context", "prepare_threshold"):
            params.pop(django_only, None)
        return params
    named = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    found = {ours: direct[theirs] for ours, theirs in named.items() if direct[theirs]}
    return {**found, **direct["OPTIONS"]}


def prepare(**_signal: Any) -> None:
    """Receiver of `post_migrate`: make the role, its rights and the policies, as ever again."""
    with connection.cursor() as cursor:
        if _make_role(cursor):
            _grant(cursor)
        for model in tables_of_organizations():
            _secure(cursor, model)


def tables_of_organizations() -> list[type[models.Model]]:
    """Every model whose rows belong to one organization."""
    from unisono.kernel.rows import OrgRow

    return [
        m
        for m in apps.get_models()
        if issubclass(m, OrgRow) and m._meta.managed and not m._meta.proxy
    ]


def _make_role(cursor: Any) -> bool:
    """Make the role if it is missing; whether the login user may act as it."""
    cursor.execute(
        "SELECT r.rolcreaterole OR r.rolsuper, a.oid IS NOT NULL,"
        " a.oid IS NOT NULL AND pg_has_role(a.oid, 'MEMBER')"
        " FROM pg_roles r LEFT JOIN pg_roles a ON a.rolname = %s WHERE r.rolname = current_user",
        [ROLE],
    )
    may_create, exists, member = cursor.fetchone()
    if member:
        return True
    if not may_create:
        return False
    name = sql.Identifier(ROLE)
    if not exists:
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOBYPASSRLS").format(name))
    cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))
    return True


def _grant(cursor: Any) -> None:
    cursor.execute("SELECT current_schema()")
    schema = sql.Identifier(cursor.fetchone()[0])
    role = sql.Identifier(ROLE)
    for statement in (
        "GRANT USAGE ON SCHEMA {schema} TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {role}",
    ):
        cursor.execute(sql.SQL(statement).format(schema=schema, role=role))
    # While a single app is migrated, the tables of others may not be there yet.
    there = set(connection.introspection.table_names(cursor))
    for model in tables_of_organizations():
        if getattr(model, "append_only", False) and model._meta.db_table in there:
            table = sql.Identifier(model._meta.db_table)
            cursor.execute(sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(table, role))


def _secure(cursor: Any, model: type[models.Model]) -> None:
    table = sql.Identifier(model._meta.db_table)
    cursor.execute(
        "SELECT c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT 1 FROM pg_policy p"
        " WHERE p.polrelid = c.oid AND p.polname = %s)"
        " FROM pg_class c WHERE c.oid = to_regclass(%s)",
        [_POLICY, table.as_string(None)],
    )
    row = cursor.fetchone()
    if row is None or row[0]:
        return
    for statement in (
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        "DROP POLICY IF EXISTS {policy} ON {table}",
        "CREATE POLICY {policy} ON {table} USING ({rule}) WITH CHECK ({rule})",
    ):
        cursor.execute(
            sql.SQL(statement).format(
                table=table, policy=sql.Identifier(_POLICY), rule=sql.SQL(_IN_SCOPE)
            )
        )


def _switch() -> None:
    """Bring the connection at hand, if it is open, to the role wanted now."""
    if connection.connection is None or connection.connection.closed:
        return
    if _owner.get():
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    else:
        take_role(connection=connection)

"""Which organization the current code speaks for; the ORM and PostgreSQL both hold to it.

The scope lives twice: in a context variable that the managers of `rows` read, and in the setting
`app.org` that the row-level-security policies read. Both are set together here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

EVERYWHERE = "*"

_scope: ContextVar[UUID | str | None] = ContextVar("unisono_scope", default=None)


class Unscoped(RuntimeError):
    """A query ran outside `within(...)`. That is a programming error, never a person's."""


def current() -> UUID | str | None:
    """The organization in scope, `EVERYWHERE`, or None."""
    return _scope.get()


def current_organization() -> UUID:
    """The one organization in scope; raises Unscoped when there is none."""
    scope = _scope.get()
    if not isinstance(scope, UUID):
        raise Unscoped("This needs one organization in scope: use tenancy.within(organization_id).")
    return scope


@contextmanager
def within(organization_id: UUID) -> Iterator[None]:
    """Run the block for one organization, inside a transaction."""
    with _scoped(organization_id):
        yield


@contextmanager
def everywhere(reason: str) -> Iterator[None]:
    """Run the block across organizations. `reason` says why, for the reader and for the log."""
    if not reason:
        raise ValueError("Crossing organizations needs a reason.")
    with _scoped(EVERYWHERE):
        yield


@contextmanager
def _scoped(scope: UUID | str) -> Iterator[None]:
    previous, inside = _scope.get(), connection.in_atomic_block
    if previous == scope and inside:
        with transaction.atomic():
            yield
        return
    with transaction.atomic():
        _tell_database(str(scope))
        token = _scope.set(scope)
        try:
            yield
        finally:
            _scope.reset(token)
        # The end of the transaction, and a rollback, put the old setting back by themselves.
        if inside and not connection.needs_rollback:
            _tell_database("" if previous is None else str(previous))


def _tell_database(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.org', %s, true)", [value])

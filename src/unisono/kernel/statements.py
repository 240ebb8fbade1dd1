"""Questions that are asked all day long: Django writes the statement once, for each shape of it.

Writing one with subqueries takes Django longer than PostgreSQL needs to answer it for a week. So
the text is kept, and the places in it where values go; afterwards only values are put in.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from unisono.kernel import tenancy

Values = UUID | datetime | tuple[UUID, ...] | None
KEPT = 200
"""Shapes kept. More come together only where somebody tries out filters; then it begins anew."""

_SCOPE = ("the organization in scope", 0)
_FAR = datetime(1, 1, 2, tzinfo=UTC)


class _Statement(NamedTuple):
    """`places` has what is constant, or in a `_Place` which value goes there."""

    text: str
    places: tuple[Any, ...]


class _Place(NamedTuple):
    name: str
    nth: int


_statements: dict[Hashable, _Statement | None] = {}


def ask(
    key: Hashable, write: Callable[..., QuerySet[Any, Any]], **values: Values
) -> list[tuple[Any, ...]]:
    """The rows that `write(**values)` finds, as the driver reads them: no converters run.

    See `statement` for what holds of `write`.
    """
    asked = statement(key, write, **values)
    if asked is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*asked)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def statement(
    key: Hashable, write: Callable[..., QuerySet[Any, Any]], **values: Values
) -> tuple[str, list[Any]] | None:
    """The statement of `write(**values)` and what goes into it; None where none can have an answer.

    `write` makes a query of plain values, whose shape depends on `key`, on which values are None,
    and on how long the tuples are, but on no value itself. The organization in scope is put in
    anew each time.
    """
    scope = tenancy.current()
    if scope is None:
        raise tenancy.Unscoped("A statement is asked inside tenancy.within(organization_id).")
    shape = (key, isinstance(scope, UUID), *(_shape(value) for value in values.values()))
    if shape not in _statements:
        if len(_statements) >= KEPT:
            _statements.clear()
        _statements[shape] = _written(write, values)
    kept = _statements[shape]
    if kept is None:
        return None
    return kept.text, [
        place if type(place) is not _Place else _value(place, scope, values)
        for place in kept.places
    ]


def _shape(value: Values) -> int:
    return len(value) if isinstance(value, tuple) else -1 if value is None else -2


def _value(place: _Place, scope: object, values: dict[str, Values]) -> Any:
    if place == _SCOPE:
        return scope
    value = values[place.name]
    return value[place.nth] if isinstance(value, tuple) else value


def _written(
    write: Callable[..., QuerySet[Any, Any]], values: dict[str, Values]
) -> _Statement | None:
    """The statement for stand-ins that nothing else is equal to; None where none can answer."""
    places: dict[object, _Place] = {}
    scope = tenancy.current()
    if isinstance(scope, UUID):
        places[scope] = _Place(*_SCOPE)
    stand_ins: dict[str, Values] = {}
    for number, (name, value) in enumerate(values.items()):
        if isinstance(value, tuple):
            many = tuple(uuid4() for _each in value)
            places |= {each: _Place(name, index) for index, each in enumerate(many)}
            stand_ins[name] = many
        elif value is None:
            stand_ins[name] = None
        else:
            one = uuid4() if isinstance(value, UUID) else _FAR + timedelta(number)
            places[one] = _Place(name, 0)
            stand_ins[name] = one
    try:
        text, params = write(**stand_ins).query.sql_with_params()
    except EmptyResultSet:
        return None
    found = tuple(
        places.get(param, param) if isinstance(param, UUID | datetime) else param
        for param in params
    )
    missing = set(places.values()) - {place for place in found if type(place) is _Place}
    if missing:
        raise ValueError(f"The statement has no place for {sorted(missing)}.")
    return _Statement(text, found)

"""State graphs as data, and the one mover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from unisono.kernel import events
from unisono.kernel.refusals import Conflict
from unisono.kernel.rows import as_json, given


class MovedMeanwhile(Conflict):
    """Somebody else changed it first."""

    code = "moved_meanwhile"


class WrongState(Conflict):
    """The graph has no such edge."""

    code = "wrong_state"


@dataclass(frozen=True)
class Graph:
    """The states of one noun: `edges` maps each state to those that may follow it."""

    noun: str
    edges: Mapping[str, frozenset[str]]

    def __post_init__(self) -> None:
        unknown = {s for targets in self.edges.values() for s in targets} - set(self.edges)
        if unknown:
            raise ValueError(f"{self.noun}: states without a row of their own: {sorted(unknown)}")

    @classmethod
    def of(cls, noun: str, **edges: Iterable[str]) -> Graph:
        """`Graph.of("idea", captured=["developed", "dropped"], developed=[], dropped=[])`."""
        return cls(noun, {state: frozenset(targets) for state, targets in edges.items()})

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(self.edges)

    def allows(self, before: str, after: str) -> bool:
        return after in self.edges[before]

    def constraint(self) -> models.CheckConstraint:
        """The database's own copy of the list of states."""
        return models.CheckConstraint(
            condition=models.Q(state__in=self.states), name=f"{self.noun}_state_known"
        )

    def field(self) -> models.CharField[str, str]:
        """The column, starting in the graph's first state."""
        return models.CharField(max_length=20, default=self.states[0])


def advance_all(
    rows: Sequence[Any],
    graph: Graph,
    to: str,
    *,
    by: events.Author,
    now: datetime,
    each: Mapping[str, Sequence[Any]] | None = None,
    data: Sequence[Mapping[str, Any]] = (),
    **changes: Any,
) -> list[Any]:
    """Move rows of one state to `to`, with one statement and one event each; those that moved.

    `each` maps a column to its value for every row, `data` is what every row's event carries,
    `changes` are the same for all. A row that another transaction moved first is left out. Raises
    WrongState when the graph has no such edge.
    """
    if not rows:
        return []
    before = rows[0].state
    if any(row.state != before for row in rows):
        raise ValueError("Rows that move together start in one state.")
    if not graph.allows(before, to):
        raise WrongState(_("This cannot be done any more: it has moved on in the meantime."))
    each = each or {}
    with transaction.atomic():
        moved = _written(rows, before, each, {"state": to, **changes})
        told = []
        for at, row in enumerate(rows):
            if row.pk not in moved:
                continue
            row.state = to
            for name, value in changes.items():
                setattr(row, name, value)
            for name, values in each.items():
                setattr(row, name, values[at])
            told.append((row, {**(data[at] if data else {}), "from": before}))
        events.record_all(
            f"{graph.noun}.{to}",
            [row for row, _more in told],
            by=by,
            now=now,
            data=[more for _row, more in told],
        )
    return [row for row, _more in told]


def rewrite(rows: Sequence[Any], each: Mapping[str, Sequence[Any]], **same: Any) -> set[Any]:
    """Write columns of many rows of one state, with one statement; the keys still in that state.

    `each` maps a column to its value for every row, `same` are the same for all.
    """
    return _written(rows, rows[0].state, each, same) if rows else set()


def _written(
    rows: Sequence[Any],
    before: str,
    each: Mapping[str, Sequence[Any]],
    same: Mapping[str, Any],
) -> set[Any]:
    """Compare-and-set many rows in one statement; the keys of those that were still `before`."""
    model: Any = type(rows[0])
    fields = {name: model._meta.get_field(name) for name in (*each, *same)}
    values: list[Any] = [fields[n].get_db_prep_save(value, connection) for n, value in same.items()]
    columns = {fields[name].column: values_of for name, values_of in each.items()}
    told = [
        {"id": row.pk, **{column: of[at] for column, of in columns.items()}}
        for at, row in enumerate(rows)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(model, tuple(each), tuple(same)), [*values, as_json(told), before]
        )
        return {key for (key,) in cursor.fetchall()}


@lru_cache(maxsize=64)
def _statement(model: Any, each: tuple[str, ...], same: tuple[str, ...]) -> str:
    """The UPDATE whose values are those of `same`, the rows with their `each`, and a state."""

    def column(name: str) -> sql.Identifier:
        return sql.Identifier(model._meta.get_field(name).column)

    sets = [sql.SQL("{} = %s").format(column(name)) for name in same]
    sets += [sql.SQL("{0} = given.{0}").format(column(name)) for name in each]
    written = sql.SQL(
        "UPDATE {table} AS moving SET {sets} FROM {given} AS given"
        " WHERE moving.id = given.id AND moving.state = %s RETURNING moving.id"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        sets=sql.SQL(", ").join(sets),
        given=given(model),
    )
    return written.as_string()


def advance(
    row: Any,
    graph: Graph,
    to: str,
    *,
    by: events.Author,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Move `row` to state `to`: one compare-and-set and its event, in one transaction.

    `changes` are further columns written in the same statement. Raises WrongState when the graph
    has no such edge, MovedMeanwhile when another transaction moved the row first.
    """
    before = row.state
    if not graph.allows(before, to):
        raise WrongState(_("This cannot be done any more: it has moved on in the meantime."))
    with transaction.atomic():
        moved = type(row).objects.filter(pk=row.pk, state=before).update(state=to, **changes)
        if not moved:
            raise MovedMeanwhile(
                _("Somebody else changed this first. Reload to see how it is now.")
            )
        row.state = to
        for name, value in changes.items():
            setattr(row, name, value)
        events.record(
            f"{graph.noun}.{to}",
            row,
            by=by,
            now=now,
            **{**(data or {}), "from": before},
        )

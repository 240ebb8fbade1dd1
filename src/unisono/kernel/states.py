"""State graphs as data, and the one mover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict


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

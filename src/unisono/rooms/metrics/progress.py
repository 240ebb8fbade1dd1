"""How objectives and key results stand: what was reached of the target, and what the pace asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from unisono.kernel import clock
from unisono.rooms.metrics import earned, followers, response
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan.models import (
    EARNED_BY_POSTS,
    KeyResult,
    Metric,
    Objective,
    Reading,
)

SLACK = 0.05
"""How far, as a share of the target, an objective may lag its pace and still be on course."""

Measured = Objective | KeyResult
Standing = Literal["ahead", "on_course", "behind", "reached", "not_started", "missed", "no_figure"]


@dataclass(frozen=True)
class Progress:
    """How a measure stands: `value` of `target`; `pace` is what the calendar asks for by now.

    Of `value`, `below` was earned by objectives below. `start` is what followers began with. Where
    nothing is `known`, the value is 0 and means nothing. `planned` counts publications still to
    come that serve the objective itself.
    """

    objective: Objective
    value: int
    target: int
    pace: float
    standing: Standing
    planned: int
    published: int
    measure: Measured
    below: int = 0
    start: int = 0
    known: bool = True

    @property
    def lower_is_better(self) -> bool:
        return self.measure.metric == Metric.RESPONSE

    @property
    def share(self) -> float:
        """The part of the way to the target that was made, 0 to 1."""
        if not self.known:
            return 0.0
        if self.lower_is_better:
            return min(1.0, self.target / max(self.value, 1))
        return self._part(self.value)

    @property
    def pace_share(self) -> float | None:
        """The part that should be made by now, 0 to 1; None where there is no pace to keep."""
        return None if self.lower_is_better else self._part(self.pace)

    @property
    def pace_percent(self) -> float | None:
        return None if self.pace_share is None else self.pace_share * 100

    @property
    def difference(self) -> int:
        """By how much the value is ahead of its pace, or behind it when negative."""
        return round(self.value - self.pace)

    def _part(self, value: float) -> float:
        way = self.target - self.start
        if way <= 0:
            return 1.0 if value >= self.target else 0.0
        return min(1.0, max(0.0, (value - self.start) / way))


@dataclass
class _Known:
    """All that was read for a number of measures at once."""

    trees: dict[UUID, list[UUID]]
    gains: earned.Gains
    counts: earned.Counts
    entered: dict[tuple[UUID, UUID | None], int] = field(default_factory=dict)
    followers: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    response: dict[UUID, int] = field(default_factory=dict)


def progress(actor: Actor, measures: Iterable[Measured], *, now: datetime) -> dict[UUID, Progress]:
    """Progress by the measure's id. A constant number of queries, however many measures."""
    rows = list(measures)
    if not rows:
        return {}
    today = clock.to_wall(now, actor.organization.zone).date()
    known = _read(actor, rows)
    return {row.pk: _progress(row, known, today) for row in rows}


def _read(actor: Actor, rows: list[Measured]) -> _Known:
    trees = earned.subtrees({row.goal.pk for row in rows})
    within = {pk for tree in trees.values() for pk in tree}
    periods = {(row.goal.starts_on, row.goal.ends_on) for row in rows}
    return _Known(
        trees,
        earned.gains(periods, within),
        earned.counts(within),
        _entered([row for row in rows if row.metric == Metric.ENTERED]),
        followers.reached([row for row in rows if row.metric == Metric.FOLLOWERS]),
        response.medians(
            [row for row in rows if row.metric == Metric.RESPONSE], actor.organization.zone
        ),
    )


def _entered(rows: list[Measured]) -> dict[tuple[UUID, UUID | None], int]:
    """The latest report by (objective, key result)."""
    if not rows:
        return {}
    found = (
        Reading.objects.filter(objective__in={row.goal.pk for row in rows})
        .order_by("objective_id", "key_result_id", "-read_at", "-pk")
        .distinct("objective_id", "key_result_id")
    )
    told = found.values_list("objective_id", "key_result_id", "value")
    return {(objective, key_result): value for objective, key_result, value in told}


def _progress(row: Measured, known: _Known, today: date) -> Progress:
    goal = row.goal
    value, below, start = _value(row, known)
    days = (goal.ends_on - goal.starts_on).days + 1
    gone = min(max((today - goal.starts_on).days + 1, 0), days)
    lower = row.metric == Metric.RESPONSE
    pace = float(row.target) if lower else start + (row.target - start) * gone / days
    published, planned = known.counts.get(goal.pk, (0, 0))
    return Progress(
        objective=goal,
        measure=row,
        value=value or 0,
        below=below,
        start=start,
        known=value is not None,
        target=row.target,
        pace=pace,
        standing=_standing(row, value, pace, today),
        planned=planned,
        published=published,
    )


def _value(row: Measured, known: _Known) -> tuple[int | None, int, int]:
    """The value (None: nobody knows yet), what of it came from below, and where it began."""
    goal = row.goal
    if row.metric in EARNED_BY_POSTS:
        period = (goal.starts_on, goal.ends_on)
        own, *others = (
            earned.earned(row.metric, period, pk, known.gains, known.counts)
            for pk in known.trees[goal.pk]
        )
        return own + sum(others), sum(others), 0
    if row.metric == Metric.FOLLOWERS:
        start, latest = known.followers.get(row.pk, (0, None))
        return latest, 0, start
    if row.metric == Metric.RESPONSE:
        return known.response.get(row.pk), 0, 0
    key_result = row.pk if isinstance(row, KeyResult) else None
    return known.entered.get((goal.pk, key_result), 0), 0, 0


def _standing(row: Measured, value: int | None, pace: float, today: date) -> Standing:
    goal = row.goal
    over, begun = today > goal.ends_on, today >= goal.starts_on
    if value is None:
        return "no_figure" if begun else "not_started"
    if row.metric == Metric.RESPONSE:
        if value <= row.target:
            return "reached" if over else "on_course"
        return "missed" if over else "behind"
    if value >= row.target:
        return "reached"
    if not begun:
        return "not_started"
    if over:
        return "missed"
    if value > pace + row.target * SLACK:
        return "ahead"
    return "on_course" if value >= pace - row.target * SLACK else "behind"

"""An objective's way, drawn: what was reached day by day, beside the pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from unisono.rooms.metrics.queries import Progress

WIDTH, HEIGHT = 100.0, 40.0
ROWS = 14


@dataclass(frozen=True)
class Step:
    """One line of the table: a stretch of days, what it added, and the total at its end."""

    first: date
    last: date
    gained: int
    total: int


@dataclass(frozen=True)
class Course:
    """`line` and `pace` are SVG points in a box of 100 × 40; `now` is where today lies."""

    line: str
    area: str
    pace: str
    now: float | None
    steps: list[Step]

    @property
    def gains(self) -> list[int]:
        return [step.gained for step in self.steps]


def draw(progress: Progress, totals: Sequence[tuple[date, int]], today: date) -> Course:
    """The course of an objective from (day, total by its end) pairs, in order.

    The box reaches from what followers began with, else from nothing, to the target or beyond.
    """
    first, last = progress.objective.starts_on, progress.objective.ends_on
    floor = progress.start
    days = (last - first).days + 1
    within = [(min(max(day, first), last), total) for day, total in totals]
    top = max([progress.target, *(total for _day, total in within)])
    height = (HEIGHT - 2) / max(top - floor, 1)

    def at(day: date, value: float, end_of_day: bool = True) -> str:
        x = ((day - first).days + (1 if end_of_day else 0)) / days * WIDTH
        return f"{x:.2f},{HEIGHT - max(value - floor, 0) * height:.2f}"

    points = [at(first, floor, end_of_day=False), *(at(day, total) for day, total in within)]
    if within and within[-1][0] < today <= last:
        points.append(at(today, within[-1][1]))
    line = " ".join(points)
    gone = (today - first).days + 1
    return Course(
        line=line,
        area=f"{line} {points[-1].split(',')[0]},{HEIGHT:.2f}",
        pace=f"{at(first, floor, end_of_day=False)} {at(last, progress.target)}",
        now=gone / days * WIDTH if 0 < gone <= days else None,
        steps=_steps(first, min(today, last), within, floor),
    )


def _steps(first: date, last: date, totals: Sequence[tuple[date, int]], floor: int) -> list[Step]:
    """Equal stretches of whole days, or of whole weeks when there are many."""
    days = (last - first).days + 1
    if days <= 0:
        return []
    length = 1 if days <= ROWS else 7 * -(-days // (7 * ROWS))
    steps, before = [], floor
    start = first
    while start <= last:
        end = min(start + timedelta(length - 1), last)
        reached = next((total for day, total in reversed(totals) if day <= end), before)
        steps.append(Step(start, end, reached - before, reached))
        before, start = reached, end + timedelta(1)
    return steps

"""What posts brought to the objectives they serve, each counted where it serves and above."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from unisono.rooms.metrics.models import DailyFigure, Figure
from unisono.rooms.plan.models import Metric, Objective
from unisono.rooms.publishing.models import Publication

COUNTED: dict[str, tuple[str, ...]] = {
    Metric.REACH: (Figure.VIEWS,),
    Metric.ENGAGEMENT: (Figure.LIKES, Figure.COMMENTS, Figure.SHARES),
    Metric.CLICKS: (Figure.CLICKS,),
    Metric.COMMENTS: (Figure.COMMENTS,),
}
"""Which figures a metric adds up."""

Period = tuple[date, date]
Gains = dict[tuple[Period, UUID, str], int]
Counts = dict[UUID, tuple[int, int]]


def serving(rows: QuerySet[Any], post: str) -> QuerySet[Any]:
    """With `serves`, the objective of the post at `post`: its own, else its campaign's."""
    serves = Coalesce(f"{post}__objective", f"{post}__campaign__objective")
    annotated: QuerySet[Any] = rows.annotate(serves=serves)
    return annotated


def subtrees(objectives: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Each objective with all that serve it, however deep; itself first. One query.

    A post serves exactly one objective, so that what a subtree earned has nothing twice.
    """
    below: dict[UUID | None, list[UUID]] = {}
    for pk, parent in Objective.objects.order_by("pk").values_list("pk", "parent_id"):
        below.setdefault(parent, []).append(pk)

    def within(root: UUID) -> list[UUID]:
        found = [root]
        for pk in found:
            found += [one for one in below.get(pk, []) if one not in found]
        return found

    return {root: within(root) for root in objectives}


def gains(periods: Iterable[Period], objectives: Iterable[UUID]) -> Gains:
    """What the contents of objectives earned of each figure within each period. One query."""
    wanted = sorted(set(periods))
    if not wanted:
        return {}
    sums = {
        f"in_{n}": Sum("gain", filter=Q(day__gte=first, day__lte=last))
        for n, (first, last) in enumerate(wanted)
    }
    rows = (
        serving(DailyFigure.objects.all(), "publication__variant__post")
        .filter(
            serves__in=set(objectives),
            day__gte=min(first for first, _last in wanted),
            day__lte=max(last for _first, last in wanted),
        )
        .values("serves", "figure")
        .annotate(**sums)
    )
    return {
        (period, row["serves"], row["figure"]): row[f"in_{n}"] or 0
        for row in rows
        for n, period in enumerate(wanted)
    }


def counts(objectives: Iterable[UUID]) -> Counts:
    """(published, still to come) by objective. One query."""
    found = (
        serving(Publication.objects.filter(part=0), "variant__post")
        .filter(serves__in=set(objectives))
        .values("serves")
        .annotate(
            published=Count("pk", filter=Q(state="published")),
            planned=Count("pk", filter=Q(state__in=("scheduled", "publishing", "held"))),
        )
    )
    return {row["serves"]: (row["published"], row["planned"]) for row in found}


def earned(metric: str, period: Period, objective: UUID, gains: Gains, counts: Counts) -> int:
    """What one objective's own contents brought of a metric."""
    if metric == Metric.POSTS:
        return counts.get(objective, (0, 0))[0]
    return sum(gains.get((period, objective, figure), 0) for figure in COUNTED[metric])

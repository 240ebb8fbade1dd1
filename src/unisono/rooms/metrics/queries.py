"""Questions about figures: totals of posts, and the progress and pace of objectives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from unisono.kernel import clock
from unisono.rooms.metrics.models import DailyFigure, Figure, Sample
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan.models import Metric, Objective, Reading
from unisono.rooms.publishing.models import Publication

COUNTED: dict[str, tuple[str, ...]] = {
    Metric.REACH: (Figure.VIEWS,),
    Metric.ENGAGEMENT: (Figure.LIKES, Figure.COMMENTS, Figure.SHARES),
    Metric.CLICKS: (Figure.CLICKS,),
    Metric.COMMENTS: (Figure.COMMENTS,),
}
"""Which figures an objective's metric adds up."""

SLACK = 0.05
"""How far, as a share of the target, an objective may lag its pace and still be on course."""

Standing = Literal["ahead", "on_course", "behind", "reached", "not_started", "missed"]


@dataclass(frozen=True)
class Progress:
    """How an objective stands: `value` of `target`; `pace` is what the calendar asks for by now.

    `planned` counts publications still to come in its period.
    """

    objective: Objective
    value: int
    target: int
    pace: float
    standing: Standing
    planned: int
    published: int

    @property
    def share(self) -> float:
        """The part of the target reached, 0 to 1."""
        return min(1.0, self.value / self.target)

    @property
    def pace_share(self) -> float:
        """The part of the target that should be reached by now, 0 to 1."""
        return min(1.0, self.pace / self.target)


def progress(
    actor: Actor, objectives: Iterable[Objective], *, now: datetime
) -> dict[UUID, Progress]:
    """Progress by objective id. A constant number of queries, however many objectives."""
    rows = list(objectives)
    today = clock.to_wall(now, actor.organization.zone).date()
    earned, counts = _earned(rows), _counts(rows)
    return {row.pk: _progress(row, earned, counts, today) for row in rows}


def totals(publications: Iterable[Publication]) -> dict[UUID, dict[str, int]]:
    """The latest value of each figure by publication id, e.g. {id: {"views": 120}}."""
    rows = (
        Sample.objects.filter(publication__in=list(publications))
        .order_by("publication_id", "figure", "-observed_at")
        .distinct("publication_id", "figure")
    )
    found: dict[UUID, dict[str, int]] = {}
    for publication_id, figure, value in rows.values_list("publication_id", "figure", "value"):
        found.setdefault(publication_id, {})[figure] = value
    return found


def samples(publication: Publication) -> list[Sample]:
    """All samples of a publication, oldest first."""
    return list(Sample.objects.filter(publication=publication).order_by("observed_at", "figure"))


def daily(actor: Actor, start: date, end: date) -> list[tuple[date, str, int]]:
    """What each day of [start, end] added, by figure: (day, figure, gain), in order."""
    rows = (
        DailyFigure.objects.filter(day__gte=start, day__lte=end)
        .values("day", "figure")
        .annotate(gained=Sum("gain"))
        .order_by("day", "figure")
    )
    return [(row["day"], row["figure"], row["gained"]) for row in rows]


def course(actor: Actor, objective: Objective) -> list[tuple[date, int]]:
    """How an objective came to where it is: (day, total by its end), only days that changed it.

    One query. Days are those of the organization's zone.
    """
    if objective.metric == Metric.ENTERED:
        zone = actor.organization.zone
        rows = Reading.objects.filter(objective=objective).order_by("read_at", "pk")
        entered = {clock.to_wall(r.read_at, zone).date(): r.value for r in rows}
        return sorted(entered.items())
    if objective.metric == Metric.POSTS:
        found = _serving(Publication.objects.filter(state="published", part=0), "variant__post")
        zone = actor.organization.zone
        instants = found.filter(serves=objective.pk).values_list("published_at", flat=True)
        days = [clock.to_wall(at, zone).date() for at in instants if at]
        gains = [(day, days.count(day)) for day in sorted(set(days))]
    else:
        rows_ = _serving(DailyFigure.objects.all(), "publication__variant__post").filter(
            serves=objective.pk,
            figure__in=COUNTED[objective.metric],
            day__gte=objective.starts_on,
            day__lte=objective.ends_on,
        )
        summed = rows_.values("day").annotate(gained=Sum("gain")).order_by("day")
        gains = list(summed.values_list("day", "gained"))
    totals_ = accumulate(gained for _day, gained in gains)
    return [(day, total) for (day, _gained), total in zip(gains, totals_, strict=True)]


def readings(objective: Objective) -> list[Reading]:
    """What was entered for an objective, newest first."""
    return list(Reading.objects.filter(objective=objective).select_related("by"))


def sampled_at(publications: Iterable[Publication]) -> dict[UUID, datetime]:
    """How fresh the figures are, by publication id."""
    rows = Sample.objects.filter(publication__in=list(publications)).values("publication")
    return dict(rows.annotate(last=Max("observed_at")).values_list("publication", "last"))


def _serving(rows: QuerySet[Any], post: str) -> QuerySet[Any]:
    """With `serves`, the objective of the post at `post`: its own, else its campaign's."""
    serves = Coalesce(f"{post}__objective", f"{post}__campaign__objective")
    annotated: QuerySet[Any] = rows.annotate(serves=serves)
    return annotated


def _earned(rows: list[Objective]) -> dict[tuple[UUID, str], int]:
    """Gains by (objective, figure) within each objective's own period; entered values too."""
    if not rows:
        return {}
    periods: dict[tuple[date, date], list[UUID]] = {}
    for row in rows:
        periods.setdefault((row.starts_on, row.ends_on), []).append(row.pk)
    within = Q()
    for (first, last), serving in periods.items():
        within |= Q(serves__in=serving, day__gte=first, day__lte=last)
    gains = (
        _serving(DailyFigure.objects.all(), "publication__variant__post")
        .filter(within)
        .values("serves", "figure")
        .annotate(gained=Sum("gain"))
    )
    earned = {(row["serves"], row["figure"]): row["gained"] for row in gains}
    read = [row for row in rows if row.metric == Metric.ENTERED]
    entered = (
        Reading.objects.filter(objective__in=read)
        .order_by("objective_id", "-read_at", "-pk")
        .distinct("objective_id")
    )
    for objective_id, value in entered.values_list("objective_id", "value"):
        earned[(objective_id, Metric.ENTERED)] = value
    return earned


def _counts(rows: list[Objective]) -> dict[UUID, tuple[int, int]]:
    """(published, still to come) by objective."""
    if not rows:
        return {}
    found = (
        _serving(Publication.objects.filter(part=0), "variant__post")
        .filter(serves__in=[row.pk for row in rows])
        .values("serves")
        .annotate(
            published=Count("pk", filter=Q(state="published")),
            planned=Count("pk", filter=Q(state__in=("scheduled", "publishing", "held"))),
        )
    )
    return {row["serves"]: (row["published"], row["planned"]) for row in found}


def _progress(
    row: Objective,
    earned: dict[tuple[UUID, str], int],
    counts: dict[UUID, tuple[int, int]],
    today: date,
) -> Progress:
    published, planned = counts.get(row.pk, (0, 0))
    if row.metric == Metric.POSTS:
        value = published
    elif row.metric == Metric.ENTERED:
        value = earned.get((row.pk, Metric.ENTERED), 0)
    else:
        value = sum(earned.get((row.pk, figure), 0) for figure in COUNTED[row.metric])
    days = (row.ends_on - row.starts_on).days + 1
    gone = min(max((today - row.starts_on).days + 1, 0), days)
    pace = row.target * gone / days
    return Progress(
        objective=row,
        value=value,
        target=row.target,
        pace=pace,
        standing=_standing(row, value, pace, today),
        planned=planned,
        published=published,
    )


def _standing(row: Objective, value: int, pace: float, today: date) -> Standing:
    if value >= row.target:
        return "reached"
    if today < row.starts_on:
        return "not_started"
    if today > row.ends_on:
        return "missed"
    if value > pace + row.target * SLACK:
        return "ahead"
    return "on_course" if value >= pace - row.target * SLACK else "behind"

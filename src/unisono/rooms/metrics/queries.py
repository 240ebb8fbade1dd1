"""Questions about figures: totals of posts, what days added, how an objective came to its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import accumulate
from uuid import UUID

from django.db.models import Max, Sum

from unisono.kernel import clock
from unisono.rooms.metrics import followers
from unisono.rooms.metrics.earned import COUNTED, serving, subtrees
from unisono.rooms.metrics.models import DailyFigure, Sample
from unisono.rooms.metrics.progress import Progress as Progress
from unisono.rooms.metrics.progress import progress as progress
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import Metric, Objective
from unisono.rooms.publishing.models import Publication


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

    What objectives below earned counts too. Days are those of the organization's zone; a response
    time has no course, since no day adds to it.
    """
    zone = actor.organization.zone
    if objective.metric == Metric.RESPONSE:
        return []
    if objective.metric == Metric.FOLLOWERS:
        return followers.course(objective)
    if objective.metric == Metric.ENTERED:
        rows = reversed(plan.readings(objective))
        entered = {clock.to_wall(r.read_at, zone).date(): r.value for r in rows}
        return sorted(entered.items())
    within = subtrees([objective.pk])[objective.pk]
    if objective.metric == Metric.POSTS:
        found = serving(Publication.objects.filter(state="published", part=0), "variant__post")
        instants = found.filter(serves__in=within).values_list("published_at", flat=True)
        days = [clock.to_wall(at, zone).date() for at in instants if at]
        gains = [(day, days.count(day)) for day in sorted(set(days))]
    else:
        rows_ = serving(DailyFigure.objects.all(), "publication__variant__post").filter(
            serves__in=within,
            figure__in=COUNTED[objective.metric],
            day__gte=objective.starts_on,
            day__lte=objective.ends_on,
        )
        summed = rows_.values("day").annotate(gained=Sum("gain")).order_by("day")
        gains = list(summed.values_list("day", "gained"))
    totals_ = accumulate(gained for _day, gained in gains)
    return [(day, total) for (day, _gained), total in zip(gains, totals_, strict=True)]


def sampled_at(publications: Iterable[Publication]) -> dict[UUID, datetime]:
    """How fresh the figures are, by publication id."""
    rows = Sample.objects.filter(publication__in=list(publications)).values("publication")
    return dict(rows.annotate(last=Max("observed_at")).values_list("publication", "last"))

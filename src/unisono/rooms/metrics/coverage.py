"""Coverage: whether what is planned until an objective's end can bring what its target lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal
from uuid import UUID

from django.db.models import Count, DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from unisono.kernel.clock import start_of_day
from unisono.rooms.content import queries as content
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.metrics.earned import COUNTED, serving, subtrees
from unisono.rooms.metrics.models import DailyFigure
from unisono.rooms.metrics.progress import Progress
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan.models import EARNED_BY_POSTS, Metric
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.standings import badge_of, review_of

ENOUGH = 5
"""From fewer posts no average is drawn."""
SETTLED, RECENT = timedelta(days=3), timedelta(days=180)
"""A post counts for the average when it is this old, and no older."""

UNDER_WAY = ("scheduled", "publishing", "held", "unknown")
Whose = Literal["own", "department", "organization", ""]


@dataclass(frozen=True)
class Coverage:
    """What a figure lacks, and the posts there are for it in what is left of its period.

    `average` is what a post brought of the figure so far, over `sample` posts of the objective,
    else of its department, else of the organization (`whose`); None: there are too few to say.
    `undated` posts have no day yet and are not counted as planned.
    """

    progress: Progress
    lacks: int
    average: float | None
    sample: int
    whose: Whose
    scheduled: int
    approved: int
    drafted: int
    undated: int

    @property
    def planned(self) -> int:
        return self.scheduled + self.approved + self.drafted

    @property
    def needed(self) -> int | None:
        """Posts still needed to reach the target; None: nobody can say."""
        if self.lacks == 0:
            return 0
        return ceil(self.lacks / self.average) if self.average else None

    @property
    def gap(self) -> int | None:
        """Posts that are not planned yet; None: nobody can say."""
        return None if self.needed is None else max(self.needed - self.planned, 0)


def coverage(actor: Actor, progress: Progress, *, now: datetime) -> Coverage | None:
    """The coverage of a measure that posts bring; None for any other, and when its time is over."""
    goal, metric = progress.objective, progress.measure.metric
    end = start_of_day(goal.ends_on + timedelta(1), actor.organization.zone)
    if metric not in EARNED_BY_POSTS or end <= now:
        return None
    within = subtrees([goal.pk])[goal.pk]
    average, sample, whose = _average(metric, within, goal.department_id, now)
    counts = _ahead(within, now, end)
    return Coverage(
        progress=progress,
        lacks=max(progress.target - progress.value, 0),
        average=average,
        sample=sample,
        whose=whose,
        **counts,
    )


def unaligned_ahead(actor: Actor) -> QuerySet[Post]:
    """The posts that are not out anywhere yet and answer no objective."""
    out = Publication.objects.filter(variant__post=OuterRef("pk"), state="published")
    rows: QuerySet[Post] = content.unaligned(actor).exclude(Exists(out))
    return rows


def _average(
    metric: str, within: list[UUID], department: UUID | None, now: datetime
) -> tuple[float | None, int, Whose]:
    """What a post brought, over the nearest posts of which there are enough."""
    scopes: list[tuple[Whose, Q]] = [("own", Q(serves__in=within))]
    if department:
        scopes.append(("department", Q(publication__variant__post__department=department)))
    scopes.append(("organization", Q()))
    most = 0
    for whose, scope in scopes:
        brought = _brought(metric, scope, now)
        most = max(most, len(brought))
        if len(brought) >= ENOUGH:
            return sum(brought) / len(brought), len(brought), whose
    return None, most, ""


def _brought(metric: str, scope: Q, now: datetime) -> list[int]:
    """What each measured post brought. A post without any figure was not measured."""
    rows = (
        serving(DailyFigure.objects.all(), "publication__variant__post")
        .filter(
            scope,
            publication__published_at__gte=now - RECENT,
            publication__published_at__lte=now - SETTLED,
        )
        .values("publication__variant__post")
    )
    if metric == Metric.POSTS:
        rows = rows.annotate(brought=Count("publication", distinct=True))
    else:
        rows = rows.annotate(brought=Sum("gain", filter=Q(figure__in=COUNTED[metric])))
    return [brought or 0 for brought in rows.values_list("brought", flat=True)]


def _ahead(within: list[UUID], now: datetime, end: datetime) -> dict[str, int]:
    """Posts still to come in the period by how far they are; each counts once, by its best."""
    latest = (
        Publication.objects.filter(variant=OuterRef("pk"), part=0)
        .exclude(state="cancelled")
        .order_by("-scheduled_at")
    )
    rows = (
        serving(Variant.objects.filter(dropped_at=None, post__removed_at=None), "post")
        .filter(serves__in=within)
        .annotate(
            sent=Subquery(latest.values("state")[:1]),
            review=review_of("pk", "digest"),
            at=Coalesce(
                Subquery(latest.values("due_at")[:1], output_field=DateTimeField()), "planned_at"
            ),
        )
        .filter(Q(sent=None) | Q(sent__in=UNDER_WAY))
        .values_list("post_id", "sent", "review", "at")
    )
    best: dict[UUID, str] = {}
    order = ("scheduled", "approved", "drafted", "undated")
    for post, sent, review, at in rows:
        if at is not None and not now <= at < end:
            continue
        level = _level(sent, review) if at is not None else "undated"
        best[post] = min(best.get(post, level), level, key=order.index)
    return {level: list(best.values()).count(level) for level in order}


def _level(sent: str | None, review: str | None) -> str:
    if sent:
        return "scheduled"
    return "approved" if badge_of(review) == "approved" else "drafted"

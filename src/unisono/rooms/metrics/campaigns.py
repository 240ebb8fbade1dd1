"""How campaigns stand: how far their posts are, what is in their way, and what they serve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Sum

from unisono.rooms.content.queries import posts
from unisono.rooms.metrics.earned import COUNTED, serving, subtrees
from unisono.rooms.metrics.models import DailyFigure
from unisono.rooms.metrics.progress import Progress, progress
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import Campaign, KeyResult, Metric, Objective
from unisono.rooms.publishing.agenda import Filters
from unisono.rooms.publishing.lateness import Item, due
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.standings import OUT, standing

BACK = timedelta(days=90)
"""How long a campaign remembers what was never scheduled."""

STAGES = ("drafted", "approved", "scheduled", "out")
"""How far a post is; a post in trouble is as far as it came before it."""

_STAGE = {
    **dict.fromkeys(("draft", "in_review", "changes_asked"), "drafted"),
    "approved": "approved",
    **dict.fromkeys(("scheduled", "publishing", "held", "failed", "unknown"), "scheduled"),
    **dict.fromkeys(OUT, "out"),
}


@dataclass(frozen=True)
class Standing:
    """How one campaign stands. `badges` counts posts by badge, `stages` by how far they are."""

    badges: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)

    @property
    def posts(self) -> int:
        return self.badges.total()

    @property
    def out_share(self) -> float:
        """The part of its posts that is out, 0 to 1."""
        return self.stages["out"] / self.posts if self.posts else 0.0


def standings(actor: Actor, campaigns: Iterable[Campaign]) -> dict[UUID, Standing]:
    """By the campaign's id. Three queries, however many campaigns."""
    found = {campaign.pk: Standing() for campaign in campaigns}
    rows = list(posts(actor).filter(campaign__in=found))
    badges = standing(rows)
    for post in rows:
        if post.campaign_id:
            state = badges[post.pk]["state"]
            found[post.campaign_id].badges[state] += 1
            found[post.campaign_id].stages[_STAGE[state]] += 1
    return found


def in_the_way(actor: Actor, campaign: Campaign, *, now: datetime) -> list[Item]:
    """What of a campaign is late, blocked or at risk, the most urgent first."""
    return due(
        actor,
        now=now,
        since=now - BACK,
        filters=Filters(campaigns=(campaign.pk,)),
        groups=("person", "working", "risk"),
    )


@dataclass(frozen=True)
class Served:
    """A measure the campaign serves, and what its own posts brought of it (None: not by posts)."""

    progress: Progress
    earned: int | None

    @property
    def percent(self) -> float:
        return self.progress.share * 100


def served(actor: Actor, campaign: Campaign, *, now: datetime) -> list[Served]:
    """The campaign's objective, those it helps, and the key results of each, in this order."""
    objectives = [campaign.objective] if campaign.objective else []
    objectives += campaign.objectives.filter(archived_at=None)
    results = list(plan.key_results(actor).filter(objective__in=[o.pk for o in objectives]))
    measures: list[Objective | KeyResult] = []
    for objective in objectives:
        measures += [objective, *(one for one in results if one.objective_id == objective.pk)]
    stands = progress(actor, measures, now=now)
    trees = subtrees([objective.pk for objective in objectives])
    brought = {o.pk: _brought(campaign, o, trees[o.pk]) for o in objectives}
    return [Served(stands[m.pk], _earned(m.metric, brought[m.goal.pk])) for m in measures]


def _brought(campaign: Campaign, objective: Objective, within: list[UUID]) -> dict[str, int]:
    """What the campaign's posts brought to an objective in its period, by figure; and how many."""
    gains = (
        serving(DailyFigure.objects.all(), "publication__variant__post")
        .filter(
            publication__variant__post__campaign=campaign,
            serves__in=within,
            day__gte=objective.starts_on,
            day__lte=objective.ends_on,
        )
        .values("figure")
        .annotate(gained=Sum("gain"))
        .order_by("figure")
    )
    out = serving(Publication.objects.filter(state="published", part=0), "variant__post").filter(
        variant__post__campaign=campaign, serves__in=within
    )
    return {row["figure"]: row["gained"] or 0 for row in gains} | {Metric.POSTS: out.count()}


def _earned(metric: str, brought: dict[str, int]) -> int | None:
    if metric == Metric.POSTS:
        return brought[Metric.POSTS]
    figures: Sequence[str] = COUNTED.get(metric, ())
    return sum(brought.get(figure, 0) for figure in figures) if figures else None

"""One page to print: an objective, its campaigns, their contents, and what these brought."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from unisono.kernel.clock import to_wall
from unisono.rooms.content import queries as content
from unisono.rooms.content.models import Post
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan import queries
from unisono.rooms.plan.models import Campaign, KeyResult, Objective
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.standings import standing
from unisono.screens.doors import ActorRequest, now
from unisono.screens.strategy.views import Line, covered

CONTENTS = 120
"""More contents are counted, and not listed: a page has an end."""
FIGURES = {
    "views": _("Views"),
    "likes": _("Likes"),
    "comments": _("Comments"),
    "shares": _("Shares"),
    "clicks": _("Clicks"),
}
Cell = tuple[str | Promise, int | None]


@dataclass
class Told:
    """One content: its badge, when it went out first, and its figures over all channels."""

    post: Post
    badge: dict[str, Any]
    publications: list[Publication]
    figures: dict[str, int]

    @property
    def first(self) -> Publication | None:
        return min(self.publications, key=lambda row: row.due_at, default=None)

    @property
    def columns(self) -> list[Cell]:
        return [(label, self.figures.get(name)) for name, label in FIGURES.items()]


@dataclass
class Chapter:
    """The contents of one campaign, or those that serve the objective by themselves."""

    campaign: Campaign | None
    told: list[Told] = field(default_factory=list)

    @property
    def sums(self) -> list[Cell]:
        return [(label, self._sum(name)) for name, label in FIGURES.items()]

    @property
    def out(self) -> int:
        return sum(one.first is not None for one in self.told)

    def _sum(self, name: str) -> int | None:
        known = [one.figures[name] for one in self.told if name in one.figures]
        return sum(known) if known else None


def report(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Objective, key results, campaigns, contents, results, on paper."""
    actor, at = request.actor, now()
    row = queries.objective(actor, pk)
    measures: list[Objective | KeyResult] = [row, *queries.key_results(actor).filter(objective=row)]
    progress, *others = metrics.progress(actor, measures, now=at).values()
    posts = content.serving(actor, row.pk)
    context = {
        "objective": row,
        "line": Line(progress),
        "key_results": [Line(one) for one in others],
        "coverage": covered(actor, [progress, *others], at),
        "chapters": _chapters(actor, row, list(posts[:CONTENTS])),
        "contents": posts.count(),
        "listed": CONTENTS,
        "below": list(queries.objectives(actor).filter(parent=row)),
        "heads": list(FIGURES.values()),
        "printed": to_wall(at, actor.zone),
        "zone": actor.zone,
        "nav": "strategy",
    }
    return render(request, "strategy/report.html", context)


def _chapters(actor: Actor, row: Objective, posts: list[Post]) -> list[Chapter]:
    """Campaigns in their order, also those still empty; last what serves by itself."""
    campaigns = list(queries.campaigns(actor).filter(objective=row))
    chapters = {campaign.pk: Chapter(campaign) for campaign in campaigns}
    alone = Chapter(None)
    for one in _told(posts):
        chapters.get(one.post.campaign_id, alone).told.append(one)  # type: ignore[arg-type]
    return [*chapters.values(), *([alone] if alone.told else [])]


def _told(posts: list[Post]) -> list[Told]:
    """In the order they went out; what is still to come after it. Four queries."""
    badges = standing(posts)
    out = Publication.objects.filter(variant__post__in=posts, part=0, state="published")
    rows = list(out.select_related("variant", "channel"))
    totals = metrics.totals(rows)
    of: dict[UUID, list[Publication]] = {}
    for publication in rows:
        of.setdefault(publication.variant.post_id, []).append(publication)
    told = [
        Told(post, badges[post.pk], of.get(post.pk, []), _summed(of.get(post.pk, []), totals))
        for post in posts
    ]
    return sorted(told, key=lambda one: (one.first is None, one.first and one.first.due_at))


def _summed(rows: Iterable[Publication], totals: dict[UUID, dict[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        for name, value in totals.get(row.pk, {}).items():
            found[name] = found.get(name, 0) + value
    return found

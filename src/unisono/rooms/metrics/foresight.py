"""Key dates that come near: what is prepared for them, and what they brought a year ago."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, Sum

from unisono.kernel.clock import to_wall
from unisono.rooms.content.models import Idea
from unisono.rooms.metrics.models import DailyFigure, Figure
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan import occasions
from unisono.rooms.plan.occasions import Occasion

FARTHEST = timedelta(180)
NEAREST = timedelta(2)
"""Nearer than that, nothing can be written, agreed upon and sent in peace."""


@dataclass(frozen=True)
class Earlier:
    """What the posts for the same day brought a year ago."""

    posts: int
    views: int


@dataclass(frozen=True)
class Nearing:
    """A date within its lead for which nothing was prepared."""

    occasion: Occasion
    days: int
    earlier: Earlier | None


def nearing(actor: Actor, *, now: datetime) -> list[Nearing]:
    """What is worth preparing now, the next first."""
    today = to_wall(now, actor.organization.zone).date()
    ahead = [
        one
        for one in occasions.occasions(actor, today + NEAREST, today + FARTHEST)
        if (one.on - today).days <= one.lead
    ]
    done = prepared(ahead)
    left = [one for one in ahead if not done[one.pk]]
    before = occasions.year_before(actor, left)
    brought = _brought(before.values())
    earlier = {pk: brought.get(one.pk) for pk, one in before.items()}
    return [Nearing(one, (one.on - today).days, earlier.get(one.pk)) for one in left]


def prepared(rows: Iterable[Occasion]) -> dict[UUID, int]:
    """How many ideas and posts each date has, by its key. One query.

    An idea put aside does not count.
    """
    found = list(rows)
    made = dict(
        Idea.objects.filter(origin__in=[pk for one in found for pk in one.pks])
        .exclude(state="dropped")
        .order_by()
        .values_list("origin")
        .annotate(Count("pk"))
    )
    return {one.pk: sum(made.get(pk, 0) for pk in one.pks) for one in found}


def _brought(rows: Iterable[Occasion]) -> dict[UUID, Earlier]:
    """What the posts of dates gone by brought, where any was measured. One query."""
    of = {pk: one.pk for one in rows for pk in one.pks}
    figures = (
        DailyFigure.objects.filter(publication__variant__post__idea__origin__in=of)
        .values("publication__variant__post__idea__origin")
        .annotate(
            posts=Count("publication__variant__post", distinct=True),
            views=Sum("gain", filter=Q(figure=Figure.VIEWS)),
        )
        .values_list("publication__variant__post__idea__origin", "posts", "views")
    )
    found: dict[UUID, Earlier] = {}
    for origin, posts, views in figures:
        if origin is None:
            continue
        occasion = of[origin]
        before = found.get(occasion, Earlier(0, 0))
        found[occasion] = Earlier(before.posts + posts, before.views + (views or 0))
    return found

"""Watchers of what is planned and what went out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from unisono.kernel.clock import to_wall
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Variant
from unisono.rooms.metrics import foresight
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.orchestration import hearing
from unisono.rooms.orchestration.audience.signals import Likes, Standing
from unisono.rooms.orchestration.models import Noticed
from unisono.rooms.orchestration.sights import Sight
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan import queries as plan
from unisono.rooms.publishing import queue
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.pacing.queries import collisions
from unisono.rooms.publishing.standings import review_of
from unisono.rooms.publishing.states import LIVE

AHEAD = timedelta(weeks=4)
SOON = timedelta(days=7)
"""Gaps are told this far ahead."""

NEAR = timedelta(days=3)
"""A post that nobody agreed to yet is told of when it is to go out within that."""

SHOWN = timedelta(days=14)
"""So long a post that does unlike its like is worth speaking of."""


def collide(by: Actor, now: datetime) -> Iterator[Sight]:
    """What is planned against a house rule, unless somebody said why."""
    for clash in collisions(by, now, now + AHEAD):
        if not clash.anyway:
            data = {
                "title": clash.place.title,
                "at": clash.place.at.isoformat(),
                "channel": clash.channel.name,
            }
            yield Sight(
                Noticed.COLLISION,
                str(clash.variant_id),
                clash.department.pk,
                ("variant", clash.variant_id),
                data,
            )


def fall_behind(by: Actor, now: datetime) -> Iterator[Sight]:
    """Objectives that run and are behind their pace."""
    today = to_wall(now, by.organization.zone).date()
    running = plan.objectives(by).filter(starts_on__lte=today, ends_on__gte=today)
    for one in metrics.progress(by, running, now=now).values():
        if one.standing == "behind":
            yield Sight(
                Noticed.BEHIND,
                str(one.objective.pk),
                one.objective.department_id,
                ("objective", one.objective.pk),
                {"name": one.objective.name, "value": one.value, "pace": round(one.pace)},
            )


def gaps(by: Actor, now: datetime) -> Iterator[Sight]:
    """Days with slots on a channel and nothing planned there."""
    last = to_wall(now + SOON, by.organization.zone).date()
    for health in queue.health(by, now=now):
        for gap in health.gaps:
            if gap.day <= last:
                yield Sight(
                    Noticed.GAP,
                    f"{health.channel.pk}:{gap.day.isoformat()}",
                    health.channel.department_id,
                    ("channel", health.channel.pk),
                    {"day": gap.day.isoformat(), "channel": health.channel.name},
                )


def unasked(by: Actor, now: datetime) -> Iterator[Sight]:
    """Posts that are to go out soon, need an approval, and nobody was asked for it."""
    rows = (
        Variant.objects.filter(
            planned_at__gt=now,
            planned_at__lte=now + NEAR,
            dropped_at=None,
            post__removed_at=None,
            post__department__approval_required=True,
        )
        .exclude(publications__state__in=LIVE)
        .annotate(review=review_of("pk", "digest"))
        .filter(review=None)
        .order_by("planned_at")
        .values_list("post_id", "post__title", "post__department_id", "planned_at")
    )
    seen = set()
    for post, title, department, at in rows:
        if post not in seen:
            seen.add(post)
            data = {"title": title, "at": at.isoformat() if at else ""}
            yield Sight(Noticed.LATE, str(post), department, ("post", post), data)


def signed_out(by: Actor, now: datetime) -> Iterator[Sight]:
    """Channels that can send nothing until somebody signs in."""
    for pk, name, department in Channel.objects.filter(state="needs_sign_in").values_list(
        "pk", "name", "department_id"
    ):
        yield Sight(Noticed.SIGN_IN, str(pk), department, ("channel", pk), {"channel": name})


def come_near(by: Actor, now: datetime) -> Iterator[Sight]:
    """Key dates for which it is time, and nothing is prepared."""
    for one in foresight.nearing(by, now=now):
        occasion = one.occasion
        yield Sight(
            Noticed.KEY_DATE,
            f"{occasion.pk}",
            occasion.department.pk if occasion.department else None,
            ("key_date", occasion.pk),
            {"name": occasion.name, "on": occasion.on.isoformat()},
        )


def stand_out(by: Actor, now: datetime) -> Iterator[Sight]:
    """Posts far above or far below their like at their age; see `audience.signals`."""
    recent = Publication.objects.filter(
        state="published", part=0, published_at__gte=now - SHOWN, published_at__lte=now
    ).select_related("variant__post", "channel")
    posts = {str(row.pk): row for row in recent}
    if not posts:
        return
    known = hearing.learned(by, now=now)
    likes = Likes(known)
    counts: dict[str, list[Any]] = {}
    for one in hearing.samples(by, [row.pk for row in posts.values()], now=now):
        counts.setdefault(one.post, []).append(one)
    for pk, own in counts.items():
        if own[0].channel not in known.places:
            continue
        verdict = likes.standing(own)
        if verdict.standing not in (Standing.ABOVE, Standing.BELOW):
            continue
        row = posts[pk]
        yield Sight(
            Noticed.ABOVE if verdict.standing is Standing.ABOVE else Noticed.BELOW,
            pk,
            row.variant.post.department_id,
            ("publication", row.pk),
            {
                "title": row.variant.post.title,
                "channel": row.channel.name,
                "count": verdict.count,
                "figure": own[0].meaning.split("/")[0],
                "hours": round(verdict.age),
                "expected": verdict.expected,
                "low": verdict.low,
                "high": verdict.high,
                "posts": verdict.posts,
            },
        )

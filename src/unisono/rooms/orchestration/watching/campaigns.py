"""The watcher of campaigns that come to their end while their posts do far unlike their like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp, log, sqrt
from typing import Any
from uuid import UUID

from scipy.stats import norm

from unisono.kernel.clock import to_wall
from unisono.rooms.content.models import Variant
from unisono.rooms.orchestration import hearing
from unisono.rooms.orchestration.audience.samples import Sample
from unisono.rooms.orchestration.audience.signals import LEAST_POSTS, Likes
from unisono.rooms.orchestration.models import Noticed
from unisono.rooms.orchestration.sights import Sight
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing.models import Publication

ENDS = timedelta(days=7)
RIPE = 24.0
"""Hours after which a post says how a campaign does."""

FEWEST = 6
CHANCE = 0.005
ABOVE, BELOW = 1.4, 0.7


@dataclass(frozen=True)
class Run:
    """How a campaign's posts did against their like: `ratio` with the range that holds it with
    80 %, and how often a quiet campaign would be so far off."""

    ratio: float
    low: float
    high: float
    posts: int
    chance: float


def campaigns_end(by: Actor, now: datetime) -> Iterator[Sight]:
    """Campaigns in the last third of their window, or its last week."""
    today = to_wall(now, by.organization.zone).date()
    rows = Campaign.objects.filter(
        archived_at=None, starts_on__lte=today, ends_on__gte=today
    ).select_related("department")
    ending = {row.pk: row for row in rows if _near_end(row, today)}
    if not ending:
        return
    counts = _counts(by, list(ending), now)
    likes = Likes(hearing.learned(by, now=now)) if counts else None
    for pk, posts in counts.items():
        found = run(posts, likes) if likes else None
        if found is None or found.chance > CHANCE:
            continue
        if found.ratio >= ABOVE or found.ratio <= BELOW:
            kind = Noticed.THRIVING if found.ratio > 1 else Noticed.FADING
            yield _sight(kind, ending[pk], found, now)


def run(posts: Sequence[Sample], likes: Likes) -> Run | None:
    """How posts did, all taken together; None where too few can be compared."""
    off, spreads = [], []
    for one in posts:
        if one.channel not in likes.learned.places or one.age < RIPE:
            continue
        forecast = likes.forecast(one)
        if forecast.posts >= LEAST_POSTS:
            verdict = forecast.verdict(one, 0.0)
            off.append(log(one.count + 0.5) - log(max(verdict.expected, 0.5)))
            spreads.append(forecast.variance + 1 / max(verdict.expected, 0.5))
    n = len(off)
    if n < FEWEST:
        return None
    mean = sum(off) / n
    # What is not known of the channel is the same for all of them, so it does not average out: a
    # tenth of the spread stands for that.
    doubt = sqrt(sum(spreads) / n * (1 / n + 0.01))
    # As sure as two posts beforehand: few posts are drawn to what is usual.
    drawn, reach = mean * n / (n + 2), float(norm.ppf(0.9)) * doubt
    chance = float(2 * norm.sf(abs(mean) / doubt))
    return Run(exp(drawn), exp(drawn - reach), exp(drawn + reach), n, chance)


def _near_end(row: Campaign, today: date) -> bool:
    left, span = row.ends_on - today, row.ends_on - row.starts_on
    return left <= min(ENDS, span / 3) if span > ENDS else left <= timedelta(days=2)


def _counts(by: Actor, campaigns: list[UUID], now: datetime) -> dict[UUID, list[Sample]]:
    """The latest count of each campaign's posts."""
    rows = dict(
        Publication.objects.filter(
            state="published", part=0, variant__post__campaign__in=campaigns,
            published_at__lte=now,
        ).values_list("pk", "variant__post__campaign_id")
    )  # fmt: skip
    latest: dict[str, Sample] = {}
    for one in hearing.samples(by, rows, now=now) if rows else ():
        known = latest.get(one.post)
        if known is None or one.observed_at > known.observed_at:
            latest[one.post] = one
    found: dict[UUID, list[Sample]] = defaultdict(list)
    for key, one in latest.items():
        found[rows[UUID(key)]].append(one)
    return found


def _sight(kind: str, row: Campaign, found: Run, now: datetime) -> Sight:
    ahead = Variant.objects.filter(
        post__campaign=row, post__removed_at=None, dropped_at=None, planned_at__gt=now
    ).exclude(publications__state="published")
    told: dict[str, Any] = {
        "name": row.name, "on": row.ends_on.isoformat(), "ratio": found.ratio, "low": found.low,
        "high": found.high, "posts": found.posts, "left": ahead.count(),
    }  # fmt: skip
    department = row.department_id
    return Sight(kind, str(row.pk), department, ("campaign", row.pk), told)

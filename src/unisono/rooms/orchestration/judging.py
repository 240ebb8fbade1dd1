"""What came of an accepted proposal: what the post brought against what its like bring.

The fair comparison is with the post as it would have been: at its old time for a move, any post of
its channel for what was added. The range holds eight of ten such posts, so that within it no
effect is shown; that is a frequent and an honest answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from unisono.rooms.orchestration import actions, hearing
from unisono.rooms.orchestration.audience.samples import Sample
from unisono.rooms.orchestration.audience.signals import LEAST_POSTS, Likes
from unisono.rooms.orchestration.models import Act, Proposal
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.models import Publication

RIPE = timedelta(hours=72)
JUDGED = (Act.MOVE, Act.FILL, Act.REPEAT, Act.VARIANT, Act.SHIFT)
FARTHEST = timedelta(days=60)
"""What was accepted longer ago is judged no more."""


def judge(*, by: Actor, now: datetime) -> int:
    """Write down the effect of what is ripe by now; how many were judged."""
    rows = Proposal.objects.filter(
        state="accepted", effect__isnull=True, kind__in=JUDGED,
        decided_at__gte=now - FARTHEST,
    ).select_related("variant")  # fmt: skip
    ripe = {row: out.pk for row in rows if (out := _sent(row, now - RIPE))}
    if not ripe:
        return 0
    likes = Likes(hearing.learned(by, now=now))
    counts: dict[str, list[Sample]] = {}
    for one in hearing.samples(by, ripe.values(), now=now):
        counts.setdefault(one.post, []).append(one)
    judged = 0
    for proposal, sent in ripe.items():
        effect = _effect(proposal, counts.get(str(sent), []), likes)
        if effect:
            actions.keep_effect(proposal, effect, by=by, now=now)
            judged += 1
    return judged


def _sent(proposal: Proposal, before: datetime) -> Publication | None:
    """What went out of it, if that was early enough to be judged."""
    rows = Publication.objects.filter(part=0, state="published").order_by("published_at")
    if proposal.kind == Act.REPEAT:
        rows = rows.filter(variant__post=UUID(proposal.before["post"]))
    elif proposal.kind == Act.VARIANT:
        rows = rows.filter(variant=UUID(proposal.before["variant"]))
    else:
        rows = rows.filter(variant=proposal.variant_id)
    first = rows.first()
    return first if first and first.published_at and first.published_at <= before else None


def _effect(proposal: Proposal, counts: Sequence[Sample], likes: Likes) -> dict[str, Any] | None:
    if not counts or counts[0].channel not in likes.learned.places:
        return None
    last = max(counts, key=lambda one: one.observed_at)
    aged = last.observed_at - last.posted_at
    instead = last
    if proposal.kind == Act.MOVE and proposal.was_at:
        instead = replace(last, posted_at=proposal.was_at, observed_at=proposal.was_at + aged)
    forecast = likes.forecast(instead)
    if forecast.posts < LEAST_POSTS:
        return None
    verdict = forecast.verdict(instead, 0.0)
    return {
        "figure": last.meaning.split("/")[0],
        "count": last.count,
        "expected": round(verdict.expected, 1),
        "low": round(verdict.low, 1),
        "high": round(verdict.high, 1),
        "posts": verdict.posts,
        "hours": round(last.age),
        "shown": "more"
        if last.count > verdict.high
        else "less"
        if last.count < verdict.low
        else "none",
    }

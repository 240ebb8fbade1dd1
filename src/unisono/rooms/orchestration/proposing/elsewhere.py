"""Empty days and good posts: what goes where nothing is planned, and where else a post could go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from unisono.kernel.clock import to_wall
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.queries import usable
from unisono.rooms.content.checks import findings
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.orchestration.models import Act, Proposal, Signal
from unisono.rooms.orchestration.proposing.cases import brought
from unisono.rooms.orchestration.proposing.suggestion import Suggestion
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing import queue
from unisono.rooms.publishing.models import Publication

LOOKED_AT = 10
"""Of what waits for a time, so many posts are tried in an empty day, the oldest first."""

LASTING = timedelta(days=14)
"""So long after it went out a post is worth taking elsewhere."""

Spot = tuple[Variant, datetime, str]


def of_gap(signal: Signal, by: Actor, now: datetime) -> Suggestion | None:
    """Something approved that has no time, into the empty day's slot: of the department whose
    channel it is, or of any where it is everybody's."""
    own = _waiting(signal, by)
    if signal.department_id:
        own = own.filter(post__department=signal.department_id)
    found = _spot(signal, own, now)
    return _filled(Act.FILL, signal, found, now) if found else None


def of_gap_left(signal: Signal, by: Actor, now: datetime) -> Suggestion | None:
    """What another department has approved, where the channel's own has nothing for the day."""
    if signal.department_id is None:
        return None
    every = _waiting(signal, by)
    if _spot(signal, every.filter(post__department=signal.department_id), now):
        return None
    found = _spot(signal, every.exclude(post__department=signal.department_id), now)
    return _filled(Act.SHIFT, signal, found, now) if found else None


def of_above_elsewhere(signal: Signal, by: Actor, now: datetime) -> Suggestion | None:
    """The post on the channel that usually brings most, of those it was never written for."""
    row = (
        Publication.objects.filter(pk=signal.subject_id)
        .select_related("variant__post", "channel")
        .first()
    )
    if row is None or row.variant.post.removed_at or row.published_at is None:
        return None
    post = row.variant.post
    known = [
        (evidence, channel)
        for channel in _others(post, by)
        if (evidence := brought(channel.pk, now)) and _fits(post, channel)
    ]
    if not known:
        return None
    evidence, channel = max(known, key=lambda each: each[0].expected)
    return Suggestion(
        Act.VARIANT, signal.key, post, post.department_id, evidence, row.published_at + LASTING,
        channel=channel.pk, data={"where": row.channel.name},
    )  # fmt: skip


def _others(post: Post, by: Actor) -> Iterable[Channel]:
    """Channels of the post's department, and everybody's; a channel taken off the post once is
    not proposed for it again."""
    had = post.variants.values("channel")
    rows = usable(by).exclude(pk__in=had)
    return rows.filter(Q(department=post.department_id) | Q(department=None)).order_by("pk")


def _fits(post: Post, channel: Channel) -> bool:
    """Whether the post as it stands breaks no rule of the channel's network."""
    there = Variant(post=post, channel=channel)
    return all(remark.level != "bad" for remark in findings(there))


def _waiting(signal: Signal, by: Actor) -> QuerySet[Variant]:
    offered = Proposal.objects.filter(state="offered", kind__in=(Act.FILL, Act.SHIFT))
    rows = queue.undated(by, channel=signal.subject_id)
    return rows.exclude(pk__in=offered.values("variant"))


def _spot(signal: Signal, waiting: QuerySet[Variant], now: datetime) -> Spot | None:
    """The first that the house rules let go out in a slot of the empty day."""
    day = date.fromisoformat(signal.data["day"])
    for variant in waiting[:LOOKED_AT]:
        offers = queue.free_slots([(variant.post, variant.channel)], now=now, count=30)
        for at, zone in offers.get((variant.post_id, variant.channel_id), []):
            if to_wall(at, zone).date() == day:
                return variant, at, zone
    return None


def _filled(act: str, signal: Signal, spot: Spot, now: datetime) -> Suggestion | None:
    variant, at, zone = spot
    evidence = brought(variant.channel_id, now)
    if evidence is None:
        return None
    return Suggestion(
        act, signal.key, variant.post, variant.post.department_id, evidence, at, variant,
        variant.channel_id, at, zone,
    )  # fmt: skip

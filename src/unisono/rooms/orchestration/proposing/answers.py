"""The signals about one post, a topic or a campaign, and what could be done about each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from statistics import geometric_mean
from uuid import UUID

from unisono.kernel.clock import day_bounds
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.orchestration.evidence import Evidence
from unisono.rooms.orchestration.models import Act, Signal
from unisono.rooms.orchestration.proposing.cases import decided_within, ratio
from unisono.rooms.orchestration.proposing.suggestion import Suggestion
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.pacing.queries import collisions
from unisono.rooms.publishing.pacing.ways import REACH

COOL_DOWN = timedelta(weeks=4)
"""A post is repeated no sooner."""


LEAST_ASKING, LEAST_UNHAPPY = 3, 3
MANY = 0.4
"""So large a part of the people who speak of a topic ask, or are unhappy, before it is answered or
what speaks of it is held."""

HELD_AHEAD = timedelta(days=7)
TOPICAL = timedelta(days=3)
"""So long an offer about a topic stands."""


def of_collision(signal: Signal, by: Actor, now: datetime) -> Suggestion | None:
    """The nearest time that keeps to the rules, where something is known of both hours."""
    variant = _variant(signal)
    if variant is None or variant.planned_at is None or hasattr(variant.post, "lock"):
        return None
    day = timedelta(days=1)
    found = collisions(by, variant.planned_at - day, variant.planned_at + day, reach=REACH)
    for clash in found:
        if clash.variant_id == variant.pk:
            zone = variant.planned_zone or by.organization.zone
            ways = [way.at for way in clash.ways(now=now, zone=zone)]
            evidence = ratio(by, variant, ways[0], now) if ways else None
            return _moved(signal, variant, ways[0], zone, evidence) if evidence else None
    return None


def of_time(signal: Signal, by: Actor, now: datetime) -> Suggestion | None:
    """The better hour that was found."""
    variant = _variant(signal)
    if variant is None or variant.planned_at is None:
        return None
    told = signal.data
    basis = told.get("basis", "channel")
    evidence = Evidence("ratio", told["ratio"], told["low"], told["high"], told["posts"], basis)
    zone = variant.planned_zone or by.organization.zone
    return _moved(signal, variant, datetime.fromisoformat(told["at"]), zone, evidence)


def of_late(signal: Signal, by: Actor, now: datetime) -> Suggestion | None:
    """Ask now: this is how long such a decision took."""
    post = Post.objects.filter(pk=signal.subject_id, removed_at=None).first()
    if post is None:
        return None
    evidence = decided_within(post.department_id, now)
    ends = datetime.fromisoformat(signal.data["at"])
    if evidence is None:
        return None
    return Suggestion(Act.ASK, signal.key, post, post.department_id, evidence, ends)


def of_above(signal: Signal, by: Actor, now: datetime) -> Suggestion | None:
    """Once more after a while: between what is usual there and what it brought the first time."""
    row = (
        Publication.objects.filter(pk=signal.subject_id)
        .select_related("variant__post", "channel")
        .first()
    )
    if row is None or row.variant.post.removed_at or row.channel.state == "disconnected":
        return None
    if hasattr(row.variant.post, "occurrence") or row.published_at is None:
        return None
    told = signal.data
    usual, first = max(told["expected"], 1.0), max(float(told["count"]), 1.0)
    evidence = Evidence(
        told["figure"], geometric_mean([usual, max(first, usual)]), min(told["low"], usual),
        max(first, usual), told["posts"], "channel",
    )  # fmt: skip
    at = row.published_at + COOL_DOWN
    return Suggestion(
        Act.REPEAT, signal.key, row.variant.post, row.variant.post.department_id, evidence,
        row.published_at + timedelta(days=14), None, row.channel_id, at,
        row.zone or by.organization.zone,
    )  # fmt: skip


def of_topic_asked(signal: Signal, by: Actor, now: datetime) -> Suggestion | None:
    """A draft that answers what many ask."""
    told = signal.data
    if signal.department_id is None or told["asking"] < LEAST_ASKING:
        return None
    if told["asking"] < MANY * told["people"]:
        return None
    return _of_topic(Act.ANSWER, signal, None, signal.department_id, now)


def of_topic_unhappy(signal: Signal, by: Actor, now: datetime) -> Suggestion | None:
    """A hold on what is planned and speaks of it, while people are unhappy about it."""
    told = signal.data
    if told["unhappy"] < LEAST_UNHAPPY or told["unhappy"] < MANY * told["people"]:
        return None
    rows = (
        Variant.objects.filter(
            planned_at__gt=now, planned_at__lte=now + HELD_AHEAD, dropped_at=None,
            post__removed_at=None,
        )
        .exclude(publications__state="published")
        .select_related("post", "channel")
        .order_by("planned_at", "pk")
    )  # fmt: skip
    # By the same rule as a hold on a word: what is told is what will be stopped.
    term = str(told["term"]).casefold()
    touched = [row for row in rows if term in "\n".join([row.words, *row.parts]).casefold()]
    if not touched:
        return None
    post = touched[0].post
    made = _of_topic(Act.HOLD, signal, post, post.department_id, now)
    return replace(made, data={**made.data, "posts": len({row.post_id for row in touched})})


def of_thriving(signal: Signal, by: Actor, now: datetime) -> Suggestion | None:
    """A week or two more, for a campaign that does well."""
    return _of_campaign(Act.EXTEND, signal, by)


def of_fading(signal: Signal, by: Actor, now: datetime) -> Suggestion | None:
    """No more posts of a campaign that does badly, where some are still to come."""
    return _of_campaign(Act.STOP, signal, by) if signal.data["left"] else None


def _of_topic(
    act: str, signal: Signal, post: Post | None, department: UUID, now: datetime
) -> Suggestion:
    told = signal.data
    evidence = Evidence(
        "ratio", told["ratio"], told["low"], told["high"], told["people"], "messages"
    )
    names = ("term", "people", "asking", "unhappy", "messages")
    data = {name: told[name] for name in names}
    return Suggestion(act, signal.key, post, department, evidence, now + TOPICAL, data=data)


def _of_campaign(act: str, signal: Signal, by: Actor) -> Suggestion | None:
    row = Campaign.objects.filter(pk=signal.subject_id, archived_at=None).first()
    if row is None or row.department_id is None:
        return None
    told = signal.data
    evidence = Evidence(
        "ratio", told["ratio"], told["low"], told["high"], told["posts"], "campaign"
    )
    longer = timedelta(weeks=2 if row.ends_on - row.starts_on > timedelta(weeks=4) else 1)
    data = {"on": row.ends_on.isoformat(), "until": (row.ends_on + longer).isoformat(),
            "left": told["left"]}  # fmt: skip
    ends = day_bounds(row.ends_on, by.organization.zone)[1]
    return Suggestion(
        act, signal.key, None, row.department_id, evidence, ends, campaign=row.pk, data=data
    )


def _moved(
    signal: Signal, variant: Variant, at: datetime, zone: str, evidence: Evidence
) -> Suggestion:
    assert variant.planned_at is not None
    return Suggestion(
        Act.MOVE, signal.key, variant.post, variant.post.department_id, evidence,
        min(at, variant.planned_at), variant, variant.channel_id, at, zone,
    )  # fmt: skip


def _variant(signal: Signal) -> Variant | None:
    rows = Variant.objects.filter(pk=signal.subject_id, dropped_at=None, post__removed_at=None)
    return rows.select_related("post", "channel").first()

"""From what was noticed to what could be done about it: a proposal with its evidence, or none.

Nothing is proposed for want of figures: a signal then stands alone, and a person decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import geometric_mean
from uuid import UUID

from django.db.models import DurationField, ExpressionWrapper, F, Max

from unisono.kernel.clock import to_wall
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.metrics.models import Figure, Sample
from unisono.rooms.orchestration import hearing, likely
from unisono.rooms.orchestration.evidence import Evidence, spread
from unisono.rooms.orchestration.likely import Hour
from unisono.rooms.orchestration.models import Act, Noticed, Proposal, Signal
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing import queue
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.pacing.queries import collisions
from unisono.rooms.publishing.pacing.ways import REACH
from unisono.rooms.workflow.models import ApprovalRequest

FEWEST = 5
"""From fewer cases nothing is concluded."""

RECENT = timedelta(days=180)
SETTLED = timedelta(days=3)
COOL_DOWN = timedelta(weeks=4)
"""A post is repeated no sooner."""


@dataclass(frozen=True)
class Suggestion:
    """What a proposal will say; `at` in `zone` where the act has a time."""

    kind: str
    key: str
    post: Post
    department: UUID
    evidence: Evidence
    ends_at: datetime
    variant: Variant | None = None
    channel: UUID | None = None
    at: datetime | None = None
    zone: str = ""

    @property
    def wall(self) -> str:
        return f"{to_wall(self.at, self.zone):%Y-%m-%dT%H:%M}" if self.at else ""


Proposer = Callable[[Signal, Actor, datetime], Suggestion | None]


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
            evidence = _ratio(by, variant, ways[0], now) if ways else None
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


def of_gap(signal: Signal, by: Actor, now: datetime) -> Suggestion | None:
    """Something approved that has no time, into the empty day's slot."""
    day = date.fromisoformat(signal.data["day"])
    offered = Proposal.objects.filter(state="offered", kind=Act.FILL).values("variant")
    waiting = queue.undated(by, channel=signal.subject_id).exclude(pk__in=offered)
    for variant in waiting[:10]:
        offers = queue.free_slots([(variant.post, variant.channel)], now=now, count=30)
        for at, zone in offers.get((variant.post_id, variant.channel_id), []):
            if to_wall(at, zone).date() == day:
                return _filled(signal, variant, at, zone, _brought(variant, now))
    return None


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


PROPOSERS: dict[str, Proposer] = {
    Noticed.COLLISION: of_collision,
    Noticed.TIME: of_time,
    Noticed.LIKELY: of_time,
    Noticed.GAP: of_gap,
    Noticed.LATE: of_late,
    Noticed.ABOVE: of_above,
}


def _moved(
    signal: Signal, variant: Variant, at: datetime, zone: str, evidence: Evidence
) -> Suggestion:
    assert variant.planned_at is not None
    return Suggestion(
        Act.MOVE, signal.key, variant.post, variant.post.department_id, evidence,
        min(at, variant.planned_at), variant, variant.channel_id, at, zone,
    )  # fmt: skip


def _filled(
    signal: Signal, variant: Variant, at: datetime, zone: str, evidence: Evidence | None
) -> Suggestion | None:
    if evidence is None:
        return None
    return Suggestion(
        Act.FILL, signal.key, variant.post, variant.post.department_id, evidence, at, variant,
        variant.channel_id, at, zone,
    )  # fmt: skip


def _variant(signal: Signal) -> Variant | None:
    rows = Variant.objects.filter(pk=signal.subject_id, dropped_at=None, post__removed_at=None)
    return rows.select_related("post", "channel").first()


def _ratio(by: Actor, variant: Variant, at: datetime, now: datetime) -> Evidence | None:
    """What the other hour brings against this one, as far as the channel's own posts tell."""
    known, channel = hearing.learned(by, now=now), str(variant.channel_id)
    if channel not in known.places or variant.planned_at is None:
        return None
    belief = known.belief(channel)
    if belief.posts < FEWEST:
        return None
    hour, was = (Hour(when, hearing.hour_at(by, when)) for when in (at, variant.planned_at))
    told = likely.against(belief, hour, was, ())
    return Evidence("ratio", told.ratio, told.low, told.high, belief.posts, "channel")


def _brought(variant: Variant, now: datetime) -> Evidence | None:
    """What posts of the channel brought."""
    rows = (
        Sample.objects.filter(
            figure=Figure.VIEWS,
            publication__channel=variant.channel_id,
            publication__part=0,
            publication__published_at__gte=now - RECENT,
            publication__published_at__lte=now - SETTLED,
        )
        .order_by()
        .values("publication")
        .annotate(most=Max("value"))
    )
    cases = [float(value) for value in rows.values_list("most", flat=True)]
    if len(cases) < FEWEST:
        return None
    middle, low, high = spread(cases)
    return Evidence(str(Figure.VIEWS), middle, low, high, len(cases), "channel")


def decided_within(department: UUID, now: datetime) -> Evidence | None:
    """Hours until somebody decided, in the department, else in the organization."""
    took = ExpressionWrapper(F("decisions__at") - F("asked_at"), output_field=DurationField())
    rows = ApprovalRequest.objects.filter(
        asked_at__gte=now - RECENT, decisions__outcome__in=("approved", "changes_asked")
    )
    for basis, scope in (
        ("department", rows.filter(department=department)),
        ("organization", rows),
    ):
        cases = [
            one.total_seconds() / 3600
            for one in scope.annotate(took=took).values_list("took", flat=True)
        ]
        if len(cases) >= FEWEST:
            middle, low, high = spread(cases)
            return Evidence("hours", middle, low, high, len(cases), basis)
    return None

"""What a plan is made of, read from rows: posts that may move, posts that stay, rules, aims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from unisono.kernel.clock import day_bounds, to_wall
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.queries import rules_on
from unisono.rooms.channels.rules import Rules
from unisono.rooms.content.models import Idea, Variant
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.metrics.progress import Progress
from unisono.rooms.orchestration.models import Plan
from unisono.rooms.orchestration.plans.models import Within
from unisono.rooms.orchestration.proposing.cases import decided_within
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan.models import Objective
from unisono.rooms.publishing.models import Embargo, PostOrder, Publication
from unisono.rooms.publishing.pacing.lane import Lane, Place
from unisono.rooms.publishing.pacing.queries import reasons_of, topics_of
from unisono.rooms.publishing.queue import undated
from unisono.rooms.publishing.standings import standing_of
from unisono.rooms.publishing.states import LIVE
from unisono.rooms.publishing.stops import stopping

NOT_BEFORE = timedelta(hours=6)
"""Nearer than that, people count on a time."""

LEAD = timedelta(days=1)
"""What a decision takes where too few were counted."""

LONGEST_LEAD = timedelta(days=5)
Closed = tuple[datetime, datetime, UUID | None]
"""From one instant up to another nothing goes out, on one channel or (None) on all."""

AROUND = timedelta(days=31)
"""So far beyond the span posts are read, since months and gaps count them."""


@dataclass
class Item:
    """A post on a channel. `earliest` and `latest` bound other times for it, and `bounds` says by
    what: (`embargo` | `campaign` | `approval` | `order` | `distance`, instant). `after` is the
    variant that it follows by `lag`, where both may move."""

    variant: Variant
    at: datetime | None
    badge: str
    topics: frozenset[str]
    movable: bool
    earliest: datetime
    latest: datetime
    bounds: list[tuple[str, datetime]] = field(default_factory=list)
    after: UUID | None = None
    lag: timedelta = timedelta()
    urgent: bool = False
    anyway: bool = False
    """Planned against a rule, with a reason: it stays, and so may what was there before it."""

    @property
    def key(self) -> UUID:
        return self.variant.pk

    @property
    def channel(self) -> UUID:
        return self.variant.channel_id

    @property
    def department(self) -> UUID:
        return self.variant.post.department_id

    def place(self, at: datetime) -> Place:
        """The item as the house rules see it, at an instant."""
        title = self.variant.post.title
        return Place(self.key, at, self.department, self.topics, title)


@dataclass
class Facts:
    """All of it. `items` have or want a time; those that may not move count for the rules."""

    start: datetime
    end: datetime
    now: datetime
    zone: str
    items: list[Item]
    channels: dict[UUID, Channel]
    rules: dict[UUID, Rules]
    progress: dict[UUID, Progress]
    closed: list[Closed]

    def lane(self, channel: UUID, items: Iterable[tuple[Item, datetime]]) -> Lane:
        """The channel's rules with these posts in their places."""
        meant = self.rules.get(channel) or Rules(self.zone)
        return Lane(meant, [item.place(at) for item, at in items])


def facts_of(plan: Plan, *, by: Actor, now: datetime) -> Facts:
    """What there is for a plan. `by` sees the whole organization."""
    rows = _rows(plan, by)
    badges = standing_of(rows)
    topics = topics_of(rows)
    held, anyway = _held(rows), reasons_of(rows)
    leads: dict[UUID, timedelta] = {}
    urgent, closed = set(plan.change.get("urgent", ())), _closed(plan)
    items = []
    for row in rows:
        badge, sent = badges[row.pk]
        at = sent.due_at if sent and sent.state in LIVE else row.planned_at
        if sent and sent.state == "published":
            at = sent.published_at or sent.due_at
        movable = _movable(plan, row, badge, at, now) and not {row.pk} & {*held, *anyway}
        item = Item(
            row, at, badge, topics.get(row.pk, frozenset()), movable,
            max(plan.starts_at, now + NOT_BEFORE), plan.ends_at, urgent=str(row.post_id) in urgent,
            anyway=row.pk in anyway,
        )  # fmt: skip
        if movable:
            _bound_by_approval(item, leads, now)
            _bound_by_campaign(item, by.organization.zone)
            _bound_by_distance(item, Within(plan.within).days, closed, by.organization.zone)
        items.append(item)
    _bound_by_embargo(items)
    _bound_by_order(items)
    channels = {row.channel_id: row.channel for row in rows}
    serving = {one.serves.pk: one.serves for row in rows if (one := row.post).serves}
    return Facts(
        plan.starts_at, plan.ends_at, now, by.organization.zone, items, channels,
        rules_on(list(channels)), _progress(by, serving, now), closed,
    )  # fmt: skip


def _rows(plan: Plan, by: Actor) -> list[Variant]:
    span = Q(planned_at__gte=plan.starts_at - AROUND, planned_at__lt=plan.ends_at + AROUND)
    rows = Variant.objects.filter(span, dropped_at=None, post__removed_at=None)
    found = {row.pk: row for row in rows.exclude(channel__state="disconnected").select_related(
        "channel", "post__department", "post__campaign__objective", "post__objective", "post__lock",
        "post__idea",
    )}  # fmt: skip
    urgent = plan.change.get("urgent", [])
    if plan.undated or urgent:
        for row in undated(by):
            if plan.undated or str(row.post_id) in urgent:
                found.setdefault(row.pk, row)
    return sorted(found.values(), key=lambda row: (row.planned_at or plan.ends_at, str(row.pk)))


def _movable(plan: Plan, row: Variant, badge: str, at: datetime | None, now: datetime) -> bool:
    if badge not in ("draft", "in_review", "changes_asked", "approved", "scheduled"):
        return False
    if str(row.post.department_id) not in plan.departments or hasattr(row.post, "lock"):
        return False
    if plan.channels and str(row.channel_id) not in plan.channels:
        return False
    if at and (idea := row.post.idea) and idea.source == Idea.Source.KEY_DATE:
        # What is for a day is worth nothing on another.
        return False
    return at is None or max(plan.starts_at, now + NOT_BEFORE) <= at < plan.ends_at


def _held(rows: list[Variant]) -> set[UUID]:
    """What a hold stops: nobody knows until when, so it stays where it is."""
    return {row.pk for row, holds in stopping(rows) if holds}


def _bound_by_approval(item: Item, leads: dict[UUID, timedelta], now: datetime) -> None:
    """What nobody agreed to yet needs as long as eight of ten decisions took."""
    department = item.variant.post.department
    if item.badge in ("approved", "scheduled") or not department.approval_required:
        return
    if department.pk not in leads:
        told = decided_within(department.pk, now)
        leads[department.pk] = min(timedelta(hours=told.high), LONGEST_LEAD) if told else LEAD
    _not_before(item, "approval", now + leads[department.pk])


def _bound_by_campaign(item: Item, zone: str) -> None:
    campaign = item.variant.post.campaign
    if campaign is not None:
        _not_before(item, "campaign", day_bounds(campaign.starts_on, zone)[0])
        _not_after(item, "campaign", day_bounds(campaign.ends_on, zone)[1])


def _bound_by_distance(item: Item, days: int | None, closed: list[Closed], zone: str) -> None:
    """No further from its present day than was asked; what cannot stay at all may go anywhere."""
    at = item.at
    if at is None or days is None:
        return
    if any(a <= at < b and channel in (None, item.channel) for a, b, channel in closed):
        return
    zone = item.variant.planned_zone or zone
    on = to_wall(at, zone).date()
    _not_before(item, "distance", day_bounds(on - timedelta(days=days), zone)[0])
    _not_after(item, "distance", day_bounds(on + timedelta(days=days), zone)[1])


def _bound_by_embargo(items: list[Item]) -> None:
    posts = {item.variant.post_id for item in items}
    campaigns = {item.variant.post.campaign_id for item in items} - {None}
    for row in Embargo.objects.filter(Q(post__in=posts) | Q(campaign__in=campaigns)):
        for item in items:
            post = item.variant.post
            mine = row.post_id == post.pk or (
                row.campaign_id and row.campaign_id == post.campaign_id
            )
            if mine and item.movable:
                _not_before(item, "embargo", row.until)


def _bound_by_order(items: list[Item]) -> None:
    """Who follows whom. Where one of the two stays, it bounds the other; a post that is followed
    and goes out on several channels stays, since all of it has to be out first."""
    of: dict[UUID, list[Item]] = defaultdict(list)
    for item in items:
        of[item.variant.post_id].append(item)
    orders = list(PostOrder.objects.filter(Q(post__in=list(of)) | Q(after__in=list(of))))
    for order in orders:
        if len(of[order.after_id]) != 1:
            for item in of[order.after_id]:
                item.movable = False
    for order in orders:
        lag = timedelta(minutes=order.minutes)
        before = of[order.after_id]
        for item in of[order.post_id]:
            for leader in before:
                if leader.movable and item.movable:
                    item.after, item.lag = leader.key, lag
                elif item.movable and leader.at:
                    _not_before(item, "order", leader.at + lag)
                elif leader.movable and item.at:
                    _not_after(leader, "order", item.at - lag)


def _not_before(item: Item, why: str, at: datetime) -> None:
    if at > item.earliest:
        item.earliest = at
        item.bounds.append((why, at))


def _not_after(item: Item, why: str, at: datetime) -> None:
    if at < item.latest:
        item.latest = at
        item.bounds.append((why, at))


def _progress(by: Actor, serving: dict[UUID, Objective], now: datetime) -> dict[UUID, Progress]:
    return metrics.progress(by, serving.values(), now=now)


def _closed(plan: Plan) -> list[Closed]:
    return [
        (
            datetime.fromisoformat(one["from"]).astimezone(UTC),
            datetime.fromisoformat(one["to"]).astimezone(UTC),
            UUID(one["channel"]) if one.get("channel") else None,
        )
        for one in plan.change.get("closed", ())
    ]


def sent_since(rows: Iterable[UUID]) -> set[UUID]:
    """Which of these variants are out, or on their way, by now."""
    out = Publication.objects.filter(variant__in=list(rows), part=0).exclude(
        state__in=("scheduled", "held", "cancelled")
    )
    return set(out.values_list("variant_id", flat=True))

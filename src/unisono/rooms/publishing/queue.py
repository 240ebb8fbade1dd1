"""How long what is approved lasts: per channel against its slots or its usual pace, where nothing
is planned, and where the next post would go.

Counts are of the whole organization, since departments share channels; titles are shown only of
posts the reader sees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from unisono.kernel import clock
from unisono.rooms.channels.models import Channel, Slot
from unisono.rooms.channels.queries import channels
from unisono.rooms.channels.slots import instants
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.content.queries import seen
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing import turns
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.pacing.queries import house_of, topics_of_posts
from unisono.rooms.publishing.standings import review_of
from unisono.rooms.publishing.states import LIVE

PACE = timedelta(weeks=4)
"""So far back the usual pace of a channel is counted."""

AHEAD = timedelta(weeks=3)
"""So far ahead days without anything planned are named."""

FAR = timedelta(weeks=26)
"""How far ahead slots are laid out to see how long approved content lasts."""

A_MOMENT = timedelta(minutes=10)
"""A slot that comes sooner is not offered any more."""

OFFERED = 3
"""Free slots offered to one post on one channel."""


@dataclass(frozen=True)
class Gap:
    """A local day on which a channel has slots (`at`, in `zone`) and nothing is planned."""

    day: date
    at: list[datetime]
    zone: str


@dataclass(frozen=True)
class Health:
    """How a channel's queue is. `ready` posts are approved or scheduled, and last for `days`, up to
    `until`; both None where there are neither slots nor a pace to count with."""

    channel: Channel
    slots: list[Slot]
    ready: int
    a_week: float
    days: int | None
    until: datetime | None
    gaps: list[Gap] = field(default_factory=list)

    @property
    def low(self) -> bool:
        """Whether its people want to hear of it: only where it has slots to fill."""
        if not self.slots or not self.channel.warn_days or self.days is None:
            return False
        return self.days < self.channel.warn_days


def health(actor: Actor, *, now: datetime, only: Iterable[UUID] | None = None) -> list[Health]:
    """The queues of all channels that can publish. Six queries, however many channels."""
    rows = channels(actor).exclude(state="disconnected").prefetch_related("slots")
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    every = list(rows)
    ids = [channel.pk for channel in every]
    ready, pace, planned = _ready(ids, now), _pace(ids, now), _planned(ids, now, now + AHEAD)
    return [
        _health(row, ready[row.pk], pace[row.pk], planned.get(row.pk, []), now) for row in every
    ]


def _health(
    channel: Channel, ready: int, sent: int, planned: Sequence[datetime], now: datetime
) -> Health:
    slots = list(channel.slots.all())
    a_week = len(slots) or sent / (PACE / timedelta(weeks=1))
    until = None
    if slots:
        ahead = instants(slots, now, now + FAR)
        until = ahead[min(ready, len(ahead) - 1)] if ready else now
    elif a_week:
        until = now + timedelta(weeks=ready / a_week)
    days = None if until is None else (until - now).days
    return Health(channel, slots, ready, a_week, days, until, _gaps(slots, planned, now))


def _gaps(slots: Sequence[Slot], planned: Sequence[datetime], now: datetime) -> list[Gap]:
    if not slots:
        return []
    zone = slots[0].zone
    busy = {clock.to_wall(at, zone).date() for at in planned}
    free: dict[date, list[datetime]] = {}
    for at in instants(slots, now + A_MOMENT, now + AHEAD):
        day = clock.to_wall(at, zone).date()
        if day not in busy:
            free.setdefault(day, []).append(at)
    return [Gap(day, found, zone) for day, found in free.items()]


def undated(actor: Actor, *, channel: UUID | None = None) -> QuerySet[Variant]:
    """What is approved as it stands, has no time, and is of posts the reader sees; oldest first."""
    rows = _approved().filter(seen(actor, "post__department"), planned_at=None)
    if channel:
        rows = rows.filter(channel=channel)
    return rows.select_related("channel", "post__department", "post__campaign").order_by(
        "post__written_at", "pk"
    )


def _approved() -> QuerySet[Variant]:
    """Variants that are approved as they stand, and neither on their way nor out."""
    sent = Publication.objects.filter(variant=OuterRef("pk")).exclude(state="cancelled")
    return (
        Variant.objects.filter(~Exists(sent), dropped_at=None, post__removed_at=None)
        .exclude(channel__state="disconnected")
        .annotate(review=review_of("pk", "digest"))
        .filter(review="approved")
    )


def free_slots(
    found: Iterable[tuple[Post, Channel]], *, now: datetime, count: int = OFFERED
) -> dict[tuple[UUID, UUID], list[tuple[datetime, str]]]:
    """The next good free slots, with their zone, of each post on each channel, at most `count`.

    A slot is free when nothing else is planned nearest to it on its day, and good when it is the
    post's turn then and the house rules of the channel let it go out. What is offered to one post
    is not offered to the next. Channels without slots have none.
    """
    pairs = list(found)
    ids = {channel.pk for _post, channel in pairs}
    slots: dict[UUID, list[Slot]] = {}
    for slot in Slot.objects.filter(channel__in=ids):
        slots.setdefault(slot.channel_id, []).append(slot)
    planned = _planned(list(slots), now, now + FAR)
    free = {
        pk: _free(rows, planned.get(pk, []), now + A_MOMENT, now + FAR)
        for pk, rows in slots.items()
    }
    earliest = turns.earliest_of([post for post, _channel in pairs]) if free else {}
    house = house_of(list(slots), [at for ahead in free.values() for at in ahead])
    topics = topics_of_posts([post for post, _channel in pairs]) if house.lanes else {}
    offers: dict[tuple[UUID, UUID], list[tuple[datetime, str]]] = {}
    for post, channel in pairs:
        ahead = free.get(channel.pk, [])
        since = earliest.get(post.pk)
        in_turn = [at for at in ahead if since is None or at >= since]
        about = topics.get(post.pk, frozenset())
        good = house.free(channel.pk, in_turn, department=post.department_id, topics=about)[:count]
        if good:
            ahead.remove(good[0])
        zone = slots[channel.pk][0].zone if good else ""
        offers[post.pk, channel.pk] = [(at, zone) for at in good]
    return offers


def _free(
    slots: Sequence[Slot], planned: Sequence[datetime], since: datetime, until: datetime
) -> list[datetime]:
    """The slots for which nothing is planned: each planned post takes the nearest of its day."""
    zone = slots[0].zone
    # From the beginning of the day: what went out this morning has taken this morning's slot.
    ahead = instants(slots, since - timedelta(days=1), until)
    days: dict[date, list[datetime]] = {}
    for at in ahead:
        days.setdefault(clock.to_wall(at, zone).date(), []).append(at)
    for at in planned:
        left = days.get(clock.to_wall(at, zone).date())
        if left:
            left.remove(min(left, key=lambda slot: abs(slot - at)))
    return [at for left in days.values() for at in left if at >= since]


def _ready(ids: Sequence[UUID], now: datetime) -> Counter[UUID]:
    """How many posts of each channel are scheduled ahead, or approved and neither sent nor late."""
    ahead = Publication.objects.filter(
        channel__in=ids, part=0, state="scheduled", due_at__gte=now
    ).order_by()
    found = Counter(_counted(ahead))
    late = {"planned_at__lt": now}
    found.update(Counter(_counted(_approved().filter(channel__in=ids).exclude(**late).order_by())))
    return found


def _pace(ids: Sequence[UUID], now: datetime) -> Counter[UUID]:
    sent = Publication.objects.filter(
        channel__in=ids, part=0, state="published", published_at__gte=now - PACE
    )
    return Counter(_counted(sent.order_by()))


def _counted(rows: QuerySet[Any]) -> dict[UUID, int]:
    return dict(rows.values_list("channel_id").annotate(n=Count("pk")))


def _planned(ids: Sequence[UUID], now: datetime, until: datetime) -> dict[UUID, list[datetime]]:
    """When something goes out or is pencilled in on each channel, from a day back on."""
    since = now - timedelta(days=1)
    sent = Publication.objects.filter(
        channel__in=ids,
        part=0,
        state__in=(*LIVE, "published"),
        due_at__gte=since,
        due_at__lt=until,
    )
    on_its_way = Publication.objects.filter(variant=OuterRef("pk")).exclude(state="cancelled")
    pencilled = Variant.objects.filter(
        ~Exists(on_its_way),
        channel__in=ids,
        dropped_at=None,
        post__removed_at=None,
        planned_at__gte=since,
        planned_at__lt=until,
    )
    found: dict[UUID, list[datetime]] = {}
    told = [
        *sent.order_by().values_list("channel_id", "due_at"),
        *pencilled.order_by().values_list("channel_id", "planned_at"),
    ]
    for channel_id, at in told:
        if at is not None:
            found.setdefault(channel_id, []).append(at)
    return found

"""Weekly slots of channels, how long what is approved lasts, and the next free good slot."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from unisono.api.calls import Call, now
from unisono.api.paging import At, PageOf, page
from unisono.rooms.channels import queries as channels
from unisono.rooms.channels import slots
from unisono.rooms.content import queries as content
from unisono.rooms.content.models import Variant
from unisono.rooms.publishing import queue

router = Router()


class SlotOut(Schema):
    """`weekday` 0 is Monday; `at` a wall time such as `08:50` in `zone`."""

    id: UUID
    channel_id: UUID
    weekday: int
    at: str
    zone: str


class SlotsIn(Schema):
    """The wall time `at` in `zone` (else the organization's) on each of the weekdays."""

    weekdays: list[int] = Field(min_length=1)
    at: time
    zone: str = ""


class WarningIn(Schema):
    """Warn when approved posts last for fewer days than this; 0: never."""

    days: int = Field(ge=0, le=slots.LONGEST)


class GapOut(Schema):
    day: date
    at: list[datetime]
    zone: str


class QueueOut(Schema):
    """`ready` posts are approved or scheduled, and last for `days`, up to `until`, at `a_week`
    slots or, without slots, posts as of late. `gaps` are days of the next three weeks with slots
    and nothing planned. `low`: fewer days than `warn_days`."""

    channel_id: UUID
    channel: str
    slots: list[SlotOut]
    ready: int
    a_week: float
    days: int | None
    until: datetime | None
    low: bool
    warn_days: int
    gaps: list[GapOut]


class OfferOut(Schema):
    at: datetime
    zone: str


class UndatedOut(Schema):
    """An approved variant without a time."""

    variant_id: UUID
    post_id: UUID
    title: str
    channel_id: UUID


@router.get("/queue", response=list[QueueOut], summary="How long what is approved lasts")
def health(request: Call, channel_id: UUID | None = None) -> Any:
    only = [channel_id] if channel_id else None
    return [_queue(one) for one in queue.health(request.actor, now=now(), only=only)]


@router.get("/queue/undated", response=PageOf[UndatedOut], summary="Approved, without a time")
def undated(request: Call, at: At, channel_id: UUID | None = None) -> Any:
    return page(queue.undated(request.actor, channel=channel_id), at, _undated)


@router.get("/channels/{pk}/slots", response=list[SlotOut], summary="A channel's weekly slots")
def of_channel(request: Call, pk: UUID) -> Any:
    return list(channels.channel(request.actor, pk).slots.all())


@router.post(
    "/channels/{pk}/slots", response={201: list[SlotOut]}, summary="Add slots to a channel"
)
def add(request: Call, pk: UUID, payload: SlotsIn) -> Any:
    """Answers with those that were not there before."""
    made = slots.add_slots(
        channels.channel(request.actor, pk),
        payload.weekdays,
        at=payload.at,
        zone=payload.zone or request.actor.organization.zone,
        by=request.actor,
        now=now(),
    )
    return Status(201, made)


@router.delete("/slots/{pk}", response={204: None}, summary="Take a slot away")
def remove(request: Call, pk: UUID) -> Any:
    slots.remove_slot(channels.slot(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.put("/channels/{pk}/queue-warning", response={204: None}, summary="When to warn")
def warn(request: Call, pk: UUID, payload: WarningIn) -> Any:
    channel = channels.channel(request.actor, pk)
    slots.warn_below(channel, payload.days, by=request.actor, now=now())
    return Status(204, None)


@router.get(
    "/variants/{pk}/free-slots", response=list[OfferOut], summary="The next free good slots"
)
def free(request: Call, pk: UUID) -> Any:
    """Considers what is planned on the channel, the post's order, and embargoes."""
    row = content.variant(request.actor, pk)
    offers = queue.free_slots([(row.post, row.channel)], now=now())
    return [{"at": at, "zone": zone} for at, zone in offers[row.post_id, row.channel_id]]


def _queue(found: queue.Health) -> dict[str, Any]:
    return {
        "channel_id": found.channel.pk,
        "channel": found.channel.name,
        "slots": found.slots,
        "ready": found.ready,
        "a_week": found.a_week,
        "days": found.days,
        "until": found.until,
        "low": found.low,
        "warn_days": found.channel.warn_days,
        "gaps": [{"day": gap.day, "at": gap.at, "zone": gap.zone} for gap in found.gaps],
    }


def _undated(row: Variant) -> dict[str, Any]:
    return {
        "variant_id": row.pk,
        "post_id": row.post_id,
        "title": row.post.title,
        "channel_id": row.channel_id,
    }

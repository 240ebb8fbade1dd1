"""Holds: what one would stop, placing it, and resuming by choices."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status

from unisono.api.calls import Call, Named, now
from unisono.api.due import DecisionsIn, OutcomeOut, choices_in, outcome
from unisono.api.paging import At, PageOf, page
from unisono.rooms.channels.queries import channel as channel_of
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing import holds, stops
from unisono.rooms.publishing.models import Hold

router = Router()


class Target(Schema):
    """One target at most; none means the whole organization."""

    department_id: UUID | None = None
    campaign_id: UUID | None = None
    channel_id: UUID | None = None
    keyword: str = ""


class HoldIn(Target):
    """One target at most; none stops the whole organization."""

    why: str = ""


class HoldOut(Schema):
    id: UUID
    department_id: UUID | None
    campaign_id: UUID | None
    channel_id: UUID | None
    keyword: str
    why: str
    placed_by_id: UUID | None
    placed_at: datetime
    lifted_at: datetime | None


class StoppedOut(Schema):
    """One post a hold stops. `late`: its time has passed already."""

    publication_id: UUID
    post_id: UUID
    title: str
    channel_id: UUID
    channel: str
    state: str
    due_at: datetime
    wall: str
    zone: str
    late: bool


class TouchedOut(Schema):
    id: UUID
    name: str


class ImpactOut(Schema):
    """`unseen` counts the posts of departments the caller does not see."""

    total: int
    unseen: int
    posts: list[StoppedOut]
    campaigns: list[TouchedOut]


class ResumedOut(Schema):
    """`released` went back on schedule, `waiting` stay held until somebody decides."""

    hold: HoldOut
    released: int
    waiting: int
    outcomes: list[OutcomeOut]


@router.get("/holds", response=PageOf[HoldOut], summary="Holds in force")
def list_holds(request: Call, at: At) -> Any:
    return page(stops.holds(request.actor), at, HoldOut.from_orm)


@router.post("/holds/impact", response=ImpactOut, summary="What a hold would stop")
def impact(request: Call, payload: Target) -> Any:
    """Nothing is stopped by asking."""
    return _impact(stops.impact(request.actor, **_target(request.actor, payload)))


@router.post("/holds", response={201: HoldOut}, summary="Hold publishing")
def place_hold(request: Call, payload: HoldIn) -> Any:
    target = _target(request.actor, payload)
    return Status(201, holds.place(**target, why=payload.why, by=request.actor, now=now()))


@router.get("/holds/{pk}/impact", response=ImpactOut, summary="What a hold stops by now")
def impact_of(request: Call, pk: UUID) -> Any:
    return _impact(stops.impact_of(request.actor, stops.hold(request.actor, pk)))


@router.post("/holds/{pk}/resume", response=ResumedOut, summary="Resume publishing by choices")
def resume(request: Call, pk: UUID, payload: DecisionsIn) -> Any:
    """What is not chosen for goes back on schedule, or stays held if its time has passed."""
    hold = stops.hold(request.actor, pk)
    done = holds.resume(hold, choices_in(request.actor, payload), by=request.actor, now=now())
    return {
        "hold": hold,
        "released": done.released,
        "waiting": done.waiting,
        "outcomes": [outcome(one) for one in done.outcomes],
    }


@router.delete("/holds/{pk}", response=HoldOut, summary="Resume publishing")
def lift_hold(request: Call, pk: UUID) -> Any:
    """Without choices: late posts stay held until somebody decides."""
    hold: Hold = stops.hold(request.actor, pk)
    holds.lift(hold, by=request.actor, now=now())
    return hold


def _target(actor: Actor, payload: Target) -> dict[str, Any]:
    named = Named(actor)
    return {
        "department": named.department(payload.department_id),
        "campaign": named.campaign(payload.campaign_id),
        "channel": channel_of(actor, payload.channel_id) if payload.channel_id else None,
        "keyword": payload.keyword,
    }


def _impact(found: stops.Impact) -> dict[str, Any]:
    at = now()
    posts = [
        {
            "publication_id": row.pk,
            "post_id": row.variant.post_id,
            "title": row.variant.post.title,
            "channel_id": row.channel_id,
            "channel": row.channel.name,
            "state": row.state,
            "due_at": row.due_at,
            "wall": row.wall,
            "zone": row.zone,
            "late": row.due_at <= at,
        }
        for row in found.posts
    ]
    return {
        "total": found.total,
        "unseen": found.unseen,
        "posts": posts,
        "campaigns": [{"id": c.pk, "name": c.name} for c in found.campaigns],
    }

"""Which post follows which, embargoes, and what is sent out of turn."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from unisono.api.calls import Call, now
from unisono.api.content import wall as wall_time
from unisono.api.publishing import PublicationOut, shape
from unisono.rooms.content import queries as content
from unisono.rooms.content.models import Post
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing import order, queries, turns
from unisono.rooms.publishing.models import Embargo

router = Router()


class OrderIn(Schema):
    """The post goes out `minutes` after all of `after_id` is out, or later. With `along`, what is
    to go out too early for that gets the earliest time that is not."""

    after_id: UUID
    minutes: int = Field(0, ge=0)
    along: bool = False


class EmbargoIn(Schema):
    """Nothing of it goes out before `wall` in `zone` (else the caller's own)."""

    wall: datetime
    zone: str = ""


class EmbargoOut(Schema):
    wall: str
    zone: str
    until: datetime


class FollowerOut(Schema):
    post_id: UUID
    minutes: int


class OrderOut(Schema):
    """What a post waits for and what waits for it. `out`: whether what it follows is out; `stuck`:
    why that does not go out by itself (`failed`, `held`, `unknown`, `cancelled`, `unplanned`);
    `earliest`: before when it does not go out, as far as is known."""

    after_id: UUID | None
    minutes: int | None
    out: bool | None
    stuck: str
    followers: list[FollowerOut]
    embargo: EmbargoOut | None
    campaign_embargo: EmbargoOut | None
    earliest: datetime | None


class AnywayIn(Schema):
    why: str


@router.get("/posts/{pk}/order", response=OrderOut, summary="What a post waits for")
def of_post(request: Call, pk: UUID) -> Any:
    return _order(content.post(request.actor, pk))


@router.put("/posts/{pk}/order", response=OrderOut, summary="Let a post follow another")
def follow(request: Call, pk: UUID, payload: OrderIn) -> Any:
    """Both are of one campaign. Refused with `followers` when it is to go out too early."""
    post = content.post(request.actor, pk)
    after = content.post(request.actor, payload.after_id)
    order.follow(
        post, after, minutes=payload.minutes, along=payload.along, by=request.actor, now=now()
    )
    return _order(post)


@router.delete("/posts/{pk}/order", response={204: None}, summary="Let a post follow none")
def unfollow(request: Call, pk: UUID) -> Any:
    order.unfollow(content.post(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.put("/posts/{pk}/embargo", response=EmbargoOut, summary="Place an embargo on a post")
def embargo_post(request: Call, pk: UUID, payload: EmbargoIn) -> Any:
    return _embargo(request, content.post(request.actor, pk), payload)


@router.delete("/posts/{pk}/embargo", response={204: None}, summary="Lift a post's embargo")
def lift_post(request: Call, pk: UUID) -> Any:
    order.lift_embargo(content.post(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.put(
    "/campaigns/{pk}/embargo", response=EmbargoOut, summary="Place an embargo on a campaign"
)
def embargo_campaign(request: Call, pk: UUID, payload: EmbargoIn) -> Any:
    return _embargo(request, plan.campaign(request.actor, pk), payload)


@router.delete("/campaigns/{pk}/embargo", response={204: None}, summary="Lift a campaign's embargo")
def lift_campaign(request: Call, pk: UUID) -> Any:
    order.lift_embargo(plan.campaign(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.post(
    "/publications/{pk}/anyway", response=PublicationOut, summary="Send it although it should wait"
)
def anyway(request: Call, pk: UUID, payload: AnywayIn) -> Any:
    row = queries.publication(request.actor, pk)
    return shape(order.send_anyway(row, why=payload.why, by=request.actor, now=now()))


def _embargo(request: Call, target: Post | Campaign, payload: EmbargoIn) -> Embargo:
    zone = payload.zone or request.actor.zone
    return order.embargo(
        target, wall=wall_time(payload.wall), zone=zone, by=request.actor, now=now()
    )


def _order(post: Post) -> dict[str, Any]:
    found = turns.order_of(post)
    turn = turns.turns_of([found.after_id])[found.after_id] if found else None
    embargoes = turns.embargoes_on(post)
    return {
        "after_id": found.after_id if found else None,
        "minutes": found.minutes if found else None,
        "out": turn.out if turn else None,
        "stuck": turn.stuck if turn else "",
        "followers": [
            {"post_id": one.post_id, "minutes": one.minutes} for one in turns.followers_of(post)
        ],
        "embargo": next((one for one in embargoes if one.post_id), None),
        "campaign_embargo": next((one for one in embargoes if one.campaign_id), None),
        "earliest": turns.earliest(post, found)[0],
    }

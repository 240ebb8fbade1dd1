"""The timeline: the days in lanes, and many posts moved in one go."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema

from unisono.api.calls import Call, now
from unisono.api.content import wall as wall_time
from unisono.api.problems import ProblemOut, shape_of
from unisono.kernel.clock import to_wall
from unisono.kernel.refusals import Invalid
from unisono.rooms.publishing import moves
from unisono.rooms.publishing import timeline as lanes
from unisono.rooms.publishing.agenda import Filters, Item
from unisono.rooms.publishing.moves import Move, Outcome
from unisono.rooms.publishing.timeline import Density

router = Router()

LONGEST = 366
"""Days a timeline may span."""


class TimelineQuery(Schema):
    """From `first` to `last`, days of the caller's zone. Beyond forty days, lanes say how many
    posts lie in each week instead of which."""

    first: date
    last: date
    by: Literal["department", "campaign", "objective", "audience"] = "department"
    every_channel: bool = Field(False, description="Also lanes on which nothing lies.")
    department_id: list[UUID] = Field(default_factory=list)
    channel_id: list[UUID] = Field(default_factory=list)
    campaign_id: list[UUID] = Field(default_factory=list)
    objective_id: list[UUID] = Field(default_factory=list)
    audience_id: list[UUID] = Field(default_factory=list)
    state: list[str] = Field(default_factory=list)


class ItemOut(Schema):
    """One post on one channel. `wall` is its time in the timeline's zone."""

    variant_id: UUID
    publication_id: UUID | None
    post_id: UUID
    title: str
    at: datetime
    wall: datetime
    state: str
    department_id: UUID
    campaign_id: UUID | None
    objective_id: UUID | None
    series_id: UUID | None
    movable: bool
    reason: str
    url: str


class DensityOut(Schema):
    """So many posts lie from `first` to `last`; `needing` of them wait for a person."""

    first: date
    last: date
    number: int
    needing: int


class LaneOut(Schema):
    channel_id: UUID
    channel: str
    items: list[ItemOut]
    densities: list[DensityOut]


class GroupOut(Schema):
    """`id` is that of the department, campaign or objective; None for what belongs to none."""

    id: UUID | None
    name: str
    number: int
    lanes: list[LaneOut]


class TimelineOut(Schema):
    first: date
    last: date
    zone: str
    by: str
    counted: bool
    number: int
    groups: list[GroupOut]


class MoveIn(Schema):
    """Where a variant shall stand: at `wall` in `zone` (else the caller's own), or without a time.

    `channel_id` moves it to another channel, `off` takes it off its post, `to_idea` makes an idea
    of its post again. With `was`, the wall time it is thought to have ("" for none), the move is
    refused where somebody else came first. `anyway` is the reason why it shall stand there against
    a house rule.
    """

    variant_id: UUID
    wall: datetime | None = None
    zone: str = ""
    channel_id: UUID | None = None
    off: bool = False
    to_idea: bool = False
    was: str | None = None
    anyway: str = ""


class MovesIn(Schema):
    moves: list[MoveIn]


class ShiftIn(Schema):
    """By so many minutes of wall time: 10080 is a week, at the same hour."""

    variant_ids: list[UUID]
    minutes: int


class MoveOutcome(Schema):
    """`back` is the move that undoes this one; send it to `/timeline/moves`."""

    variant_id: UUID
    done: bool
    wall: str
    zone: str
    back: MoveIn | None
    problem: ProblemOut | None


class MoveOutcomes(Schema):
    outcomes: list[MoveOutcome]


@router.get("/timeline", response=TimelineOut, summary="Some days in lanes")
def timeline(request: Call, asked: Query[TimelineQuery]) -> Any:
    if asked.last < asked.first or (asked.last - asked.first).days >= LONGEST:
        raise Invalid(_("Ask for a day at least and a year at most."), field="last")
    filters = Filters(
        tuple(asked.department_id), tuple(asked.channel_id), tuple(asked.campaign_id),
        tuple(asked.objective_id), tuple(asked.state), tuple(asked.audience_id),
    )  # fmt: skip
    found = lanes.timeline(
        request.actor, asked.first, asked.last, by=asked.by, filters=filters,
        every_channel=asked.every_channel,
    )  # fmt: skip
    zone = request.actor.zone
    groups = [
        {
            "id": None if group.key == lanes.NOTHING else group.key,
            "name": group.name,
            "number": group.number,
            "lanes": [_lane(lane, zone) for lane in group.lanes],
        }
        for group in found.groups
    ]
    return {
        "first": found.first, "last": found.last, "zone": zone, "by": found.by,
        "counted": found.counted, "number": found.number, "groups": groups,
    }  # fmt: skip


@router.post("/timeline/moves", response=MoveOutcomes, summary="Move many posts")
def move(request: Call, payload: MovesIn) -> Any:
    """Each move is carried out wholly or not at all; one that is refused stops no other."""
    asked = [
        Move(
            one.variant_id, wall_time(one.wall) if one.wall else None, one.zone, one.channel_id,
            one.off, one.to_idea, one.was, one.anyway,
        )
        for one in payload.moves
    ]  # fmt: skip
    done = moves.carry_out(asked, by=request.actor, now=now())
    return {"outcomes": [_outcome(one) for one in done]}


@router.post("/timeline/shift", response=MoveOutcomes, summary="Shift many posts by the same")
def shift(request: Call, payload: ShiftIn) -> Any:
    """Each is moved wholly or not at all; one that is refused stops no other."""
    done = moves.shift(payload.variant_ids, by_minutes=payload.minutes, by=request.actor, now=now())
    return {"outcomes": [_outcome(one) for one in done]}


def _lane(lane: lanes.Lane, zone: str) -> dict[str, Any]:
    return {
        "channel_id": lane.channel.pk,
        "channel": lane.channel.name,
        "items": [_item(item, zone) for item in lane.items],
        "densities": [_density(one) for one in lane.densities],
    }


def _item(item: Item, zone: str) -> dict[str, Any]:
    names = (
        "variant_id", "publication_id", "post_id", "title", "at", "state", "department_id",
        "campaign_id", "objective_id", "series_id", "movable", "reason", "url",
    )  # fmt: skip
    return {name: getattr(item, name) for name in names} | {"wall": to_wall(item.at, zone)}


def _density(one: Density) -> dict[str, Any]:
    return one._asdict()


def _outcome(one: Outcome) -> dict[str, Any]:
    variant, back = one.variant, one.back
    return {
        "variant_id": variant.pk if variant else one.move.variant_id,
        "done": one.refusal is None,
        "wall": variant.planned_wall if variant else "",
        "zone": variant.planned_zone if variant else "",
        "back": vars(back) if back else None,
        "problem": shape_of(one.refusal),
    }

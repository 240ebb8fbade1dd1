"""House rules of channels, free times, and what collides."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from unisono.api.calls import Call, Named, now
from unisono.kernel.refusals import Invalid
from unisono.rooms.channels import house
from unisono.rooms.channels import queries as channels
from unisono.rooms.channels.rules import Blackout, Quiet, Rules
from unisono.rooms.publishing.pacing import queries
from unisono.rooms.publishing.pacing.asking import way_shape
from unisono.rooms.publishing.pacing.queries import Clash
from unisono.rooms.publishing.pacing.ways import REACH
from unisono.rooms.publishing.pacing.words import Reader, reader, said

router = Router()

Instants = Annotated[list[datetime], Query()]
LONGEST = timedelta(days=100)
INSTANTS_MAX = 500


class QuietHours(Schema):
    """From `starts` up to `ends`, on the weekdays on which they begin (0 is Monday)."""

    starts: time
    ends: time
    weekdays: list[int] = [0, 1, 2, 3, 4, 5, 6]


class BlackoutDays(Schema):
    """Days on which nothing goes out, the last included."""

    name: str
    first: date
    last: date


class Share(Schema):
    """The most of a month's posts a department may have, in percent."""

    department_id: UUID
    percent: int


class HouseRules(Schema):
    """Zero and empty are no rule. Without a zone the organization's holds."""

    zone: str = ""
    gap_minutes: int = 0
    daily_most: int = 0
    one_topic_a_day: bool = False
    shares: list[Share] = []
    quiet: list[QuietHours] = []
    blackouts: list[BlackoutDays] = []


class FreeOut(Schema):
    """Which of the instants asked about are ahead and break no rule."""

    free: list[datetime]


class FoundOut(Schema):
    """One rule that is broken; the other post is named where the reader may see it."""

    rule: str
    sentence: str
    limit: int
    other_variant_id: UUID | None
    department_id: UUID | None


class WayOut(Schema):
    """Another time at which no rule is broken; send its `wall` and `zone` to move there."""

    way: str
    at: datetime
    wall: str
    zone: str


class CollisionOut(Schema):
    """A planned post that does not keep to the rules. `override_reason`: why it was planned so."""

    variant_id: UUID
    publication_id: UUID | None
    post_id: UUID
    title: str
    channel_id: UUID
    department_id: UUID
    at: datetime
    findings: list[FoundOut]
    ways_out: list[WayOut]
    override_reason: str


@router.get("/channels/{pk}/rules", response=HouseRules, summary="A channel's house rules")
def rules(request: Call, pk: UUID) -> Any:
    channel = channels.channel(request.actor, pk)
    return _rules(channels.rules_of(channel) or Rules(request.actor.organization.zone))


@router.put("/channels/{pk}/rules", response=HouseRules, summary="Set a channel's house rules")
def set_rules(request: Call, pk: UUID, payload: HouseRules) -> Any:
    """Holds for what is planned from now on. What is planned already stays, and may collide."""
    channel = channels.channel(request.actor, pk)
    told = Rules(
        zone=payload.zone,
        gap_minutes=payload.gap_minutes,
        daily_most=payload.daily_most,
        one_topic_a_day=payload.one_topic_a_day,
        shares={share.department_id: share.percent for share in payload.shares},
        quiet=tuple(Quiet(q.starts, q.ends, frozenset(q.weekdays)) for q in payload.quiet),
        blackouts=tuple(Blackout(b.name.strip(), b.first, b.last) for b in payload.blackouts),
    )
    house.set_rules(channel, told, by=request.actor, now=now())
    return rules(request, pk)


@router.get("/channels/{pk}/free", response=FreeOut, summary="Which times are free on a channel")
def free(request: Call, pk: UUID, department_id: UUID, at: Instants, topic: str = "") -> Any:
    """Asks the same rules as scheduling does, for a post of this department and topic."""
    if len(at) > INSTANTS_MAX:
        raise Invalid(
            _("These are too many at once. Ask about at most %(n)s.") % {"n": INSTANTS_MAX},
            field="at",
        )
    if any(one.tzinfo is None for one in at):
        raise Invalid(_("Give instants with an offset, such as Z."), field="at")
    Named(request.actor).department(department_id)
    channel = channels.channel(request.actor, pk)
    found = queries.free_at(
        channel, at, department_id=department_id, topic=topic or None, now=now()
    )
    return {"free": found}


@router.get("/collisions", response=list[CollisionOut], summary="What collides in a window")
def collisions(request: Call, start: datetime, end: datetime) -> Any:
    """At most a hundred days. Each with times at which it would break no rule."""
    if start.tzinfo is None or end.tzinfo is None:
        raise Invalid(_("Give instants with an offset, such as Z."), field="start")
    if not start < end <= start + LONGEST:
        raise Invalid(_("Give a window of at most %(n)s days.") % {"n": 100}, field="end")
    eyes, zone, moment = reader(request.actor), request.actor.zone, now()
    return [
        _collision(clash, eyes, zone, moment)
        for clash in queries.collisions(request.actor, start, end, reach=REACH)
    ]


def _collision(clash: Clash, eyes: Reader, zone: str, moment: datetime) -> dict[str, Any]:
    return {
        "variant_id": clash.variant_id,
        "publication_id": clash.publication_id,
        "post_id": clash.post_id,
        "title": clash.place.title,
        "channel_id": clash.channel.pk,
        "department_id": clash.department.pk,
        "at": clash.place.at,
        "findings": [
            {
                "rule": found.kind.value,
                "sentence": said(found, clash.place, eyes),
                "limit": found.limit,
                "other_variant_id": found.other.variant
                if found.other and eyes.sees(found.other)
                else None,
                "department_id": found.other.department if found.other else None,
            }
            for found in clash.findings
        ],
        "ways_out": [way_shape(way, zone) for way in clash.ways(now=moment, zone=zone)],
        "override_reason": clash.anyway,
    }


def _rules(told: Rules) -> dict[str, Any]:
    return {
        "zone": told.zone,
        "gap_minutes": told.gap_minutes,
        "daily_most": told.daily_most,
        "one_topic_a_day": told.one_topic_a_day,
        "shares": [{"department_id": pk, "percent": n} for pk, n in told.shares.items()],
        "quiet": [
            {"starts": q.starts, "ends": q.ends, "weekdays": sorted(q.weekdays)} for q in told.quiet
        ],
        "blackouts": [{"name": b.name, "first": b.first, "last": b.last} for b in told.blackouts],
    }

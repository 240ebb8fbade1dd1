"""Due and late, and what people decide about it, one by one or many in one go."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema

from unisono.api.calls import Call, now
from unisono.api.content import wall as wall_time
from unisono.api.problems import ProblemOut, shape_of
from unisono.kernel.refusals import Invalid
from unisono.rooms.channels.sentences import said_again
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing import decisions, lateness
from unisono.rooms.publishing.agenda import Filters
from unisono.rooms.publishing.decisions import Choice, Outcome

router = Router()

Group = Literal["person", "working", "risk", "late"]


class DueQuery(Schema):
    """`person`: needs one; `working`: late, and goes on by itself; `risk`: due soon, and something
    is in its way; `late`: went out after its time. `since` and `until` bound what is over and what
    is ahead; by default seven days back and a day ahead."""

    group: Group | None = None
    since: datetime | None = None
    until: datetime | None = None
    department_id: UUID | None = None
    channel_id: UUID | None = None
    campaign_id: UUID | None = None
    audience_id: UUID | None = None
    cursor: str = Field("", description="The `next` of the page before.")
    limit: int = Field(50, ge=1, le=200)


class DueOut(Schema):
    """`code` names the reason for programs, `reason` and `todo` say it to people. `publication_id`
    is missing for what is only pencilled in; `late_seconds` while its time is still to come."""

    group: Group
    code: str
    reason: str
    todo: str
    acts: list[str]
    publication_id: UUID | None
    variant_id: UUID
    post_id: UUID
    title: str
    channel_id: UUID
    channel: str
    department_id: UUID
    due_at: datetime
    wall: datetime
    zone: str
    state: str
    late_seconds: int | None
    published_at: datetime | None
    url: str
    hold_ids: list[UUID]


class DuePage(Schema):
    """One page, by group and due time; `counts` is of all pages."""

    items: list[DueOut]
    next: str | None = None
    counts: dict[str, int]


class ChoiceIn(Schema):
    """`release` puts it back on its schedule, `send` sends it now, `retime` takes `wall` in
    `zone` (else the caller's own), `drop` cancels it. Of what is gone or changed on its network:
    `accept` leaves it so, `again` sends what is gone once more. `anyway` sends what waits for its
    turn out of turn, and wants `why`; so does a time that is against a house rule."""

    publication_id: UUID
    way: Literal["release", "send", "retime", "drop", "accept", "again", "anyway"]
    wall: datetime | None = None
    zone: str = ""
    why: str = ""


class SpreadIn(Schema):
    """New times for many: the first at `start` in `zone`, then one every so many minutes."""

    publication_ids: list[UUID]
    start: datetime
    zone: str = ""
    every_minutes: int = Field(0, ge=0, le=7 * 24 * 60)


class DecisionsIn(Schema):
    choices: list[ChoiceIn] = []
    spread: SpreadIn | None = None


class OutcomeOut(Schema):
    """`done`, with the publication's state then; or the problem that left it as it was."""

    publication_id: UUID
    way: str
    done: bool
    state: str | None
    due_at: datetime | None
    reason: str
    problem: ProblemOut | None


class OutcomesOut(Schema):
    outcomes: list[OutcomeOut]


@router.get("/publications/due", response=DuePage, summary="Due and late")
def due(request: Call, asked: Query[DueQuery]) -> Any:
    filters = Filters(
        departments=(asked.department_id,) if asked.department_id else (),
        channels=(asked.channel_id,) if asked.channel_id else (),
        campaigns=(asked.campaign_id,) if asked.campaign_id else (),
        audiences=(asked.audience_id,) if asked.audience_id else (),
    )
    items = lateness.due(
        request.actor,
        now=now(),
        since=asked.since,
        until=asked.until,
        filters=filters,
        groups=(asked.group,) if asked.group else lateness.GROUPS,
    )
    rest = [item for item in items if _place(item) > _decoded(asked.cursor)]
    shown = rest[: asked.limit]
    more = len(rest) > asked.limit
    return {
        "items": [_item(item) for item in shown],
        "next": _encoded(shown[-1]) if more else None,
        "counts": dict(Counter(item.group for item in items)),
    }


@router.post(
    "/publications/decisions", response=OutcomesOut, summary="Decide about many publications"
)
def decide(request: Call, payload: DecisionsIn) -> Any:
    """Each choice is carried out wholly or not at all; one that is refused stops no other."""
    choices = choices_in(request.actor, payload)
    done = decisions.decide(choices, by=request.actor, now=now())
    return {"outcomes": [outcome(one) for one in done]}


def choices_in(actor: Actor, payload: DecisionsIn) -> list[Choice]:
    """The choices a body names, those of a spread among them."""
    found = [
        Choice(
            one.publication_id,
            one.way,
            wall_time(one.wall) if one.wall else None,
            one.zone,
            one.why,
        )
        for one in payload.choices
    ]
    if payload.spread:
        found += decisions.spread(
            payload.spread.publication_ids,
            start=wall_time(payload.spread.start),
            zone=payload.spread.zone or actor.zone,
            every=timedelta(minutes=payload.spread.every_minutes),
        )
    return found


def outcome(one: Outcome) -> dict[str, Any]:
    """An outcome as it is answered."""
    row = one.publication
    return {
        "publication_id": one.choice.publication_id,
        "way": one.choice.way,
        "done": one.refusal is None,
        "state": row.state if row else None,
        "due_at": row.due_at if row else None,
        "reason": said_again(row.reason) if row else "",
        "problem": shape_of(one.refusal),
    }


def _item(item: lateness.Item) -> dict[str, Any]:
    row = item.publication
    return {
        "group": item.group,
        "code": item.code,
        "reason": item.reason,
        "todo": item.todo,
        "acts": list(item.acts),
        "publication_id": row.pk if row else None,
        "variant_id": item.variant.pk,
        "post_id": item.variant.post_id,
        "title": item.variant.post.title,
        "channel_id": item.channel.pk,
        "channel": item.channel.name,
        "department_id": item.department.pk,
        "due_at": item.due_at,
        "wall": item.wall,
        "zone": item.zone,
        "state": item.state,
        "late_seconds": int(item.late.total_seconds()) if item.late else None,
        "published_at": row.published_at if row else None,
        "url": row.url if row else "",
        "hold_ids": [hold.pk for hold in item.holds],
    }


Place = tuple[int, datetime, str]
"""Where an item stands in the order of the list."""


def _place(item: lateness.Item) -> Place:
    return lateness.GROUPS.index(item.group), item.due_at, str(item.key)


def _encoded(item: lateness.Item) -> str:
    group, at, key = _place(item)
    return base64.urlsafe_b64encode(f"{group}|{at.isoformat()}|{key}".encode()).decode().rstrip("=")


def _decoded(text: str) -> Place:
    if not text:
        return (-1, now(), "")
    try:
        group, at, key = base64.urlsafe_b64decode(text + "==").decode().split("|")
        return int(group), datetime.fromisoformat(at), key
    except ValueError:
        raise Invalid(_("This cursor is not one of ours."), field="cursor") from None

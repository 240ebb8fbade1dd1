"""Campaign templates: steps around one day, and the campaigns made of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Router, Schema, Status

from unisono.api.calls import Call, Named, now
from unisono.rooms.content import campaigns as content
from unisono.rooms.content.campaigns import Launch
from unisono.rooms.plan import templates
from unisono.rooms.plan.launches import Placed, Step
from unisono.rooms.plan.templates import Template

router = Router()


class StepShape(Schema):
    """`offset` days from the day itself (negative: before), in `unit`, at the wall time `at`.

    Without channels or a department it takes those the campaign is given.
    """

    title: str
    text: str = ""
    kind: Literal["post", "task"] = "post"
    offset: int = 0
    unit: Literal["days", "working", "undated"] = "days"
    at: str = "09:00"
    department_id: UUID | None = None
    channel_ids: list[UUID] = []


class TemplateOut(Schema):
    """`key` is its id; of a built-in one, its name in addresses."""

    key: str
    built_in: bool
    name: str
    note: str
    department_id: UUID | None
    steps: list[StepShape]


class TemplateIn(Schema):
    name: str
    steps: list[StepShape]
    note: str = ""
    department_id: UUID | None = None


class TemplateChange(Schema):
    name: str | None = None
    note: str | None = None
    steps: list[StepShape] | None = None
    department_id: UUID | None = None


class DatesIn(Schema):
    """`move` leaves weekends out, and the holidays of the countries that matter."""

    day: date
    move: bool = True


class HoldIn(DatesIn):
    """`dated` pencils the times in, in `zone` (the caller's own when left out)."""

    name: str
    zone: str = ""
    dated: bool = True
    department_id: UUID | None = None
    objective_id: UUID | None = None
    owner_id: UUID | None = None
    audience_ids: list[UUID] = []
    channel_ids: list[UUID] = []


class PlacedOut(Schema):
    """A step on its day; `meant` is the day it would have had if nobody kept days free."""

    title: str
    kind: str
    wall: datetime | None
    meant: date | None
    moved: bool


class HeldOut(Schema):
    campaign_id: UUID
    post_ids: list[UUID]


@router.get("/campaign-templates", response=list[TemplateOut], summary="Campaign templates")
def list_templates(request: Call) -> Any:
    """Your organization's own first, then the built-in ones."""
    return [template_shape(one) for one in templates.all_templates(request.actor)]


@router.post("/campaign-templates", response={201: TemplateOut}, summary="Keep a template")
def keep(request: Call, payload: TemplateIn) -> Any:
    row = templates.keep_template(
        name=payload.name,
        note=payload.note,
        steps=[_step(step) for step in payload.steps],
        department=Named(request.actor).department(payload.department_id),
        by=request.actor,
        now=now(),
    )
    return Status(201, template_shape(templates.template(request.actor, str(row.pk))))


@router.get("/campaign-templates/{key}", response=TemplateOut, summary="One template")
def one_template(request: Call, key: str) -> Any:
    return template_shape(templates.template(request.actor, key))


@router.patch("/campaign-templates/{key}", response=TemplateOut, summary="Change a template")
def change(request: Call, key: str, payload: TemplateChange) -> Any:
    row = templates.own_template(request.actor, key)
    given = payload.dict(exclude_unset=True)
    kept = [Step.of(step) for step in row.steps]
    templates.change_template(
        row,
        name=row.name if payload.name is None else payload.name,
        note=row.note if payload.note is None else payload.note,
        steps=kept if payload.steps is None else [_step(step) for step in payload.steps],
        department=Named(request.actor).department(given.get("department_id", row.department_id)),
        by=request.actor,
        now=now(),
    )
    return template_shape(templates.template(request.actor, key))


@router.delete("/campaign-templates/{key}", response={204: None}, summary="Remove a template")
def remove(request: Call, key: str) -> Any:
    row = templates.own_template(request.actor, key)
    templates.remove_template(row, by=request.actor, now=now())
    return Status(204, None)


@router.post(
    "/campaign-templates/{key}/dates",
    response=list[PlacedOut],
    summary="The days its steps would have",
)
def dates(request: Call, key: str, payload: DatesIn) -> Any:
    launch = Launch(name="", zone=request.actor.zone, day=payload.day, move=payload.move)
    placed = content.outlook(templates.template(request.actor, key), launch, by=request.actor)
    return [_placed(one) for one in placed]


@router.post(
    "/campaign-templates/{key}/campaign",
    response={201: HeldOut},
    summary="Open a campaign after a template",
)
def hold(request: Call, key: str, payload: HoldIn) -> Any:
    """Its posts are drafts; its other steps become tasks of the campaign, in a moment."""
    named = Named(request.actor)
    launch = Launch(
        name=payload.name,
        day=payload.day,
        zone=payload.zone or request.actor.zone,
        department=named.department(payload.department_id),
        objective=named.objective(payload.objective_id),
        owner=named.member(payload.owner_id),
        audiences=named.audiences(payload.audience_ids),
        channels=named.channels(payload.channel_ids),
        move=payload.move,
        dated=payload.dated,
    )
    template = templates.template(request.actor, key)
    made = content.hold(template, launch, by=request.actor, now=now())
    return Status(
        201,
        {"campaign_id": made.pk, "post_ids": list(made.posts.values_list("pk", flat=True))},
    )


def template_shape(one: Template) -> dict[str, Any]:
    """A template with its steps."""
    return {
        "key": one.key,
        "built_in": one.row is None,
        "name": one.name,
        "note": one.note,
        "department_id": one.row.department_id if one.row else None,
        "steps": [
            {
                **step.kept,
                "department_id": step.department or None,
                "channel_ids": list(step.channels),
            }
            for step in one.steps
        ],
    }


def _step(shape: StepShape) -> Step:
    values = shape.dict()
    department, channels = values.pop("department_id"), values.pop("channel_ids")
    return Step(
        **values, department=str(department or ""), channels=tuple(str(pk) for pk in channels)
    )


def _placed(one: Placed) -> dict[str, Any]:
    return {
        "title": one.step.title,
        "kind": one.step.kind,
        "wall": one.wall,
        "meant": one.meant,
        "moved": one.moved,
    }

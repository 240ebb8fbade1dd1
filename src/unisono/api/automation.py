"""Rules: what is done by itself when something happens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status

from unisono.api.calls import Call, Named, merged, now
from unisono.api.paging import At, PageOf, page
from unisono.rooms.automation import actions, queries, replay
from unisono.rooms.automation.acts import ACTS
from unisono.rooms.automation.conditions import OPERATORS, TYPES
from unisono.rooms.automation.triggers import TRIGGERS

router = Router()
SAID = ("name", "trigger", "every", "conditions", "acts", "an_hour", "a_day")


class CatalogueOut(Schema):
    """What a rule may wait for, compare and do. Each trigger names its facts, and what it yields to
    acts; each act what it needs and what the rule says about it."""

    triggers: dict[str, dict[str, Any]]
    facts: dict[str, list[str]]
    acts: dict[str, dict[str, Any]]


class RuleIn(Schema):
    """`every`: all conditions hold, or any. At most `an_hour` and `a_day` runs, or it pauses."""

    name: str
    department_id: UUID | None = None
    trigger: str
    every: bool = True
    conditions: list[dict[str, str]] = []
    acts: list[dict[str, str]]
    an_hour: int = 20
    a_day: int = 100


class RuleChange(Schema):
    name: str | None = None
    trigger: str | None = None
    every: bool | None = None
    conditions: list[dict[str, str]] | None = None
    acts: list[dict[str, str]] | None = None
    an_hour: int | None = None
    a_day: int | None = None


class RuleOut(RuleIn):
    """`state`: off, on or paused; `why` it paused: limit or rights. `owner_id` answers for it."""

    id: UUID
    owner_id: UUID | None
    made_at: datetime
    changed_at: datetime
    state: str
    why: str


class StepOut(Schema):
    """`state`: waiting, done, refused, failed or undone; `trouble` says why it was refused
    or failed."""

    id: UUID
    act: dict[str, Any]
    state: str
    trouble: str


class RunOut(Schema):
    """`facts` is what the conditions found."""

    id: UUID
    subject_type: str
    subject_id: UUID
    title: str
    facts: dict[str, Any]
    begun_at: datetime
    ended_at: datetime | None
    steps: list[StepOut]


class MeetingOut(Schema):
    """`beyond`: the rule would have paused before, having run too often."""

    event: UUID
    at: datetime
    title: str
    acts: list[str]
    beyond: bool


@router.get("/rules/catalogue", response=CatalogueOut, summary="What rules can be made of")
def catalogue(request: Call) -> Any:
    queries.rules(request.actor)
    return {
        "triggers": {
            name: {"label": str(one.label), "facts": one.facts, "yields": sorted(one.yields)}
            for name, one in TRIGGERS.items()
        },
        "facts": {fact: list(OPERATORS[kind]) for fact, kind in TYPES.items()},
        "acts": {
            name: {"label": str(one.label), "needs": one.needs, "says": one.says}
            for name, one in ACTS.items()
        },
    }


@router.get("/rules", response=PageOf[RuleOut], summary="Rules")
def rules(request: Call, at: At) -> Any:
    return page(queries.rules(request.actor).order_by("pk"), at, RuleOut.from_orm)


@router.post("/rules", response={201: RuleOut}, summary="Make a rule, switched off")
def make_rule(request: Call, payload: RuleIn) -> Any:
    said = payload.dict()
    department = Named(request.actor).department(said.pop("department_id"))
    made = actions.make(department=department, **said, by=request.actor, now=now())
    return Status(201, made)


@router.get("/rules/{pk}", response=RuleOut, summary="One rule")
def one_rule(request: Call, pk: UUID) -> Any:
    return queries.rule(request.actor, pk)


@router.patch("/rules/{pk}", response=RuleOut, summary="Change a rule")
def change_rule(request: Call, pk: UUID, payload: RuleChange) -> Any:
    row = queries.rule(request.actor, pk)
    values = merged(row, SAID, payload.dict(exclude_none=True))
    return actions.change(row, **values, by=request.actor, now=now())


@router.delete("/rules/{pk}", response={204: None}, summary="Remove a rule that is off")
def remove_rule(request: Call, pk: UUID) -> Any:
    actions.remove(queries.rule(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.post("/rules/{pk}/on", response=RuleOut, summary="Switch a rule on")
def switch_on(request: Call, pk: UUID) -> Any:
    return actions.switch_on(queries.rule(request.actor, pk), by=request.actor, now=now())


@router.post("/rules/{pk}/off", response=RuleOut, summary="Switch a rule off")
def switch_off(request: Call, pk: UUID) -> Any:
    return actions.switch_off(queries.rule(request.actor, pk), by=request.actor, now=now())


@router.get("/rules/{pk}/trial", response=list[MeetingOut], summary="What it would have done")
def trial(request: Call, pk: UUID) -> Any:
    return replay.would(queries.rule(request.actor, pk), actor=request.actor, now=now())


@router.get("/rules/{pk}/runs", response=PageOf[RunOut], summary="What a rule did")
def runs(request: Call, pk: UUID, at: At) -> Any:
    found = queries.runs(request.actor, queries.rule(request.actor, pk))
    return page(found, at, _run)


@router.post("/rules/steps/{pk}/undo", response=StepOut, summary="Take back what an act did")
def undo(request: Call, pk: UUID) -> Any:
    return actions.undo(queries.step(request.actor, pk), by=request.actor, now=now())


def _run(row: Any) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in RunOut.model_fields if name != "steps"}
    return shown | {"steps": list(row.steps.all())}

"""Objectives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status

from unisono.api.calls import Call, Named, merged, now
from unisono.api.paging import At, PageOf, page
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.metrics.coverage import Coverage, coverage
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import queries
from unisono.rooms.plan.models import Objective

router = Router()


class ProgressOut(Schema):
    """`pace` is what the calendar asks for by today; both in the measure's unit.

    `below` of the value was earned by objectives below. Where nothing is `known`, there is no
    figure yet. A response time is to stay at or below its target, in minutes.
    """

    value: int
    pace: float
    standing: str
    planned: int
    published: int
    below: int
    known: bool


class ObjectiveOut(Schema):
    id: UUID
    name: str
    why: str
    metric: str
    unit: str
    target: int
    starts_on: date
    ends_on: date
    department_id: UUID | None
    parent_id: UUID | None
    owner_id: UUID | None
    progress: ProgressOut


class ObjectiveIn(Schema):
    name: str
    metric: str
    target: int
    starts_on: date
    ends_on: date
    why: str = ""
    unit: str = ""
    department_id: UUID | None = None
    parent_id: UUID | None = None
    owner_id: UUID | None = None


class ObjectiveChange(Schema):
    name: str | None = None
    metric: str | None = None
    target: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    why: str | None = None
    unit: str | None = None
    department_id: UUID | None = None
    parent_id: UUID | None = None
    owner_id: UUID | None = None


class CoverageOut(Schema):
    """Of one measure (`key_result_id` null: the objective's own), in posts until its period ends.

    `average` is what a post brought, over `sample` posts `whose` objective, department or
    organization it is; null when there are too few, and then nobody knows what is `needed`.
    """

    key_result_id: UUID | None
    metric: str
    lacks: int
    average: float | None
    sample: int
    whose: str
    scheduled: int
    approved: int
    drafted: int
    undated: int
    needed: int | None
    gap: int | None


@router.get("/objectives", response=PageOf[ObjectiveOut], summary="Objectives with their progress")
def objectives(request: Call, at: At) -> Any:
    found = page(queries.objectives(request.actor), at, lambda row: row)
    progress = metrics.progress(request.actor, found["items"], now=now())
    return {**found, "items": [_objective(row, progress[row.pk]) for row in found["items"]]}


@router.post("/objectives", response={201: ObjectiveOut}, summary="Set an objective")
def set_objective(request: Call, payload: ObjectiveIn) -> Any:
    values = resolved(request, payload.dict())
    return Status(
        201, _with_progress(request, plan.set_objective(**values, by=request.actor, now=now()))
    )


@router.get("/objectives/{pk}", response=ObjectiveOut, summary="One objective")
def objective(request: Call, pk: UUID) -> Any:
    return _with_progress(request, queries.objective(request.actor, pk))


@router.patch("/objectives/{pk}", response=ObjectiveOut, summary="Change an objective")
def change_objective(request: Call, pk: UUID, payload: ObjectiveChange) -> Any:
    row = queries.objective(request.actor, pk)
    kept = ("name", "metric", "target", "starts_on", "ends_on", "why", "unit")
    links = ("department_id", "parent_id", "owner_id")
    values = merged(row, (*kept, *links), payload.dict(exclude_unset=True))
    changed = plan.change_objective(row, **resolved(request, values), by=request.actor, now=now())
    return _with_progress(request, changed)


@router.delete("/objectives/{pk}", response={204: None}, summary="Archive an objective")
def archive_objective(request: Call, pk: UUID) -> Any:
    plan.archive_objective(queries.objective(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.get(
    "/objectives/{pk}/coverage",
    response=list[CoverageOut],
    summary="What is planned for an objective against what its target still needs",
)
def objective_coverage(request: Call, pk: UUID) -> Any:
    actor, row = request.actor, queries.objective(request.actor, pk)
    measures: list[Any] = [row, *queries.key_results(actor).filter(objective=row)]
    progress = metrics.progress(actor, measures, now=now())
    found = (coverage(actor, one, now=now()) for one in progress.values())
    return [_covered(one) for one in found if one]


def resolved(request: Call, values: dict[str, Any]) -> dict[str, Any]:
    """Ids become the rows they name."""
    named = Named(request.actor)
    finders: dict[str, tuple[str, Callable[[UUID | None], Any]]] = {
        "department_id": ("department", named.department),
        "owner_id": ("owner", named.member),
        "objective_id": ("objective", named.objective),
        "parent_id": ("parent", lambda pk: named.objective(pk, "parent_id")),
    }
    for name, (becomes, find) in finders.items():
        if name in values:
            values[becomes] = find(values.pop(name))
    return values


def _with_progress(request: Call, row: Objective) -> dict[str, Any]:
    return _objective(row, metrics.progress(request.actor, [row], now=now())[row.pk])


def _objective(row: Objective, progress: metrics.Progress) -> dict[str, Any]:
    fields = (
        "id", "name", "why", "metric", "unit", "target", "starts_on", "ends_on",
        "department_id", "parent_id", "owner_id",
    )  # fmt: skip
    return {**{name: getattr(row, name) for name in fields}, "progress": progress}


def _covered(one: Coverage) -> dict[str, Any]:
    names = (
        "lacks", "average", "sample", "whose", "scheduled", "approved", "drafted", "undated",
        "needed", "gap",
    )  # fmt: skip
    measure = one.progress.measure
    own = measure is one.progress.objective
    return {
        **{name: getattr(one, name) for name in names},
        "key_result_id": None if own else measure.pk,
        "metric": measure.metric,
    }

"""Key results of objectives, and the figures that programs report."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime

from unisono.api.calls import Call, Named, merged, now
from unisono.api.paging import At, PageOf, page
from unisono.api.plan import ProgressOut
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.plan import key_results, queries
from unisono.rooms.plan.models import KeyResult, Objective

router = Router()


class KeyResultOut(Schema):
    id: UUID
    objective_id: UUID
    name: str
    metric: str
    unit: str
    target: int
    channel_id: UUID | None
    progress: ProgressOut


class KeyResultIn(Schema):
    """`channel_id` narrows followers to one channel."""

    name: str
    metric: str
    target: int
    unit: str = ""
    channel_id: UUID | None = None


class KeyResultChange(Schema):
    name: str | None = None
    metric: str | None = None
    target: int | None = None
    unit: str | None = None
    channel_id: UUID | None = None


class ReadingIn(Schema):
    """The whole figure as it stood `at` an instant (now, when left out).

    The same report again is one and the same; another value for the same instant is refused.
    """

    value: int
    at: AwareDatetime | None = Field(
        None, description="With its offset, such as 2026-03-04T09:00Z."
    )


class ReadingOut(Schema):
    id: UUID
    value: int
    read_at: datetime
    pushed: bool


@router.get(
    "/objectives/{pk}/key-results",
    response=list[KeyResultOut],
    summary="The key results of an objective, with their progress",
)
def list_key_results(request: Call, pk: UUID) -> Any:
    objective = queries.objective(request.actor, pk)
    rows = list(queries.key_results(request.actor).filter(objective=objective))
    progress = metrics.progress(request.actor, rows, now=now())
    return [_shown(row, progress[row.pk]) for row in rows]


@router.post(
    "/objectives/{pk}/key-results", response={201: KeyResultOut}, summary="Set a key result"
)
def add(request: Call, pk: UUID, payload: KeyResultIn) -> Any:
    objective = queries.objective(request.actor, pk)
    values = _resolved(request, payload.dict())
    row = key_results.add(objective, **values, by=request.actor, now=now())
    return Status(201, _with_progress(request, row))


@router.patch("/key-results/{pk}", response=KeyResultOut, summary="Change a key result")
def change(request: Call, pk: UUID, payload: KeyResultChange) -> Any:
    row = queries.key_result(request.actor, pk)
    kept = ("name", "metric", "target", "unit", "channel_id")
    values = _resolved(request, merged(row, kept, payload.dict(exclude_unset=True)))
    changed = key_results.change(row, **values, by=request.actor, now=now())
    return _with_progress(request, changed)


@router.delete("/key-results/{pk}", response={204: None}, summary="Remove a key result")
def remove(request: Call, pk: UUID) -> Any:
    key_results.remove(queries.key_result(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.post(
    "/key-results/{pk}/readings", response={201: ReadingOut}, summary="Report a key result's figure"
)
def report(request: Call, pk: UUID, payload: ReadingIn) -> Any:
    return _reported(request, queries.key_result(request.actor, pk), payload)


@router.get(
    "/key-results/{pk}/readings", response=PageOf[ReadingOut], summary="What was reported of it"
)
def reported(request: Call, pk: UUID, at: At) -> Any:
    row = queries.key_result(request.actor, pk)
    return page(queries.readings(row), at, ReadingOut.from_orm)


@router.post(
    "/objectives/{pk}/readings",
    response={201: ReadingOut},
    summary="Report an entered objective's figure",
)
def report_objective(request: Call, pk: UUID, payload: ReadingIn) -> Any:
    return _reported(request, queries.objective(request.actor, pk), payload)


def _reported(request: Call, measure: Objective | KeyResult, payload: ReadingIn) -> Any:
    row = key_results.enter_reading(measure, **payload.dict(), by=request.actor, now=now())
    return Status(201, row)


def _resolved(request: Call, values: dict[str, Any]) -> dict[str, Any]:
    wanted = values.pop("channel_id")
    found = Named(request.actor).channels([wanted]) if wanted else [None]
    return {**values, "channel": found[0]}


def _with_progress(request: Call, row: KeyResult) -> dict[str, Any]:
    return _shown(row, metrics.progress(request.actor, [row], now=now())[row.pk])


def _shown(row: KeyResult, progress: metrics.Progress) -> dict[str, Any]:
    fields = ("id", "objective_id", "name", "metric", "unit", "target", "channel_id")
    return {**{name: getattr(row, name) for name in fields}, "progress": progress}

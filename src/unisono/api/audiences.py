"""Audiences: whom campaigns and posts are for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status

from unisono.api.calls import Call, Named, merged, now
from unisono.api.paging import At, PageOf, page
from unisono.rooms.plan import audiences as plan
from unisono.rooms.plan import queries

router = Router()
FIELDS = ("name", "description", "interests", "languages", "zone", "department_id")


class AudienceOut(Schema):
    """`languages` by their codes; an empty zone: its people live in many."""

    id: UUID
    name: str
    description: str
    interests: str
    languages: list[str]
    zone: str
    department_id: UUID | None
    archived_at: datetime | None


class AudienceIn(Schema):
    name: str
    description: str = ""
    interests: str = ""
    languages: list[str] = []
    zone: str = ""
    department_id: UUID | None = None


class AudienceChange(Schema):
    name: str | None = None
    description: str | None = None
    interests: str | None = None
    languages: list[str] | None = None
    zone: str | None = None
    department_id: UUID | None = None


@router.get("/audiences", response=PageOf[AudienceOut], summary="Audiences")
def audiences(request: Call, at: At, archived: bool = False) -> Any:
    rows = queries.audiences(request.actor, archived=archived)
    return page(rows, at, AudienceOut.from_orm)


@router.post("/audiences", response={201: AudienceOut}, summary="Describe an audience")
def describe(request: Call, payload: AudienceIn) -> Any:
    values = _with_department(request, payload.dict())
    return Status(201, plan.describe(**values, by=request.actor, now=now()))


@router.get("/audiences/{pk}", response=AudienceOut, summary="One audience")
def audience(request: Call, pk: UUID) -> Any:
    return queries.audience(request.actor, pk)


@router.patch("/audiences/{pk}", response=AudienceOut, summary="Change an audience")
def change(request: Call, pk: UUID, payload: AudienceChange) -> Any:
    row = queries.audience(request.actor, pk)
    given = payload.dict(exclude_unset=True)
    values = {k: v for k, v in given.items() if v is not None or k == "department_id"}
    values = _with_department(request, merged(row, FIELDS, values))
    return plan.change(row, **values, by=request.actor, now=now())


@router.delete("/audiences/{pk}", response={204: None}, summary="Archive an audience")
def archive(request: Call, pk: UUID) -> Any:
    plan.archive(queries.audience(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.post("/audiences/{pk}/restore", response=AudienceOut, summary="Offer an audience again")
def restore(request: Call, pk: UUID) -> Any:
    row = queries.audience(request.actor, pk)
    plan.restore(row, by=request.actor, now=now())
    return row


def _with_department(request: Call, values: dict[str, Any]) -> dict[str, Any]:
    values["department"] = Named(request.actor).department(values.pop("department_id"))
    return values

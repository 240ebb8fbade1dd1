"""Bringing a plan in from a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from unisono.api.calls import Call, Named, now
from unisono.api.paging import At, PageOf, page
from unisono.rooms.imports import actions as imports
from unisono.rooms.imports import queries

router = Router()


class ImportOut(Schema):
    """`mapping` names a field for each column of the file, in order; "" leaves it out. A `returned`
    file is an exported plan: it changes posts, and `posts_made` counts them."""

    id: UUID
    file_name: str
    format: str
    returned: bool
    state: str
    rows: int
    mapping: list[str]
    zone: str
    done_rows: int
    posts_made: int
    campaigns_made: int
    rows_refused: int
    at: datetime
    finished_at: datetime | None


class ProblemOut(Schema):
    row: int
    column: str
    level: str
    sentence: str
    value: str


class OutlookOut(Schema):
    """What would happen: `good` rows become posts, `bad` ones are left out."""

    headers: list[str]
    good: int
    bad: int
    date_order: str
    ambiguous: bool
    new_campaigns: list[str]
    problems: list[ProblemOut]


class DifferenceOut(Schema):
    column: str
    before: str
    after: str


class ChangeOut(Schema):
    post_id: UUID
    title: str
    row: int
    differences: list[DifferenceOut]


class ReportOut(Schema):
    """What a returned plan would change; `same` lines are as they stand."""

    same: int
    changes: list[ChangeOut]
    problems: list[ProblemOut]


class MappingIn(Schema):
    """`department_id` and `channel_ids` hold for rows that name none."""

    mapping: list[str]
    zone: str = ""
    date_order: str = "auto"
    department_id: UUID | None = None
    channel_ids: list[UUID] = []


@router.get("/imports", response=PageOf[ImportOut], summary="Imports so far")
def list_imports(request: Call, at: At) -> Any:
    return page(queries.runs(request.actor), at, ImportOut.from_orm)


@router.post("/imports", response={201: ImportOut}, summary="Upload a plan (multipart)")
def upload(request: Call, file: File[UploadedFile]) -> Any:
    row = imports.upload(data=file.read(), name=file.name or "", by=request.actor, now=now())
    return Status(201, row)


@router.get("/imports/{pk}", response=ImportOut, summary="One import, and how far it is")
def one(request: Call, pk: UUID) -> Any:
    return queries.run(request.actor, pk)


@router.get("/imports/{pk}/preview", response=OutlookOut, summary="What would happen")
def preview(request: Call, pk: UUID) -> Any:
    found = imports.preview(queries.run(request.actor, pk), by=request.actor, now=now())
    fields = ("headers", "good", "bad", "date_order", "ambiguous", "new_campaigns")
    shape = {name: getattr(found, name) for name in fields}
    return {**shape, "problems": [problem.as_data() for problem in found.problems]}


@router.get("/imports/{pk}/changes", response=ReportOut, summary="What a returned plan changes")
def changes(request: Call, pk: UUID) -> Any:
    found = imports.report(queries.run(request.actor, pk), by=request.actor)
    return {
        "same": found.same,
        "changes": [
            {
                "post_id": change.post,
                "title": change.title,
                "row": change.number,
                "differences": [
                    {"column": column, "before": before, "after": after}
                    for column, before, after in change.differences
                ],
            }
            for change in found.changes
        ],
        "problems": [problem.as_data() for problem in found.problems],
    }


@router.get("/imports/{pk}/problems", response=list[ProblemOut], summary="Rows left out, and why")
def problems(request: Call, pk: UUID) -> Any:
    return queries.run(request.actor, pk).problems


@router.put("/imports/{pk}/mapping", response=ImportOut, summary="Say what the columns mean")
def map_columns(request: Call, pk: UUID, payload: MappingIn) -> Any:
    named = Named(request.actor)
    return imports.map_columns(
        queries.run(request.actor, pk),
        mapping=payload.mapping,
        zone=payload.zone,
        date_order=payload.date_order,
        department=named.department(payload.department_id),
        channels=named.channels(payload.channel_ids),
        by=request.actor,
        now=now(),
    )


@router.post("/imports/{pk}/confirmation", response=ImportOut, summary="Begin the import")
def confirm(request: Call, pk: UUID) -> Any:
    return imports.confirm(queries.run(request.actor, pk), by=request.actor, now=now())


@router.post("/imports/{pk}/undoing", response=ImportOut, summary="Undo what nobody has touched")
def undo(request: Call, pk: UUID) -> Any:
    return imports.undo(queries.run(request.actor, pk), by=request.actor, now=now())

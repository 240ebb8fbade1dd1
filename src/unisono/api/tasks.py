"""Tasks: what has to be done, by whom, until when, and what waits for what."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema, Status

from unisono.api.calls import Call, Named, now
from unisono.api.paging import At, PageOf, page
from unisono.kernel.refusals import Invalid, NotFound
from unisono.rooms.content import queries as content
from unisono.rooms.plan import queries as plan
from unisono.rooms.requests import queries as requests
from unisono.rooms.workflow import queries
from unisono.rooms.workflow import tasks as work
from unisono.rooms.workflow.models import Task
from unisono.rooms.workflow.states import PENDING, TASK

router = Router()

FINDERS: dict[str, Any] = {
    "post_id": content.post,
    "campaign_id": plan.campaign,
    "idea_id": content.idea,
    "request_id": requests.request,
}


class TaskOut(Schema):
    """`due_on` and `due_time` (`17:00`, or empty: by the end of that day) were meant in `zone`;
    `due_at` is the instant from which on it is overdue. Of a planned step `step` is the key,
    `starts_on` the day to begin and `latest_on` the last day in time; of a campaign's task `step`
    says what it was made of. `by_hand`: a person chose the date, and the plan leaves it.
    `blocked`: it waits for another that is not done.
    """

    id: UUID
    title: str
    note: str
    department_id: UUID | None
    owner_id: UUID | None
    post_id: UUID | None
    campaign_id: UUID | None
    idea_id: UUID | None
    request_id: UUID | None
    days: int
    due_on: date | None
    due_time: str
    zone: str
    due_at: datetime | None
    by_hand: bool
    too_late: bool
    step: str
    starts_on: date | None
    latest_on: date | None
    blocked: bool
    made_at: datetime
    done_at: datetime | None
    state: str


class TaskIn(Schema):
    """What it is for: at most one of the four. `zone` empty: the caller's."""

    title: str
    note: str = ""
    department_id: UUID | None = None
    owner_id: UUID | None = None
    post_id: UUID | None = None
    campaign_id: UUID | None = None
    idea_id: UUID | None = None
    request_id: UUID | None = None
    days: int = 1
    due_on: date | None = None
    due_time: str = ""
    zone: str = ""


class TaskChange(Schema):
    title: str | None = None
    note: str | None = None
    days: int | None = None
    due_on: date | None = None
    due_time: str | None = None
    zone: str | None = None


class OwnerIn(Schema):
    """Null: nobody; it is the department's."""

    owner_id: UUID | None


class StateIn(Schema):
    state: Literal["open", "in_progress", "done", "dropped"]


class NeedOut(Schema):
    """`task_id` waits for `needed_id`."""

    task_id: UUID
    needed_id: UUID


VERBS = {"done": work.finish, "in_progress": work.start, "open": work.reopen, "dropped": work.drop}


@router.get("/tasks", response=PageOf[TaskOut], summary="Tasks, those to be done unless asked")
def tasks(
    request: Call,
    at: At,
    state: str = "",
    owner_id: UUID | None = None,
    department_id: UUID | None = None,
    post_id: UUID | None = None,
    campaign_id: UUID | None = None,
    due_before: date | None = None,
) -> Any:
    """What is to be done in an archived campaign rests: its `campaign_id` alone lists it."""
    if state and state not in TASK.states:
        raise Invalid(_("There is no such state."), field="state")
    states = (state,) if state else PENDING
    rows = queries.tasks(request.actor, states, resting=campaign_id is not None)
    asked = {
        "owner": owner_id,
        "department": department_id,
        "post": post_id,
        "campaign": campaign_id,
        "due_on__lt": due_before,
    }
    return page(rows.filter(**{k: v for k, v in asked.items() if v is not None}), at, task_shape)


@router.post("/tasks", response={201: TaskOut}, summary="Write a task down")
def add_task(request: Call, payload: TaskIn) -> Any:
    named = Named(request.actor)
    row = work.add(
        title=payload.title,
        note=payload.note,
        department=named.department(payload.department_id),
        owner=named.member(payload.owner_id),
        due=_due(payload),
        days=payload.days,
        of=_of(request, payload),
        by=request.actor,
        now=now(),
    )
    return Status(201, task_shape(queries.task(request.actor, row.pk)))


@router.get("/tasks/{pk}", response=TaskOut, summary="One task")
def one_task(request: Call, pk: UUID) -> Any:
    return task_shape(queries.task(request.actor, pk))


@router.patch("/tasks/{pk}", response=TaskOut, summary="Change a task")
def change_task(request: Call, pk: UUID, payload: TaskChange) -> Any:
    """A date that is set here is by hand: a plan moves it no more. `due_on` null takes it away."""
    row = queries.task(request.actor, pk)
    fields = ("title", "note", "days", "due_on", "due_time", "zone")
    said = payload.dict(exclude_unset=True)
    values = {name: said.get(name, getattr(row, name)) for name in fields}
    work.edit(
        row,
        title=values["title"] or "",
        note=values["note"] or "",
        days=values["days"] or 0,
        due=_due_of(values),
        by=request.actor,
        now=now(),
    )
    return task_shape(queries.task(request.actor, pk))


@router.post("/tasks/{pk}/state", response=TaskOut, summary="Start, finish, reopen or drop a task")
def set_state(request: Call, pk: UUID, payload: StateIn) -> Any:
    VERBS[payload.state](queries.task(request.actor, pk), by=request.actor, now=now())
    return task_shape(queries.task(request.actor, pk))


@router.put("/tasks/{pk}/owner", response=TaskOut, summary="Give a task to somebody")
def assign(request: Call, pk: UUID, payload: OwnerIn) -> Any:
    owner = Named(request.actor).member(payload.owner_id)
    work.assign(queries.task(request.actor, pk), owner=owner, by=request.actor, now=now())
    return task_shape(queries.task(request.actor, pk))


@router.get("/tasks/{pk}/needs", response=list[NeedOut], summary="What a task waits for")
def needs(request: Call, pk: UUID) -> Any:
    return list(queries.task(request.actor, pk).needs.all())


@router.put("/tasks/{pk}/needs/{other}", response={204: None}, summary="Let it wait for another")
def depend(request: Call, pk: UUID, other: UUID) -> Any:
    actor = request.actor
    work.depend(queries.task(actor, pk), on=queries.task(actor, other), by=actor, now=now())
    return Status(204, None)


@router.delete("/tasks/{pk}/needs/{other}", response={204: None}, summary="Let it wait no more")
def undepend(request: Call, pk: UUID, other: UUID) -> Any:
    actor = request.actor
    work.undepend(queries.task(actor, pk), on=queries.task(actor, other), by=actor, now=now())
    return Status(204, None)


def task_shape(row: Task) -> dict[str, Any]:
    """A task as the API tells it."""
    return {name: getattr(row, name) for name in TaskOut.model_fields}


def _due(payload: TaskIn) -> work.Due | None:
    return _due_of({name: getattr(payload, name) for name in ("due_on", "due_time", "zone")})


def _due_of(values: dict[str, Any]) -> work.Due | None:
    if values["due_on"] is None:
        return None
    return work.Due(values["due_on"], values["due_time"] or "", values["zone"] or "")


def _of(request: Call, payload: TaskIn) -> Any:
    given = [(name, getattr(payload, name)) for name in FINDERS if getattr(payload, name)]
    if len(given) > 1:
        raise Invalid(_("A task is for one thing at most."), field=given[1][0])
    for name, pk in given:
        try:
            return FINDERS[name](request.actor, pk)
        except NotFound as missing:
            raise Invalid(missing.sentence, field=name) from None
    return None

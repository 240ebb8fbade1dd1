"""Work: what waits for me, who has how much, who is away, posts at risk, and the plans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status

from unisono.api.calls import Call, Named, now
from unisono.api.paging import At, PageOf, page
from unisono.api.tasks import TaskOut, task_shape
from unisono.rooms.content.queries import post as post_of
from unisono.rooms.notifications import actions as notifications
from unisono.rooms.notifications import queries as notices
from unisono.rooms.people import queries as people
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import timing
from unisono.rooms.requests import queries as requests
from unisono.rooms.workflow import absences as away
from unisono.rooms.workflow import load, queries, risks, workplans
from unisono.rooms.workflow.states import PENDING

router = Router()


class MineOut(Schema):
    """The caller's pending tasks, the most urgent first; the posts whose approval waits for them;
    the requests they may answer."""

    tasks: list[TaskOut]
    approval_post_ids: list[UUID]
    request_ids: list[UUID]


class ReasonOut(Schema):
    """`code`: not_enough_days, overdue, too_late, absent, approval_open, unowned, blocked."""

    code: str
    sentence: str
    task_id: UUID | None


class RiskOut(Schema):
    post_id: UUID
    title: str
    at: datetime
    zone: str
    reasons: list[ReasonOut]


class WeekOut(Schema):
    """`work` and `there` are working days: of the tasks in that week, and of the person."""

    first: date
    tasks: int
    work: int
    there: int


class LoadOut(Schema):
    member_id: UUID
    name: str
    undated: int
    weeks: list[WeekOut]


class AbsenceOut(Schema):
    id: UUID
    member_id: UUID
    first_on: date
    last_on: date
    cover_id: UUID | None


class AbsenceIn(Schema):
    """Both days are included."""

    member_id: UUID
    first_on: date
    last_on: date
    cover_id: UUID | None = None


class StepShape(Schema):
    """`owner_rule`: writer, campaign, approver, scheduler, member (then `member_id`) or nobody.
    `after` are keys of steps it waits for; `closes`: frozen, approved, scheduled, or empty."""

    key: str = ""
    name: str
    days: int = 1
    owner_rule: str = "nobody"
    member_id: UUID | None = None
    after: list[str] = []
    closes: str = ""


class ChoicesIn(Schema):
    """Of task.assigned, task.due_tomorrow, task.overdue and task.freed; the others are silent."""

    wanted: list[str]


class PlanOut(Schema):
    """`own` is false where the plan of the organization, or the one Unisono comes with, holds."""

    department_id: UUID | None
    own: bool
    country: str
    automatic: bool
    steps: list[StepShape]


class PlanIn(Schema):
    """`country` is a code such as FR; empty: as the organization."""

    steps: list[StepShape]
    country: str = ""
    automatic: bool = False


@router.get("/notice-choices", response=list[str], summary="The choosable notices one is told of")
def notice_choices(request: Call) -> Any:
    return notices.wanted(request.actor)


@router.put("/notice-choices", response=list[str], summary="Choose which notices one is told of")
def choose_notices(request: Call, payload: ChoicesIn) -> Any:
    request.actor.must_anywhere(Capability.WRITE)
    notifications.choose_notices(payload.wanted, by=request.actor, now=now())
    return notices.wanted(request.actor)


@router.get("/my-work", response=MineOut, summary="What waits for the caller")
def my_work(request: Call) -> Any:
    actor = request.actor
    own = queries.tasks(actor, PENDING).filter(owner=actor.author_id)
    triage = actor.can_anywhere(Capability.CAMPAIGN)
    asked = list(requests.requests(actor, "new")[:200]) if triage else []
    posts = queries.waiting_for(actor).order_by("due_at").values_list("post", flat=True)
    return {
        "tasks": [task_shape(row) for row in own[:200]],
        "approval_post_ids": list(dict.fromkeys(posts)),
        "request_ids": [row.pk for row in asked],
    }


@router.get("/at-risk", response=list[RiskOut], summary="Posts whose day is doubtful, and why")
def at_risk(request: Call) -> Any:
    return [_risk(one) for one in risks.at_risk(request.actor, now=now())]


@router.get("/workload", response=list[LoadOut], summary="Who has how much to do, by week")
def workload(request: Call, department_id: UUID | None = None) -> Any:
    department = Named(request.actor).department(department_id)
    return [
        {
            "member_id": one.member.pk,
            "name": one.member.name,
            "undated": one.undated,
            "weeks": one.weeks,
        }
        for one in load.workload(request.actor, now=now(), department=department)
    ]


@router.get("/absences", response=PageOf[AbsenceOut], summary="Who is away when")
def absences(request: Call, at: At) -> Any:
    return page(queries.absences(request.actor), at, AbsenceOut.from_orm)


@router.post("/absences", response={201: AbsenceOut}, summary="Say when somebody is away")
def note_absence(request: Call, payload: AbsenceIn) -> Any:
    named = Named(request.actor)
    member = named.member(payload.member_id, "member_id")
    assert member is not None
    row = away.note_absence(
        member,
        first_on=payload.first_on,
        last_on=payload.last_on,
        cover=named.member(payload.cover_id, "cover_id"),
        by=request.actor,
        now=now(),
    )
    return Status(201, row)


@router.delete("/absences/{pk}", response={204: None}, summary="They are here after all")
def take_back_absence(request: Call, pk: UUID) -> Any:
    away.take_back_absence(queries.absence(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.post("/posts/{pk}/work", response={201: list[TaskOut]}, summary="Plan a post's work")
def plan_work(request: Call, pk: UUID) -> Any:
    """Makes the tasks of the plan's steps, back from the time the post goes out, if it has one."""
    post = post_of(request.actor, pk)
    timing.plan_work(post, by=request.actor, now=now())
    return Status(201, [task_shape(row) for row in queries.tasks_of(request.actor, post=post)])


@router.delete("/posts/{pk}/work", response={204: None}, summary="Drop a post's planned work")
def drop_work(request: Call, pk: UUID) -> Any:
    workplans.drop_work(post_of(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.get("/work-plan", response=PlanOut, summary="How posts are made, here or everywhere")
def plan(request: Call, department_id: UUID | None = None) -> Any:
    return _plan(Named(request.actor).department(department_id))


@router.put("/work-plan", response=PlanOut, summary="Say how posts are made")
def set_plan(request: Call, payload: PlanIn, department_id: UUID | None = None) -> Any:
    named = Named(request.actor)
    department = named.department(department_id)
    steps = [
        workplans.StepLine(
            step.name,
            step.days,
            step.owner_rule,
            named.member(step.member_id, "member_id"),
            tuple(step.after),
            step.closes,
            step.key,
        )
        for step in payload.steps
    ]
    workplans.set_plan(
        department=department,
        steps=steps,
        country=payload.country,
        automatic=payload.automatic,
        by=request.actor,
        now=now(),
    )
    return _plan(department)


@router.delete("/work-plan", response={204: None}, summary="Let the organization's plan hold again")
def forget_plan(request: Call, department_id: UUID) -> Any:
    department = people.department(request.actor, department_id)
    workplans.forget_plan(department, by=request.actor, now=now())
    return Status(204, None)


def _risk(one: risks.AtRisk) -> dict[str, Any]:
    reasons = [
        {"code": r.code, "sentence": r.sentence, "task_id": r.task.pk if r.task else None}
        for r in one.reasons
    ]
    told = {"title": one.post.title, "at": one.at, "zone": one.zone, "reasons": reasons}
    return {"post_id": one.post.pk, **told}


def _plan(department: Any) -> dict[str, Any]:
    where = department.pk if department else None
    held = workplans.plan_for(where)
    own = held.row is not None and held.row.department_id == where
    steps = [
        {
            "key": line.key,
            "name": line.name,
            "days": line.days,
            "owner_rule": line.owner_rule,
            "member_id": line.member.pk if line.member else None,
            "after": list(line.after),
            "closes": line.closes,
        }
        for line in held.steps
    ]
    country = held.row.country if held.row else ""
    told = {"own": own, "country": country, "automatic": held.automatic, "steps": steps}
    return {"department_id": where, **told}

"""Campaigns: brief, ties, link parameters, how they stand, copies."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Router, Schema, Status

from unisono.api.calls import Call, Named, merged, now
from unisono.api.paging import At, PageOf, page
from unisono.api.plan import ProgressOut, resolved
from unisono.api.templates import TemplateOut, template_shape
from unisono.kernel.clock import to_wall
from unisono.rooms.content import campaigns as content
from unisono.rooms.metrics import campaigns as metrics
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import briefs, queries, templates
from unisono.rooms.plan.briefs import Details, Link
from unisono.rooms.plan.models import Campaign
from unisono.rooms.plan.utm import Pattern
from unisono.rooms.workflow import campaigns as work

router = Router()
KEPT = ("name", "starts_on", "ends_on", "brief")
LINKED = ("department_id", "objective_id", "owner_id")
TIED = ("department_ids", "channel_ids", "audience_ids", "objective_ids")


class LinkShape(Schema):
    url: str
    name: str = ""


class UtmShape(Schema):
    """Link parameters without their `utm_`, with {campaign} {channel} {network} {department} {post}
    {id} standing for what they name. Links to `hosts` are never touched; those that carry a `utm_`
    parameter only when `replace` is true."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    content: str = ""
    term: str = ""
    hosts: list[str] = []
    replace: bool = False


class CampaignOut(Schema):
    """`department_id` leads, `department_ids` take part. Posts serve `objective_id`; the campaign
    helps `objective_ids` besides. `code` stands for it in links."""

    id: UUID
    name: str
    status: Literal["planned", "running", "ended", "archived"]
    brief: str
    goal: str
    message: str
    tone: str
    dos: str
    donts: str
    budget: str
    links: list[LinkShape]
    code: str
    utm: UtmShape | None
    starts_on: date
    ends_on: date
    department_id: UUID | None
    objective_id: UUID | None
    owner_id: UUID | None
    department_ids: list[UUID]
    channel_ids: list[UUID]
    audience_ids: list[UUID]
    objective_ids: list[UUID]
    archived_at: datetime | None


class CampaignIn(Schema):
    name: str
    starts_on: date
    ends_on: date
    brief: str = ""
    goal: str = ""
    message: str = ""
    tone: str = ""
    dos: str = ""
    donts: str = ""
    budget: str = ""
    links: list[LinkShape] = []
    code: str = ""
    utm: UtmShape | None = None
    department_id: UUID | None = None
    objective_id: UUID | None = None
    owner_id: UUID | None = None
    department_ids: list[UUID] = []
    channel_ids: list[UUID] = []
    audience_ids: list[UUID] = []
    objective_ids: list[UUID] = []


class CampaignChange(Schema):
    """`utm` null takes the link parameters away."""

    name: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    brief: str | None = None
    goal: str | None = None
    message: str | None = None
    tone: str | None = None
    dos: str | None = None
    donts: str | None = None
    budget: str | None = None
    links: list[LinkShape] | None = None
    code: str | None = None
    utm: UtmShape | None = None
    department_id: UUID | None = None
    objective_id: UUID | None = None
    owner_id: UUID | None = None
    department_ids: list[UUID] | None = None
    channel_ids: list[UUID] | None = None
    audience_ids: list[UUID] | None = None
    objective_ids: list[UUID] | None = None


class CampaignQuery(Schema):
    """What narrows the list; without a status, all but the archived ones."""

    status: Literal["", "planned", "running", "ended", "archived"] = ""
    department_id: list[UUID] = []
    owner_id: list[UUID] = []
    objective_id: list[UUID] = []
    audience_id: list[UUID] = []
    text: str = ""


class ServedOut(Schema):
    """A measure the campaign serves; `earned` is what its own posts brought, where posts can."""

    objective_id: UUID
    key_result_id: UUID | None
    name: str
    metric: str
    target: int
    earned: int | None
    progress: ProgressOut


class LateOut(Schema):
    """What is late (`working`), blocked (`person`) or at `risk`."""

    group: str
    code: str
    reason: str
    todo: str
    post_id: UUID
    variant_id: UUID
    publication_id: UUID | None
    due_at: datetime
    zone: str


class CampaignProgressOut(Schema):
    """`stages` counts posts by how far they are: drafted, approved, scheduled, out."""

    status: str
    posts: int
    stages: dict[str, int]
    badges: dict[str, int]
    served: list[ServedOut]
    in_the_way: list[LateOut]


class CloneIn(Schema):
    """`drafts` copies its posts as drafts, their wall times shifted by as many days."""

    name: str
    starts_on: date
    drafts: bool = True


class KeepIn(Schema):
    """`day` is the one the steps are counted from: the launch."""

    name: str
    day: date
    note: str = ""


@router.get("/campaigns", response=PageOf[CampaignOut], summary="Campaigns")
def campaigns(request: Call, at: At, asked: Query[CampaignQuery]) -> Any:
    wanted = queries.Wanted(
        status=asked.status,
        departments=tuple(asked.department_id),
        owners=tuple(asked.owner_id),
        objectives=tuple(asked.objective_id),
        audiences=tuple(asked.audience_id),
        text=asked.text,
    )
    rows = queries.find_campaigns(request.actor, wanted, _today(request))
    rows = rows.prefetch_related(*briefs.TIES)
    return page(rows, at, lambda row: _shape(request, row))


@router.post("/campaigns", response={201: CampaignOut}, summary="Open a campaign")
def open_campaign(request: Call, payload: CampaignIn) -> Any:
    given = payload.dict()
    values = resolved(request, {name: given[name] for name in (*KEPT, *LINKED)})
    details = _said(request, Details(), given)
    row = plan.open_campaign(**values, details=details, by=request.actor, now=now())
    return Status(201, _shape(request, row))


@router.get("/campaigns/{pk}", response=CampaignOut, summary="One campaign")
def campaign(request: Call, pk: UUID) -> Any:
    return _shape(request, queries.campaign(request.actor, pk))


@router.patch("/campaigns/{pk}", response=CampaignOut, summary="Change a campaign")
def change_campaign(request: Call, pk: UUID, payload: CampaignChange) -> Any:
    row = queries.campaign(request.actor, pk)
    given = payload.dict(exclude_unset=True)
    linked = resolved(request, {name: given[name] for name in LINKED if name in given})
    values = merged(row, (*KEPT, "department", "objective", "owner"), {**given, **linked})
    details = _said(request, briefs.details_of(row), given)
    row = plan.change_campaign(row, **values, details=details, by=request.actor, now=now())
    return _shape(request, row)


@router.delete("/campaigns/{pk}", response={204: None}, summary="Archive a campaign")
def archive_campaign(request: Call, pk: UUID) -> Any:
    plan.archive_campaign(queries.campaign(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.post(
    "/campaigns/{pk}/restore", response=CampaignOut, summary="Take a campaign out of the archive"
)
def restore_campaign(request: Call, pk: UUID) -> Any:
    row = queries.campaign(request.actor, pk)
    plan.restore_campaign(row, by=request.actor, now=now())
    return _shape(request, row)


@router.post(
    "/campaigns/{pk}/clone", response={201: CampaignOut}, summary="Copy a campaign to other dates"
)
def clone(request: Call, pk: UUID, payload: CloneIn) -> Any:
    row = queries.campaign(request.actor, pk)
    made = content.clone(row, **payload.dict(), by=request.actor, now=now())
    return Status(201, _shape(request, made))


@router.post(
    "/campaigns/{pk}/template", response={201: TemplateOut}, summary="Keep it as a template"
)
def keep_as_template(request: Call, pk: UUID, payload: KeepIn) -> Any:
    row = queries.campaign(request.actor, pk)
    kept = work.keep_as_template(row, **payload.dict(), by=request.actor, now=now())
    return Status(201, template_shape(templates.template(request.actor, str(kept.pk))))


@router.get(
    "/campaigns/{pk}/progress", response=CampaignProgressOut, summary="How a campaign stands"
)
def progress(request: Call, pk: UUID) -> Any:
    actor, row = request.actor, queries.campaign(request.actor, pk)
    stands = metrics.standings(actor, [row])[row.pk]
    return {
        "status": row.status(_today(request)),
        "posts": stands.posts,
        "stages": {stage: stands.stages[stage] for stage in metrics.STAGES},
        "badges": dict(stands.badges),
        "served": [_served(one) for one in metrics.served(actor, row, now=now())],
        "in_the_way": [_late(item) for item in metrics.in_the_way(actor, row, now=now())],
    }


def _today(request: Call) -> date:
    return to_wall(now(), request.actor.zone).date()


def _said(request: Call, before: Details, given: dict[str, Any]) -> Details:
    """The details with what was given laid over; null words mean none."""
    named = Named(request.actor)
    said: dict[str, Any] = {
        name: given[name] or "" for name in (*briefs.WORDS, "code") if name in given
    }
    if "links" in given:
        said["links"] = [Link(**link) for link in given["links"] or ()]
    if "utm" in given:
        said["utm"] = Pattern.of(given["utm"] or {})
    for name in TIED:
        if name in given:
            find = getattr(named, name.replace("_ids", "s"))
            said[name.replace("_ids", "s")] = find(given[name] or [])
    return replace(before, **said)


def _shape(request: Call, row: Campaign) -> dict[str, Any]:
    names = ("id", *KEPT, *LINKED, *briefs.WORDS, "links", "code", "archived_at")
    shape = {name: getattr(row, name) for name in names}
    shape |= {
        name: [one.pk for one in getattr(row, name.replace("_ids", "s")).all()] for name in TIED
    }
    utm = asdict(Pattern.of(row.utm)) if row.utm else None
    return {**shape, "utm": utm, "status": row.status(_today(request))}


def _served(one: metrics.Served) -> dict[str, Any]:
    measure = one.progress.measure
    own = measure.pk == one.progress.objective.pk
    return {
        "objective_id": one.progress.objective.pk,
        "key_result_id": None if own else measure.pk,
        "name": measure.name,
        "metric": measure.metric,
        "target": measure.target,
        "earned": one.earned,
        "progress": one.progress,
    }


def _late(item: Any) -> dict[str, Any]:
    names = ("group", "code", "reason", "todo", "due_at", "zone")
    return {
        **{name: getattr(item, name) for name in names},
        "post_id": item.variant.post_id,
        "variant_id": item.variant.pk,
        "publication_id": item.publication.pk if item.publication else None,
    }

"""Key dates: holidays and observances of the countries that matter, and own dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal, cast
from uuid import UUID

from ninja import Router, Schema, Status
from pydantic import NaiveDatetime

from unisono.api.calls import Call, Named, merged, now
from unisono.kernel.clock import to_wall
from unisono.rooms.content import sources
from unisono.rooms.metrics import foresight
from unisono.rooms.people.models import Department
from unisono.rooms.plan import key_dates as plan
from unisono.rooms.plan import occasions, queries
from unisono.rooms.plan.occasions import Occasion

router = Router()


class OccasionOut(Schema):
    """One day. `id` is this year's day; what is prepared for it has it as its origin.

    `key_date_id` names the organization's own date behind it; `countries` is empty for those and
    for what is kept everywhere.
    """

    id: UUID
    on: date
    name: str
    kind: str
    countries: list[str]
    lead_days: int
    note: str
    department_id: UUID | None
    key_date_id: UUID | None
    prepared: int


class NearingOut(Schema):
    """A date worth preparing now. What its posts brought a year ago, where it was measured."""

    occasion: OccasionOut
    days: int
    posts_before: int | None
    views_before: int | None


class KeyDateOut(Schema):
    id: UUID
    name: str
    on: date
    yearly: bool
    note: str
    department_id: UUID | None
    lead_days: int


class KeyDateIn(Schema):
    name: str
    on: date
    yearly: bool = False
    note: str = ""
    department_id: UUID | None = None
    lead_days: int = 28


class KeyDateChange(Schema):
    name: str | None = None
    on: date | None = None
    yearly: bool | None = None
    note: str | None = None
    department_id: UUID | None = None
    lead_days: int | None = None


class CountriesIn(Schema):
    """ISO 3166-1 codes of two letters; these and no others."""

    countries: list[str]


class ForDate(Schema):
    """`on` is the day of the date; the title is the date's own name where none is given."""

    on: date
    title: str = ""
    note: str = ""


class IdeaForDate(ForDate):
    department_id: UUID | None = None


class PostForDate(ForDate):
    """`wall` is the wall time in `zone` (yours, when left out) pencilled in on each channel."""

    department_id: UUID
    channel_ids: list[UUID]
    wall: NaiveDatetime
    zone: str = ""


class PreparedOut(Schema):
    idea_id: UUID
    post_id: UUID | None


@router.get(
    "/key-dates", response=list[OccasionOut], summary="What lies between two days (a year from now)"
)
def list_key_dates(
    request: Call,
    first: date | None = None,
    last: date | None = None,
    country: str = "",
    language: str = "",
    kind: Literal["", "company", "holiday", "observance"] = "",
) -> Any:
    first = first or to_wall(now(), request.actor.organization.zone).date()
    found = occasions.occasions(
        request.actor,
        first,
        last or first + min(timedelta(365), date.max - first),
        countries=[country.upper()] if country else None,
        language=language,
        kind=kind,
    )
    made = foresight.prepared(found)
    return [_shown(one, made[one.pk]) for one in found]


@router.get("/key-dates/nearing", response=list[NearingOut], summary="What is worth preparing now")
def nearing(request: Call) -> Any:
    return [
        {
            "occasion": _shown(one.occasion, 0),
            "days": one.days,
            "posts_before": one.earlier.posts if one.earlier else None,
            "views_before": one.earlier.views if one.earlier else None,
        }
        for one in foresight.nearing(request.actor, now=now())
    ]


@router.post("/key-dates", response={201: KeyDateOut}, summary="Keep a date of our own")
def set_date(request: Call, payload: KeyDateIn) -> Any:
    values = _resolved(request, payload.dict())
    return Status(201, plan.set_date(**values, by=request.actor, now=now()))


@router.patch("/key-dates/{pk}", response=KeyDateOut, summary="Change a date of our own")
def change_date(request: Call, pk: UUID, payload: KeyDateChange) -> Any:
    row = queries.key_date(request.actor, pk)
    kept = ("name", "on", "yearly", "note", "department_id", "lead_days")
    values = _resolved(request, merged(row, kept, payload.dict(exclude_unset=True)))
    return plan.change_date(row, **values, by=request.actor, now=now())


@router.delete("/key-dates/{pk}", response={204: None}, summary="Take a date of our own off")
def remove_date(request: Call, pk: UUID) -> Any:
    row = queries.key_date(request.actor, pk)
    plan.remove_date(row, by=request.actor, now=now())
    return Status(204, None)


@router.post("/key-dates/{pk}/idea", response={201: PreparedOut}, summary="An idea for a date")
def idea_for(request: Call, pk: UUID, payload: IdeaForDate) -> Any:
    idea = sources.from_key_date(
        **_for(request, pk, payload),
        department=Named(request.actor).department(payload.department_id),
    )
    return Status(201, {"idea_id": idea.pk, "post_id": None})


@router.post("/key-dates/{pk}/post", response={201: PreparedOut}, summary="A post for a date")
def post_for(request: Call, pk: UUID, payload: PostForDate) -> Any:
    named = Named(request.actor)
    post = sources.post_from_key_date(
        **_for(request, pk, payload),
        department=cast(Department, named.department(payload.department_id)),
        channels=named.channels(payload.channel_ids),
        wall=payload.wall,
        zone=payload.zone or request.actor.zone,
    )
    return Status(201, {"idea_id": post.idea_id, "post_id": post.pk})


@router.get("/key-date-countries", response=list[str], summary="The countries that matter")
def countries(request: Call) -> Any:
    return list(queries.countries(request.actor))


@router.put("/key-date-countries", response=list[str], summary="Choose the countries that matter")
def choose_countries(request: Call, payload: CountriesIn) -> Any:
    return list(plan.choose_countries(payload.countries, by=request.actor, now=now()))


def _for(request: Call, pk: UUID, payload: ForDate) -> dict[str, Any]:
    row = occasions.occasion(request.actor, pk, payload.on)
    return {
        "title": payload.title or row.name, "note": payload.note, "date_id": row.pk,
        "date_name": row.dated, "by": request.actor, "now": now(),
    }  # fmt: skip


def _resolved(request: Call, values: dict[str, Any]) -> dict[str, Any]:
    wanted = values.pop("department_id")
    return {**values, "department": Named(request.actor).department(wanted)}


def _shown(one: Occasion, prepared: int) -> dict[str, Any]:
    fields = ("on", "name", "kind", "note")
    return {name: getattr(one, name) for name in fields} | {
        "id": one.pk,
        "countries": list(one.countries),
        "lead_days": one.lead,
        "department_id": one.department.pk if one.department else None,
        "key_date_id": one.key_date.pk if one.key_date else None,
        "prepared": prepared,
    }

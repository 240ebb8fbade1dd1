"""Series: what comes again and again, as ordinary posts made ahead."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema, Status
from pydantic import Field

from unisono.api.calls import Call, Named, merged, now
from unisono.api.content import wall as without_offset
from unisono.api.paging import At, PageOf, page
from unisono.kernel.refusals import Invalid, NotFound
from unisono.rooms.content import queries
from unisono.rooms.content import series as content
from unisono.rooms.content.models import Occurrence, Series
from unisono.rooms.content.recurrence import End, Rule
from unisono.rooms.library import queries as library
from unisono.rooms.library.models import Asset
from unisono.rooms.people.models import Department
from unisono.rooms.workflow import actions as workflow

router = Router()

MAY_BE_EMPTY = ("campaign_id", "objective_id", "until", "count")
"""What a change may set to null; elsewhere null means: as it is."""


class RhythmIn(Schema):
    """`wall` is the first wall time, such as `2026-03-10T09:00`, in `zone` (the caller's own when
    left out). Weekdays count from 0, Monday. A monthly rule with `nth` (1 to 4, or -1 for the
    last) means that weekday, and without it the day of `wall`. Give `until` or `count`."""

    every: Literal["day", "week", "month", "year"]
    interval: int = 1
    weekdays: list[int] = []
    nth: int = 0
    wall: datetime
    zone: str = ""
    until: date | None = None
    count: int | None = None


class DateOut(Schema):
    """`shifted`: the clocks skip this time; `ambiguous`: it comes twice, and the first is meant."""

    day: date
    wall: datetime
    at: datetime
    shifted: bool
    ambiguous: bool


class SeriesIn(RhythmIn):
    """With `post_id`, that post is the pattern, and nothing else of it is read. `follow_ups` go out
    under each post, each as a reply to the one before. `texts` and `own_follow_ups` map a channel
    to its own, null: the common ones."""

    post_id: UUID | None = None
    title: str = ""
    department_id: UUID | None = None
    text: str = ""
    follow_ups: list[str] = []
    language: str = ""
    campaign_id: UUID | None = None
    objective_id: UUID | None = None
    channel_ids: list[UUID] = []
    texts: dict[UUID, str | None] = {}
    own_follow_ups: dict[UUID, list[str] | None] = {}
    asset_ids: list[UUID] = []


class SeriesChange(Schema):
    """Send `version` as you read it, and a change by somebody else in between is refused."""

    title: str | None = None
    department_id: UUID | None = None
    text: str | None = None
    follow_ups: list[str] | None = None
    language: str | None = None
    campaign_id: UUID | None = None
    objective_id: UUID | None = None
    channel_ids: list[UUID] | None = None
    texts: dict[UUID, str | None] | None = None
    own_follow_ups: dict[UUID, list[str] | None] | None = None
    asset_ids: list[UUID] | None = None
    every: Literal["day", "week", "month", "year"] | None = None
    interval: int | None = None
    weekdays: list[int] | None = None
    nth: int | None = None
    wall: datetime | None = None
    zone: str | None = None
    until: date | None = None
    count: int | None = None
    version: int | None = None


class PartOut(Schema):
    channel_id: UUID
    text: str | None
    follow_ups: list[str] | None
    options: dict[str, Any]


class PictureOut(Schema):
    asset_id: UUID
    position: int
    alt: str


class SeriesOut(Schema):
    """`made_until`: up to this instant its posts are made. `last_at`: when the last one comes."""

    id: UUID
    title: str
    text: str
    follow_ups: list[str]
    language: str
    department_id: UUID
    campaign_id: UUID | None
    objective_id: UUID | None
    every: str
    interval: int
    weekdays: list[int]
    nth: int
    wall: str
    zone: str
    until: date | None
    count: int | None
    made_by_id: UUID | None
    made_at: datetime
    changed_at: datetime
    made_until: datetime
    last_at: datetime
    version: int
    state: str
    channels: list[PartOut]
    images: list[PictureOut]


class ChangedOut(Schema):
    """How many posts ahead followed, were taken back, are new, and stay as they are."""

    series: SeriesOut
    followed: int
    removed: int
    made: int
    left: int


class OccurrenceOut(Schema):
    """`day` is the one the rule meant. `post_id` null: none was made, or it is gone."""

    day: date
    wall: str
    zone: str
    at: datetime
    post_id: UUID | None
    state: str


class AskIn(Schema):
    note: str = ""
    schedule_when_approved: bool = True


class AskedOut(Schema):
    """`not_ready` posts break a rule of their network and were left out."""

    post_ids: list[UUID]
    approval_ids: list[UUID]
    not_ready: list[UUID] = Field(description="Posts that were left out.")


@router.get("/series", response=PageOf[SeriesOut], summary="Series")
def all_series(
    request: Call, at: At, department_id: UUID | None = None, campaign_id: UUID | None = None
) -> Any:
    rows = queries.all_series(request.actor).prefetch_related("channels", "images")
    if department_id:
        rows = rows.filter(department=department_id)
    if campaign_id:
        rows = rows.filter(campaign=campaign_id)
    return page(rows, at, _series)


@router.post("/series", response={201: SeriesOut}, summary="Make a series")
def make_series(request: Call, payload: SeriesIn) -> Any:
    """The posts of the next 60 days are made at once, as drafts pencilled in."""
    rhythm = _rhythm(request, payload.dict())
    if payload.post_id:
        post = _named(queries.post, request, payload.post_id, "post_id")
        row = content.repeat_post(post, rhythm, by=request.actor, now=now())
    else:
        pattern = _pattern(request, payload.dict())
        row = content.make_series(pattern, rhythm, by=request.actor, now=now())
    return Status(201, _series(row))


@router.post("/series/dates", response=list[DateOut], summary="The dates a rule would give")
def dates(request: Call, payload: RhythmIn) -> Any:
    return content.foreseen(_rhythm(request, payload.dict()))


@router.get("/series/{pk}", response=SeriesOut, summary="One series")
def series(request: Call, pk: UUID) -> Any:
    return _series(queries.series(request.actor, pk))


@router.patch("/series/{pk}", response=ChangedOut, summary="Change what a series says, or when")
def change_series(request: Call, pk: UUID, payload: SeriesChange) -> Any:
    """Posts ahead that nobody touched follow; the others stay as they are."""
    row = queries.series(request.actor, pk)
    given = {
        name: value
        for name, value in payload.dict(exclude_unset=True).items()
        if value is not None or name in MAY_BE_EMPTY
    }
    version = given.pop("version", None)
    changed = content.change_series(
        row,
        pattern=_pattern_with(request, row, given),
        rhythm=_rhythm(request, _when(row, given)),
        version=version,
        by=request.actor,
        now=now(),
    )
    return _changed(row, changed)


@router.post("/series/{pk}/end", response=ChangedOut, summary="End a series")
def end_series(request: Call, pk: UUID) -> Any:
    """Posts ahead that nobody touched are taken back."""
    row = queries.series(request.actor, pk)
    return _changed(row, content.end_series(row, by=request.actor, now=now()))


@router.get(
    "/series/{pk}/occurrences", response=PageOf[OccurrenceOut], summary="What became of each day"
)
def occurrences(request: Call, pk: UUID, at: At) -> Any:
    row = queries.series(request.actor, pk)
    return page(queries.occurrences(request.actor, row), at, _occurrence)


@router.post(
    "/series/{pk}/occurrences/{day}/skip", response=OccurrenceOut, summary="Leave a day out"
)
def skip(request: Call, pk: UUID, day: date) -> Any:
    row = queries.series(request.actor, pk)
    return _occurrence(content.skip(row, day=day, by=request.actor, now=now()))


@router.post(
    "/series/{pk}/approvals",
    response={201: AskedOut},
    summary="Ask for approval of all posts ahead",
)
def ask_approval(request: Call, pk: UUID, payload: AskIn) -> Any:
    """Each post is a question of its own; what was asked before is not asked again."""
    row = queries.series(request.actor, pk)
    asked = workflow.ask_approval_of_series(row, **payload.dict(), by=request.actor, now=now())
    told = {
        "post_ids": [post.pk for post in asked.posts],
        "approval_ids": [one.pk for one in asked.requests],
        "not_ready": [post.pk for post in asked.not_ready],
    }
    return Status(201, told)


def _rhythm(request: Call, given: dict[str, Any]) -> content.Rhythm:
    return content.Rhythm(
        Rule(given["every"], given["interval"], tuple(given["weekdays"]), given["nth"]),
        without_offset(given["wall"]).replace(second=0, microsecond=0),
        given["zone"] or request.actor.zone,
        End(given["until"], given["count"]),
    )


def _when(row: Series, given: dict[str, Any]) -> dict[str, Any]:
    """The rhythm with what was given laid over; one end takes the other's place."""
    fields = ("every", "interval", "weekdays", "nth", "zone")
    told = merged(row, fields, given) | {"wall": given.get("wall", row.anchor)}
    if "until" in given or "count" in given:
        return told | {"until": given.get("until"), "count": given.get("count")}
    return told | {"until": row.until, "count": row.count}


def _pattern(request: Call, given: dict[str, Any]) -> content.Pattern:
    if given["department_id"] is None:
        raise Invalid(_("Choose a department."), field="department_id")
    return content.Pattern(
        channels=Named(request.actor).channels(given["channel_ids"]),
        words=given["texts"],
        own_follow_ups=given["own_follow_ups"],
        images=_images(request, given["asset_ids"]),
        **_words(request, given),
    )


def _pattern_with(request: Call, row: Series, given: dict[str, Any]) -> content.Pattern:
    """The pattern of a series with what was given laid over."""
    before, named = content.Pattern.of(row), Named(request.actor)
    fields = (
        "title", "department_id", "text", "follow_ups", "language", "campaign_id", "objective_id"
    )  # fmt: skip
    channels, assets = given.get("channel_ids"), given.get("asset_ids")
    return content.Pattern(
        channels=before.channels if channels is None else named.channels(channels),
        words={**before.words, **(given.get("texts") or {})},
        own_follow_ups={**before.own_follow_ups, **(given.get("own_follow_ups") or {})},
        options=before.options,
        images=before.images if assets is None else _images(request, assets),
        **_words(request, merged(row, fields, given)),
    )


def _words(request: Call, given: dict[str, Any]) -> dict[str, Any]:
    named = Named(request.actor)
    return {
        "title": given["title"],
        "text": given["text"],
        "follow_ups": given["follow_ups"],
        "language": given["language"],
        "department": cast(Department, named.department(given["department_id"])),
        "campaign": named.campaign(given["campaign_id"]),
        "objective": named.objective(given["objective_id"]),
    }


def _images(request: Call, pks: list[UUID]) -> list[tuple[Asset, str | None]]:
    return [(_named(library.asset, request, pk, "asset_ids"), None) for pk in pks]


def _named(find: Any, request: Call, pk: UUID, field: str) -> Any:
    try:
        return find(request.actor, pk)
    except NotFound as missing:
        raise Invalid(missing.sentence, field=field) from None


def _series(row: Series) -> dict[str, Any]:
    fields = (
        "id", "title", "text", "follow_ups", "language", "department_id", "campaign_id",
        "objective_id", "every", "interval", "weekdays", "nth", "wall", "zone", "until", "count",
        "made_by_id", "made_at", "changed_at", "made_until", "last_at", "version", "state",
    )  # fmt: skip
    shape = {name: getattr(row, name) for name in fields}
    return {**shape, "channels": list(row.channels.all()), "images": list(row.images.all())}


def _changed(row: Series, changed: content.Changed) -> dict[str, Any]:
    return {"series": _series(row), **vars(changed)}


def _occurrence(row: Occurrence) -> dict[str, Any]:
    fields = ("day", "wall", "zone", "at", "state")
    living = row.post_id if row.post and not row.post.removed_at else None
    return {**{name: getattr(row, name) for name in fields}, "post_id": living}

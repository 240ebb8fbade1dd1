"""Posts, variants and images."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from unisono.api.calls import Call, Named, merged, now
from unisono.api.paging import At, PageOf, page
from unisono.kernel.refusals import Invalid, NotFound
from unisono.rooms.content import actions as content
from unisono.rooms.content import queries
from unisono.rooms.content.checks import findings
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.library import actions as library
from unisono.rooms.library import queries as library_queries
from unisono.rooms.people.models import Department
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.standings import standing

router = Router()


class AssetOut(Schema):
    id: UUID
    name: str
    alt: str
    mime: str
    width: int
    height: int
    size: int
    sha256: str
    added_at: datetime


class AssetChange(Schema):
    name: str | None = None
    alt: str | None = None
    credit: str | None = None


class ImageOut(Schema):
    id: UUID
    asset_id: UUID
    position: int
    alt: str


class ImageIn(Schema):
    asset_id: UUID
    alt: str | None = None


class AltIn(Schema):
    alt: str


class FindingOut(Schema):
    level: str
    code: str
    sentence: str
    field: str


class VariantOut(Schema):
    """`text` null: it follows the common text, and `follow_ups` null: the common ones.

    `planned_wall` is said in `planned_zone`.
    """

    id: UUID
    post_id: UUID
    channel_id: UUID
    text: str | None
    follow_ups: list[str] | None
    options: dict[str, Any]
    planned_wall: str
    planned_zone: str
    planned_at: datetime | None
    digest: str


class VariantChange(Schema):
    text: str | None = None
    follow_ups: list[str] | None = None
    options: dict[str, Any] | None = None


class TimeIn(Schema):
    """A wall time such as `2026-03-11T08:50`, in `zone` (the caller's own when left out).

    With `along`, posts that follow its post move with it where they would go out too early;
    `override_reason` plans it against a house rule, where the caller may.
    """

    wall: datetime | None
    zone: str = ""
    along: bool = False
    override_reason: str = ""


class PostOut(Schema):
    """`state` is the badge, derived from the variants: out on `out` of `of` channels.

    Without audiences of its own it is for its campaign's.
    `follow_ups` go out under the post, each as a reply to the one before.
    """

    id: UUID
    title: str
    text: str
    follow_ups: list[str]
    language: str
    department_id: UUID
    campaign_id: UUID | None
    objective_id: UUID | None
    audience_ids: list[UUID]
    idea_id: UUID | None
    series_id: UUID | None
    written_by_id: UUID | None
    written_at: datetime
    changed_at: datetime
    version: int
    state: str
    out: int
    of: int
    variants: list[VariantOut]
    images: list[ImageOut]


class PostIn(Schema):
    title: str
    department_id: UUID
    text: str = ""
    follow_ups: list[str] = []
    language: str = ""
    campaign_id: UUID | None = None
    objective_id: UUID | None = None
    audience_ids: list[UUID] = []
    channel_ids: list[UUID] = []


class PostChange(Schema):
    """Send `version` as you read it, and an edit by somebody else in between is refused."""

    title: str | None = None
    text: str | None = None
    follow_ups: list[str] | None = None
    language: str | None = None
    department_id: UUID | None = None
    campaign_id: UUID | None = None
    objective_id: UUID | None = None
    audience_ids: list[UUID] | None = None
    version: int | None = None


class RevisionOut(Schema):
    id: UUID
    number: int
    text: str
    follow_ups: list[str]
    language: str
    media: list[dict[str, Any]]
    options: dict[str, Any]
    digest: str
    frozen_at: datetime


@router.get("/assets", response=PageOf[AssetOut], summary="The library")
def assets(request: Call, at: At, search: str = "") -> Any:
    return page(library_queries.assets(request.actor, search), at, AssetOut.from_orm)


@router.post("/assets", response={201: AssetOut}, summary="Add an image (multipart)")
def add_asset(
    request: Call,
    file: File[UploadedFile],
    alt: Form[str] = "",
    name: Form[str] = "",
) -> Any:
    row = library.add_asset(
        data=file.read(), name=name or file.name or "", alt=alt, by=request.actor, now=now()
    )
    return Status(201, row)


@router.get("/assets/{pk}", response=AssetOut, summary="One image of the library")
def asset(request: Call, pk: UUID) -> Any:
    return library_queries.asset(request.actor, pk)


@router.patch("/assets/{pk}", response=AssetOut, summary="Change an image's name, alt or credit")
def describe_asset(request: Call, pk: UUID, payload: AssetChange) -> Any:
    row = library_queries.asset(request.actor, pk)
    values = merged(row, ("name", "alt", "credit"), payload.dict(exclude_unset=True))
    return library.describe_asset(row, **values, by=request.actor, now=now())


@router.get("/posts", response=PageOf[PostOut], summary="Posts")
def posts(
    request: Call,
    at: At,
    department_id: UUID | None = None,
    campaign_id: UUID | None = None,
    audience_id: UUID | None = None,
) -> Any:
    rows = queries.posts(request.actor).prefetch_related(
        "variants", "images", "occurrence", "audiences"
    )
    if department_id:
        rows = rows.filter(department=department_id)
    if campaign_id:
        rows = rows.filter(campaign=campaign_id)
    if audience_id:
        rows = rows.filter(queries.for_audiences([audience_id]))
    found = page(rows, at, lambda row: row)
    badges = standing(found["items"])
    return {**found, "items": [post_shape(row, badges[row.pk]) for row in found["items"]]}


@router.post("/posts", response={201: PostOut}, summary="Write a post")
def write_post(request: Call, payload: PostIn) -> Any:
    values = payload.dict()
    named = Named(request.actor)
    values["channels"] = named.channels(values.pop("channel_ids"))
    values["audiences"] = named.audiences(values.pop("audience_ids"))
    values["department"] = _department(request, values.pop("department_id"))
    values["campaign"] = named.campaign(values.pop("campaign_id"))
    values["objective"] = named.objective(values.pop("objective_id"))
    return Status(201, post_shape(content.write_post(**values, by=request.actor, now=now())))


@router.get("/posts/{pk}", response=PostOut, summary="One post")
def post(request: Call, pk: UUID) -> Any:
    return post_shape(queries.post(request.actor, pk))


@router.patch("/posts/{pk}", response=PostOut, summary="Change a post")
def change_post(request: Call, pk: UUID, payload: PostChange) -> Any:
    row = queries.post(request.actor, pk)
    given = payload.dict(exclude_unset=True)
    version = given.pop("version", None)
    audiences = given.pop("audience_ids", None)
    links = ("department_id", "campaign_id", "objective_id")
    values = merged(row, ("title", "text", "follow_ups", "language", *links), given)
    named = Named(request.actor)
    values["department"] = _department(request, values.pop("department_id"))
    values["campaign"] = named.campaign(values.pop("campaign_id"))
    values["objective"] = named.objective(values.pop("objective_id"))
    values["audiences"] = None if audiences is None else named.audiences(audiences)
    return post_shape(
        content.change_post(row, **values, version=version, by=request.actor, now=now())
    )


@router.delete("/posts/{pk}", response={204: None}, summary="Remove a post")
def remove_post(request: Call, pk: UUID) -> Any:
    content.remove_post(queries.post(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.put("/posts/{pk}/channels", response=PostOut, summary="Say to which channels it goes")
def choose_channels(request: Call, pk: UUID, payload: list[UUID]) -> Any:
    row = queries.post(request.actor, pk)
    channels = Named(request.actor).channels(payload)
    content.choose_channels(row, channels, by=request.actor, now=now())
    return post_shape(row)


@router.post("/posts/{pk}/images", response={201: ImageOut}, summary="Attach an image")
def attach_image(request: Call, pk: UUID, payload: ImageIn) -> Any:
    row = queries.post(request.actor, pk)
    try:
        asset = library_queries.asset(request.actor, payload.asset_id)
    except NotFound as missing:
        raise Invalid(missing.sentence, field="asset_id") from None
    image = content.attach_image(row, asset, alt=payload.alt, by=request.actor, now=now())
    return Status(201, image)


@router.patch("/posts/{pk}/images/{image}", response=ImageOut, summary="Change an image's alt text")
def describe_image(request: Call, pk: UUID, image: UUID, payload: AltIn) -> Any:
    row = queries.image(request.actor, pk, image)
    return content.describe_image(row, alt=payload.alt, by=request.actor, now=now())


@router.delete("/posts/{pk}/images/{image}", response={204: None}, summary="Take an image out")
def detach_image(request: Call, pk: UUID, image: UUID) -> Any:
    row = queries.image(request.actor, pk, image)
    content.detach_image(row, by=request.actor, now=now())
    return Status(204, None)


@router.get("/variants/{pk}", response=VariantOut, summary="One variant")
def variant(request: Call, pk: UUID) -> Any:
    return queries.variant(request.actor, pk)


@router.patch("/variants/{pk}", response=VariantOut, summary="Adapt a variant to its channel")
def adapt_variant(request: Call, pk: UUID, payload: VariantChange) -> Any:
    row = queries.variant(request.actor, pk)
    given = payload.dict(exclude_unset=True)
    return content.adapt_variant(
        row,
        text=given.get("text", row.text),
        follow_ups=given.get("follow_ups", row.follow_ups),
        options=given.get("options"),
        by=request.actor,
        now=now(),
    )


@router.get("/variants/{pk}/checks", response=list[FindingOut], summary="What stands against it")
def checks(request: Call, pk: UUID) -> Any:
    return findings(queries.variant(request.actor, pk))


@router.get("/variants/{pk}/revisions", response=PageOf[RevisionOut], summary="Its revisions")
def revisions(request: Call, pk: UUID, at: At) -> Any:
    return page(queries.revisions(request.actor, pk), at, RevisionOut.from_orm)


@router.put(
    "/variants/{pk}/time", response=VariantOut, summary="Give it a time, wherever it stands"
)
def move(request: Call, pk: UUID, payload: TimeIn) -> Any:
    """Pencils the time in for a draft and moves what is scheduled; null wipes a pencilled one."""
    row = queries.variant(request.actor, pk)
    zone = payload.zone or request.actor.zone
    if payload.wall is None:
        content.plan_variant(row, wall=None, zone=zone, by=request.actor, now=now())
    else:
        publishing.move(
            row,
            wall=wall(payload.wall),
            zone=zone,
            along=payload.along,
            anyway=payload.override_reason,
            by=request.actor,
            now=now(),
        )
    return queries.variant(request.actor, pk)


def wall(value: datetime) -> datetime:
    """A wall time carries no offset: its zone is said beside it."""
    if value.tzinfo is not None:
        raise Invalid(
            _("Give a wall time without an offset, and its zone beside it."), field="wall"
        )
    return value


def _department(request: Call, pk: UUID) -> Department:
    return cast(Department, Named(request.actor).department(pk))


def post_shape(row: Post, badge: dict[str, Any] | None = None) -> dict[str, Any]:
    """A post with its badge, its variants and its images."""
    badge = badge or standing([row])[row.pk]
    living: list[Variant] = [v for v in row.variants.all() if v.dropped_at is None]
    fields = (
        "id", "title", "text", "follow_ups", "language", "department_id", "campaign_id",
        "objective_id", "idea_id", "written_by_id", "written_at", "changed_at", "version",
    )  # fmt: skip
    shape = {name: getattr(row, name) for name in fields}
    place = getattr(row, "occurrence", None)
    shape["audience_ids"] = [audience.pk for audience in row.audiences.all()]
    shape["series_id"] = place.series_id if place else None
    return {**shape, **badge, "variants": living, "images": list(row.images.all())}

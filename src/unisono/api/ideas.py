"""Ideas, their board, and the feeds they come from."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from django.http import FileResponse
from ninja import Router, Schema, Status

from unisono.api.calls import Call, Named, merged, now
from unisono.api.content import PostOut, post_shape
from unisono.api.paging import At, PageOf, page
from unisono.kernel.refusals import Invalid, NotFound
from unisono.rooms.content import board, queries, sources
from unisono.rooms.content import ideas as content
from unisono.rooms.content.models import Idea
from unisono.rooms.feeds import actions as feeds
from unisono.rooms.feeds import queries as feed_queries
from unisono.rooms.library import queries as library
from unisono.rooms.requests.models import RequestFile

router = Router()


class IdeaFileOut(Schema):
    """A document that came with the request the idea answers."""

    id: UUID
    name: str
    mime: str
    size: int


class IdeaOut(Schema):
    """`place` orders the ideas of a column, lowest first. `source`: typed, clip, feed, message,
    request or key_date; `origin` is the id of what it was made of."""

    id: UUID
    title: str
    note: str
    link: str
    department_id: UUID | None
    campaign_id: UUID | None
    column_id: UUID | None
    place: int
    source: str
    source_name: str
    origin: UUID | None
    request_id: UUID | None
    merged_into_id: UUID | None
    votes: int
    tags: list[str]
    asset_ids: list[UUID]
    captured_by_id: UUID | None
    captured_at: datetime
    state: str


class IdeaIn(Schema):
    title: str
    note: str = ""
    link: str = ""
    department_id: UUID | None = None
    campaign_id: UUID | None = None


class IdeaChange(Schema):
    title: str | None = None
    note: str | None = None
    link: str | None = None
    department_id: UUID | None = None
    campaign_id: UUID | None = None


class DevelopIn(Schema):
    department_id: UUID
    channel_ids: list[UUID] = []


class ColumnOut(Schema):
    id: UUID
    name: str
    position: int


class ColumnIn(Schema):
    """Without an id it is a new column."""

    id: UUID | None = None
    name: str


class PlaceIn(Schema):
    """`before`: the idea above which it is laid; null: at the foot."""

    column_id: UUID
    before_id: UUID | None = None


class CommentIn(Schema):
    text: str


class CommentOut(Schema):
    id: UUID
    text: str
    by_id: UUID | None
    at: datetime


class AssetIn(Schema):
    asset_id: UUID


class MergeIn(Schema):
    into_id: UUID


class FeedOut(Schema):
    id: UUID
    name: str
    url: str
    department_id: UUID | None
    owner_id: UUID | None
    every_hours: int
    failures: int
    trouble: str
    read_at: datetime | None
    next_at: datetime | None
    state: str


class FeedIn(Schema):
    url: str
    name: str = ""
    department_id: UUID | None = None
    every_hours: int = 6


class EntryOut(Schema):
    id: UUID
    feed_id: UUID
    title: str
    summary: str
    link: str
    published_at: datetime | None
    seen_at: datetime
    state: str


@router.get("/ideas", response=PageOf[IdeaOut], summary="Ideas")
def ideas(request: Call, at: At, state: str = "captured") -> Any:
    rows = queries.ideas(request.actor, state).prefetch_related(*PUT_ON)
    return page(rows, at, idea_shape)


@router.post("/ideas", response={201: IdeaOut}, summary="Capture an idea")
def capture_idea(request: Call, payload: IdeaIn) -> Any:
    values = _places(request, payload.dict())
    return Status(201, idea_shape(content.capture(**values, by=request.actor, now=now())))


@router.get("/ideas/columns", response=list[ColumnOut], summary="The board's columns")
def columns(request: Call) -> Any:
    return queries.columns(request.actor)


@router.put("/ideas/columns", response=list[ColumnOut], summary="Set the board's columns")
def set_columns(request: Call, payload: list[ColumnIn]) -> Any:
    """From left to right. Ideas of a column that is left out go to the first."""
    found = [(_column(request, one.id, "columns") if one.id else None, one.name) for one in payload]
    return board.set_columns(found, by=request.actor, now=now())


@router.get("/ideas/{pk}", response=IdeaOut, summary="One idea")
def idea(request: Call, pk: UUID) -> Any:
    return idea_shape(queries.idea(request.actor, pk))


@router.get("/ideas/{pk}/files", response=list[IdeaFileOut], summary="Documents of its request")
def files(request: Call, pk: UUID) -> Any:
    return queries.files_behind(queries.idea(request.actor, pk))


@router.get("/ideas/{pk}/files/{file}", summary="Download a document of its request")
def get_file(request: Call, pk: UUID, file: UUID) -> FileResponse:
    return download(queries.file_behind(request.actor, pk, file))


@router.patch("/ideas/{pk}", response=IdeaOut, summary="Change an idea")
def change_idea(request: Call, pk: UUID, payload: IdeaChange) -> Any:
    row = queries.idea(request.actor, pk)
    fields = ("title", "note", "link", "department_id", "campaign_id")
    values = _places(request, merged(row, fields, payload.dict(exclude_unset=True)))
    return idea_shape(content.change(row, **values, by=request.actor, now=now()))


@router.delete("/ideas/{pk}", response={204: None}, summary="Put an idea aside")
def drop_idea(request: Call, pk: UUID) -> Any:
    content.drop(queries.idea(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.post("/ideas/{pk}/return", response=IdeaOut, summary="Take an idea back, or a merge")
def take_back_idea(request: Call, pk: UUID) -> Any:
    row = queries.idea(request.actor, pk)
    content.take_back(row, by=request.actor, now=now())
    return idea_shape(row)


@router.post("/ideas/{pk}/posts", response={201: PostOut}, summary="Develop an idea into a post")
def develop_idea(request: Call, pk: UUID, payload: DevelopIn) -> Any:
    named = Named(request.actor)
    department = named.department(payload.department_id)
    assert department is not None
    post = content.develop(
        queries.idea(request.actor, pk),
        department=department,
        channels=named.channels(payload.channel_ids),
        by=request.actor,
        now=now(),
    )
    return Status(201, post_shape(post))


@router.put("/ideas/{pk}/place", response=IdeaOut, summary="Lay an idea into a column")
def move_idea(request: Call, pk: UUID, payload: PlaceIn) -> Any:
    row = queries.idea(request.actor, pk)
    before = _idea(request, payload.before_id, "before_id") if payload.before_id else None
    column = _column(request, payload.column_id, "column_id")
    return idea_shape(board.move(row, column=column, before=before, by=request.actor, now=now()))


@router.put("/ideas/{pk}/vote", response=IdeaOut, summary="Vote for an idea")
def vote(request: Call, pk: UUID) -> Any:
    row = queries.idea(request.actor, pk)
    board.vote(row, wanted=True, by=request.actor, now=now())
    return idea_shape(row)


@router.delete("/ideas/{pk}/vote", response=IdeaOut, summary="Take the vote back")
def unvote(request: Call, pk: UUID) -> Any:
    row = queries.idea(request.actor, pk)
    board.vote(row, wanted=False, by=request.actor, now=now())
    return idea_shape(row)


@router.get("/ideas/{pk}/comments", response=PageOf[CommentOut], summary="What was said of it")
def comments(request: Call, pk: UUID, at: At) -> Any:
    return page(queries.idea(request.actor, pk).ideacomment_set.all(), at, CommentOut.from_orm)


@router.post("/ideas/{pk}/comments", response={201: CommentOut}, summary="Comment on an idea")
def comment(request: Call, pk: UUID, payload: CommentIn) -> Any:
    row = queries.idea(request.actor, pk)
    return Status(201, board.comment(row, text=payload.text, by=request.actor, now=now()))


@router.put("/ideas/{pk}/tags", response=IdeaOut, summary="Put exactly these tags on it")
def tag(request: Call, pk: UUID, payload: list[str]) -> Any:
    row = queries.idea(request.actor, pk)
    board.tag(row, payload, by=request.actor, now=now())
    return idea_shape(row)


@router.post("/ideas/{pk}/assets", response=IdeaOut, summary="Attach an image of the library")
def attach(request: Call, pk: UUID, payload: AssetIn) -> Any:
    row = queries.idea(request.actor, pk)
    try:
        asset = library.asset(request.actor, payload.asset_id)
    except NotFound as missing:
        raise Invalid(missing.sentence, field="asset_id") from None
    board.attach(row, asset, by=request.actor, now=now())
    return idea_shape(row)


@router.delete("/ideas/{pk}/assets/{asset}", response={204: None}, summary="Take an image off")
def detach(request: Call, pk: UUID, asset: UUID) -> Any:
    row = queries.idea(request.actor, pk)
    image = row.ideaimage_set.filter(asset=asset).first()
    found = queries.image_of_idea(request.actor, pk, image.pk if image else asset)
    board.detach(found, by=request.actor, now=now())
    return Status(204, None)


@router.post("/ideas/{pk}/merge", response=IdeaOut, summary="Merge an idea into another")
def merge(request: Call, pk: UUID, payload: MergeIn) -> Any:
    row = queries.idea(request.actor, pk)
    into = _idea(request, payload.into_id, "into_id")
    return idea_shape(content.merge(row, into=into, by=request.actor, now=now()))


@router.get("/feeds", response=PageOf[FeedOut], summary="Feeds that are followed")
def all_feeds(request: Call, at: At) -> Any:
    return page(feed_queries.feeds(request.actor), at, FeedOut.from_orm)


@router.post("/feeds", response={201: FeedOut}, summary="Follow a feed")
def follow(request: Call, payload: FeedIn) -> Any:
    values = payload.dict()
    values["department"] = Named(request.actor).department(values.pop("department_id"))
    return Status(201, feeds.follow(**values, by=request.actor, now=now()))


@router.delete("/feeds/{pk}", response={204: None}, summary="Stop reading a feed")
def stop(request: Call, pk: UUID) -> Any:
    feeds.stop(feed_queries.feed(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.get("/feed-entries", response=PageOf[EntryOut], summary="What the feeds brought")
def entries(request: Call, at: At, state: str = "new") -> Any:
    return page(feed_queries.entries(request.actor, state), at, EntryOut.from_orm)


@router.post("/feed-entries/{pk}/idea", response={201: IdeaOut}, summary="Make an idea of it")
def take(request: Call, pk: UUID) -> Any:
    entry = feed_queries.entry(request.actor, pk)
    return Status(201, idea_shape(sources.from_entry(entry, by=request.actor, now=now())))


@router.delete("/feed-entries/{pk}", response={204: None}, summary="Take it off the shelf")
def pass_over(request: Call, pk: UUID) -> Any:
    feeds.pass_over(feed_queries.entry(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


PUT_ON = ("ideavote_set", "ideatag_set__tag", "ideaimage_set")


def idea_shape(row: Idea) -> dict[str, Any]:
    """An idea with what lies on it."""
    fields = (
        "id", "title", "note", "link", "department_id", "campaign_id", "column_id", "place",
        "source", "source_name", "origin", "request_id", "merged_into_id", "captured_by_id",
        "captured_at", "state",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in fields},
        "votes": len(row.ideavote_set.all()),
        "tags": [put.tag.name for put in row.ideatag_set.all()],
        "asset_ids": [image.asset_id for image in row.ideaimage_set.all()],
    }


def download(row: RequestFile) -> FileResponse:
    """A file's bytes, to be kept and not shown."""
    data = BytesIO(library.bytes_at(row.path))
    return FileResponse(
        data,
        as_attachment=True,
        filename=row.name,
        content_type=row.mime,
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )


def _places(request: Call, values: dict[str, Any]) -> dict[str, Any]:
    named = Named(request.actor)
    values["department"] = named.department(values.pop("department_id"))
    values["campaign"] = named.campaign(values.pop("campaign_id"))
    return values


def _idea(request: Call, pk: UUID, field: str) -> Idea:
    try:
        return queries.idea(request.actor, pk)
    except NotFound as missing:
        raise Invalid(missing.sentence, field=field) from None


def _column(request: Call, pk: UUID, field: str) -> Any:
    try:
        return queries.column(request.actor, pk)
    except NotFound as missing:
        raise Invalid(missing.sentence, field=field) from None

"""Requests of colleagues, and the forms they come through."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import FileResponse
from django.urls import reverse
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from unisono.api.calls import Call, Named, now
from unisono.api.content import PostOut, post_shape
from unisono.api.ideas import DevelopIn, IdeaOut, download, idea_shape
from unisono.api.paging import At, PageOf, page
from unisono.rooms.content import sources
from unisono.rooms.requests import actions, files, queries
from unisono.rooms.requests.actions import Wish

router = Router()


class RequestFileOut(Schema):
    """`size` in bytes; `mime` is what the content is, whatever the name says."""

    id: UUID
    name: str
    mime: str
    size: int
    added_at: datetime


class WordOut(Schema):
    """A question to the requester (`asks`), or their answer."""

    text: str
    asks: bool
    by_id: UUID | None
    at: datetime


class RequestOut(Schema):
    """`answer` is the reason of a refusal, or the word that came with a promise. `mails`: whether
    the requester wants to hear by e-mail."""

    id: UUID
    title: str
    reason: str
    wish: str
    reference: str
    wanted_on: date | None
    name: str
    email: str
    language: str
    department_id: UUID | None
    made_at: datetime
    promised_on: date | None
    answer: str
    decided_by_id: UUID | None
    decided_at: datetime | None
    done_at: datetime | None
    mails: bool
    files: list[RequestFileOut]
    words: list[WordOut]
    state: str


class RequestIn(Schema):
    title: str
    reason: str
    name: str
    email: str
    wish: str = ""
    reference: str = ""
    wanted_on: date | None = None
    language: str = ""
    department_id: UUID | None = None


class RequestMade(Schema):
    """`follow` is the requester's own page; its address is given this once."""

    id: UUID
    follow: str


class PromiseIn(Schema):
    on: date
    note: str = ""


class RefusalIn(Schema):
    reason: str


class QuestionIn(Schema):
    question: str


class DepartmentIn(Schema):
    """Null: the whole organization."""

    department_id: UUID | None


class FormIn(Schema):
    name: str
    department_id: UUID | None = None


class FormOut(Schema):
    id: UUID
    name: str
    department_id: UUID | None
    made_at: datetime
    revoked_at: datetime | None


class FormMade(FormOut):
    """`address` is given this once."""

    address: str


@router.get("/requests", response=PageOf[RequestOut], summary="Requests to decide on")
def requests(request: Call, at: At, state: str = "") -> Any:
    rows = queries.requests(request.actor, state).prefetch_related("files", "words")
    return page(rows, at, RequestOut.from_orm)


@router.post("/requests", response={201: RequestMade}, summary="Ask for content")
def make_request(request: Call, payload: RequestIn) -> Any:
    values = payload.dict()
    department = Named(request.actor).department(values.pop("department_id"))
    row, secret = actions.make(
        Wish(**values), department=department, sending=uuid4(), by=request.actor, now=now()
    )
    follow = _public("asked", secret.reveal()) if secret else ""
    return Status(201, {"id": row.pk, "follow": follow})


@router.get("/requests/{pk}", response=RequestOut, summary="One request")
def one_request(request: Call, pk: UUID) -> Any:
    return queries.request(request.actor, pk)


@router.post("/requests/{pk}/promise", response=RequestOut, summary="Promise a day")
def promise(request: Call, pk: UUID, payload: PromiseIn) -> Any:
    row = queries.request(request.actor, pk)
    actions.promise(row, on=payload.on, note=payload.note, by=request.actor, now=now())
    return row


@router.post("/requests/{pk}/refusal", response=RequestOut, summary="Refuse, with a reason")
def refuse(request: Call, pk: UUID, payload: RefusalIn) -> Any:
    row = queries.request(request.actor, pk)
    actions.refuse(row, reason=payload.reason, by=request.actor, now=now())
    return row


@router.post("/requests/{pk}/questions", response=RequestOut, summary="Ask the requester back")
def ask_back(request: Call, pk: UUID, payload: QuestionIn) -> Any:
    row = queries.request(request.actor, pk)
    actions.ask_back(row, question=payload.question, by=request.actor, now=now())
    return row


@router.post(
    "/requests/{pk}/files", response={201: RequestFileOut}, summary="Add a file (multipart)"
)
def add_file(request: Call, pk: UUID, file: File[UploadedFile]) -> Any:
    row = queries.request(request.actor, pk)
    made = files.add(row, data=file.read(), name=file.name or "", by=request.actor, now=now())
    return Status(201, made)


@router.get("/requests/{pk}/files/{file}", summary="Download a file of a request")
def get_file(request: Call, pk: UUID, file: UUID) -> FileResponse:
    return download(queries.file(request.actor, pk, file))


@router.delete("/requests/{pk}/files/{file}", response={204: None}, summary="Remove a file")
def remove_file(request: Call, pk: UUID, file: UUID) -> Any:
    files.remove(queries.file(request.actor, pk, file), by=request.actor, now=now())
    return Status(204, None)


@router.post("/requests/{pk}/end", response=RequestOut, summary="Say that it is done")
def finish(request: Call, pk: UUID) -> Any:
    row = queries.request(request.actor, pk)
    actions.finish(row, by=request.actor, now=now())
    return row


@router.put("/requests/{pk}/department", response=RequestOut, summary="Hand it over")
def hand_over(request: Call, pk: UUID, payload: DepartmentIn) -> Any:
    row = queries.request(request.actor, pk)
    department = Named(request.actor).department(payload.department_id)
    actions.hand_over(row, department=department, by=request.actor, now=now())
    return row


@router.post("/requests/{pk}/idea", response={201: IdeaOut}, summary="Make an idea of it")
def make_idea(request: Call, pk: UUID) -> Any:
    row = queries.request(request.actor, pk)
    return Status(201, idea_shape(sources.from_request(row, by=request.actor, now=now())))


@router.post("/requests/{pk}/post", response={201: PostOut}, summary="Make a post of it")
def make_post(request: Call, pk: UUID, payload: DevelopIn) -> Any:
    named = Named(request.actor)
    department = named.department(payload.department_id)
    assert department is not None
    post = sources.post_from_request(
        queries.request(request.actor, pk),
        department=department,
        channels=named.channels(payload.channel_ids),
        by=request.actor,
        now=now(),
    )
    return Status(201, post_shape(post))


@router.get("/intake-forms", response=PageOf[FormOut], summary="Intake forms")
def forms(request: Call, at: At) -> Any:
    return page(queries.links(request.actor), at, FormOut.from_orm)


@router.post("/intake-forms", response={201: FormMade}, summary="Open an intake form")
def open_form(request: Call, payload: FormIn) -> Any:
    department = Named(request.actor).department(payload.department_id)
    link, secret = actions.open_link(
        name=payload.name, department=department, by=request.actor, now=now()
    )
    shape = {name: getattr(link, name) for name in FormOut.model_fields}
    return Status(201, {**shape, "address": _public("ask", secret.reveal())})


@router.delete("/intake-forms/{pk}", response={204: None}, summary="Close an intake form")
def close_form(request: Call, pk: UUID) -> Any:
    actions.revoke_link(queries.link(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


def _public(name: str, secret: str) -> str:
    return f"{settings.UNISONO_PUBLIC_URL.text.rstrip('/')}{reverse(name, args=[secret])}"

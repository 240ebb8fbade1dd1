"""Figures, conversations, notices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema

from unisono.api.calls import Call, now
from unisono.api.paging import At, PageOf, page
from unisono.rooms.engagement import actions as engagement
from unisono.rooms.engagement import queries as engagement_queries
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.notifications import queries as notifications
from unisono.rooms.notifications.models import Notice
from unisono.rooms.notifications.sentences import sentence
from unisono.rooms.publishing.queries import publication as publication_of

router = Router()


class SampleOut(Schema):
    figure: str
    value: int
    observed_at: datetime


class FiguresOut(Schema):
    """The latest values, how fresh they are, and every change observed."""

    totals: dict[str, int]
    observed_at: datetime | None
    samples: list[SampleOut]


class DayOut(Schema):
    day: date
    figure: str
    gain: int


class MessageOut(Schema):
    id: UUID
    author_name: str
    author_handle: str
    text: str
    url: str
    at: datetime


class ConversationOut(Schema):
    id: UUID
    channel_id: UUID
    publication_id: UUID | None
    author_name: str
    author_handle: str
    state: str
    last_at: datetime
    messages: list[MessageOut]


class ConversationChange(Schema):
    closed: bool


class NoticeOut(Schema):
    id: UUID
    kind: str
    sentence: str
    link: str
    urgent: bool
    at: datetime
    read_at: datetime | None


@router.get("/publications/{pk}/figures", response=FiguresOut, summary="Figures of a publication")
def figures(request: Call, pk: UUID) -> Any:
    row = publication_of(request.actor, pk)
    return {
        "totals": metrics.totals([row]).get(row.pk, {}),
        "observed_at": metrics.sampled_at([row]).get(row.pk),
        "samples": metrics.samples(row),
    }


@router.get("/figures/daily", response=list[DayOut], summary="What each day added")
def daily(request: Call, start: date, end: date) -> Any:
    found = metrics.daily(request.actor, start, end)
    return [{"day": day, "figure": figure, "gain": gain} for day, figure, gain in found]


@router.get("/conversations", response=PageOf[ConversationOut], summary="What people write back")
def conversations(request: Call, at: At, state: str = "") -> Any:
    rows = engagement_queries.conversations(request.actor, state)
    return page(rows, at, _conversation)


@router.patch("/conversations/{pk}", response=ConversationOut, summary="Close or reopen")
def change_conversation(request: Call, pk: UUID, payload: ConversationChange) -> Any:
    row = engagement_queries.conversation(request.actor, pk)
    verb = engagement.close if payload.closed else engagement.reopen
    verb(row, by=request.actor, now=now())
    return _conversation(row)


@router.get("/notices", response=PageOf[NoticeOut], summary="What you were told")
def notices(request: Call, at: At) -> Any:
    return page(notifications.notices(request.actor), at, _notice)


def _conversation(row: Any) -> dict[str, Any]:
    fields = (
        "id", "channel_id", "publication_id", "author_name", "author_handle", "state", "last_at",
    )  # fmt: skip
    return {**{name: getattr(row, name) for name in fields}, "messages": list(row.messages.all())}


def _notice(row: Notice) -> dict[str, Any]:
    fields = ("id", "kind", "link", "urgent", "at", "read_at")
    shape = {name: getattr(row, name) for name in fields}
    return {**shape, "sentence": sentence(row.kind, row.params)}

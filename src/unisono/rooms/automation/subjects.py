"""What an event is about, as conditions ask and acts need it. A fixed number of queries for any
number of events of one kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from unisono.kernel.clock import to_wall
from unisono.kernel.models import Event
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Idea, Post, Variant
from unisono.rooms.engagement.models import Message
from unisono.rooms.orchestration.models import Signal
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing.models import Publication
from unisono.rooms.requests.models import Request
from unisono.rooms.workflow.models import ApprovalRequest, Task

Told = dict[str, str | float | None]
POSTS = ("department", "campaign__objective", "objective", "written_by")


@dataclass
class Subject:
    """`values` are the facts: ids as text, words, or numbers. `things` are what acts work on."""

    title: str
    department: UUID | None
    values: Told
    things: dict[str, Any] = field(default_factory=dict)


def gather(events: Sequence[Event], zone: str) -> dict[UUID, Subject]:
    """The subjects of events by the events' keys; what is gone by now is missing."""
    found: dict[UUID, Subject] = {}
    for kind in {event.subject_type for event in events}:
        mine = [event for event in events if event.subject_type == kind]
        rows = _LOADERS[kind](event.subject_id for event in mine) if kind in _LOADERS else {}
        for event in mine:
            if (subject := rows.get(event.subject_id)) is None:
                continue
            wall = to_wall(event.at, zone)
            values = subject.values | {"weekday": float(wall.weekday()), "hour": float(wall.hour)}
            values.setdefault("author", event.by_name)
            found[event.pk] = Subject(subject.title, subject.department, values, subject.things)
    return found


def _post(post: Post, channel: Channel | None = None, **things: Any) -> Subject | None:
    if post.removed_at is not None:
        return None
    objective = post.objective_id or (post.campaign.objective_id if post.campaign else None)
    values: Told = {
        "campaign": _id(post.campaign_id), "objective": _id(objective), "title": post.title,
        "text": f"{post.title}\n{post.text}",
        "author": post.written_by.name if post.written_by else "",
    }  # fmt: skip
    return _made(post.title, post.department_id, values, channel, post=post, **things)


def _made(
    title: str, department: UUID | None, values: Told, channel: Channel | None, **things: Any
) -> Subject:
    values = {"department": _id(department), **values}
    if channel is not None:
        values |= {"channel": str(channel.pk), "network": channel.network}
        things["channel"] = channel
    return Subject(title, department, values, things)


def _id(pk: UUID | None) -> str:
    return str(pk) if pk else ""


def _of(rows: Iterable[Any], made: Callable[[Any], Subject | None]) -> dict[UUID, Subject]:
    return {row.pk: subject for row in rows if (subject := made(row)) is not None}


def _posts(ids: Iterable[UUID]) -> dict[UUID, Subject]:
    rows = Post.objects.filter(pk__in=list(ids)).select_related(*POSTS)
    return _of(rows, _post)


def _behind(model: Any, path: str, channel: str) -> Callable[[Iterable[UUID]], dict[UUID, Subject]]:
    """Rows that lead to a post by `path` and to a channel by `channel`."""

    def load(ids: Iterable[UUID]) -> dict[UUID, Subject]:
        related = [f"{path}__{name}" for name in POSTS]
        rows = model.objects.filter(pk__in=list(ids)).select_related(channel, *related)
        return _of(rows, lambda row: _post(_at(row, path), _at(row, channel)))

    return load


def _at(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _messages(ids: Iterable[UUID]) -> dict[UUID, Subject]:
    rows = Message.objects.filter(pk__in=list(ids)).select_related(
        "channel", "conversation__channel", "conversation__publication__variant__post"
    )
    return _of(rows, _message)


def _message(row: Message) -> Subject:
    publication = row.conversation.publication
    post = publication.variant.post if publication else None
    values: Told = {
        "title": post.title if post else "", "text": row.text, "author": row.author_name,
        "campaign": _id(post.campaign_id if post else None),
    }  # fmt: skip
    where = post.department_id if post else row.channel.department_id
    things = {"message": row, "conversation": row.conversation}
    if post and not post.removed_at:
        things["post"] = post
    return _made(row.author_name, where, values, row.channel, **things)


def _plain(
    model: Any, thing: str, values: Callable[[Any], Told]
) -> Callable[[Iterable[UUID]], dict[UUID, Subject]]:
    def load(ids: Iterable[UUID]) -> dict[UUID, Subject]:
        rows = model.objects.filter(pk__in=list(ids))
        return _of(
            rows,
            lambda row: _made(
                str(values(row)["title"]), row.department_id, values(row),
                row if isinstance(row, Channel) else None, **{thing: row},
            ),
        )  # fmt: skip

    return load


def _signals(ids: Iterable[UUID]) -> dict[UUID, Subject]:
    rows = {row.pk: row for row in Signal.objects.filter(pk__in=list(ids))}
    below: dict[UUID, Subject] = {}
    for kind in {row.subject_type for row in rows.values()} & _LOADERS.keys():
        below |= _LOADERS[kind](r.subject_id for r in rows.values() if r.subject_type == kind)
    return {pk: _signal(row, below.get(row.subject_id)) for pk, row in rows.items()}


def _signal(row: Signal, below: Subject | None) -> Subject:
    title = str(row.data.get("title") or row.data.get("name") or row.data.get("channel") or "")
    values: Told = {"title": title, "text": title, "count": row.data.get("count")}
    values = (below.values if below else {}) | values | {"department": _id(row.department_id)}
    things = (below.things if below else {}) | {"signal": row}
    return Subject(title, row.department_id, values, things)


_LOADERS: dict[str, Callable[[Iterable[UUID]], dict[UUID, Subject]]] = {
    "post": _posts,
    "variant": _behind(Variant, "post", "channel"),
    "publication": _behind(Publication, "variant__post", "channel"),
    "approvalrequest": _behind(ApprovalRequest, "post", "variant__channel"),
    "message": _messages,
    "request": _plain(Request, "request", lambda row: {
        "title": row.title, "text": f"{row.title}\n{row.reason}", "author": row.name}),
    "idea": _plain(Idea, "idea", lambda row: {
        "title": row.title, "text": f"{row.title}\n{row.note}", "campaign": _id(row.campaign_id)}),
    "campaign": _plain(Campaign, "campaign", lambda row: {
        "title": row.name, "text": f"{row.name}\n{row.brief}",
        "objective": _id(row.objective_id)}),
    "task": _plain(Task, "task", lambda row: {
        "title": row.title, "text": f"{row.title}\n{row.note}", "campaign": _id(row.campaign_id)}),
    "channel": _plain(Channel, "channel", lambda row: {"title": row.name}),
    "signal": _signals,
}  # fmt: skip

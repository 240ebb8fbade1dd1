"""Questions about conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, OuterRef, Prefetch, Q, QuerySet, Subquery, Window
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.content.queries import seen
from unisono.rooms.engagement.models import Conversation, Message
from unisono.rooms.people.actors import Actor


def conversations(actor: Actor, state: str = "") -> QuerySet[Conversation]:
    """Conversations under posts the actor sees, the latest word first, with their messages."""
    rows = Conversation.objects.all()
    # An empty condition ("sees everything") in an "or" would count for nothing.
    where = seen(actor, "publication__variant__post__department")
    if where:
        rows = rows.filter(where | Q(publication=None))
    if state:
        rows = rows.filter(state=state)
    return rows.select_related(
        "channel", "publication__variant__post__department"
    ).prefetch_related(Prefetch("messages", Message.objects.order_by("at")))


def latest(actor: Actor, count: int) -> list[dict[str, Any]]:
    """The open conversations with the latest words. One query.

    Each is {pk, author_name, channel_name, department, hue, text, at}; and on each, of all that
    are open, {waiting, oldest}: how many, and since when the first waits.
    """
    last = Message.objects.filter(conversation=OuterRef("pk")).order_by("-at")
    department = "publication__variant__post__department"
    rows = conversations(actor, "open").values(
        "pk",
        "author_name",
        channel_name=F("channel__name"),
        department=F(f"{department}__name"),
        hue=F(f"{department}__hue"),
        text=Subquery(last.values("text")[:1]),
        at=F("last_at"),
        waiting=Window(Count("pk")),
        oldest=Window(Min("last_at")),
    )
    return [dict(row) for row in rows[:count]]


def conversation(actor: Actor, pk: UUID) -> Conversation:
    """One conversation; raises NotFound."""
    found = conversations(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such conversation."))
    return found


def message(actor: Actor, pk: UUID) -> Message:
    """One message of a conversation the actor sees; raises NotFound."""
    rows = Message.objects.filter(pk=pk, conversation__in=conversations(actor))
    found = rows.select_related("channel", "conversation__publication__variant__post__department")
    first = found.first()
    if first is None:
        raise NotFound(_("There is no such message."))
    return first


def messages(actor: Actor, ids: Sequence[str]) -> list[Message]:
    """Those of these messages that the actor sees, in the order given."""
    rows = Message.objects.filter(pk__in=ids, conversation__in=conversations(actor))
    known = {str(row.pk): row for row in rows.select_related("channel")}
    return [known[one] for one in ids if one in known]

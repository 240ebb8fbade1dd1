"""Conversations: what people write under our posts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unisono.rooms.channels import queries as channels
from unisono.rooms.engagement import actions as engagement
from unisono.rooms.engagement import queries
from unisono.rooms.engagement.ideas import from_message
from unisono.rooms.engagement.models import Conversation
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.screens.doors import ActorRequest, done, now, page_of, toast, uuids

STATES = ("open", "closed")
KEPT = ("department", "channel")


def conversations(request: ActorRequest) -> HttpResponse:
    """The list, the latest word first."""
    actor = request.actor
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    page = page_of(request, _narrowed(request, queries.conversations(actor), state), 25)
    context = {
        "page": page,
        "rows": [_row(actor, row) for row in page.object_list],
        "state": state,
        "here": request.get_full_path(),
    }
    if request.htmx:
        return render(request, "conversations/list.html", context)
    context |= _filters(request, state)
    return render(request, "conversations/conversations.html", context)


def close(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Nothing more to say here."""
    row = queries.conversation(request.actor, pk)
    engagement.close(row, by=request.actor, now=now())
    return _after(request, row, _("Closed. A new word opens it again."))


def reopen(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take a closed conversation up again."""
    row = queries.conversation(request.actor, pk)
    engagement.reopen(row, by=request.actor, now=now())
    return _after(request, row, _("Open again."))


def make_idea(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Keep what somebody wrote as an idea; on to it."""
    made = from_message(queries.message(request.actor, pk), by=request.actor, now=now())
    return done(request, "idea", made.pk)


def _after(request: ActorRequest, row: Conversation, words: str) -> HttpResponseBase:
    """To htmx the card as it is now, in the list it was in; else the list."""
    if not request.htmx:
        return done(request, "conversations")
    context = {"row": _row(request.actor, row)}
    return toast(render(request, "conversations/card.html", context), words)


def _row(actor: Actor, row: Conversation) -> dict[str, Any]:
    post = row.publication.variant.post if row.publication else None
    where = post.department_id if post else row.channel.department_id
    return {
        "conversation": row,
        "messages": list(row.messages.all()),
        "post": post,
        "department": post.department if post else None,
        "may": actor.can(Capability.ANSWER, where),
        "may_write": actor.can_anywhere(Capability.WRITE),
    }


def _narrowed(
    request: ActorRequest, rows: QuerySet[Conversation], state: str
) -> QuerySet[Conversation]:
    rows = rows.exclude(state="closed") if state == "open" else rows.filter(state="closed")
    departments = uuids(request.GET.getlist("department"))
    if departments:
        rows = rows.filter(publication__variant__post__department__in=departments)
    chosen = uuids(request.GET.getlist("channel"))
    if chosen:
        rows = rows.filter(channel__in=chosen)
    wanted = request.GET.get("q", "").replace("\x00", "").strip()
    if wanted:
        named = Q(author_name__icontains=wanted) | Q(messages__text__icontains=wanted)
        rows = rows.filter(named).distinct()
    return rows


def _filters(request: ActorRequest, state: str) -> dict[str, Any]:
    actor = request.actor
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    labels = {
        "open": pgettext("conversations", "Open"),
        "closed": pgettext("conversations", "Closed"),
    }
    waiting = queries.conversations(actor).exclude(state="closed").count()
    return {
        "segments": [
            {
                "label": labels[name],
                "url": f"{reverse('conversations')}?{urlencode({'state': name, **kept})}",
                "current": name == state,
                "count": waiting if name == "open" else 0,
            }
            for name in STATES
        ],
        "departments": [(str(d.pk), d.name) for d in people.departments_seen(actor)],
        "channels": [(str(c.pk), c.name) for c in channels.channels(actor)],
        "chosen": kept,
    }

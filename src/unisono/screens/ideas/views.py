"""Ideas: written down in a moment, developed into posts, or put aside."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unisono.rooms.content import ideas as content
from unisono.rooms.content import queries
from unisono.rooms.content.models import Idea
from unisono.rooms.people import queries as people
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import queries as plan
from unisono.screens.doors import (
    ActorRequest,
    again,
    done,
    now,
    page_of,
    refusals_on,
    typed,
    uuids,
)
from unisono.screens.ideas import page
from unisono.screens.ideas.board import SHOWN, drawn
from unisono.screens.ideas.forms import DevelopForm, IdeaForm
from unisono.screens.requests.files import bytes_of

STATES = ("captured", "developed", "dropped")
KEPT = ("department", "campaign", "tag", "mine", "q")


def ideas(request: ActorRequest) -> HttpResponseBase:
    """The list, and the form that adds to it."""
    actor = request.actor
    form = IdeaForm(actor, typed(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            idea = content.capture(**form.cleaned_data, by=actor, now=now())
            messages.success(request, _("Captured: “%(title)s”.") % {"title": idea.title})
            return done(request, "ideas")
    context = _listed(request)
    if request.htmx and request.method == "GET":
        return render(request, context["part"], context)
    context |= _filters(request) | {"form": form}
    return again(request, "ideas/ideas.html", context, bad=bool(form.errors))


def idea(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """One idea: its words, and the way to a post."""
    if request.method != "POST":
        return page.show(request, pk)
    row = queries.idea(request.actor, pk)
    form = IdeaForm(request.actor, request.POST)
    if form.is_valid():
        with refusals_on(form):
            content.change(row, **form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("Saved."))
            return done(request, "idea", row.pk)
    return page.show(request, pk, words=form)


def develop(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Make a post of an idea; on to its composer."""
    row = queries.idea(request.actor, pk)
    form = DevelopForm(request.actor, request.POST)
    if form.is_valid():
        with refusals_on(form):
            post = content.develop(
                row,
                department=form.cleaned_data["department"],
                channels=list(form.cleaned_data["channels"]),
                by=request.actor,
                now=now(),
            )
            return done(request, "post", post.pk)
    return page.show(request, pk, development=form)


def file(request: ActorRequest, pk: UUID, file: UUID) -> FileResponse:
    """A document that came with the request an idea answers."""
    return bytes_of(queries.file_behind(request.actor, pk, file))


def drop(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Put an idea aside."""
    row = queries.idea(request.actor, pk)
    content.drop(row, by=request.actor, now=now())
    messages.success(request, _("“%(title)s” is put aside.") % {"title": row.title})
    return done(request, "ideas")


def take_back(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take a dropped idea up again."""
    row = queries.idea(request.actor, pk)
    content.take_back(row, by=request.actor, now=now())
    messages.success(request, _("“%(title)s” is an idea again.") % {"title": row.title})
    return done(request, "idea", row.pk)


def _listed(request: ActorRequest) -> dict[str, Any]:
    """Open ideas as the board; developed and dropped ones as a list."""
    state = request.GET.get("state", "captured")
    state = state if state in STATES else "captured"
    context: dict[str, Any] = {
        "state": state,
        "can_write": request.actor.can_anywhere(Capability.WRITE),
        "can_plan": request.actor.can_anywhere(Capability.PLAN),
        "narrowed": any(request.GET.get(name) for name in KEPT),
    }
    if state == "captured":
        rows = list(_narrowed(request, queries.board(request.actor))[: SHOWN + 1])
        return context | {
            "part": "ideas/board.html",
            "board": drawn(request, rows[:SHOWN]),
            "count": len(rows[:SHOWN]),
            "more": len(rows) > SHOWN,
        }
    listed = page_of(request, _narrowed(request, queries.ideas(request.actor, state)), 30)
    return context | {"part": "ideas/list.html", "page": listed, "count": listed.paginator.count}


def _narrowed(request: ActorRequest, rows: QuerySet[Idea]) -> QuerySet[Idea]:
    for name in ("department", "campaign"):
        chosen = uuids(request.GET.getlist(name))
        if chosen:
            rows = rows.filter(**{f"{name}__in": chosen})
    tags = uuids(request.GET.getlist("tag"))
    if tags:
        rows = rows.filter(ideatag_set__tag__in=tags)
    if request.GET.get("mine"):
        rows = rows.filter(captured_by=request.actor.member)
    wanted = request.GET.get("q", "").replace("\x00", "").strip()
    if wanted:
        rows = rows.filter(Q(title__icontains=wanted) | Q(note__icontains=wanted))
    return rows


def _filters(request: ActorRequest) -> dict[str, Any]:
    actor = request.actor
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    labels = {
        "captured": pgettext("ideas", "Open"),
        "developed": pgettext("ideas", "Developed"),
        "dropped": pgettext("ideas", "Put aside"),
    }
    chosen = request.GET.get("state", "captured")
    return {
        "segments": [
            {
                "label": labels[name],
                "url": f"{reverse('ideas')}?{urlencode({'state': name, **kept})}",
                "current": name == chosen,
            }
            for name in STATES
        ],
        "departments": [(str(d.pk), d.name) for d in people.departments_seen(actor)],
        "campaigns": [(str(c.pk), c.name) for c in plan.campaigns(actor)],
        "tags": [(str(t.pk), t.name) for t in queries.tags(actor)],
        "whose": [("1", _("Me"))],
        "chosen": kept,
    }

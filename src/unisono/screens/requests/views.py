"""Triage: what colleagues ask for, and what they are answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unisono.rooms.content import sources
from unisono.rooms.people import queries as people
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing.promises import outcome, posts_of
from unisono.rooms.requests import actions, queries
from unisono.rooms.requests.models import Request
from unisono.rooms.requests.states import REQUEST
from unisono.screens.doors import ActorRequest, again, done, now, page_of, refusals_on, typed, uuids
from unisono.screens.requests import files
from unisono.screens.requests.forms import (
    HandOverForm,
    LinkForm,
    PostForm,
    PromiseForm,
    QuestionForm,
    RefusalForm,
)


def requests(request: ActorRequest) -> HttpResponseBase:
    """The list, what waits for an answer first."""
    actor = request.actor
    state = request.GET.get("state", "new")
    state = state if state in REQUEST.states else "new"
    rows = queries.requests(actor, state).prefetch_related("files", "words")
    chosen = uuids(request.GET.getlist("department"))
    if chosen:
        rows = rows.filter(department__in=chosen)
    wanted = request.GET.get("q", "").replace("\x00", "").strip()
    if wanted:
        rows = rows.filter(title__icontains=wanted)
    context = {
        "page": page_of(request, rows, 30),
        "state": state,
        "narrowed": bool(chosen or wanted),
        "segments": _segments(state),
        "departments": [(str(d.pk), d.name) for d in people.departments_seen(actor)],
        "chosen": {"department": request.GET.get("department", ""), "q": wanted},
        "can_plan": actor.can_anywhere(Capability.PLAN),
    }
    part = "requests/list.html" if request.htmx else "requests/requests.html"
    return render(request, part, context)


def request_page(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """One request, and the answers it may be given."""
    return _page(request, queries.request(request.actor, pk))


def promise(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Promise a day, or another one."""
    row = queries.request(request.actor, pk)
    form = PromiseForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.promise(row, **form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("Promised. The requester sees it on their page."))
            return done(request, "request", row.pk)
    return _page(request, queries.request(request.actor, pk), promise=form)


def refuse(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Say no, with a reason."""
    row = queries.request(request.actor, pk)
    form = RefusalForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.refuse(row, **form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("Refused. The requester reads the reason on their page."))
            return done(request, "request", row.pk)
    return _page(request, queries.request(request.actor, pk), refusal=form)


def ask_back(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Ask the requester something; they answer on their page."""
    row = queries.request(request.actor, pk)
    form = QuestionForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.ask_back(row, **form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("Asked. The requester answers on their page."))
            return done(request, "request", row.pk)
    return _page(request, queries.request(request.actor, pk), asking=form)


def add_files(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Put files on a request; one that is refused is named."""
    refused = files.added(request, pk)
    if refused:
        return _page(request, queries.request(request.actor, pk), refused)
    return done(request, "request", pk)


def finish(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """What was asked for is there."""
    row = queries.request(request.actor, pk)
    actions.finish(row, by=request.actor, now=now())
    return done(request, "request", row.pk)


def hand_over(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Give it to the department whose it is."""
    row = queries.request(request.actor, pk)
    form = HandOverForm(request.actor, request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.hand_over(row, **form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("Handed over."))
            return done(request, "requests")
    return _page(request, queries.request(request.actor, pk), hand_over=form)


def make_idea(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """An idea of it; on to the idea."""
    row = queries.request(request.actor, pk)
    made = sources.from_request(row, by=request.actor, now=now())
    return done(request, "idea", made.pk)


def make_post(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """A post of it at once; on to the composer."""
    row = queries.request(request.actor, pk)
    form = PostForm(request.actor, request.POST, auto_id="post_%s")
    if form.is_valid():
        with refusals_on(form):
            post = sources.post_from_request(
                row,
                department=form.cleaned_data["department"],
                channels=list(form.cleaned_data["channels"]),
                by=request.actor,
                now=now(),
            )
            return done(request, "post", post.pk)
    return _page(request, queries.request(request.actor, pk), post=form)


def links(request: ActorRequest) -> HttpResponseBase:
    """The intake forms. A new one's address is shown once, here."""
    form = LinkForm(request.actor, typed(request))
    address = ""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            _link, secret = actions.open_link(**form.cleaned_data, by=request.actor, now=now())
            public = settings.UNISONO_PUBLIC_URL.text.rstrip("/")
            address = f"{public}{reverse('ask', args=[secret.reveal()])}"
            form = LinkForm(request.actor)
    context = {
        "links": list(queries.links(request.actor)[:100]),
        "form": form,
        "address": address,
        "nav": "requests",
    }
    answer = again(request, "requests/forms.html", context, bad=bool(form.errors))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def close(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Revoke a form's address."""
    link = queries.link(request.actor, pk)
    actions.revoke_link(link, by=request.actor, now=now())
    messages.success(request, _("“%(name)s” is closed.") % {"name": link.name})
    return done(request, "request.forms")


def _page(
    request: ActorRequest,
    row: Request,
    refused: Sequence[tuple[str, str]] = (),
    **given: forms.Form,
) -> HttpResponseBase:
    actor = request.actor
    context: dict[str, Any] = {
        "row": row,
        "promise": PromiseForm(initial={"on": row.promised_on or row.wanted_on}),
        "refusal": RefusalForm(),
        "asking": QuestionForm(),
        "words": queries.words(row),
        "files": list(row.files.select_related("added_by")),
        "refused": refused,
        "post": PostForm(actor, initial={"department": row.department_id}, auto_id="post_%s"),
        "open": row.state in ("new", "promised"),
        "ideas": list(row.ideas.all()),
        "posts": posts_of(row),
        "outcome": outcome(row),
        "can_write": actor.can_anywhere(Capability.WRITE),
        "hand_over": HandOverForm(actor, initial={"department": row.department_id}),
        "nav": "requests",
        **given,
    }
    bad = any(form.errors for form in given.values())
    # What was typed comes back even when somebody else has answered meanwhile.
    context["deciding"] = context["open"] or bad
    return again(request, "requests/request.html", context, bad=bad or bool(refused))


def _segments(state: str) -> list[dict[str, Any]]:
    labels = {
        "new": pgettext("requests", "New"),
        "promised": pgettext("requests", "Promised"),
        "refused": pgettext("requests", "Refused"),
        "done": pgettext("requests", "Done"),
    }
    where = reverse("requests")
    return [
        {"label": label, "url": f"{where}?{urlencode({'state': name})}", "current": name == state}
        for name, label in labels.items()
    ]

"""Proposals: what Unisono suggests and why, what people made of it, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unisono.kernel.refusals import Invalid, Refusal
from unisono.rooms.engagement.models import Message
from unisono.rooms.orchestration import actions, queries, words
from unisono.rooms.orchestration import autopilot as pilot
from unisono.rooms.orchestration.models import Noticed, Proposal, Signal
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.screens.doors import ActorRequest, back_to, done, now, page_of, uuids
from unisono.screens.proposals.cards import Time, cards, shown
from unisono.ui.navigation import row_url

AT_ONCE = 30
VIEWS = ("offered", "decided", "noticed")
TONES = {
    Noticed.ABOVE: "ok",
    Noticed.BELOW: "bad",
    Noticed.BEHIND: "bad",
    Noticed.COLLISION: "bad",
    Noticed.SIGN_IN: "bad",
    Noticed.LATE: "warn",
    Noticed.WAITING: "warn",
    Noticed.MOOD: "bad",
    Noticed.WORN: "warn",
    Noticed.THRIVING: "ok",
    Noticed.FADING: "bad",
}


@dataclass(frozen=True)
class Line:
    """One signal as the page shows it."""

    row: Signal
    kind: str
    tone: str
    sentence: str
    href: str
    messages: list[Message]


def proposals(request: ActorRequest) -> HttpResponse:
    """What is offered; `?view=` what was decided, or what was noticed."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "offered"
    chosen = uuids([request.GET.get("department", "")])
    actor, rows = request.actor, _rows(request.actor, view)
    if chosen:
        rows = rows.filter(department__in=chosen)
    page = page_of(request, rows, AT_ONCE)
    context = {
        "view": view,
        "views": _views(request, view),
        "page": page,
        "cards": cards(actor, list(page.object_list)) if view != "noticed" else [],
        "lines": _lines(actor, list(page.object_list)) if view == "noticed" else [],
        "departments": [(str(d.pk), d.name) for d in people.departments_seen(actor)],
        "chosen": str(chosen[0]) if chosen else "",
        "here": request.get_full_path(),
    }
    template = "proposals/list.html" if request.htmx else "proposals/proposals.html"
    return render(request, template, context)


def _rows(actor: Actor, view: str) -> Any:
    if view == "noticed":
        return queries.signals(actor, "open")
    if view == "decided":
        return queries.proposals(actor, *queries.DECIDED).order_by("-decided_at", "-ends_at")
    return queries.proposals(actor, "offered")


def accept(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Do what is proposed, at the time proposed or at another."""
    said = _("Done. It can be undone under “Decided”.")
    if "day" not in request.POST:
        return _decided(request, pk, actions.accept, said)
    proposal = queries.proposal(request.actor, pk)
    typed = Time(pk, request.POST["day"].strip(), request.POST.get("time", "").strip())
    try:
        wall = _wall(typed)
        actions.accept(proposal, wall=wall, by=request.actor, now=now())
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _tried(request, pk, replace(typed, problem=refusal.sentence))
    messages.success(request, said)
    return done(request, back_to(request, reverse("proposals")))


def _wall(typed: Time) -> datetime:
    try:
        return datetime.fromisoformat(f"{typed.day}T{typed.time}").replace(tzinfo=None)
    except ValueError:
        raise Invalid(_("This is not a day and a time."), field="wall") from None


def _tried(request: ActorRequest, pk: UUID, tried: Time) -> HttpResponse:
    """The offers, with the one whose other time was refused on top as it was filled in."""
    actor = request.actor
    first = queries.proposal(actor, pk)
    page = page_of(request, queries.proposals(actor, "offered"), AT_ONCE)
    rest = [row for row in page.object_list if row.pk != pk]
    context = {
        "view": "offered",
        "views": _views(request, "offered"),
        "page": page,
        "cards": cards(actor, [first, *rest], tried),
        "departments": [(str(d.pk), d.name) for d in people.departments_seen(actor)],
        "chosen": "",
        "here": reverse("proposals"),
    }
    return render(request, "proposals/proposals.html", context, status=422)


def decline(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Put it aside, with a reason or without."""

    def put_aside(proposal: Proposal, **said: Any) -> Proposal:
        reason = request.POST.get("reason", "")
        if "lock" in request.POST and proposal.post:
            pilot.lock(proposal.post, reason=reason, **said)
        return actions.decline(proposal, reason=reason, **said)

    return _decided(request, pk, put_aside, _("Put aside. It is not proposed again."))


def undo(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take back what was accepted."""
    return _decided(request, pk, actions.undo, _("It is as it was before."))


def _decided(
    request: ActorRequest, pk: UUID, verb: Callable[..., Proposal], said: str
) -> HttpResponseBase:
    proposal = queries.proposal(request.actor, pk)
    back = back_to(request, reverse("proposals"))
    try:
        verb(proposal, by=request.actor, now=now())
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        # What stands against it is said where the proposal lies, which stays open.
        messages.error(request, str(refusal))
        return done(request, back)
    messages.success(request, said)
    return done(request, back)


def _lines(actor: Actor, rows: Sequence[Signal]) -> list[Line]:
    found = shown(actor, [row.data for row in rows])
    return [
        Line(
            row,
            row.get_kind_display(),
            TONES.get(Noticed(row.kind), "info"),
            words.noticed(row, actor.zone),
            _where(row),
            own,
        )
        for row, own in zip(rows, found, strict=True)
    ]


def _where(signal: Signal) -> str:
    """The page on which something can be done about it."""
    places = {
        Noticed.COLLISION: reverse("collisions"),
        Noticed.KEY_DATE: reverse("key_dates"),
        Noticed.GAP: f"{reverse('queue')}#channel-{signal.subject_id}",
    }
    if signal.subject_type in ("objective", "publication", "post"):
        return row_url(signal.subject_type, signal.subject_id)
    if signal.kind in (Noticed.TOPIC, Noticed.MOOD):
        return reverse("conversations")
    if signal.subject_type == "campaign":
        return reverse("campaign", args=[signal.subject_id])
    if signal.kind in (Noticed.SIGN_IN, Noticed.WORN):
        return reverse("channel", args=[signal.subject_id])
    return places.get(Noticed(signal.kind), reverse("proposals"))


def _views(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    names = {
        "offered": pgettext("proposals", "Offered"),
        "decided": pgettext("proposals", "Decided"),
        "noticed": pgettext("proposals", "Noticed"),
    }
    kept = {"department": request.GET["department"]} if request.GET.get("department") else {}
    return [
        {
            "label": names[view],
            "url": f"{reverse('proposals')}?{urlencode({**kept, 'view': view})}",
            "current": view == current,
        }
        for view in VIEWS
    ]

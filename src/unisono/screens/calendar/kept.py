"""Views that people keep: opened from the filters, kept and forgotten on a page of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from unisono.kernel.refusals import Refusal
from unisono.rooms.exports import saved_views
from unisono.rooms.exports.models import SavedView
from unisono.rooms.people.capabilities import Capability
from unisono.screens.doors import ActorRequest, again, done, now

NOT_KEPT = ("day", "page", "name", "shared", "csrfmiddlewaretoken")
"""What of a page's query is no way of looking at it."""


@dataclass(frozen=True)
class Kept:
    """One saved view as a link. `mine` when its owner is the one who looks."""

    view: SavedView
    href: str
    current: bool
    mine: bool


def views_menu(request: ActorRequest, page: str) -> dict[str, Any]:
    """For the filters of `page`: the views of it one may open, and where this one is kept."""
    shape = _shape(request)
    kept = [
        _kept(view, request, shape) for view in saved_views.seen(request.actor).filter(page=page)
    ]
    asked = urlencode({"page": page, **shape}, doseq=True)
    return {
        "kept": kept,
        "kept_now": next((one for one in kept if one.current), None),
        "keep_url": f"{reverse('calendar.views')}?{asked}",
    }


def index(request: ActorRequest) -> HttpResponseBase:
    """All views one sees; a POST keeps the one in the address under a name."""
    problem, name = "", request.POST.get("name", "")
    page = request.GET.get("page", "calendar")
    shape = _shape(request)
    if request.method == "POST":
        try:
            view = saved_views.keep(
                name=name,
                page=page,
                shape=shape,
                shared=bool(request.POST.get("shared")),
                by=request.actor,
                now=now(),
            )
            messages.success(request, _("“%(name)s” is kept.") % {"name": view.name})
            return done(request, _address(view))
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            problem = refusal.sentence
    context = {
        "kept": [_kept(view, request, {}) for view in saved_views.seen(request.actor)],
        "may_all": request.actor.can(Capability.PEOPLE),
        "asked": bool(request.GET),
        "query": request.GET.urlencode(),
        "name": name,
        "shared": bool(request.POST.get("shared")),
        "problem": problem,
        "nav": "calendar",
    }
    return again(request, "calendar/views.html", context, bad=bool(problem))


def share(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Show a view to the others, or no more."""
    view = saved_views.view(request.actor, pk)
    shared = request.POST.get("shared") == "yes"
    saved_views.share(view, shared=shared, by=request.actor, now=now())
    return done(request, "calendar.views")


def forget(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Keep a view no more."""
    view = saved_views.view(request.actor, pk)
    saved_views.forget(view, by=request.actor, now=now())
    messages.success(request, _("“%(name)s” is forgotten.") % {"name": view.name})
    return done(request, "calendar.views")


def _shape(request: HttpRequest) -> dict[str, list[str]]:
    told = {key: [v for v in values if v] for key, values in request.GET.lists()}
    return {key: values for key, values in told.items() if values and key not in NOT_KEPT}


def _kept(view: SavedView, request: ActorRequest, shape: dict[str, list[str]]) -> Kept:
    mine = view.member_id == request.member.pk
    return Kept(view, _address(view), bool(shape) and view.shape == shape, mine)


def _address(view: SavedView) -> str:
    return f"{reverse(view.page)}?{urlencode(view.shape, doseq=True)}"

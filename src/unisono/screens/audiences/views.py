"""Audiences: whom we speak to, and what is for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from babel import Locale
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import audiences as plan
from unisono.rooms.plan import queries
from unisono.rooms.plan.models import Audience
from unisono.screens.audiences.forms import AudienceForm
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed
from unisono.screens.zones import zone_names


def audiences(request: ActorRequest) -> HttpResponse:
    """The audiences in use, or those put away."""
    actor, put_away = request.actor, request.GET.get("state") == "archived"
    rows = queries.audiences(actor, archived=put_away)
    if put_away:
        rows = rows.exclude(archived_at=None)
    seen = queries.campaigns(actor).values("pk")
    rows = rows.annotate(of=Count("campaigns", filter=Q(campaigns__in=seen), distinct=True))
    spoken = Locale.parse(actor.language).languages
    labels = {"": pgettext("audiences", "In use"), "archived": pgettext("audiences", "Archived")}
    context = {
        "audiences": [
            (row, ", ".join(spoken.get(code, code) for code in row.languages), _may(request, row))
            for row in rows
        ],
        "segments": [
            {
                "label": label,
                "url": reverse("audiences") + (f"?state={state}" if state else ""),
                "current": put_away == bool(state),
            }
            for state, label in labels.items()
        ],
        "put_away": put_away,
        "can_campaign": actor.can_anywhere(Capability.CAMPAIGN),
        "nav": "campaigns",
    }
    return render(request, "audiences/audiences.html", context)


def new(request: ActorRequest) -> HttpResponseBase:
    """Describe an audience."""
    form = AudienceForm(request.actor, typed(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            row = plan.describe(**form.values(), by=request.actor, now=now())
            messages.success(request, _("“%(name)s” is kept.") % {"name": row.name})
            return done(request, "audiences")
    return again(request, "audiences/form.html", _context(form, ""), bad=bool(form.errors))


def edit(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Change an audience."""
    row = queries.audience(request.actor, pk)
    request.actor.must(Capability.CAMPAIGN, row.department_id)
    title = row.name
    form = AudienceForm(request.actor, typed(request), initial=AudienceForm.of(row))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            plan.change(row, **form.values(), by=request.actor, now=now())
            messages.success(request, _("“%(name)s” is changed.") % {"name": row.name})
            return done(request, "audiences")
    return again(request, "audiences/form.html", _context(form, title), bad=bool(form.errors))


def archive(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Put an audience away."""
    row = queries.audience(request.actor, pk)
    plan.archive(row, by=request.actor, now=now())
    messages.success(request, _("“%(name)s” is archived.") % {"name": row.name})
    return done(request, "audiences")


def restore(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Offer an audience again."""
    row = queries.audience(request.actor, pk)
    plan.restore(row, by=request.actor, now=now())
    messages.success(request, _("“%(name)s” is back from the archive.") % {"name": row.name})
    return done(request, "audiences")


def _context(form: AudienceForm, title: str) -> dict[str, Any]:
    return {"form": form, "title": title, "zones": zone_names(), "nav": "campaigns"}


def _may(request: ActorRequest, row: Audience) -> bool:
    return request.actor.can(Capability.CAMPAIGN, row.department_id)

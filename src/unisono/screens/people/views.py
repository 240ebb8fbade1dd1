"""People: who is here, what they may do, and who may still come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.rooms.people import actions, queries
from unisono.rooms.people.capabilities import CAPABILITIES, CAPABILITY_NAMES, Capability, Role
from unisono.rooms.people.models import Member
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
from unisono.screens.people.forms import RolesForm


def people(request: ActorRequest) -> HttpResponse:
    """All members with their roles, and the invitations that are open."""
    rows = queries.members(request.actor)
    search = request.GET.get("q", "").strip()
    if search:
        rows = rows.filter(name__icontains=search)
    chosen = uuids(request.GET.getlist("department"))
    if chosen:
        rows = rows.filter(roles__department__in=chosen).distinct()
    may_invite = request.actor.can_anywhere(Capability.PEOPLE)
    departments = list(queries.departments(request.actor))
    context = {
        "page": page_of(request, rows, 60),
        "invitations": _invitations(request, departments) if may_invite else [],
        "departments": [(str(row.pk), row.name) for row in departments],
        "chosen": request.GET,
        "search": search,
        "may_invite": may_invite,
        "now": now(),
    }
    return render(request, "people/people.html", context)


def roles(request: ActorRequest) -> HttpResponse:
    """The one table of what a role may do."""
    rows = [
        (CAPABILITY_NAMES[capability], [capability in CAPABILITIES[role] for role in Role.values])
        for capability in Capability
    ]
    context = {"rows": rows, "roles": Role.labels, "nav": "people"}
    return render(request, "people/roles.html", context)


def member(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One member: their place, and for those who may, the grid of their roles."""
    return _page(request, queries.member(request.actor, pk))


def member_roles(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Give the member exactly the roles of the grid."""
    found = queries.member(request.actor, pk)
    form = RolesForm(request.actor, typed(request), held=found.roles.all())
    if form.is_valid():
        with refusals_on(form):
            actions.set_roles(found, form.grants(), by=request.actor, now=now())
            messages.success(request, _("Saved. It holds from now on."))
            return done(request, "member", pk)
    return _page(request, queries.member(request.actor, pk), form)


def suspension(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """End the member's access; what they wrote stays."""
    found = queries.member(request.actor, pk)
    actions.suspend(found, by=request.actor, now=now())
    messages.success(request, _("%(name)s is shut out.") % {"name": found.name})
    return done(request, "member", pk)


def readmission(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Give the member their access back."""
    found = queries.member(request.actor, pk)
    actions.readmit(found, by=request.actor, now=now())
    messages.success(request, _("%(name)s is back.") % {"name": found.name})
    return done(request, "member", pk)


def _page(request: ActorRequest, found: Member, form: RolesForm | None = None) -> HttpResponse:
    may = request.actor.can_anywhere(Capability.PEOPLE)
    context: dict[str, Any] = {
        "person": found,
        "form": form or (RolesForm(request.actor, held=found.roles.all()) if may else None),
        "own": found.pk == request.member.pk,
        "may_suspend": request.actor.can(Capability.PEOPLE) and found.pk != request.member.pk,
        "nav": "people",
    }
    return again(request, "people/member.html", context, bad=bool(form and form.errors))


def _invitations(request: ActorRequest, departments: list[Any]) -> list[Any]:
    """Open invitations with their roles as words."""
    names = {str(row.pk): row for row in departments}
    labels = dict(Role.choices)
    return [
        (row, [(names.get(where or ""), labels.get(role, role)) for where, role in row.roles])
        for row in queries.invitations(request.actor).select_related("invited_by")
    ]

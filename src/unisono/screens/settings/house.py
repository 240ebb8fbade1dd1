"""What is everybody's: the organization and its departments."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from unisono.rooms.people import actions, queries
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed
from unisono.screens.settings.forms import DepartmentForm, OrganizationForm, zones
from unisono.screens.settings.tabs import tabs


def organization(request: ActorRequest) -> HttpResponseBase:
    """Name, zone and language of the organization."""
    row = request.actor.organization
    first = {"name": row.name, "zone": row.zone, "language": row.language}
    form = OrganizationForm(typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_organization(row, **form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("Saved."))
            return done(request, "settings.organization")
    context = {
        "form": form,
        "zones": zones(),
        "tabs": tabs(request.actor, "settings.organization"),
        "nav": "settings",
    }
    return again(request, "settings/organization.html", context, bad=bool(form.errors))


def departments(request: ActorRequest) -> HttpResponseBase:
    """All departments, and a form to open one."""
    form = DepartmentForm(
        request.actor, typed(request), initial={"approval_required": True, "hue": "slate"}
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.open_department(**form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("The department is open."))
            return done(request, "settings.departments")
    context = {
        "form": form,
        "departments": queries.departments(request.actor).select_related("parent"),
        "tabs": tabs(request.actor, "settings.departments"),
        "nav": "settings",
    }
    return again(request, "settings/departments.html", context, bad=bool(form.errors))


def department(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Change one department."""
    row = queries.department(request.actor, pk)
    first = {
        "name": row.name,
        "hue": row.hue,
        "parent": row.parent_id,
        "approval_required": row.approval_required,
    }
    form = DepartmentForm(request.actor, typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_department(row, **form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("Saved."))
            return done(request, "settings.departments")
    context = {
        "form": form,
        "department": row,
        "tabs": tabs(request.actor, "settings.departments"),
        "nav": "settings",
    }
    return again(request, "settings/department.html", context, bad=bool(form.errors))

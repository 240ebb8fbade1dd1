"""What is everybody's: the organization and its departments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from unisono.rooms.people import actions, queries
from unisono.rooms.people.models import Department, Hue
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed
from unisono.screens.settings.forms import DepartmentForm, OrganizationForm
from unisono.screens.settings.tabs import tabs
from unisono.screens.zones import zone_names


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
    if form.errors:
        # What the refused verb had set on it must not reach the frame of the page.
        row.refresh_from_db()
    context = {
        "form": form,
        "zones": zone_names(),
        "tabs": tabs(request.actor, "settings.organization"),
        "nav": "settings",
    }
    return again(request, "settings/organization.html", context, bad=bool(form.errors))


def departments(request: ActorRequest) -> HttpResponseBase:
    """All departments, and a form to open one."""
    rows = list(queries.departments(request.actor))
    first = {"approval_required": True, "hue": _unworn(rows)}
    form = DepartmentForm(request.actor, typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.open_department(**form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("The department is open."))
            return done(request, "settings.departments")
    context = {
        "form": form,
        "departments": _as_tree(rows),
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
    form = DepartmentForm(request.actor, typed(request), initial=first, itself=row)
    title = row.name
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_department(row, **form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("Saved."))
            return done(request, "settings.departments")
    context = {
        "form": form,
        "title": title,
        "tabs": tabs(request.actor, "settings.departments"),
        "nav": "settings",
    }
    return again(request, "settings/department.html", context, bad=bool(form.errors))


def _as_tree(rows: list[Department]) -> list[tuple[Department, int]]:
    """Each department with its depth, parents before what lies below them."""
    known = {row.pk for row in rows}
    below: dict[Any, list[Department]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)

    def walk(parent: UUID | None, depth: int) -> list[tuple[Department, int]]:
        return [
            line
            for row in below.get(parent, [])
            for line in [(row, depth), *walk(row.pk, depth + 1)]
        ]

    return walk(None, 0)


def _unworn(rows: list[Department]) -> str:
    """The first colour nobody wears yet."""
    worn = {row.hue for row in rows}
    return next((hue for hue in Hue.values if hue not in worn), Hue.SLATE)

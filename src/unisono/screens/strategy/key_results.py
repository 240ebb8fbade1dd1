"""The key results of an objective: set, changed, taken away, and reported on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import key_results, queries
from unisono.rooms.plan.models import KeyResult, Metric
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed
from unisono.screens.strategy.forms import KeyResultForm, ReadingForm


def new(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """A further figure the objective is judged by."""
    actor = request.actor
    row = queries.objective(actor, pk)
    actor.must(Capability.PLAN, row.department_id)
    form = KeyResultForm(actor, typed(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = key_results.add(row, **form.cleaned_data, by=actor, now=now())
            messages.success(request, _("“%(name)s” is set.") % {"name": made.name})
            return done(request, "objective", row.pk)
    context = {"form": form, "objective": row, "key_result": None, "nav": "strategy"}
    return again(request, "strategy/key_result_form.html", context, bad=bool(form.errors))


def edit(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Change a key result."""
    actor = request.actor
    row = _changeable(actor, pk)
    title = row.name
    form = KeyResultForm(actor, typed(request), initial=KeyResultForm.of(row))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            key_results.change(row, **form.cleaned_data, by=actor, now=now())
            messages.success(request, _("“%(name)s” is changed.") % {"name": row.name})
            return done(request, "objective", row.objective_id)
    context = {
        "form": form,
        "objective": row.objective,
        "key_result": row,
        "title": title,
        "nav": "strategy",
    }
    return again(request, "strategy/key_result_form.html", context, bad=bool(form.errors))


def remove(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """No longer judge the objective by it."""
    row = queries.key_result(request.actor, pk)
    key_results.remove(row, by=request.actor, now=now())
    messages.success(request, _("“%(name)s” no longer counts.") % {"name": row.name})
    return done(request, "objective", row.objective_id)


def readings(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """What was reported of an entered key result, and a form for the next figure."""
    actor = request.actor
    row = queries.key_result(actor, pk)
    may = row.metric == Metric.ENTERED and actor.can(Capability.PLAN, row.objective.department_id)
    form = ReadingForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            key_results.enter_reading(row, **form.cleaned_data, by=actor, now=now())
            messages.success(request, _("The figure is entered."))
            return done(request, "objective", row.objective_id)
    context: dict[str, Any] = {
        "objective": row.objective,
        "key_result": row,
        "reading": form if may or form.errors else None,
        "readings": list(queries.readings(row)[:40]),
        "nav": "strategy",
    }
    return again(request, "strategy/reading.html", context, bad=bool(form.errors))


def _changeable(actor: Actor, pk: UUID) -> KeyResult:
    row = queries.key_result(actor, pk)
    actor.must(Capability.PLAN, row.objective.department_id)
    return row

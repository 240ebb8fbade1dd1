"""Campaign templates: which there are, a campaign after one, and our own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.kernel.clock import to_wall
from unisono.kernel.refusals import Invalid
from unisono.rooms.content import campaigns as content
from unisono.rooms.content.campaigns import Launch
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import templates as plan
from unisono.rooms.plan.templates import Template
from unisono.screens.campaigns.steps import HoldForm, TemplateForm, step_forms
from unisono.screens.campaigns.views import today_of
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed

AHEAD = timedelta(42)


def templates(request: ActorRequest) -> HttpResponse:
    """Our own and the built-in ones."""
    actor = request.actor
    context = {
        "templates": [(one, _may(request, one)) for one in plan.all_templates(actor)],
        "can_campaign": actor.can_anywhere(Capability.CAMPAIGN),
        "nav": "campaigns",
    }
    return render(request, "campaigns/templates.html", context)


def hold(request: ActorRequest, key: str) -> HttpResponseBase:
    """A campaign after a template, with the days its steps would have."""
    actor = request.actor
    template = plan.template(actor, key)
    first = {
        "name": template.name,
        "day": _first_day(request),
        "move": True,
        "dated": True,
    }
    form = HoldForm(actor, typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = content.hold(template, form.launch, by=actor, now=now())
            messages.success(request, _("“%(name)s” is open.") % {"name": made.name})
            return done(request, "campaign", made.pk)
    day, move = form["day"].value(), bool(form["move"].value())
    context = {
        "form": form,
        "template": template,
        "own": _may(request, template),
        "nav": "campaigns",
        **_days(request, template, str(day or ""), move),
    }
    return again(request, "campaigns/hold.html", context, bad=bool(form.errors))


def days(request: ActorRequest, key: str) -> HttpResponse:
    """The part of that page that follows the day chosen."""
    template = plan.template(request.actor, key)
    move = "move" in request.GET
    context = {"template": template, **_days(request, template, request.GET.get("day", ""), move)}
    return render(request, "campaigns/days.html", context)


def new(request: ActorRequest) -> HttpResponseBase:
    """A template of our own, from nothing or from another one's steps."""
    key = request.GET.get("of", "")
    return _written(request, plan.template(request.actor, key) if key else None, None)


def edit(request: ActorRequest, key: str) -> HttpResponseBase:
    """Change a template of our own."""
    row = plan.own_template(request.actor, key)
    request.actor.must(Capability.CAMPAIGN, row.department_id)
    return _written(request, plan.template(request.actor, key), row)


def remove(request: ActorRequest, key: str) -> HttpResponseBase:
    """Take a template of our own off."""
    row = plan.own_template(request.actor, key)
    plan.remove_template(row, by=request.actor, now=now())
    messages.success(request, _("“%(name)s” is removed.") % {"name": row.name})
    return done(request, "campaign.templates")


def _written(request: ActorRequest, template: Template | None, row: Any) -> HttpResponseBase:
    """The form of a template and its steps; `row` is the one that is changed."""
    actor, adds = request.actor, request.POST.get("act") == "add"
    first = {"name": template.name, "note": template.note} if template else {}
    if row:
        first["department"] = row.department_id
    form = TemplateForm(actor, typed(request), initial=first)
    steps = step_forms(actor, typed(request), template, more=1 if adds else 0)
    tried = request.method == "POST" and not adds
    if tried and form.is_valid() and steps.is_valid():
        with refusals_on(form):
            said = {**form.cleaned_data, "steps": [f.step for f in steps if f.step]}
            if row:
                plan.change_template(row, **said, by=actor, now=now())
            else:
                row = plan.keep_template(**said, by=actor, now=now())
            messages.success(request, _("“%(name)s” is kept.") % {"name": row.name})
            return done(request, "campaign.template", str(row.pk))
    context = {"form": form, "steps": steps, "row": row, "nav": "campaigns"}
    return again(request, "campaigns/template_form.html", context, bad=tried)


def _first_day(request: ActorRequest) -> date:
    """Six weeks ahead, on a working day."""
    off, day = plan.days_off(request.actor), today_of(request.actor) + AHEAD
    return next((day + timedelta(n) for n in range(14) if not off(day + timedelta(n))), day)


def _days(request: ActorRequest, template: Template, day: str, move: bool) -> dict[str, Any]:
    try:
        on = date.fromisoformat(day)
        launch = Launch(name="", day=on, zone=request.actor.zone, move=move)
        placed = content.outlook(template, launch, by=request.actor)
    except (ValueError, OverflowError, Invalid):
        return {"placed": [], "day": None}
    wall = to_wall(now(), request.actor.zone)
    return {
        "placed": placed,
        "day": on,
        "gone": sum(
            bool(one.wall and one.wall <= wall and one.step.kind == "post") for one in placed
        ),
        "today": wall.date(),
        "zone": request.actor.zone,
    }


def _may(request: ActorRequest, template: Template) -> bool:
    row = template.row
    return row is not None and request.actor.can(Capability.CAMPAIGN, row.department_id)

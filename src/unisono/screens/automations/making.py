"""Making and changing rules: the form, its rows, and a trial before anything is switched on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.rooms.automation import actions, queries
from unisono.rooms.automation.models import Rule
from unisono.rooms.people.capabilities import Capability
from unisono.screens.automations.builder import Builder
from unisono.screens.automations.views import tried
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed, uuids


def new(request: ActorRequest) -> HttpResponseBase:
    """Make a rule, from nothing or a recipe; on to its page, where it is switched on."""
    recipe = request.GET.get("recipe", "")
    return _answer(request, Builder(request.actor, typed(request), recipe=recipe))


def edit(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Say a rule anew."""
    rule = queries.rule(request.actor, pk)
    request.actor.must(Capability.PLAN, rule.department_id)
    return _answer(request, Builder(request.actor, typed(request), rule=rule))


def parts(request: ActorRequest) -> HttpResponse:
    """The blocks anew after a choice or a row more or less, and the sentence; nothing is kept."""
    builder = Builder(request.actor, request.POST, rule=_rule(request))
    builder.do(request.POST.get("do", ""))
    context = builder.context() | {"parts": True}
    return render(request, "automations/parts.html", context)


def _rule(request: ActorRequest) -> Rule | None:
    keys = uuids([request.POST.get("rule", "")])
    return queries.rule(request.actor, keys[0]) if keys else None


def _answer(request: ActorRequest, builder: Builder) -> HttpResponseBase:
    wanted = request.POST.get("do", "save")
    more: dict[str, Any] = {}
    if request.method == "POST" and wanted not in ("save", "try"):
        # Without scripts a row comes and goes by the whole page.
        builder.do(wanted)
        builder.form.errors.clear()
    elif request.method == "POST" and builder.form.is_valid():
        with refusals_on(builder.form):
            rule = _kept(request, builder, keep=wanted == "save")
            if wanted == "save":
                messages.success(request, _("Saved."))
                return done(request, "automation", rule.pk)
            more = {"trial": tried(rule, request.actor)}
    context = builder.context() | more
    return again(request, "automations/builder.html", context, bad=bool(builder.form.errors))


def _kept(request: ActorRequest, builder: Builder, *, keep: bool) -> Rule:
    said: dict[str, Any] = builder.said() | {"by": request.actor, "now": now()}
    if not keep:
        return actions.draft(department=builder.department, **said)
    if builder.rule is not None:
        return actions.change(builder.rule, **said)
    return actions.make(department=builder.department, **said)

"""Automations: the rules there are, one with its log, and the switch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unisono.kernel.refusals import Refusal
from unisono.rooms.automation import actions, queries, replay
from unisono.rooms.automation.acts import ACTS
from unisono.rooms.automation.models import Rule, RuleRun
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.screens.automations.recipes import RECIPES
from unisono.screens.automations.words import CAME, STATES, WHY, Names, does, facts, sentence, when
from unisono.screens.doors import ActorRequest, back_to, done, now, page_of
from unisono.ui.navigation import row_url

PAGES = {"post", "publication", "idea", "request", "campaign", "task", "channel"}
"""The subjects that have a page of their own under their name."""


def automations(request: ActorRequest) -> HttpResponse:
    """The rules, with how often each ran, and what to start from."""
    actor = request.actor
    page = page_of(request, _counted(actor), 30)
    rows = list(page.object_list)
    names = Names(actor, rows)
    context = {
        "page": page,
        "cards": [
            {
                "rule": row,
                "sentence": sentence(row, names),
                "state": STATES[row.state],
                "why": WHY.get(row.why, ""),
                "may": actor.can(Capability.PLAN, row.department_id),
            }
            for row in rows
        ],
        "recipes": [(one, when(one.trigger)) for one in RECIPES],
        "may": actor.can_anywhere(Capability.PLAN),
    }
    return render(request, "automations/automations.html", context)


def automation(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One rule: what it says and did, and while it is off what it would have done."""
    return _page(request, queries.rule(request.actor, pk))


def switch(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Switch a rule on, or off."""
    rule, on = queries.rule(request.actor, pk), request.POST.get("on") == "1"
    verb = actions.switch_on if on else actions.switch_off
    said = _("“%(rule)s” is on.") if on else _("“%(rule)s” is off.")
    return _told(request, rule, verb, said % {"rule": rule.name})


def removal(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take a rule away that is off."""
    rule = queries.rule(request.actor, pk)
    try:
        actions.remove(rule, by=request.actor, now=now())
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.sentence)
        return done(request, "automation", pk)
    messages.success(request, _("“%(rule)s” is removed.") % {"rule": rule.name})
    return done(request, "automations")


def undo(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take back what an act did."""
    step = queries.step(request.actor, pk)

    def take_back(_rule: Rule, **said: Any) -> object:
        return actions.undo(step, **said)

    return _told(request, step.run.rule, take_back, _("Taken back."))


def tried(rule: Rule, actor: Actor) -> dict[str, Any]:
    """What a rule would have done lately, as pages show it."""
    met = replay.would(rule, actor=actor, now=now())
    return {
        "met": list(reversed(met))[:12],
        "n": len(met),
        "left": max(0, len(met) - 12),
        "beyond": any(one.beyond for one in met),
        "days": replay.BACK.days,
        "looked_at": replay.MOST,
    }


def _told(
    request: ActorRequest, rule: Rule, verb: Callable[..., object], said: str
) -> HttpResponseBase:
    try:
        verb(rule, by=request.actor, now=now())
        messages.success(request, said)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.sentence)
    return done(request, back_to(request, reverse("automation", args=[rule.pk])))


def _page(request: ActorRequest, rule: Rule) -> HttpResponse:
    actor = request.actor
    page = page_of(request, queries.runs(actor, rule), 20)
    names, may = Names(actor, [rule]), actor.can(Capability.PLAN, rule.department_id)
    context = {
        "rule": rule,
        "sentence": sentence(rule, names),
        "state": STATES[rule.state],
        "why": WHY.get(rule.why, ""),
        "may": may,
        "page": page,
        "runs": [_run(row, names) for row in page.object_list],
        "trial": tried(rule, actor) if rule.state != "on" else None,
        "acts": [does(one, names) for one in rule.acts],
        "nav": "automations",
    }
    return render(request, "automations/automation.html", context)


def _run(row: RuleRun, names: Names) -> dict[str, Any]:
    steps = [
        {
            "row": step,
            "said": does(step.act, names),
            "came": CAME[step.state],
            "undo": step.state == "done" and ACTS[step.act["act"]].undo is not None,
        }
        for step in row.steps.all()
    ]
    href = row_url(row.subject_type, row.subject_id) if row.subject_type in PAGES else ""
    return {"row": row, "facts": facts(row.facts), "steps": steps, "href": href}


def _counted(actor: Actor) -> Any:
    """The rules with their runs of the last seven days, and the last one, where the actor sees."""
    allowed = actor.departments_with(Capability.SEE)
    seen = Q() if allowed is None else Q(runs__department__in=allowed)
    week = Q(runs__begun_at__gt=now() - timedelta(days=7))
    rows = queries.rules(actor).annotate(
        week=Count("runs", filter=seen & week), last=Max("runs__begun_at", filter=seen or None)
    )
    return rows.order_by("name", "pk")

"""Plans: asked for, looked at as moves, accepted in parts or wholly, undone, drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unisono.kernel.clock import to_wall
from unisono.kernel.refusals import Refusal
from unisono.rooms.channels.queries import channels
from unisono.rooms.orchestration.models import Plan, PlanMove
from unisono.rooms.orchestration.plans import actions, queries, taking, words
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.people.queries import departments_seen
from unisono.rooms.plan.queries import objectives
from unisono.screens.doors import (
    ActorRequest,
    again,
    back_to,
    done,
    now,
    page_of,
    refusals_on,
    typed,
    uuids,
)
from unisono.screens.plans.forms import AgainForm, DrawForm
from unisono.ui.navigation import row_url

TONES = {"ready": "brass", "taken": "ok", "failed": "bad", "working": "info", "asked": "info"}


@dataclass(frozen=True)
class Line:
    """One move as the page shows it."""

    row: PlanMove
    reason: str
    displacing: str
    may: bool
    href: str


@dataclass(frozen=True)
class Share:
    """What a department or an objective has of the plan, in usual posts, now and then."""

    name: str
    hue: str
    now: float
    then: float

    @property
    def difference(self) -> float:
        return self.then - self.now


def plans(request: ActorRequest) -> HttpResponseBase:
    """The plans there are, and the form that asks for one."""
    actor = request.actor
    form = DrawForm(actor, typed(request), initial={"weeks": request.GET.get("weeks", 2)})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.draw(**form.told(), by=actor, now=now())
            return done(request, "plan", made.pk)
    page = page_of(request, queries.plans(actor), 20)
    names = {str(row.pk): row.name for row in departments_seen(actor)}
    context = {
        "form": form,
        "page": page,
        "rows": [
            {
                "plan": row,
                "state": state_name(row),
                "tone": TONES.get(row.state, ""),
                "of": ", ".join(names[pk] for pk in row.departments if pk in names),
            }
            for row in page.object_list
        ],
        "may": actor.can_anywhere(Capability.SCHEDULE),
        "nav": "proposals",
    }
    return again(request, "plans/plans.html", context, bad=bool(form.errors))


def plan(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One plan; to htmx what of it changes while it is worked on."""
    context = _told(request, pk)
    return render(request, "plans/body.html" if request.htmx else "plans/plan.html", context)


def take(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Accept the chosen `moves`, or with `all` every one that is offered."""
    row = queries.plan(request.actor, pk)
    chosen = _chosen(request, row, ("offered", "undone"))
    if not chosen:
        messages.error(request, _("Choose at least one move."))
        return done(request, "plan", pk)
    return _decided(request, row, lambda: taking.take(row, chosen, by=request.actor, now=now()))


def undo(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take back the chosen `moves`, or with `all` every one that was accepted."""
    row = queries.plan(request.actor, pk)
    chosen = _chosen(request, row, ("taken",))
    return _decided(
        request, row, lambda: taking.take_back(row, chosen, by=request.actor, now=now())
    )


def drop(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Put the plan aside, or stop the work on it."""
    actions.drop(queries.plan(request.actor, pk), by=request.actor, now=now())
    messages.success(request, _("The plan is put aside. What was accepted of it stays."))
    return done(request, "plans")


def again_drawn(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Draw it anew, because nothing goes out for a while or a post is urgent."""
    actor, row = request.actor, queries.plan(request.actor, pk)
    form = AgainForm(actor, row, request.POST)
    if form.is_valid():
        with refusals_on(form):
            made = actions.redraw(row, **form.told(actor.zone), by=actor, now=now())
            return done(request, "plan", made.pk)
    return again(request, "plans/plan.html", _told(request, pk) | {"again_form": form}, bad=True)


def _decided(request: ActorRequest, row: Plan, verb: Any) -> HttpResponseBase:
    back = back_to(request, reverse("plan", args=[row.pk]))
    try:
        outcomes: list[taking.Outcome] = verb()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, str(refusal))
        return done(request, back)
    fine = sum(one.refusal is None for one in outcomes)
    refused = [one for one in outcomes if one.refusal]
    if fine:
        said = ngettext("%(n)s post was moved.", "%(n)s posts were moved.", fine)
        messages.success(request, said % {"n": fine})
    for one in refused[:3]:
        told = {"title": one.move.post.title, "sentence": str(one.refusal)}
        messages.error(request, _("“%(title)s”: %(sentence)s") % told)
    return done(request, back)


def _chosen(request: ActorRequest, row: Plan, states: Sequence[str]) -> list[PlanMove]:
    found = queries.moves(request.actor, row).filter(state__in=states)
    if "all" not in request.POST:
        found = found.filter(pk__in=uuids(request.POST.getlist("moves")))
    return list(found)


def _told(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    actor = request.actor
    row = queries.plan(actor, pk)
    moves = list(queries.moves(actor, row))
    titles = {str(move.variant_id): move.post.title for move in moves}
    lines = [
        Line(
            move, words.reason(move), words.displacing(move, titles),
            actor.can(Capability.WRITE, move.department_id),
            row_url("post", move.post_id),
        )
        for move in moves
    ]  # fmt: skip
    open_ = row.state in ("ready", "taken")
    names = {str(one.pk): one.name for one in channels(actor)}
    return {
        "plan": row,
        "state": state_name(row),
        "tone": TONES.get(row.state, ""),
        "lines": lines,
        "days": _days(lines, actor.zone),
        "worth": words.worth(row),
        "spare": words.spare(row),
        "unplaced": words.unplaced(row, actor.departments_with(Capability.SEE), actor.zone),
        "notes": [words.note(one["posts"], names.get(one["channel"], "")) for one in row.notes],
        "departments": _departments(actor, row),
        "objectives": _objectives(actor, row),
        "open": open_,
        "waiting": row.state in ("asked", "working"),
        "left": open_ and any(one.may and one.row.state != "taken" for one in lines),
        "taken": open_ and any(one.may and one.row.state == "taken" for one in lines),
        "may": queries.may_decide(actor, row),
        "again_form": AgainForm(actor, row),
        "nav": "proposals",
    }


@dataclass(frozen=True)
class Day:
    """The moves to one day, by department."""

    on: date
    departments: list[tuple[Department, list[Line]]]


def _days(lines: Sequence[Line], zone: str) -> list[Day]:
    def day(line: Line) -> date:
        return to_wall(line.row.at, zone).date()

    def name(line: Line) -> tuple[str, UUID]:
        return line.row.department.name, line.row.department_id

    found = []
    for on, those in groupby(lines, key=day):
        parts = [list(part) for _name, part in groupby(sorted(those, key=name), key=name)]
        found.append(Day(on, [(part[0].row.department, part) for part in parts]))
    return found


def _departments(actor: Actor, row: Plan) -> list[Share]:
    told = row.figures.get("departments", {})
    return [
        Share(one.name, one.hue, *told[str(one.pk)])
        for one in departments_seen(actor)
        if str(one.pk) in told
    ]


def _objectives(actor: Actor, row: Plan) -> list[Share]:
    told = row.figures.get("objectives", {})
    found = [Share(one.name, "", *told[str(one.pk)]) for one in objectives(actor)
             if str(one.pk) in told]  # fmt: skip
    if "" in told:
        found.append(Share(_("Without an objective"), "", *told[""]))
    return found


def state_name(row: Plan) -> str:
    """The state of a plan in a word or two."""
    return {
        "asked": _("waiting"),
        "working": _("being drawn"),
        "ready": _("ready"),
        "taken": _("accepted in part or wholly"),
        "failed": _("could not be drawn"),
        "dropped": _("put aside"),
    }[row.state]

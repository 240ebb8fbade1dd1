"""Experiments: all of them, and one with its posts and what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unisono.kernel.refusals import Refusal
from unisono.rooms.content import queries as content
from unisono.rooms.experiments import actions, queries, trying, words
from unisono.rooms.experiments.counts import Usual
from unisono.rooms.experiments.models import Experiment, Trial
from unisono.rooms.experiments.states import EXPERIMENT
from unisono.rooms.experiments.statistics.finding import Finding, Shown
from unisono.rooms.people.capabilities import Capability
from unisono.screens.doors import ActorRequest, done, now, page_of, uuids

OFFERED = 100
EDGE = log(8)
"""The drawn range ends at eight times as many, either way."""


@dataclass(frozen=True)
class Card:
    """One experiment as pages show it."""

    row: Experiment
    sentence: str
    progress: str
    percent: float


@dataclass(frozen=True)
class Range:
    """A range drawn on a line from an eighth to eight times, in percent of its width."""

    low: str
    width: str
    at: str


def experiments(request: ActorRequest) -> HttpResponse:
    """All that the reader sees, the last planned first."""
    state = request.GET.get("state", "")
    states = (state,) if state in EXPERIMENT.states else ()
    page = page_of(request, queries.experiments(request.actor, *states), 30)
    context = {
        "segments": _segments(states), "narrowed": bool(states),
        "page": page, "cards": _cards(list(page.object_list)), "nav": "proposals",
        "can_plan": request.actor.can_anywhere(Capability.PLAN),
    }  # fmt: skip
    return render(request, "experiments/experiments.html", context)


def experiment(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One of them."""
    return _page(request, pk)


def start(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Let posts be added."""
    row = queries.experiment(request.actor, pk)
    actions.start(row, by=request.actor, now=now())
    messages.success(request, _("The experiment is running. Add posts to it."))
    return done(request, "experiment", pk)


def stop(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """End it before its time."""
    row, reason = queries.experiment(request.actor, pk), request.POST.get("reason", "")
    try:
        actions.stop(row, reason=reason, by=request.actor, now=now())
    except Refusal as refusal:
        return _refused(request, pk, refusal, stopping=reason)
    messages.success(request, _("The experiment is stopped. What it found stays."))
    return done(request, "experiment", pk)


def add(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Let a post try what is drawn for it."""
    actor, row = request.actor, queries.experiment(request.actor, pk)
    actor.must(Capability.WRITE, row.department_id)
    chosen = uuids([request.POST.get("variant", "")])
    wording = request.POST.get("wording", "")
    if not chosen:
        return _page(request, pk, problem=_("Choose a post."), wording=wording)
    try:
        variant = content.variant(actor, chosen[0])
        made = trying.add(row, variant, wording=wording, by=actor, now=now())
    except Refusal as refusal:
        return _refused(request, pk, refusal, wording=wording, chosen=str(chosen[0]))
    told = {"title": made[0].post.title, "arm": made[0].arm.label}
    if row.paired:
        said = _("“%(title)s” and its other version are in. Ask for approval of the new draft.")
    else:
        said = _("“%(title)s” tries “%(arm)s”.")
    messages.success(request, said % told)
    return done(request, "experiment", pk)


def out(request: ActorRequest, pk: UUID, trial: UUID) -> HttpResponseBase:
    """Take a post out before it is judged."""
    row = queries.trial(request.actor, pk, trial)
    try:
        trying.take_out(row, reason=request.POST.get("reason", ""), by=request.actor, now=now())
    except Refusal as refusal:
        return _refused(request, pk, refusal)
    messages.success(request, _("“%(title)s” is taken out.") % {"title": row.post.title})
    return done(request, "experiment", pk)


def _refused(request: ActorRequest, pk: UUID, refusal: Refusal, **given: Any) -> HttpResponse:
    if refusal.status in (403, 404):
        raise refusal
    return _page(request, pk, problem=refusal.sentence, **given)


def _page(request: ActorRequest, pk: UUID, **given: Any) -> HttpResponse:
    actor, row = request.actor, queries.experiment(request.actor, pk)
    trials, found = list(queries.trials(row)), queries.finding(row)
    may_write = actor.can(Capability.WRITE, row.department_id)
    offered = (
        list(queries.addable(actor, row)[:OFFERED]) if may_write and row.state == "running" else []
    )
    sample = queries.sample_of(_usual(row), row.uplift, row.planned)
    context = {
        "row": row, "card": _cards([row])[0], "trials": trials, "found": found,
        "range": _drawn(found) if found else None, "sides": _sides(row, trials),
        "figure": words.counted(row.figure), "takes": words.takes(sample),
        "offered": offered, "may_write": may_write,
        "may_plan": actor.can(Capability.PLAN, row.department_id), "nav": "proposals",
        "follows": _follows(row, found), "zone": actor.organization.zone, **given,
    }  # fmt: skip
    status = 422 if given.get("problem") else 200
    return render(request, "experiments/experiment.html", context, status=status)


def _usual(row: Experiment) -> Usual:
    """What was known of the channel when it was planned; of typical counts nothing was kept."""
    return Usual(row.like, words.FEW_COUNTED, row.spread, row.a_week)


def _segments(states: Sequence[str]) -> list[dict[str, Any]]:
    where = reverse("experiments")
    labels = {
        "planned": pgettext("experiments", "Planned"),
        "running": pgettext("experiments", "Running"),
        "done": pgettext("experiments", "With an answer"),
        "stopped": pgettext("experiments", "Stopped"),
        "unanswered": pgettext("experiments", "Without an answer"),
    }  # fmt: skip
    every = {"label": pgettext("experiments", "All"), "url": where, "current": not states}
    return [every] + [
        {"label": label, "url": f"{where}?state={name}", "current": name in states}
        for name, label in labels.items()
    ]


def _cards(rows: Sequence[Experiment]) -> list[Card]:
    counts = queries.progress(rows)
    return [
        Card(
            row, words.standing(row, queries.finding(row), counts[row.pk][1]),
            words.progress(row, counts[row.pk][1]),
            min(100 * counts[row.pk][1] / (2 * row.planned), 100),
        )
        for row in rows
    ]  # fmt: skip


def _sides(row: Experiment, trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """Either arm with what a typical post of it brought."""
    sides = []
    for arm in row.arms.all():
        own = [t.count or 0 for t in trials if t.arm_id == arm.pk and t.state == "judged"]
        typical = round(exp(sum(log(n + 0.5) for n in own) / len(own))) if own else "–"
        sides.append({"arm": arm, "posts": len(own), "typical": typical})
    return sides


def _drawn(found: Finding) -> Range:
    def place(value: float) -> float:
        return 50 + 50 * max(min(log(value) / EDGE, 1), -1)

    low, high = place(found.low), place(found.high)
    return Range(f"{low:.1f}%", f"{max(high - low, 0.5):.1f}%", f"{place(found.ratio):.1f}%")


def _follows(row: Experiment, found: Finding | None) -> dict[str, str] | None:
    """What one may do about an answer: of times, look at the channel's slots."""
    if row.state != "done" or row.paired or found is None or found.shown is Shown.NONE:
        return None
    better = row.arms.all()[0 if found.shown is Shown.FIRST else 1]
    label = _("Prefer “%(arm)s”: look at the slots") % {"arm": better.label}
    return {"label": label, "url": f"{reverse('queue')}#channel-{row.channel_id}"}

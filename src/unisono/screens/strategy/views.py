"""Strategy: which objectives there are, how they stand, and what serves them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unisono.kernel.clock import to_wall
from unisono.rooms.content import queries as content
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.metrics.coverage import Coverage, coverage, unaligned_ahead
from unisono.rooms.metrics.queries import Progress
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import key_results, queries
from unisono.rooms.plan.models import Campaign, KeyResult, Metric, Objective
from unisono.rooms.publishing.standings import standing
from unisono.screens.doors import ActorRequest, again, done, now, page_of, refusals_on, typed
from unisono.screens.strategy import alignment, course, words
from unisono.screens.strategy.forms import ObjectiveForm, ReadingForm

PERIODS = ("running", "coming", "past", "all")
UNALIGNED = 8


@dataclass
class Line:
    """One measure on the page; `level` is its depth below another of the same group."""

    progress: Progress
    level: int = 0
    campaigns: list[Campaign] = field(default_factory=list)
    key_results: list[Progress] = field(default_factory=list)

    @property
    def objective(self) -> Objective:
        return self.progress.objective

    @property
    def words(self) -> str:
        return words.pace(self.progress)

    @property
    def percent(self) -> float:
        return self.progress.share * 100

    @property
    def pace_percent(self) -> float | None:
        return self.progress.pace_percent


@dataclass
class Group:
    """The objectives of the organization (no department) or of one department."""

    department: Department | None
    lines: list[Line] = field(default_factory=list)


def strategy(request: ActorRequest) -> HttpResponse:
    """All objectives of a period, the organization's first, then department by department."""
    actor, at = request.actor, now()
    period = request.GET.get("period", "running")
    period = period if period in PERIODS else "running"
    today = to_wall(at, actor.organization.zone).date()
    rows = list(queries.objectives(actor).filter(_within(period, today)))
    unaligned = unaligned_ahead(actor)
    judged = list(queries.key_results(actor).filter(objective__in=rows))
    progress = metrics.progress(actor, [*rows, *judged], now=at)
    context = {
        "groups": _groups(actor, rows, judged, progress),
        "count": len(rows),
        "period": period,
        "segments": _segments(period),
        "can_plan": actor.can_anywhere(Capability.PLAN),
        "orphans": alignment.orphans(actor, list(unaligned[:UNALIGNED])),
        "unaligned": unaligned.count(),
        "today": today,
    }
    template = "strategy/body.html" if request.htmx else "strategy/strategy.html"
    return render(request, template, context)


def objective(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One objective: its way so far, and all that serves it."""
    actor, at = request.actor, now()
    row = queries.objective(actor, pk)
    measures: list[Objective | KeyResult] = [row, *queries.key_results(actor).filter(objective=row)]
    progress, *others = metrics.progress(actor, measures, now=at).values()
    drawn = course.draw(progress, metrics.course(actor, row), to_wall(at, _zone(actor)).date())
    page = page_of(request, content.serving(actor, row.pk), 30)
    badges = standing(page.object_list)
    entered = row.metric == Metric.ENTERED
    may = actor.can(Capability.PLAN, row.department_id) and not row.archived_at
    context = {
        "objective": row,
        "line": Line(progress, 0, list(queries.campaigns(actor).filter(objective=row))),
        "course": drawn,
        "key_results": [Line(one) for one in others],
        "coverage": covered(actor, [progress, *others], at),
        "metric": row.get_metric_display(),
        "below": list(queries.objectives(actor).filter(parent=row)),
        "page": page,
        "posts": [(post, badges[post.pk]) for post in page.object_list],
        "readings": list(queries.readings(row)[:20]) if entered else [],
        "reading": ReadingForm() if entered and may else None,
        "can_plan": may,
        "can_campaign": actor.can_anywhere(Capability.CAMPAIGN),
        "can_write": actor.can_anywhere(Capability.WRITE),
        "nav": "strategy",
    }
    return render(request, "strategy/objective.html", context)


def covered(actor: Actor, rows: list[Progress], at: datetime) -> list[tuple[Coverage, str]]:
    """The coverage of what posts bring, each with its sentence."""
    found = (coverage(actor, row, now=at) for row in rows)
    return [(one, words.coverage(one)) for one in found if one]


def new(request: ActorRequest) -> HttpResponseBase:
    """Set an objective."""
    actor = request.actor
    first = {"metric": Metric.REACH, **request.GET.dict(), **_quarter(actor)}
    form = ObjectiveForm(actor, typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            row = plan.set_objective(**form.cleaned_data, by=actor, now=now())
            messages.success(request, _("“%(name)s” is set.") % {"name": row.name})
            return done(request, "objective", row.pk)
    context = {"form": form, "objective": None, "nav": "strategy"}
    return again(request, "strategy/form.html", context, bad=bool(form.errors))


def edit(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Change an objective."""
    actor = request.actor
    row = queries.objective(actor, pk)
    actor.must(Capability.PLAN, row.department_id)
    title = row.name
    form = ObjectiveForm(actor, typed(request), initial=ObjectiveForm.of(row), objective=row)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            plan.change_objective(row, **form.cleaned_data, by=actor, now=now())
            messages.success(request, _("“%(name)s” is changed.") % {"name": row.name})
            return done(request, "objective", row.pk)
    context = {"form": form, "objective": row, "title": title, "nav": "strategy"}
    return again(request, "strategy/form.html", context, bad=bool(form.errors))


def archive(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Put an objective away."""
    row = queries.objective(request.actor, pk)
    plan.archive_objective(row, by=request.actor, now=now())
    messages.success(request, _("“%(name)s” is archived.") % {"name": row.name})
    return done(request, "strategy")


def enter(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Report the figure of an objective that Unisono cannot measure."""
    row = queries.objective(request.actor, pk)
    form = ReadingForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            key_results.enter_reading(row, **form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("The figure is entered."))
            return done(request, "objective", row.pk)
    context = {
        "reading": form,
        "readings": list(queries.readings(row)[:20]),
        "objective": row,
        "nav": "strategy",
    }
    return again(request, "strategy/reading.html", context, bad=True)


def _groups(
    actor: Actor,
    rows: list[Objective],
    judged: list[KeyResult],
    progress: dict[UUID, Progress],
) -> list[Group]:
    """Parents before children within a group; a child of another group stands by itself."""
    beside: dict[UUID, list[Progress]] = {}
    for key_result in judged:
        beside.setdefault(key_result.objective_id, []).append(progress[key_result.pk])
    campaigns: dict[UUID | None, list[Campaign]] = {}
    for campaign in queries.campaigns(actor).filter(objective__in=rows):
        campaigns.setdefault(campaign.objective_id, []).append(campaign)
    groups: dict[UUID | None, Group] = {None: Group(None)}
    for department in people.departments(actor):
        groups[department.pk] = Group(department)
    for where, group in groups.items():
        mine = [row for row in rows if row.department_id == where]
        for row, level in _nested(mine):
            group.lines.append(
                Line(progress[row.pk], level, campaigns.get(row.pk, []), beside.get(row.pk, []))
            )
    return [group for group in groups.values() if group.lines]


def _nested(rows: list[Objective]) -> Iterator[tuple[Objective, int]]:
    here = {row.pk for row in rows}

    def below(parent: UUID, level: int) -> Iterator[tuple[Objective, int]]:
        for row in rows:
            if row.parent_id == parent:
                yield row, level
                yield from below(row.pk, min(level + 1, 2))

    for row in rows:
        if row.parent_id not in here:
            yield row, 0
            yield from below(row.pk, 1)


def _within(period: str, today: date) -> Q:
    return {
        "running": Q(starts_on__lte=today, ends_on__gte=today),
        "coming": Q(starts_on__gt=today),
        "past": Q(ends_on__lt=today),
        "all": Q(),
    }[period]


def _segments(period: str) -> list[dict[str, Any]]:
    labels = {
        "running": pgettext("objectives", "Running"),
        "coming": pgettext("objectives", "Coming"),
        "past": pgettext("objectives", "Past"),
        "all": pgettext("objectives", "All"),
    }
    return [
        {
            "label": labels[name],
            "url": f"{reverse('strategy')}?period={name}",
            "current": name == period,
        }
        for name in PERIODS
    ]


def _quarter(actor: Actor) -> dict[str, date]:
    """The present quarter: most objectives are set for one."""
    today = to_wall(now(), _zone(actor)).date()
    month = (today.month - 1) // 3 * 3 + 1
    first = today.replace(month=month, day=1)
    following = date(today.year + (month == 10), (month + 3 - 1) % 12 + 1, 1)
    return {"starts_on": first, "ends_on": date.fromordinal(following.toordinal() - 1)}


def _zone(actor: Actor) -> str:
    return actor.organization.zone

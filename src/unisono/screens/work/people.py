"""Who has how much to do, one person's work, and the days they are away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.kernel.clock import to_wall
from unisono.rooms.people import queries as people
from unisono.rooms.people.models import Member
from unisono.rooms.workflow import absences as away
from unisono.rooms.workflow import load as loads
from unisono.rooms.workflow import queries
from unisono.rooms.workflow.tasks import members_for
from unisono.screens.calendar.grid import first_weekday
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, uuids
from unisono.screens.work.forms import AbsenceForm
from unisono.screens.work.mine import by_time, may_write
from unisono.screens.work.views import segments


def load(request: ActorRequest) -> HttpResponse:
    """Everybody's coming weeks."""
    actor = request.actor
    start = first_weekday(actor.language)
    chosen = uuids([request.GET.get("department", "")])
    department = people.department(actor, chosen[0]) if chosen else None
    today = to_wall(now(), actor.organization.zone).date()
    context = {
        "loads": loads.workload(actor, now=now(), first_weekday=start, department=department),
        "weeks": loads.weeks_from(today, start),
        "departments": [(str(d.pk), d.name) for d in people.departments_seen(actor)],
        "chosen": request.GET.get("department", ""),
        "segments": segments("work.load"),
        "nav": "work",
    }
    return render(request, "work/load.html", context)


def person(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """One person's tasks, to be given to others from here, and their days away."""
    member = people.member(request.actor, pk)
    return _page(request, member, AbsenceForm(request.actor, member))


def absences(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Say when somebody is away."""
    member = people.member(request.actor, pk)
    form = AbsenceForm(request.actor, member, request.POST)
    if form.is_valid():
        with refusals_on(form):
            away.note_absence(member, **form.cleaned_data, by=request.actor, now=now())
            messages.success(
                request, _("Noted. Planned steps move to days on which they are here.")
            )
            return done(request, "work.person", member.pk)
    return _page(request, member, form)


def end(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """They are here after all."""
    row = queries.absence(request.actor, pk)
    away.take_back_absence(row, by=request.actor, now=now())
    return done(request, "work.person", row.member_id)


def _page(request: ActorRequest, member: Member, form: AbsenceForm) -> HttpResponseBase:
    actor, at = request.actor, now()
    today = to_wall(at, actor.organization.zone).date()
    tasks = list(queries.tasks(actor).filter(owner=member))
    others: dict[Any, list[tuple[str, str]]] = {}
    for task in tasks:
        where = task.department_id
        if where not in others:
            others[where] = [(str(m.pk), m.name) for m in members_for(where)]
        task.others = others[where]  # type: ignore[attr-defined]
        task.may_write = may_write(actor, where)  # type: ignore[attr-defined]
    context = {
        "person": member,
        "now": at,
        "part": "person",
        "sections": by_time(tasks, actor, at),
        "absences": queries.absences(actor).filter(member=member, last_on__gte=today),
        "form": form,
        "may_look_after": away.may_look_after(member, actor),
        "segments": segments("work.load"),
        "nav": "work",
    }
    return again(request, "work/person.html", context, bad=bool(form.errors))

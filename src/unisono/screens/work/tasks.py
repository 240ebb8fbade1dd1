"""One task: a new one, its page, and what it waits for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from unisono.kernel import events
from unisono.kernel.refusals import Invalid
from unisono.rooms.workflow import queries
from unisono.rooms.workflow import tasks as work
from unisono.rooms.workflow.models import Task
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed, uuids
from unisono.screens.work.forms import TaskForm, named_of
from unisono.screens.work.mine import may_write
from unisono.screens.zones import zone_names

OFFERED = 200


def new(request: ActorRequest) -> HttpResponseBase:
    """Write a task down; on to where it belongs."""
    actor = request.actor
    name, of = named_of(actor, request.POST if request.method == "POST" else request.GET)
    first = {"days": 1, "department": getattr(of, "department_id", None), "owner": actor.author_id}
    form = TaskForm(actor, typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            said = {key: form.cleaned_data[key] for key in ("title", "note", "days", "owner")}
            department = form.cleaned_data["department"]
            row = work.add(**said, department=department, due=form.due, of=of, by=actor, now=now())
            messages.success(request, _("“%(title)s” is on the list.") % {"title": row.title})
            return done(request, "task", row.pk)
    context = {"form": form, "of": of, "of_name": name, "zones": zone_names(), "nav": "work"}
    return again(request, "work/new.html", context, bad=bool(form.errors))


def task(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """The task's page; a POST changes what it says."""
    row = queries.task(request.actor, pk)
    form = TaskForm(request.actor, typed(request), initial=TaskForm.of(row))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            said = {key: form.cleaned_data[key] for key in ("title", "note", "days")}
            work.edit(row, **said, due=form.due, by=request.actor, now=now())
            if row.pending:
                owner = form.cleaned_data["owner"]
                work.assign(row, owner=owner, by=request.actor, now=now())
            messages.success(request, _("Saved."))
            return done(request, "task", row.pk)
    return _page(request, queries.task(request.actor, pk), form)


def needs(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Let it wait for another task, or wait no more."""
    actor, row = request.actor, queries.task(request.actor, pk)
    chosen = uuids([request.POST.get("needed", "")])
    form = TaskForm(actor, initial=TaskForm.of(row))
    if not chosen:
        return _page(request, row, form, problem=_("Choose a task first."))
    other = queries.task(actor, chosen[0])
    verb = work.undepend if request.POST.get("act") == "remove" else work.depend
    try:
        verb(row, on=other, by=actor, now=now())
    except Invalid as refusal:
        return _page(request, row, form, problem=refusal.sentence)
    return done(request, "task", row.pk)


def _page(request: ActorRequest, row: Task, form: TaskForm, problem: str = "") -> HttpResponseBase:
    actor = request.actor
    waits = [need.needed for need in row.needs.all()]
    known = {row.pk, *(one.pk for one in waits)}
    offered = [one for one in queries.tasks(actor)[:OFFERED] if one.pk not in known]
    context: dict[str, Any] = {
        "task": row,
        "now": now(),
        "form": form,
        "problem": problem,
        "waits": waits,
        "frees": [need.task for need in row.needed_by.all()],
        "offered": [(one.pk, _label(one)) for one in offered],
        "events": events.history(row.pk)[:30],
        "may_write": may_write(actor, row.department_id),
        "may_act": may_write(actor, row.department_id) or row.owner_id == actor.author_id,
        "zones": zone_names(),
        "nav": "work",
    }
    return again(request, "work/task.html", context, bad=bool(form.errors or problem))


def _label(task: Task) -> str:
    return f"{task.title} ({task.of})" if task.of else task.title

"""Bringing a plan in: upload, map, look, confirm, undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.kernel.refusals import Refusal
from unisono.rooms.channels.queries import usable
from unisono.rooms.imports import actions, queries
from unisono.rooms.imports.columns import FIELDS
from unisono.rooms.imports.models import DateOrder, ImportRun
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.queries import departments
from unisono.screens.doors import ActorRequest, again, done, now, uuids

PROBLEMS_SHOWN = 200
RUNS_SHOWN = 20


def imports(request: ActorRequest) -> HttpResponseBase:
    """The imports so far, and the place to drop a file."""
    problem = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                problem = _("Choose a file first.")
            else:
                run = actions.upload(
                    data=file.read(), name=file.name or "", by=request.actor, now=now()
                )
                return done(request, "import.run", run.pk)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            problem = refusal.sentence
    context = {"runs": queries.runs(request.actor)[:RUNS_SHOWN], "problem": problem}
    return again(request, "imports/imports.html", context, bad=bool(problem))


def run(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One import as it stands: its columns, what would happen, what happened."""
    return _page(request, queries.run(request.actor, pk))


def mapping(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Say what the columns mean; shows at once what would happen."""
    row = queries.run(request.actor, pk)
    chosen = uuids([request.POST.get("department", "")])
    try:
        row = actions.map_columns(
            row,
            mapping=request.POST.getlist("field"),
            zone=request.POST.get("zone", ""),
            date_order=request.POST.get("date_order", DateOrder.AUTO),
            department=departments(request.actor).filter(pk__in=chosen).first(),
            channels=list(
                usable(request.actor).filter(pk__in=uuids(request.POST.getlist("channels")))
            ),
            by=request.actor,
            now=now(),
        )
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _page(request, row, problem=refusal.sentence)
    return done(request, "import.run", pk)


def confirm(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Begin; the page follows the progress by itself."""
    actions.confirm(queries.run(request.actor, pk), by=request.actor, now=now())
    return done(request, "import.run", pk)


def undo(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take away what it made and nobody has touched."""
    actions.undo(queries.run(request.actor, pk), by=request.actor, now=now())
    messages.success(request, _("Undoing. What somebody worked on since is left in place."))
    return done(request, "import.run", pk)


def progress(request: ActorRequest, pk: UUID) -> HttpResponse:
    """How far it is."""
    return render(request, "imports/progress.html", {"run": queries.run(request.actor, pk)})


def _page(request: ActorRequest, row: ImportRun, problem: str = "") -> HttpResponse:
    context: dict[str, Any] = {"run": row, "problem": problem, "nav": "import"}
    if row.returned and row.state == "ready":
        report = actions.report(row, by=request.actor)
        context |= {"report": report, "problems": report.problems[:PROBLEMS_SHOWN]}
        context["changes"] = report.changes[:PROBLEMS_SHOWN]
    elif row.state in ("uploaded", "ready"):
        preview = actions.preview(row, by=request.actor, now=now())
        taken = {str(pk) for pk in row.channels}
        context |= {
            "preview": preview,
            "columns": list(zip(preview.headers, preview.samples, row.mapping, strict=False)),
            "fields": [("", _("— leave out —")), *((k, str(v)) for k, v in FIELDS.items())],
            "departments": departments(request.actor, Capability.WRITE),
            "channels": [(c, str(c.pk) in taken) for c in usable(request.actor)],
            "problems": preview.problems[:PROBLEMS_SHOWN],
        }
    return again(request, "imports/run.html", context, bad=bool(problem))

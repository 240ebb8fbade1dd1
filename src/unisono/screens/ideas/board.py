"""The board: columns, where an idea lies, and what colleagues put on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.kernel.refusals import Refusal
from unisono.rooms.content import board, ideas, queries
from unisono.rooms.content.models import Idea, IdeaColumn
from unisono.rooms.library import actions as library
from unisono.rooms.library import queries as library_queries
from unisono.screens.doors import ActorRequest, done, now, refusals_on, typed, uuids
from unisono.screens.ideas.forms import ColumnsForm

SHOWN = 400
"""Open ideas one board draws at most; a filter brings the others."""


def drawn(request: ActorRequest, rows: list[Idea]) -> list[dict[str, Any]]:
    """The columns with their ideas. What lies in none yet lies in the first."""
    columns: list[IdeaColumn | None] = list(queries.columns(request.actor)) or [None]
    first = columns[0].pk if columns[0] else None
    lying: dict[UUID | None, list[Idea]] = {c.pk if c else None: [] for c in columns}
    for row in rows:
        lying[row.column_id if row.column_id in lying else first].append(row)
    return [
        {
            "pk": column.pk if column else "",
            "name": column.name if column else _("Inbox"),
            "ideas": lying[column.pk if column else None],
        }
        for column in columns
    ]


def columns(request: ActorRequest) -> HttpResponseBase:
    """The board's columns: named, put in order, added, taken away."""
    there = queries.columns(request.actor)
    form = ColumnsForm(there, typed(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            board.set_columns(form.chosen(), by=request.actor, now=now())
            messages.success(request, _("The board has these columns now."))
            return done(request, "ideas")
    context = {"form": form, "nav": "ideas", "most": board.COLUMNS_MAX}
    status = 422 if form.errors else 200
    return render(request, "ideas/columns.html", context, status=status)


def move(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Lay an idea into a column, above another: one call, by mouse, by keyboard, or a form."""
    row = queries.idea(request.actor, pk)
    (column,) = uuids([request.POST.get("column", "")]) or (UUID(int=0),)
    above = uuids([request.POST.get("before", "")])
    board.move(
        row,
        column=queries.column(request.actor, column),
        before=queries.idea(request.actor, above[0]) if above else None,
        by=request.actor,
        now=now(),
    )
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return done(request, "idea", row.pk)


def vote(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Be for an idea, or not any more."""
    row = queries.idea(request.actor, pk)
    wanted = request.POST.get("wanted") == "1"
    count = board.vote(row, wanted=wanted, by=request.actor, now=now())
    if not request.htmx:
        return done(request, "idea", row.pk)
    row.votes, row.mine = count, wanted  # type: ignore[attr-defined]
    return render(request, "ideas/vote.html", {"idea": row, "can_write": True})


def comment(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Say something about an idea."""
    row = queries.idea(request.actor, pk)
    try:
        board.comment(row, text=request.POST.get("text", ""), by=request.actor, now=now())
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        messages.error(request, refusal.sentence)
    return done(request, "idea", row.pk)


def tag(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Put tags on an idea, separated by commas."""
    row = queries.idea(request.actor, pk)
    try:
        board.tag(row, request.POST.get("tags", "").split(","), by=request.actor, now=now())
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        messages.error(request, refusal.sentence)
    return done(request, "idea", row.pk)


def attach(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Put images on an idea: uploaded, or one of the library."""
    row = queries.idea(request.actor, pk)
    for chosen in uuids(request.POST.getlist("asset")):
        asset = library_queries.asset(request.actor, chosen)
        board.attach(row, asset, by=request.actor, now=now())
    for file in request.FILES.getlist("image"):
        try:
            asset = library.add_asset(
                data=file.read(), name=file.name or "", by=request.actor, now=now()
            )
            board.attach(row, asset, by=request.actor, now=now())
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
    return done(request, "idea", row.pk)


def detach(request: ActorRequest, pk: UUID, image: UUID) -> HttpResponseBase:
    """Take an image off an idea."""
    found = queries.image_of_idea(request.actor, pk, image)
    board.detach(found, by=request.actor, now=now())
    return done(request, "idea", pk)


def merge(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Join an idea to another one; on to that."""
    row = queries.idea(request.actor, pk)
    (chosen,) = uuids([request.POST.get("into", "")]) or (UUID(int=0),)
    into = queries.idea(request.actor, chosen)
    ideas.merge(row, into=into, by=request.actor, now=now())
    messages.success(request, _("“%(title)s” is part of this idea now.") % {"title": row.title})
    return done(request, "idea", into.pk)

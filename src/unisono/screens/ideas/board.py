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
from unisono.screens.ideas import page
from unisono.screens.ideas.forms import ColumnsForm, CommentForm, MergeForm, PlaceForm, TagsForm

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
    form = PlaceForm(request.actor, request.POST)
    above = uuids([request.POST.get("before", "")])
    by_hand = request.headers.get("X-Requested-With") == "fetch"
    if form.is_valid():
        with refusals_on(form):
            board.move(
                row,
                column=form.cleaned_data["column"],
                before=queries.idea(request.actor, above[0]) if above else None,
                by=request.actor,
                now=now(),
            )
            return HttpResponse(status=204) if by_hand else done(request, "idea", row.pk)
    if by_hand:
        # The board lays the card back and says why.
        said = " ".join(str(why) for errors in form.errors.values() for why in errors)
        return HttpResponse(said, status=422, content_type="text/plain; charset=utf-8")
    return page.show(request, pk, placing=form)


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
    form = CommentForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            board.comment(row, text=form.cleaned_data["text"], by=request.actor, now=now())
            return done(request, "idea", row.pk)
    return page.show(request, pk, comment=form)


def tag(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Put tags on an idea, separated by commas."""
    row = queries.idea(request.actor, pk)
    form = TagsForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            board.tag(row, form.cleaned_data["tags"].split(","), by=request.actor, now=now())
            return done(request, "idea", row.pk)
    return page.show(request, pk, tagging=form)


def attach(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Put images on an idea, new ones or the library's; one that is refused is named."""
    row = queries.idea(request.actor, pk)
    refused: list[tuple[str, str]] = []
    ticked = []
    for chosen in uuids(request.POST.getlist("asset")):
        asset = library_queries.asset(request.actor, chosen)
        try:
            board.attach(row, asset, by=request.actor, now=now())
        except Refusal as refusal:
            refused.append((asset.name, refusal.sentence))
            ticked.append(asset.pk)
    for file in request.FILES.getlist("image"):
        try:
            asset = library.add_asset(
                data=file.read(), name=file.name or "", by=request.actor, now=now()
            )
            board.attach(row, asset, by=request.actor, now=now())
        except Refusal as refusal:
            refused.append((file.name or "", refusal.sentence))
    if refused:
        return page.show(request, pk, refused=refused, ticked=ticked)
    return done(request, "idea", row.pk)


def detach(request: ActorRequest, pk: UUID, image: UUID) -> HttpResponseBase:
    """Take an image off an idea."""
    found = queries.image_of_idea(request.actor, pk, image)
    board.detach(found, by=request.actor, now=now())
    return done(request, "idea", pk)


def merge(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Join an idea to another one; on to that."""
    row = queries.idea(request.actor, pk)
    form = MergeForm(request.actor, row, request.POST)
    if form.is_valid():
        with refusals_on(form):
            into = form.cleaned_data["into"]
            ideas.merge(row, into=into, by=request.actor, now=now())
            said = _("“%(title)s” is part of this idea now.") % {"title": row.title}
            messages.success(request, said)
            return done(request, "idea", into.pk)
    return page.show(request, pk, merging=form)

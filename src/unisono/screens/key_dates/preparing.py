"""Something for a key date: an idea on the board, or a post with its day pencilled in."""

from __future__ import annotations

from datetime import date
from datetime import time as time_of_day
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.content import sources
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import occasions
from unisono.rooms.plan.occasions import Occasion
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed
from unisono.screens.key_dates.forms import PreparationForm

MORNING = time_of_day(9)


def prepare(request: ActorRequest, pk: UUID, on: str) -> HttpResponseBase:
    """Say what to prepare; on to it."""
    actor = request.actor
    row = occasions.occasion(actor, pk, _day(on))
    form = PreparationForm(actor, typed(request), initial=_first(actor, row))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return _made(request, row, form)
    context = {"form": form, "occasion": row, "nav": "calendar"}
    return again(request, "key_dates/preparation.html", context, bad=bool(form.errors))


def _first(actor: Actor, row: Occasion) -> dict[str, Any]:
    mine = list(people.departments(actor, Capability.WRITE))
    only = mine[0] if len(mine) == 1 else None
    return {
        "what": "capture",
        "title": row.name,
        "note": row.note,
        "department": row.department if row.department in mine else only,
        "day": row.on,
        "time": MORNING,
    }


def _made(request: ActorRequest, row: Occasion, form: PreparationForm) -> HttpResponseBase:
    said = form.cleaned_data
    shared: dict[str, Any] = {
        "title": said["title"], "note": said["note"], "department": said["department"],
        "date_id": row.pk, "date_name": row.dated, "by": request.actor, "now": now(),
    }  # fmt: skip
    if said["what"] == "capture":
        idea = sources.from_key_date(**shared)
        messages.success(request, _("“%(title)s” is on the board.") % {"title": idea.title})
        return done(request, "idea", idea.pk)
    post = sources.post_from_key_date(
        **shared, channels=list(said["channels"]), wall=form.wall, zone=request.actor.zone
    )
    return done(request, "post", post.pk)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(_("There is no such key date.")) from None

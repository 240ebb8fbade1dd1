"""My work, all tasks, and the posts whose day is doubtful."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unisono.rooms.people import queries as people
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.workflow import queries
from unisono.rooms.workflow import risks as doubts
from unisono.rooms.workflow.states import PENDING
from unisono.screens.doors import ActorRequest, named, now, page_of, uuids
from unisono.screens.work.mine import mine as waiting
from unisono.screens.work.mine import with_acts

STATES = {"pending": PENDING, "done": ("done",), "dropped": ("dropped",)}


def mine(request: ActorRequest) -> HttpResponse:
    """What waits for the member."""
    part = "work/mine_list.html" if request.htmx else "work/mine.html"
    return render(request, part, mine_context(request))


def mine_context(request: ActorRequest) -> dict[str, Any]:
    """What the page and its live part show."""
    return {
        "mine": waiting(request.actor, now()),
        "now": now(),
        "part": "mine",
        "segments": segments("work"),
        "can_write": request.actor.can_anywhere(Capability.WRITE),
    }


def every(request: ActorRequest) -> HttpResponse:
    """All tasks, the most urgent first, narrowed by state, owner and department."""
    actor = request.actor
    state = request.GET.get("state", "pending")
    state = state if state in STATES else "pending"
    rows = queries.tasks(actor, STATES[state])
    for name in ("owner", "department"):
        chosen = uuids(request.GET.getlist(name))
        if chosen:
            rows = rows.filter(**{f"{name}__in": chosen})
    if request.GET.get("owner") == "nobody":
        rows = rows.filter(owner=None)
    wanted = request.GET.get("q", "").replace("\x00", "").strip()
    if wanted:
        rows = rows.filter(title__icontains=wanted)
    page = page_of(request, rows, 40)
    page.object_list = with_acts(actor, page.object_list)
    owners = [("nobody", _("nobody")), *named(queries.colleagues(actor))]
    context = {
        "page": page,
        "now": now(),
        "part": "every",
        "chosen": {**request.GET.dict(), "state": state, "q": wanted},
        "states": [("done", _("done")), ("dropped", _("dropped"))],
        "owners": owners,
        "departments": [(str(d.pk), d.name) for d in people.departments_seen(actor)],
        "segments": segments("tasks"),
        "can_write": actor.can_anywhere(Capability.WRITE),
        "nav": "work",
    }
    part = "work/every_list.html" if request.htmx else "work/every.html"
    return render(request, part, context)


def risks(request: ActorRequest) -> HttpResponse:
    """Every post whose day is doubtful, with the reasons."""
    context = {
        "risks": doubts.at_risk(request.actor, now=now()),
        "now": now(),
        "segments": segments("work.risks"),
        "nav": "work",
    }
    part = "work/risks_list.html" if request.htmx else "work/risks.html"
    return render(request, part, context)


def segments(current: str) -> list[dict[str, Any]]:
    """The pages of the family beside each other."""
    pages = {
        "work": _("My work"),
        "tasks": _("All tasks"),
        "work.load": _("Workload"),
        "work.risks": _("At risk"),
    }
    return [
        {"label": label, "url": reverse(name), "current": name == current}
        for name, label in pages.items()
    ]

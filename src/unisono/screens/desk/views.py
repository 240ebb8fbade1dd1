"""The desk: what goes out today, what waits for whom, how the objectives stand, what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.kernel.clock import to_wall
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.screens.desk import facts, parts
from unisono.screens.doors import ActorRequest, now

PARTS: Mapping[str, Callable[[Actor, datetime], dict[str, Any]]] = {
    "tiles": parts.tiles,
    "objectives": parts.objectives,
    "outlook": parts.looked_out,
    "proposed": parts.proposed,
    "changed": facts.changed,
    "today": parts.today,
    "inbox": parts.inbox,
}
"""What refreshes by itself, each with its own template `desk/<name>.html`."""


def desk(request: ActorRequest) -> HttpResponse:
    """The whole desk."""
    actor, at = request.actor, now()
    ahead, asked = parts.ahead(actor, at), parts.open_requests(actor)
    inbox = parts.inbox(actor, at)
    request.approvals_waiting = len({row.post_id for row in asked if row.mine})
    context = {
        "greeting": _greeting(to_wall(at, actor.zone).hour, actor.author_name),
        "now": at,
        "can_hold": actor.can_anywhere(Capability.HOLD),
        "can_write": actor.can_anywhere(Capability.WRITE),
        "steps": [] if ahead.week else parts.first_steps(actor),
        **parts.today(actor, at, ahead),
        **parts.tiles(actor, at, ahead, asked, inbox["conversations"]),
        **parts.looked_out(actor, at, ahead),
        **parts.objectives(actor, at),
        **inbox,
        **parts.proposed(actor, at),
    }
    context |= facts.changed(actor, at, context["standings"], asked, ahead.week)
    return render(request, "desk/desk.html", context)


def part(request: ActorRequest, part: str) -> HttpResponse:
    """One part of the desk, asked for again when something happened."""
    if part not in PARTS:
        raise Http404
    return render(request, f"desk/{part}.html", PARTS[part](request.actor, now()))


def _greeting(hour: int, name: str) -> str:
    given = {"name": name.split()[0] if name.split() else name}
    if 4 <= hour < 12:
        return _("Good morning, %(name)s") % given
    if 12 <= hour < 18:
        return _("Good afternoon, %(name)s") % given
    return _("Good evening, %(name)s") % given

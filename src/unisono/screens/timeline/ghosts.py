"""A plan on the timeline: each move as a ghost at its proposed place, with a path from where the
post lies now; and what opens on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unisono.kernel.clock import to_wall
from unisono.rooms.orchestration.models import Plan, PlanMove
from unisono.rooms.orchestration.plans import queries, words
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing.turns import said_time
from unisono.screens.doors import ActorRequest, uuids
from unisono.screens.timeline.layout import SIZES, TRACK, LaidGroup, LaidLane, stacked
from unisono.screens.timeline.window import Window
from unisono.ui.navigation import row_url

MOST_ROWS = 6


@dataclass(frozen=True)
class Ghost:
    """A move in a lane: the minute and row of its new place, and of the present one, if that lies
    in the window."""

    move: PlanMove
    x: int
    row: int
    from_x: int | None
    from_row: int
    said: str


def plan_of(actor: Actor, request: ActorRequest) -> Plan | None:
    """The plan that `?plan=` asks for, while it is open."""
    for pk in uuids([request.GET.get("plan", "")]):
        return queries.plans(actor).filter(pk=pk, state__in=("ready", "taken")).first()
    return None


def with_ghosts(
    groups: Sequence[LaidGroup], plan: Plan, around: Window, actor: Actor
) -> list[LaidGroup]:
    """The lanes with the moves that are still offered; counted windows have no room for them."""
    if around.counted:
        return list(groups)
    moves = [
        (move, around.minute(to_wall(move.at, actor.zone)))
        for move in queries.moves(actor, plan).filter(state__in=("offered", "undone"))
    ]
    shown = [(move, x) for move, x in moves if 0 <= x < around.minutes]
    return [
        LaidGroup(
            group.group, [_haunted(group, lane, shown, around, actor) for lane in group.lanes]
        )
        for group in groups
    ]


def _haunted(
    group: LaidGroup,
    laid: LaidLane,
    moves: Sequence[tuple[PlanMove, int]],
    around: Window,
    actor: Actor,
) -> LaidLane:
    lying = {item.variant_id for item in laid.lane.items}
    here = [
        (move, x)
        for move, x in moves
        if move.channel_id == laid.lane.channel.pk
        and (move.variant_id in lying or move.department_id == group.group.key)
    ]
    if not here:
        return laid
    notes = {note.item.variant_id: (note.x, note.row) for note in laid.notes}
    width = dict(SIZES[around.zoom])[laid.size] * around.minutes // TRACK
    last = around.minutes - width
    begun = [x - width if x > last else x for _move, x in here]
    rows = stacked(begun, range(len(here)), width, MOST_ROWS) or []
    ghosts = []
    for (move, x), row in zip(here, rows, strict=True):
        if row is not None:
            from_x, from_row = notes.get(move.variant_id, (None, 0))
            said = said_time(move.at, actor.zone)
            ghosts.append(Ghost(move, x, laid.rows + row, from_x, from_row, said))
    high = max((ghost.row for ghost in ghosts), default=laid.rows - 1) + 1
    return replace(laid, rows=high, ghosts=ghosts, late=last)


def drawn(laid: LaidLane) -> str:
    """The ghosts of a lane and their paths, as HTML."""
    return "".join(_path(one) + _note(one, one.x > laid.late) for one in laid.ghosts)


def _note(one: Ghost, before: bool) -> str:
    move = one.move
    where = f"{reverse('plan', args=[move.plan_id])}#move-{move.pk}"
    label = _("Proposed: “%(title)s” at %(at)s") % {"title": move.post.title, "at": one.said}
    return (
        f'<a class="note timeline-ghost" href="{where}"'
        f' hx-get="{reverse("timeline.ghost", args=[move.pk])}" hx-target="#timeline-more"'
        f' hx-swap="innerHTML" data-x="{one.x}" data-row="{one.row}"'
        f"{' data-before' if before else ''}"
        f' title="{escape(words.reason(move))}" aria-label="{escape(label)}">'
        f'<span class="note-time">{one.x % 1440 // 60:02d}:{one.x % 60:02d}</span>'
        f'<span class="note-title">{escape(move.post.title)}</span></a>'
    )


def _path(one: Ghost) -> str:
    if one.from_x is None or one.from_x == one.x:
        return ""
    first, width = min(one.x, one.from_x), abs(one.x - one.from_x)
    return (
        f'<i class="timeline-path" aria-hidden="true" data-x="{first}" data-w="{width}"'
        f' data-row="{one.from_row}" data-rows="{one.row - one.from_row}"'
        f' data-to="{"later" if one.x > one.from_x else "sooner"}"></i>'
    )


def ghost(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What opens on a ghost: why, how sure, and what can be done with it from here."""
    actor = request.actor
    move = queries.move(actor, pk)
    context = {
        "move": move,
        "reason": words.reason(move),
        "may": actor.can(Capability.WRITE, move.department_id)
        and move.plan.state in ("ready", "taken")
        and move.state != "taken",
        "back": request.htmx.current_url_abs_path
        or f"{reverse('timeline')}?plan={move.plan_id}&day={move.at:%Y-%m-%d}",
        "post_url": row_url("post", move.post_id),
    }
    return render(request, "timeline/ghost.html", context)


def strip(actor: Actor, plan: Plan, kept: dict[str, list[str]]) -> dict[str, object]:
    """The line above the lanes: how many moves, what they are worth, and the way out."""
    rest = urlencode({k: v for k, v in kept.items() if k != "plan"}, doseq=True)
    return {
        "plan": plan,
        "plan_moves": queries.moves(actor, plan).filter(state__in=("offered", "undone")).count(),
        "plan_leave": f"{reverse('timeline')}?{rest}",
    }

"""The calendar: month, week, day and list of one and the same agenda."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from datetime import time as time_of_day
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unisono.kernel.clock import to_wall
from unisono.kernel.refusals import Invalid
from unisono.networks import registry
from unisono.rooms.channels import queries as channels
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import queries as content
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import occasions
from unisono.rooms.plan.occasions import Occasion
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import queries as publications
from unisono.rooms.publishing.agenda import Filters, agenda
from unisono.rooms.publishing.agenda import glances as glances_of
from unisono.rooms.publishing.pacing.queries import clashing
from unisono.screens import filtering
from unisono.screens.calendar import grid
from unisono.screens.calendar import kept as kept_views
from unisono.screens.doors import ActorRequest, now, uuids

SHELF = 12
MORNING = time_of_day(9)
KEPT = ("department", "channel", "campaign", "objective", "audience", "state")
"""The filters of every view of the plan, as the address names them."""

FIRST = ("department", "campaign")
"""Those that are used most; the others stand behind a button until one is chosen."""


def calendar(request: ActorRequest) -> HttpResponse:
    """One view of the agenda; to htmx only its body. The timeline has a page of its own."""
    if request.GET.get("view") == "timeline":
        return redirect(f"{reverse('timeline')}?{urlencode(_for_the_timeline(request))}")
    view = one_of(grid.VIEWS, request.GET.get("view"), "month")
    actor = request.actor
    today = to_wall(now(), actor.zone).date()
    around = span_of(request, today)
    filters = filters_of(request)
    known = _key_dates(actor, around)
    there = {channel.pk: channel for channel in channels.channels(actor).select_related(None)}
    context = {
        "view": view,
        "around": around,
        "today": today,
        **_laid_out(request, view, around, today, known, there),
        "key_dates": known,
        "clashing": clashing(actor, *around.bounds(actor.zone)),
        "can_move": actor.can_anywhere(Capability.WRITE),
        "adapters": {adapter.name: adapter for adapter in registry.all()},
        "here": request.get_full_path(),
    }
    if request.htmx:
        return render(request, "calendar/body.html", context)
    context["collisions"] = len(context["clashing"])
    context |= _frame(request, view, around, today, filters, list(there.values()))
    return render(request, "calendar/calendar.html", context)


def span_of(request: ActorRequest, today: date) -> grid.Span:
    """The days the view shows."""
    view = one_of(grid.VIEWS, request.GET.get("view"), "month")
    day = day_of(request.GET.get("day"), today)
    return grid.span(view, day, request.actor.language)


def _for_the_timeline(request: ActorRequest) -> dict[str, str]:
    """The address of the timeline that an address of its first home meant."""
    names = ("day", "zoom", *KEPT)
    kept = {name: value for name in names if (value := request.GET.get(name))}
    by = {"channel": "department"}.get(request.GET.get("lanes", ""), request.GET.get("lanes", ""))
    return {**kept, "by": by} if by else kept


def _key_dates(actor: Actor, around: grid.Span) -> dict[date, list[Occasion]]:
    """What each day of the view is known for."""
    found: dict[date, list[Occasion]] = {}
    for one in occasions.occasions(actor, around.first, around.last):
        found.setdefault(one.on, []).append(one)
    return found


def one_of(known: Sequence[str], text: str | None, usual: str) -> str:
    return text if text and text in known else usual


def _laid_out(
    request: ActorRequest,
    view: str,
    around: grid.Span,
    today: date,
    known: dict[date, list[Occasion]],
    there: dict[UUID, Channel],
) -> dict[str, Any]:
    """The agenda where the view shows it; a month asks for what it can show alone."""
    actor, filters = request.actor, filters_of(request)
    zone = actor.zone
    bounds = around.bounds(zone)
    if view == "month":
        glances = glances_of(actor, *bounds, zone, filters, there, most=grid.NOTES_A_DAY + 1)
        kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
        link = f"{reverse('calendar')}?{urlencode({'view': 'day', **kept})}"
        return {"cells": grid.month(around, glances, today), "day_link": link}
    items = agenda(actor, *bounds, filters, there)
    if view == "list":
        return {"cells": grid.agenda_days(around, items, zone, today, known)}
    return {"cells": grid.week(around, items, zone, today)}


def move(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Give a variant another day (and hour); without an hour it keeps its time of day.

    `?also=` names others of its note, which move with it or not at all.
    """
    variant = content.variant(request.actor, pk)
    together = [
        content.variant(request.actor, other) for other in uuids(request.GET.getlist("also"))
    ]
    zone = request.actor.zone
    live = publications.live(variant)
    at = live.due_at if live else variant.planned_at
    local = to_wall(at, zone) if at else None
    wall = _wall(request.POST.get("day", ""), request.POST.get("time", ""), local)
    publishing.move_together(
        [variant, *together],
        wall=wall,
        zone=zone,
        along="along" in request.POST,
        by=request.actor,
        now=now(),
    )
    return HttpResponse(status=204)


def _wall(day: str, time: str, before: datetime | None) -> datetime:
    try:
        on = date.fromisoformat(day)
        at = time_of_day.fromisoformat(time) if time else None
    except ValueError:
        raise Invalid(_("This is not a day and a time."), field="day") from None
    if at is None:
        at = before.time() if before else MORNING
    return datetime.combine(on, at.replace(second=0, microsecond=0))


def _frame(
    request: ActorRequest,
    view: str,
    around: grid.Span,
    today: date,
    filters: Filters,
    there: Iterable[Channel],
) -> dict[str, Any]:
    """What stands around the body: the ways to other views and days, the filters, the shelf."""
    actor = request.actor
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    shown = {"view": view, "day": around.anchor.isoformat(), **kept}

    def link(**changes: Any) -> str:
        return f"{reverse('calendar')}?{urlencode({**shown, **changes})}"

    usable = [(str(one.pk), one.name) for one in there if one.state != "disconnected"]
    return {
        "segments": _segments(view, link, {k: v for k, v in shown.items() if k != "view"}),
        "earlier": link(day=around.earlier.isoformat()),
        "later": link(day=around.later.isoformat()),
        "back": link(day=today.isoformat()),
        "chosen": kept,
        "out": f"{reverse('calendar.out')}?{urlencode(shown)}",
        **kept_views.views_menu(request, "calendar"),
        **filtering.row(actor, KEPT, kept, first=FIRST, channel=usable),
        **_undated(actor, filters),
        "troubled": publications.troubled(actor).count(),
        "can_write": actor.can_anywhere(Capability.WRITE),
        "can_hold": actor.can_anywhere(Capability.HOLD),
    }


def _segments(view: str, link: Callable[..., str], asked: dict[str, str]) -> list[dict[str, Any]]:
    """The ways to the other views; the timeline has a page of its own."""
    labels = {
        "month": pgettext("calendar view", "Month"),
        "week": pgettext("calendar view", "Week"),
        "day": pgettext("calendar view", "Day"),
        "list": pgettext("calendar view", "List"),
    }
    segments = [
        {"label": labels[name], "url": link(view=name), "current": name == view}
        for name in grid.VIEWS
    ]
    timeline = f"{reverse('timeline')}?{urlencode(asked)}"
    return [*segments[:3], {"label": _("Timeline"), "url": timeline}, *segments[3:]]


def _undated(actor: Actor, filters: Filters) -> dict[str, Any]:
    """The first posts without a time, and how many more there are."""
    undated = content.posts(actor).filter(
        pk__in=content.variants(actor)
        .filter(filters.on(""), planned_at=None, publications__isnull=True)
        .values("post")
    )
    rows = undated.select_related(None).values("pk", "title", hue=F("department__hue"))
    shelf = list(rows[:SHELF])
    return {
        "shelf": shelf,
        "shelf_more": undated.count() - SHELF if len(shelf) == SHELF else 0,
    }


def filters_of(request: ActorRequest) -> Filters:
    chosen = {name: uuids(request.GET.getlist(name)) for name in KEPT[:-1]}
    return Filters(
        departments=chosen["department"],
        channels=chosen["channel"],
        campaigns=chosen["campaign"],
        objectives=chosen["objective"],
        audiences=chosen["audience"],
        states=tuple(value for value in request.GET.getlist("state") if value),
    )


def day_of(text: str | None, today: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return today

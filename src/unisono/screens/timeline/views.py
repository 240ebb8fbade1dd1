"""The timeline: the calendar's agenda in lanes, from a day to a year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unisono.kernel.clock import day_bounds, to_wall
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import occasions
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing import timeline as lanes
from unisono.rooms.publishing.agenda import Filters, agenda
from unisono.rooms.publishing.pacing.queries import clashing
from unisono.screens import filtering
from unisono.screens.calendar import kept as kept_views
from unisono.screens.calendar.views import KEPT, day_of, filters_of, one_of
from unisono.screens.doors import ActorRequest, now, uuids
from unisono.screens.timeline import ghosts, layout, shelf
from unisono.screens.timeline.window import ZOOMS, Window, ruler, weekends, window

SHAPE = ("by", "zoom", "lanes", "plan")
"""How the timeline is drawn; carried along like the filters."""


def timeline(request: ActorRequest) -> HttpResponse:
    """The window asked for; to htmx only what lies in it."""
    actor, at = request.actor, now()
    today = to_wall(at, actor.zone).date()
    zoom = one_of(ZOOMS, request.GET.get("zoom"), "fortnight")
    around = window(zoom, day_of(request.GET.get("day"), today), actor.language)
    by = one_of(tuple(lanes.GROUPINGS), request.GET.get("by"), "department")
    filters = filters_of(request)
    found = lanes.timeline(
        actor, around.first, around.last, by=by, filters=filters,
        every_channel=request.GET.get("lanes") == "all",
    )  # fmt: skip
    campaigns = list(plan.campaigns(actor))
    groups = layout.laid_out(found.groups, around, actor.zone)
    drawn = ghosts.plan_of(actor, request)
    if drawn:
        groups = ghosts.with_ghosts(groups, drawn, around, actor)
    context = {
        "around": around,
        "today": today,
        "by": by,
        "timeline": found,
        "groups": groups,
        "count": found.number,
        "now_minute": around.minute(to_wall(at, actor.zone)),
        "ruler": ruler(around, today),
        "weekends": weekends(around),
        "marked": layout.marked(around, _occasions(actor, around)),
        "stretches": _stretches(actor, around, filters, campaigns),
        "clashing": {} if around.counted else clashing(actor, *_bounds(around, actor.zone)),
        "can_write": actor.can_anywhere(Capability.WRITE),
        "here": request.get_full_path(),
        "query": urlencode(_filtered(request), doseq=True),
    }
    if request.htmx:
        return render(request, "timeline/lanes.html", context)
    if drawn:
        context |= ghosts.strip(actor, drawn, _kept(request) | {"day": [around.anchor.isoformat()]})
    context |= _frame(request, around, by, today) | _choices(request, found, campaigns)
    return render(request, "timeline/timeline.html", context)


def day(request: ActorRequest) -> HttpResponse:
    """All that lies on one day of one lane, as a list: where a full day has room for some only."""
    actor = request.actor
    today = to_wall(now(), actor.zone).date()
    on = day_of(request.GET.get("day"), today)
    by = one_of(tuple(lanes.GROUPINGS), request.GET.get("by"), "department")
    grouping, group = lanes.GROUPINGS[by], (*uuids([request.GET.get("group", "")]), None)[0]
    lane = uuids([request.GET.get("lane", "")])
    found = agenda(actor, *day_bounds(on, actor.zone), filters_of(request))
    groups_of = lanes.groups_by(grouping, grouping.names(actor), found)
    items = [
        item
        for item in found
        if (not lane or item.channel_id in lane) and (group is None or group in groups_of(item))
    ]
    kept = {**_filtered(request), "by": by, "zoom": "day", "day": on.isoformat()}
    context = {
        "day": on,
        "items": items,
        "whole_day": f"{reverse('timeline')}?{urlencode(kept, doseq=True)}",
    }
    return render(request, "timeline/day.html", context)


def _bounds(around: Window, zone: str) -> tuple[datetime, datetime]:
    return day_bounds(around.first, zone)[0], day_bounds(around.last, zone)[1]


def _occasions(actor: Actor, around: Window) -> list[occasions.Occasion]:
    """What the days are known for; a year and a quarter keep to what closes offices or is ours."""
    found = occasions.occasions(actor, around.first, around.last)
    if not around.counted:
        return found
    return [one for one in found if one.kind != occasions.Kind.OBSERVANCE]


def _stretches(
    actor: Actor, around: Window, filters: Filters, campaigns: Iterable[Campaign]
) -> list[layout.Stretch]:
    """The campaigns of these days; the progress of their objectives is one question for all."""
    found = [
        one
        for one in campaigns
        if one.starts_on <= around.last
        and one.ends_on >= around.first
        and (not filters.campaigns or one.pk in filters.campaigns)
        and (not filters.objectives or one.objective_id in filters.objectives)
        and (not filters.departments or one.department_id in filters.departments)
    ]
    served = {one.objective.pk: one.objective for one in found if one.objective}
    progress = metrics.progress(actor, served.values(), now=now())
    return layout.stretches(around, found, progress)


def _filtered(request: ActorRequest) -> dict[str, list[str]]:
    """The filters as they stand in the address."""
    return _kept(request, KEPT)


def _kept(request: ActorRequest, names: tuple[str, ...] = (*KEPT, *SHAPE)) -> dict[str, list[str]]:
    """The filters, and the shape of the lanes, as they stand in the address."""
    given = {name: request.GET.getlist(name) for name in names}
    return {name: chosen for name, values in given.items() if (chosen := [v for v in values if v])}


def _frame(request: ActorRequest, around: Window, by: str, today: date) -> dict[str, Any]:
    """What stands around the lanes: the ways to other windows and views, filters, the shelf."""
    actor, kept = request.actor, _kept(request)
    shelved = request.GET.get("shelf") == "1"
    shown = {**kept, "by": [by], "zoom": [around.zoom], "day": [around.anchor.isoformat()]}
    if shelved:
        shown["shelf"] = ["1"]

    def link(place: str = "timeline", **changes: str) -> str:
        values = {name: value for name, value in {**shown, **changes}.items() if value}
        return f"{reverse(place)}?{urlencode(values, doseq=True)}"

    return {
        "views": [
            {
                "label": label,
                "url": link("calendar", view=name) if name else link(),
                "current": not name,
            }
            for name, label in _view_names()
        ],
        "zooms": [
            {"label": label, "url": link(zoom=name), "current": name == around.zoom}
            for name, label in _zoom_names()
        ],
        "earlier": link(day=around.earlier.isoformat()),
        "later": link(day=around.later.isoformat()),
        "back": link(day=today.isoformat()),
        "zoom_link": link(zoom="", day=""),
        "lanes_link": link(lanes="" if kept.get("lanes") else "all"),
        "chosen": {name: values[0] for name, values in kept.items()},
        "shelved": shelved,
        "shelf_link": link(shelf="" if shelved else "1"),
        **kept_views.views_menu(request, "timeline"),
        **(shelf.lying(actor, "", by) if shelved else {}),
    }


def _choices(
    request: ActorRequest, found: lanes.Timeline, campaigns: Iterable[Campaign]
) -> dict[str, Any]:
    """What the filters offer. The channels and campaigns were read for the lanes already."""
    usable = [(str(c.pk), c.name) for c in found.channels.values() if c.state != "disconnected"]
    known = [(str(one.pk), one.name) for one in campaigns]
    chosen = {name: values[0] for name, values in _filtered(request).items()}
    return {
        "groupings": [(name, one.label) for name, one in lanes.GROUPINGS.items()],
        **filtering.row(request.actor, KEPT, chosen, first=(), channel=usable, campaign=known),
    }


def _view_names() -> list[tuple[str, str]]:
    """Those of the calendar, and of this page, which is no view of the calendar's."""
    return [
        ("month", pgettext("calendar view", "Month")),
        ("week", pgettext("calendar view", "Week")),
        ("day", pgettext("calendar view", "Day")),
        ("", _("Timeline")),
        ("list", pgettext("calendar view", "List")),
    ]


def _zoom_names() -> list[tuple[str, str]]:
    return [
        ("day", pgettext("zoom", "Day")),
        ("week", pgettext("zoom", "Week")),
        ("fortnight", pgettext("zoom", "2 weeks")),
        ("month", pgettext("zoom", "Month")),
        ("quarter", pgettext("zoom", "Quarter")),
        ("year", pgettext("zoom", "Year")),
    ]

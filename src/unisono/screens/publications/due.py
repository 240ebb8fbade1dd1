"""Due and late: what did not go out in time or will not, why, and what to do about it."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unisono.kernel.refusals import Invalid
from unisono.rooms.content import queries as content
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import decisions, lateness, queries
from unisono.rooms.publishing.agenda import Filters
from unisono.rooms.publishing.decisions import WAYS, Choice
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow
from unisono.screens import filtering
from unisono.screens.doors import ActorRequest, done, now, page_of, uuids
from unisono.screens.publications import choices

LABELS = {
    "person": gettext_lazy("Needs you"),
    "working": gettext_lazy("Late, on its way"),
    "risk": gettext_lazy("At risk"),
    "late": gettext_lazy("Went out late"),
}
KEPT = ("group", "department", "channel", "campaign", "audience")
AT_ONCE = 50


def trouble(request: ActorRequest) -> HttpResponseBase:
    """The old address of this page."""
    return redirect("due")


def due(request: ActorRequest) -> HttpResponseBase:
    """The list by groups; a POST carries out what was chosen for one post or for many."""
    if request.method == "POST":
        return _decide(request)
    context = _list(request) | {"nav": "calendar"}
    template = "publications/due_list.html" if request.htmx else "publications/due.html"
    return render(request, template, context)


def decide(request: ActorRequest) -> HttpResponseBase:
    """The same decisions one by one, on a page of their own: for those named, or for all late."""
    rows = _waiting(request)
    if request.method == "POST":
        outcomes = decisions.decide(choices.each(request, rows), by=request.actor, now=now())
        choices.tell(request, outcomes, rows)
        return done(request, "due")
    at = now()
    context = {
        "ahead": [row for row in rows if row.due_at > at],
        "for_all": choices.FOR_ALL,
        "late": [row for row in rows if row.due_at <= at],
        "back": reverse("due"),
        "nav": "calendar",
    }
    return render(request, "publications/decisions.html", context)


def _decide(request: ActorRequest) -> HttpResponseBase:
    """`one` is `way:id`, `ask` a post's id; else `way` for every `publication` that is ticked."""
    if request.POST.get("ask"):
        post = content.post(request.actor, _only(request.POST["ask"]))
        workflow.ask_approval(post, by=request.actor, now=now())
        messages.success(request, _("Approval was asked for."))
        return _back(request)
    way, _colon, pk = request.POST.get("one", "").partition(":")
    ids = (_only(pk),) if pk else uuids(request.POST.getlist("publication"))
    rows = list(queries.publications(request.actor).filter(pk__in=ids).order_by("due_at", "pk"))
    if not rows:
        raise Invalid(_("Tick at least one post first."), field="publication")
    way = way or request.POST.get("way", "")
    if way not in WAYS:
        raise Invalid(_("Choose what shall become of it."), field="way")
    wanted = [Choice(rows[0].pk, way)] if pk else choices.bulk(request, way, rows)
    outcomes = decisions.decide(wanted, by=request.actor, now=now())
    choices.tell(request, outcomes, rows)
    return _back(request)


def _list(request: ActorRequest) -> dict[str, Any]:
    chosen = {name: request.GET.get(name, "") for name in KEPT}
    filters = Filters(
        departments=uuids([chosen["department"]]),
        channels=uuids([chosen["channel"]]),
        campaigns=uuids([chosen["campaign"]]),
        audiences=uuids([chosen["audience"]]),
    )
    items = lateness.due(request.actor, now=now(), filters=filters)
    counts = Counter(item.group for item in items)
    shown = [item for item in items if chosen["group"] in ("", item.group)]

    def link(group: str) -> str:
        kept = {k: v for k, v in {**chosen, "group": group}.items() if v}
        return f"{reverse('due')}?{urlencode(kept)}" if kept else reverse("due")

    segments = [{"label": _("All"), "url": link(""), "current": not chosen["group"]}] + [
        {
            "label": label,
            "url": link(group),
            "current": group == chosen["group"],
            "count": counts[group],
        }
        for group, label in LABELS.items()
    ]
    page = page_of(request, shown, AT_ONCE)
    found: dict[str, list[lateness.Item]] = {}
    for item in page.object_list:
        found.setdefault(item.group, []).append(item)
    return {
        "groups": [(g, label, counts[g], found[g]) for g, label in LABELS.items() if g in found],
        "page": page,
        "segments": segments,
        "chosen": chosen,
        "person": counts["person"],
        **filtering.row(request.actor, KEPT[1:], chosen),
        "may": request.actor.can_anywhere(Capability.SCHEDULE),
        "here": request.get_full_path(),
    }


def _waiting(request: ActorRequest) -> list[Publication]:
    """The publications the address names, or all that are held because they are late."""
    ids = uuids((request.POST or request.GET).getlist("publication"))
    rows = queries.publications(request.actor).order_by("due_at", "pk")
    if ids:
        return list(rows.filter(pk__in=ids, state__in=("scheduled", "held", "failed")))
    late = rows.filter(state="held", reason_code__in=("late", "undecided"))
    return list(late[: decisions.AT_ONCE])


def _only(text: str) -> UUID:
    found = uuids([text])
    if not found:
        raise Invalid(_("Choose what shall become of it."), field="publication")
    return found[0]


def _back(request: ActorRequest) -> HttpResponseBase:
    """To the list as it was filtered."""
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    where = reverse("due") + (f"?{urlencode(kept)}" if kept else "")
    return done(request, where)

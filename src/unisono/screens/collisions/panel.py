"""What is shown where a house rule is against a time: why, and the ways out, each one press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unisono.kernel import clock
from unisono.rooms.publishing.pacing.asking import Collides
from unisono.rooms.publishing.pacing.ways import Way
from unisono.screens.doors import back_to

LABELS = {
    "after": gettext_lazy("Next free time"),
    "before": gettext_lazy("Last free time before"),
    "next_day": gettext_lazy("Next day that is free at this hour"),
    "earlier_day": gettext_lazy("Earlier day, same hour"),
    "later_day": gettext_lazy("Later day, same hour"),
    "another_day": gettext_lazy("Another day"),
}


@dataclass(frozen=True)
class Offer:
    """A way out as a button: `wall` is what it sends, in the zone that goes with it."""

    label: str
    at: datetime
    wall: str


def offers(ways: Sequence[Way], zone: str) -> list[Offer]:
    """The ways out as buttons."""
    return [
        Offer(str(LABELS[way.name]), way.at, f"{clock.to_wall(way.at, zone):%Y-%m-%dT%H:%M}")
        for way in ways
    ]


@dataclass(frozen=True)
class Panel:
    """One refusal. `then` says what is done with the posts once they have a time: nothing more,
    `schedule`, or `now` where it was to go out at once; `back` is the page to return to."""

    sentences: list[str]
    offers: list[Offer]
    may_override: bool
    variants: list[UUID]
    at: datetime
    zone: str
    then: str = ""
    back: str = ""
    reason: str = ""
    problem: str = ""

    @property
    def wall(self) -> str:
        """The wall time that was wanted."""
        return f"{clock.to_wall(self.at, self.zone):%Y-%m-%dT%H:%M}"


def panel(found: Collides, request: HttpRequest, *, then: str = "", back: str = "") -> Panel:
    """What a refusal shows; a reason that was asked for and not given is named."""
    asked = "override" in request.POST
    return Panel(
        found.sentences,
        offers(found.ways, found.zone),
        found.may_override,
        [variant.pk for variant in found.variants],
        found.at,
        found.zone,
        then,
        back,
        request.POST.get("reason", ""),
        _("Say why, so that others understand it.") if asked and found.may_override else "",
    )


def refused(request: HttpRequest, found: Collides) -> HttpResponse:
    """A plan that collides: a dialog for a page that moved a note, else a page of its own."""
    post = reverse("post", args=[found.variants[0].post_id])
    told = panel(found, request, then=_then(request), back=back_to(request, post))
    fetched = request.headers.get("X-Requested-With") == "fetch"
    template = "collisions/dialog.html" if fetched else "collisions/refused.html"
    context = {"collision": told, "nav": "calendar"}
    return render(request, template, context, status=found.status)


def _then(request: HttpRequest) -> str:
    where = request.resolver_match.view_name if request.resolver_match else ""
    if where == "post.publications":
        return "now" if request.POST.get("when") == "now" else "schedule"
    return request.POST.get("then", "")

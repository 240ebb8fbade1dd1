"""What the palette finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from unisono.rooms.content import queries as content
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan import queries as plan
from unisono.screens.doors import ActorRequest
from unisono.ui.navigation import address

EACH = 6
LEAST = 2


def search(request: ActorRequest) -> JsonResponse:
    """`{"results": [{title, url, hint}]}` for `?q=`: what the member sees and whose name fits."""
    wanted = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    results = list(_found(request.actor, wanted)) if len(wanted) >= LEAST else []
    return JsonResponse({"results": results})


def _found(actor: Actor, wanted: str) -> Iterator[dict[str, Any]]:
    named = Q(name__icontains=wanted)
    titled = Q(title__icontains=wanted)
    for post in content.posts(actor).filter(titled | Q(text__icontains=wanted))[:EACH]:
        yield _result(post.title, "post", post.pk, _("Post"), post.department.name)
    for campaign in plan.campaigns(actor).filter(named)[:EACH]:
        yield _result(campaign.name, "campaign", campaign.pk, _("Campaign"), campaign.department)
    for objective in plan.objectives(actor).filter(named)[:EACH]:
        yield _result(
            objective.name, "objective", objective.pk, _("Objective"), objective.department
        )
    for idea in content.ideas(actor).filter(titled)[:EACH]:
        yield _result(idea.title, "idea", idea.pk, _("Idea"), idea.department)
    for member in people.members(actor).filter(named)[:EACH]:
        url = f"{address('people') or ''}#{member.pk}"
        yield {"title": member.name, "url": url, "hint": _("Colleague")}


def _result(title: str, door: str, pk: Any, kind: str, where: object) -> dict[str, str]:
    hint = _("%(kind)s · %(place)s") % {"kind": kind, "place": where} if where else kind
    return {"title": title, "url": reverse(door, args=[pk]), "hint": hint}

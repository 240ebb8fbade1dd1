"""The shelf: what has no time yet, drafts and ideas, to be laid on a lane."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render

from unisono.networks.contract import Face
from unisono.rooms.content import queries as content
from unisono.rooms.content.models import Idea, Post, Variant
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import timeline as lanes
from unisono.screens.calendar.views import one_of
from unisono.screens.doors import ActorRequest

SHOWN = 40
"""Of drafts and of ideas each; the search finds the others."""


@dataclass(frozen=True)
class Card:
    """One draft or idea. `group` is the only group of lanes it may be laid in; empty: any."""

    kind: str
    pk: UUID
    title: str
    hue: str
    department: str
    group: str
    faces: list[Face]
    movable: bool


def shelf(request: ActorRequest) -> HttpResponse:
    """What lies on the shelf and has the words of `?q=` in its title."""
    by = one_of(tuple(lanes.GROUPINGS), request.GET.get("by"), "department")
    context = lying(request.actor, request.GET.get("q", ""), by)
    return render(request, "timeline/shelf.html", context)


def lying(actor: Actor, words: str, by: str) -> dict[str, Any]:
    """The cards, and how many there are beyond those shown. Five queries."""
    undated = content.variants(actor).filter(planned_at=None, publications__isnull=True)
    posts = content.posts(actor).filter(pk__in=undated.values("post"))
    ideas = content.ideas(actor)
    for word in words.split():
        posts = posts.filter(title__icontains=word)
        ideas = ideas.filter(title__icontains=word)
    living = Variant.objects.filter(dropped_at=None, planned_at=None).select_related("channel")
    drafts = list(posts.prefetch_related(Prefetch("variants", living, "undated"))[: SHOWN + 1])
    found = list(ideas[: SHOWN + 1])
    return {
        "q": words,
        "by": by,
        "drafts": [_of_post(actor, post, by) for post in drafts[:SHOWN]],
        "more_drafts": len(drafts) > SHOWN,
        "ideas": [_of_idea(actor, idea, by) for idea in found[:SHOWN]],
        "more_ideas": len(found) > SHOWN,
    }


def _of_post(actor: Actor, post: Post, by: str) -> Card:
    objective = post.objective_id or (post.campaign.objective_id if post.campaign else None)
    keys = {"department": post.department_id, "campaign": post.campaign_id, "objective": objective}
    return Card(
        "post", post.pk, post.title, post.department.hue, post.department.name,
        _group(by, keys.get(by)), _faces(post.undated),  # type: ignore[attr-defined]
        actor.can(Capability.WRITE, post.department_id),
    )  # fmt: skip


def _of_idea(actor: Actor, idea: Idea, by: str) -> Card:
    campaign = idea.campaign
    objective = campaign.objective_id if campaign else None
    keys = {"department": idea.department_id, "campaign": idea.campaign_id, "objective": objective}
    department, key = idea.department, keys.get(by)
    anywhere = by == "department" and department is None
    # Outside the grouping by departments nobody would say whose post an idea of no department is.
    movable = (
        actor.can(Capability.WRITE, department)
        if department
        else anywhere and actor.can_anywhere(Capability.WRITE)
    )
    return Card(
        "idea", idea.pk, idea.title, department.hue if department else "",
        department.name if department else "", "" if anywhere else _group(by, key),
        [], movable,
    )  # fmt: skip


def _group(by: str, key: UUID | None) -> str:
    """The group a card is laid into. Whom it speaks to is no matter of where it is laid."""
    return "" if by == "audience" else str(key or lanes.NOTHING)


def _faces(variants: Iterable[Variant]) -> list[Face]:
    return [variant.channel.face for variant in variants]

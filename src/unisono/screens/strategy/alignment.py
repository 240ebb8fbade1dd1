"""Contents ahead that answer no objective, and the objective each most likely serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from unisono.kernel.clock import to_wall
from unisono.kernel.refusals import Invalid, Refusal
from unisono.rooms.content import actions as content
from unisono.rooms.content import queries as posts
from unisono.rooms.content.models import Post
from unisono.rooms.metrics.coverage import unaligned_ahead
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import Objective
from unisono.rooms.publishing.standings import standing
from unisono.screens.doors import ActorRequest, again, done, now, page_of, uuids


@dataclass(frozen=True)
class Orphan:
    """A post that serves nothing; `proposed` is an objective of its department that runs now."""

    post: Post
    badge: dict[str, Any]
    proposed: Objective | None
    may: bool


def unaligned(request: ActorRequest) -> HttpResponse:
    """All of them, each with the objectives it could serve."""
    return _page(request)


def _page(
    request: ActorRequest, *, wrong: UUID | None = None, chosen: str = "", refused: str = ""
) -> HttpResponse:
    """The list; beside the post `wrong` stands why its objective was `refused`."""
    actor = request.actor
    page = page_of(request, unaligned_ahead(actor), 40)
    listed = orphans(actor, list(page.object_list))
    context = {
        "page": page,
        "orphans": listed,
        "beside": any(one.post.pk == wrong and one.may for one in listed),
        "objectives": running(actor),
        "wrong": wrong,
        "chosen": chosen,
        "refused": refused,
        "nav": "strategy",
    }
    return again(request, "strategy/unaligned.html", context, bad=bool(refused))


def align(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Say which objective a post serves."""
    post = posts.post(request.actor, pk)
    said = request.POST.get("objective", "")
    try:
        chosen = uuids([said])
        if not chosen:
            raise Invalid(_("Choose the objective it serves."), field="objective")
        objective = plan.objective(request.actor, chosen[0])
        content.align(post, objective=objective, by=request.actor, now=now())
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return _page(request, wrong=post.pk, chosen=said, refused=refusal.sentence)
    words = {"title": post.title, "name": objective.name}
    messages.success(request, _("“%(title)s” serves “%(name)s” now.") % words)
    return done(request, "strategy.unaligned" if "list" in request.POST else "strategy")


def orphans(actor: Actor, rows: Sequence[Post]) -> list[Orphan]:
    """Posts with what they most likely serve; a constant number of queries."""
    badges, offered = standing(rows), running(actor)
    return [
        Orphan(
            post,
            badges[post.pk],
            _proposed(post, offered),
            actor.can(Capability.WRITE, post.department_id),
        )
        for post in rows
    ]


def running(actor: Actor) -> list[Objective]:
    """The objectives whose period is not over."""
    today: date = to_wall(now(), actor.organization.zone).date()
    return list(plan.objectives(actor).filter(ends_on__gte=today))


def _proposed(post: Post, offered: list[Objective]) -> Objective | None:
    """The department's own objective before one of the whole organization; that ends first."""
    fitting = [row for row in offered if row.department_id in (post.department_id, None)]
    return min(fitting, key=lambda row: (row.department_id is None, row.ends_on), default=None)

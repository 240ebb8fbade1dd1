"""What is done on the timeline: moved, shifted, laid there from the shelf, undone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from unisono.kernel.clock import to_wall
from unisono.kernel.refusals import Invalid, Refusal
from unisono.rooms.channels import queries as channels
from unisono.rooms.content import queries as content
from unisono.rooms.people import queries as people
from unisono.rooms.publishing import moves
from unisono.rooms.publishing.moves import Move, Outcome
from unisono.rooms.publishing.pacing.asking import Collides
from unisono.screens.collisions.panel import offers
from unisono.screens.doors import ActorRequest, now, uuids


def move(request: ActorRequest) -> JsonResponse:
    """`moves`: a JSON list of what `undo` answers with, or of {variant, wall, channel?}."""
    try:
        given = json.loads(request.POST.get("moves", ""))
        asked = [_move(one) for one in given]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Invalid(_("These moves cannot be read."), field="moves") from None
    return answer(request, moves.carry_out(asked, by=request.actor, now=now()))


def shift(request: ActorRequest) -> JsonResponse:
    """Every `variant` by so many `minutes` of wall time."""
    try:
        minutes = int(request.POST.get("minutes", ""))
    except ValueError:
        raise Invalid(_("Say by how many minutes."), field="minutes") from None
    named = uuids(request.POST.getlist("variant"))
    done = moves.shift(named, by_minutes=minutes, by=request.actor, now=now())
    return answer(request, done)


def place(request: ActorRequest) -> JsonResponse:
    """A `post` without a time, or an `idea`, laid at `wall` on the lane of a `channel`."""
    try:
        return answer(request, _placed(request))
    except Collides as found:
        refused = [_refused(found, found.variants[0].post.title, request.actor.zone)]
        told = {"detail": found.sentence, "moved": [], "refused": refused, "undo": []}
        return JsonResponse(told, status=found.status)


def _placed(request: ActorRequest) -> list[Outcome]:
    actor, at = request.actor, now()
    wall, anyway = wall_of(request.POST.get("wall", "")), request.POST.get("anyway", "")
    channel_id = _one(request, "channel")
    channel = channels.channel(actor, channel_id) if channel_id else None
    idea_id, post_id = _one(request, "idea"), _one(request, "post")
    if idea_id:
        idea = content.idea(actor, idea_id)
        if channel is None:
            raise Invalid(_("Drop it on the row of a channel."), field="channel")
        chosen = _one(request, "department")
        department = people.department(actor, chosen) if chosen else None
        return moves.place_idea(
            idea, department=department, channel=channel, wall=wall, zone=actor.zone, anyway=anyway,
            by=actor, now=at,
        )  # fmt: skip
    if post_id:
        post = content.post(actor, post_id)
        return moves.place(
            post, channel=channel, wall=wall, zone=actor.zone, anyway=anyway, by=actor, now=at
        )
    raise Invalid(_("Choose what shall be planned."), field="post")


def answer(request: ActorRequest, outcomes: Sequence[Outcome]) -> JsonResponse:
    """What was done, what was refused and why, and the moves that undo what was done.

    The status is a refusal's only where nothing was done at all.
    """
    refused = [one for one in outcomes if one.refusal]
    done = [one for one in outcomes if not one.refusal]
    titles = _titles(request, refused)
    first = refused[0].refusal if refused and not done else None
    body = {
        "detail": first.sentence if first else "",
        "moved": [_moved(one, request.actor.zone) for one in done if one.variant],
        "refused": [
            _refused(one.refusal, titles.get(one.move.variant_id, ""), request.actor.zone, one.move)
            for one in refused
            if one.refusal
        ],
        "undo": [_written(one.back) for one in reversed(done) if one.back],
    }
    return JsonResponse(body, status=first.status if first else 200)


def _refused(refusal: Refusal, title: str, zone: str, move: Move | None = None) -> dict[str, Any]:
    """Why one was not moved. `move` is what was asked, to be sent again with one of the `ways`, or
    with a reason where the reader `may_override`; None for what was to be laid there. Of a way,
    `at` is its wall time in `zone`, which is the reader's."""
    told: dict[str, Any] = {
        "variant": str(move.variant_id) if move else "",
        "title": title,
        "sentence": refusal.sentence,
        "move": _written(move) if move else None,
    }
    if isinstance(refusal, Collides):
        told["sentences"], told["may_override"] = refusal.sentences, refusal.may_override
        told["ways"] = [
            {"label": one.label, "at": _wall(one.at, zone), "wall": one.wall, "zone": refusal.zone}
            for one in offers(refusal.ways, refusal.zone)
        ]
    return told


def wall_of(text: str) -> datetime:
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(_("This is not a day and a time."), field="wall") from None
    return wall.replace(second=0, microsecond=0, tzinfo=None)


def _move(given: dict[str, Any]) -> Move:
    wall, channel = given.get("wall"), given.get("channel")
    return Move(
        UUID(str(given["variant"])),
        wall_of(str(wall)) if wall else None,
        str(given.get("zone") or ""),
        UUID(str(channel)) if channel else None,
        bool(given.get("off")),
        bool(given.get("to_idea")),
        None if given.get("was") is None else str(given["was"]),
        str(given.get("anyway") or ""),
    )


def _written(move: Move) -> dict[str, Any]:
    return {
        "variant": str(move.variant_id),
        "wall": move.wall.isoformat(timespec="minutes") if move.wall else "",
        "zone": move.zone,
        "channel": str(move.channel_id) if move.channel_id else "",
        "off": move.off,
        "to_idea": move.to_idea,
        "was": move.was,
    }


def _moved(one: Outcome, zone: str) -> dict[str, str]:
    """The variant and the wall time it has then, as the reader's zone says it."""
    variant = one.variant
    assert variant is not None
    at, gone = variant.planned_at, one.move.off or one.move.to_idea
    wall = _wall(at, zone) if at and not gone else ""
    return {"variant": str(variant.pk), "wall": wall, "title": variant.post.title}


def _wall(at: datetime, zone: str) -> str:
    return to_wall(at, zone).isoformat(timespec="minutes")


def _titles(request: ActorRequest, refused: Sequence[Outcome]) -> dict[UUID, str]:
    if not refused:
        return {}
    ids = [one.move.variant_id for one in refused]
    return dict(content.variants(request.actor).filter(pk__in=ids).values_list("pk", "post__title"))


def _one(request: HttpRequest, name: str) -> UUID | None:
    return (*uuids([request.POST.get(name, "")]), None)[0]

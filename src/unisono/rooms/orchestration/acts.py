"""How a proposal is carried out, and taken back: one pair of functions for each kind of act.

Each calls the verb a person would have used, in the name of who accepts, so that it passes the
same rules and approvals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Conflict
from unisono.rooms.content import actions as content
from unisono.rooms.content import copies
from unisono.rooms.content import queries as contents
from unisono.rooms.content.models import Variant
from unisono.rooms.orchestration.models import Act, Proposal
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.placing import place
from unisono.rooms.publishing.states import LIVE
from unisono.rooms.workflow import actions as workflow
from unisono.rooms.workflow import queries as approvals


@dataclass(frozen=True)
class Way:
    """`do` carries a proposal out and returns what `undo` needs."""

    do: Callable[[Proposal, Actor, datetime], dict[str, Any]]
    undo: Callable[[Proposal, Actor, datetime], object]


def _move(proposal: Proposal, by: Actor, now: datetime) -> dict[str, Any]:
    variant = _variant(proposal, by)
    if variant.planned_at != proposal.was_at:
        raise Conflict(_("It has another time by now than when this was proposed."))
    before = {"wall": variant.planned_wall, "zone": variant.planned_zone}
    publishing.move(variant, wall=_wall(proposal.wall), zone=proposal.zone, by=by, now=now)
    return before


def _move_back(proposal: Proposal, by: Actor, now: datetime) -> None:
    variant = _variant(proposal, by)
    if variant.planned_at != proposal.at:
        raise Conflict(_("It was moved again since: give it the time you want on the calendar."))
    before = proposal.before
    publishing.move(variant, wall=_wall(before["wall"]), zone=before["zone"], by=by, now=now)


def _fill(proposal: Proposal, by: Actor, now: datetime) -> dict[str, Any]:
    variant = _variant(proposal, by)
    if variant.planned_at is not None:
        raise Conflict(_("It has a time by now."))
    wall = _wall(proposal.wall)
    place([variant], wall=wall, zone=proposal.zone, scheduling=True, by=by, now=now)
    return {}


def _empty(proposal: Proposal, by: Actor, now: datetime) -> None:
    variant = _variant(proposal, by)
    for publication in variant.publications.filter(part=0, state__in=LIVE):
        publishing.cancel(publication, by=by, now=now)
    content.plan_variant(variant, wall=None, zone=proposal.zone, by=by, now=now)


def _ask(proposal: Proposal, by: Actor, now: datetime) -> dict[str, Any]:
    asked = workflow.ask_approval(contents.post(by, proposal.post_id), by=by, now=now)
    return {"requests": [str(request.pk) for request in asked]}


def _ask_no_more(proposal: Proposal, by: Actor, now: datetime) -> None:
    wanted = set(proposal.before["requests"])
    for request in approvals.requests(by).filter(pk__in=wanted):
        workflow.withdraw_approval(request, by=by, now=now)


def _repeat(proposal: Proposal, by: Actor, now: datetime) -> dict[str, Any]:
    post = contents.post(by, proposal.post_id)
    channels = [proposal.channel] if proposal.channel else []
    made = copies.copy_post(
        post, channels=channels, wall=_wall(proposal.wall), zone=proposal.zone, by=by, now=now
    )
    return {"post": str(made.pk)}


def _repeat_not(proposal: Proposal, by: Actor, now: datetime) -> None:
    made = contents.posts(by).filter(pk=proposal.before["post"]).first()
    if made:
        content.remove_post(made, by=by, now=now)


def _variant(proposal: Proposal, by: Actor) -> Variant:
    assert proposal.variant_id is not None
    return contents.variant(by, proposal.variant_id)


def _wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


WAYS: dict[str, Way] = {
    Act.MOVE: Way(_move, _move_back),
    Act.FILL: Way(_fill, _empty),
    Act.ASK: Way(_ask, _ask_no_more),
    Act.REPEAT: Way(_repeat, _repeat_not),
}

"""How a proposal is carried out, and taken back: one pair of functions for each kind of act.

Each calls the verb a person would have used, in the name of who accepts, so that it passes the
same rules and approvals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Conflict
from unisono.rooms.content import actions as content
from unisono.rooms.content import copies, ideas
from unisono.rooms.content import queries as contents
from unisono.rooms.content.models import Idea, Post, Variant
from unisono.rooms.engagement import queries as inbox
from unisono.rooms.orchestration.listening.speech import asks
from unisono.rooms.orchestration.models import Act, Proposal
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import queries as plans
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import holds, stops
from unisono.rooms.publishing.placing import place
from unisono.rooms.publishing.states import LIVE
from unisono.rooms.workflow import actions as workflow
from unisono.rooms.workflow import queries as approvals

QUOTED = 5
"""Questions that an answer's draft begins with, at most."""


TIMED = frozenset({Act.MOVE, Act.FILL, Act.REPEAT, Act.SHIFT})
"""Acts with a time, which who accepts may change."""


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


def _shift(proposal: Proposal, by: Actor, now: datetime) -> dict[str, Any]:
    by.must(Capability.SCHEDULE, _owner(proposal))
    return _fill(proposal, by, now)


def _shift_back(proposal: Proposal, by: Actor, now: datetime) -> None:
    by.must(Capability.SCHEDULE, _owner(proposal))
    _empty(proposal, by, now)


def _owner(proposal: Proposal) -> UUID:
    """The department whose channel it is; where it is everybody's by now, the post's own."""
    channel = proposal.channel
    return (channel.department_id if channel else None) or proposal.department_id


def _ask(proposal: Proposal, by: Actor, now: datetime) -> dict[str, Any]:
    asked = workflow.ask_approval(_post(proposal, by), by=by, now=now)
    return {"requests": [str(request.pk) for request in asked]}


def _ask_no_more(proposal: Proposal, by: Actor, now: datetime) -> None:
    wanted = set(proposal.before["requests"])
    for request in approvals.requests(by).filter(pk__in=wanted):
        workflow.withdraw_approval(request, by=by, now=now)


def _repeat(proposal: Proposal, by: Actor, now: datetime) -> dict[str, Any]:
    post = _post(proposal, by)
    channels = [proposal.channel] if proposal.channel else []
    made = copies.copy_post(
        post, channels=channels, wall=_wall(proposal.wall), zone=proposal.zone, by=by, now=now
    )
    return {"post": str(made.pk)}


def _repeat_not(proposal: Proposal, by: Actor, now: datetime) -> None:
    made = contents.posts(by).filter(pk=proposal.before["post"]).first()
    if made:
        content.remove_post(made, by=by, now=now)


def _add(proposal: Proposal, by: Actor, now: datetime) -> dict[str, Any]:
    post, channel = _post(proposal, by), proposal.channel
    assert channel is not None
    have = [variant.channel for variant in contents.variants_of(post)]
    if channel in have:
        raise Conflict(_("This post goes out on %(channel)s already.") % {"channel": channel.name})
    content.choose_channels(post, [*have, channel], by=by, now=now)
    return {"variant": str(post.variants.get(channel=channel).pk)}


def _drop(proposal: Proposal, by: Actor, now: datetime) -> None:
    made = contents.variant(by, UUID(proposal.before["variant"]))
    if made.publications.exclude(state__in=("cancelled", *LIVE)).exists():
        raise Conflict(_("This has gone out by now: it cannot be undone."))
    have = [variant.channel for variant in contents.variants_of(made.post)]
    left = [channel for channel in have if channel.pk != made.channel_id]
    content.choose_channels(made.post, left, by=by, now=now)


def _answer(proposal: Proposal, by: Actor, now: datetime) -> dict[str, Any]:
    """A draft with the questions that were asked, made of an idea that knows the first message."""
    asked = [row for row in inbox.messages(by, proposal.data["messages"]) if asks(row.text)][
        :QUOTED
    ]
    if not asked:
        raise Conflict(_("The messages behind this are gone."))
    idea = ideas.capture(
        title=_("Answer: %(term)s") % {"term": proposal.data["term"]},
        note="\n".join(f"“{' '.join(row.text.split())[:300]}”" for row in asked),
        department=proposal.department,
        source=Idea.Source.MESSAGE,
        source_name=", ".join(dict.fromkeys(row.channel.name for row in asked)),
        origin=asked[0].pk,
        by=by,
        now=now,
    )
    made = ideas.develop(idea, department=proposal.department, by=by, now=now)
    return {"post": str(made.pk), "idea": str(idea.pk)}


def _answer_not(proposal: Proposal, by: Actor, now: datetime) -> None:
    made = contents.posts(by).filter(pk=proposal.before["post"]).first()
    if made:
        idea = ideas.undevelop(made, by=by, now=now)
        ideas.drop(idea, by=by, now=now)


def _hold(proposal: Proposal, by: Actor, now: datetime) -> dict[str, Any]:
    why = _("Many write about it and are unhappy.")
    placed = holds.place(keyword=proposal.data["term"], why=str(why), by=by, now=now)
    return {"hold": str(placed.pk)}


def _resume(proposal: Proposal, by: Actor, now: datetime) -> None:
    holds.lift(stops.hold(by, UUID(proposal.before["hold"])), by=by, now=now)


def _extend(proposal: Proposal, by: Actor, now: datetime) -> dict[str, Any]:
    row = _campaign(proposal, by)
    before = row.ends_on.isoformat()
    if before != proposal.data["on"]:
        raise Conflict(_("This campaign has another end by now."))
    _until(row, date.fromisoformat(proposal.data["until"]), by, now)
    return {"on": before}


def _extend_not(proposal: Proposal, by: Actor, now: datetime) -> None:
    row = _campaign(proposal, by)
    if row.ends_on.isoformat() != proposal.data["until"]:
        raise Conflict(_("This campaign has another end by now."))
    _until(row, date.fromisoformat(proposal.before["on"]), by, now)


def _stop(proposal: Proposal, by: Actor, now: datetime) -> dict[str, Any]:
    why = _("Its posts bring far less than their like.")
    placed = holds.place(campaign=_campaign(proposal, by), why=str(why), by=by, now=now)
    return {"hold": str(placed.pk)}


def _until(row: Campaign, ends_on: date, by: Actor, now: datetime) -> None:
    plan.change_campaign(
        row, name=row.name, starts_on=row.starts_on, ends_on=ends_on, brief=row.brief,
        department=row.department, objective=row.objective, owner=row.owner, by=by, now=now,
    )  # fmt: skip


def _campaign(proposal: Proposal, by: Actor) -> Campaign:
    assert proposal.campaign_id is not None
    return plans.campaign(by, proposal.campaign_id)


def may(proposal: Proposal, actor: Actor) -> bool:
    """Whether the actor holds what accepting it, or taking it back, needs."""
    if not actor.can(Capability.WRITE, proposal.department_id):
        return False
    if proposal.kind == Act.HOLD:
        return actor.can(Capability.HOLD)
    if proposal.kind == Act.STOP:
        return actor.can(Capability.HOLD, proposal.department_id)
    if proposal.kind == Act.EXTEND:
        return actor.can(Capability.CAMPAIGN, proposal.department_id)
    if proposal.kind == Act.SHIFT:
        both = (proposal.department_id, _owner(proposal))
        return all(actor.can(Capability.SCHEDULE, where) for where in both)
    return True


def _post(proposal: Proposal, by: Actor) -> Post:
    assert proposal.post_id is not None
    return contents.post(by, proposal.post_id)


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
    Act.ANSWER: Way(_answer, _answer_not),
    Act.HOLD: Way(_hold, _resume),
    Act.EXTEND: Way(_extend, _extend_not),
    Act.STOP: Way(_stop, _resume),
    Act.VARIANT: Way(_add, _drop),
    Act.SHIFT: Way(_shift, _shift_back),
}

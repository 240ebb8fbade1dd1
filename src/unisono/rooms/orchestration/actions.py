"""The verbs of proposals: accepted, put aside, taken back, and judged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.content.actions import meant
from unisono.rooms.orchestration.acts import TIMED, WAYS
from unisono.rooms.orchestration.models import Mandate, Proposal
from unisono.rooms.orchestration.states import PROPOSAL
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability

REASON_MAX = 500


def accept(
    proposal: Proposal,
    *,
    wall: datetime | None = None,
    zone: str = "",
    mandate: Mandate | None = None,
    by: Actor,
    now: datetime,
) -> Proposal:
    """Do what is proposed, by the verb a person would use; raises what that raises.

    `wall` in `zone` (else the zone proposed) is another time than the one proposed; what was
    proposed is kept as `data["edited"]`. `mandate` is that by which Unisono does it itself. Raises
    WrongState or MovedMeanwhile when somebody decided before.
    """
    by.must(Capability.WRITE, proposal.department_id)
    at = proposal.at.isoformat() if proposal.at else ""
    was = {"wall": proposal.wall, "zone": proposal.zone, "at": at}
    edited = _edited(proposal, wall, zone, now) if wall else {}
    told = {"act": proposal.kind}
    if edited:
        told |= {"proposed": proposal.wall, "wall": edited["wall"], "zone": edited["zone"]}
    with transaction.atomic():
        # First the state, so that of two who accept at once only one acts.
        advance(
            proposal, PROPOSAL, "accepted", by=by, now=now,
            data=told, decided_at=now, decided_by=by.member, mandate=mandate, **edited,
        )  # fmt: skip
        before = WAYS[proposal.kind].do(proposal, by, now)
        proposal.before = before or proposal.before
        if edited:
            proposal.data = {**proposal.data, "edited": was}
        proposal.save(update_fields=["before", "data"])
    return proposal


def _edited(proposal: Proposal, wall: datetime, zone: str, now: datetime) -> dict[str, Any]:
    """The columns that another time changes; none when it is the time proposed."""
    if proposal.kind not in TIMED:
        raise Invalid(_("This proposal has no time that could be changed."), field="wall")
    zone = zone or proposal.zone
    at = meant(wall, zone, now=now)
    if at == proposal.at:
        return {}
    # The lot did not draw this time: it is a trial no more.
    return {"wall": f"{wall:%Y-%m-%dT%H:%M}", "zone": zone, "at": at, "trial": False}


def decline(proposal: Proposal, *, reason: str = "", by: Actor, now: datetime) -> Proposal:
    """Put it aside; it is not proposed again for the same signal."""
    by.must(Capability.WRITE, proposal.department_id)
    reason = reason.strip()
    if len(reason) > REASON_MAX:
        raise Invalid(_("Say it in at most %(n)s characters.") % {"n": REASON_MAX}, field="reason")
    advance(
        proposal, PROPOSAL, "declined", by=by, now=now,
        data={"reason": reason}, decided_at=now, decided_by=by.member, reason=reason,
    )  # fmt: skip
    return proposal


def undo(proposal: Proposal, *, by: Actor, now: datetime) -> Proposal:
    """Take back what was accepted, as long as nothing of it has gone out."""
    by.must(Capability.WRITE, proposal.department_id)
    with transaction.atomic():
        if proposal.effect is not None:
            raise Conflict(_("This has gone out by now: it cannot be undone."))
        advance(proposal, PROPOSAL, "undone", by=by, now=now, data={"act": proposal.kind})
        WAYS[proposal.kind].undo(proposal, by, now)
    return proposal


def keep_effect(proposal: Proposal, effect: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """Write down what came of an accepted proposal, once."""
    with transaction.atomic():
        rows = Proposal.objects.filter(pk=proposal.pk, state="accepted", effect__isnull=True)
        if rows.update(effect=effect):
            proposal.effect = effect
            events.record("proposal.judged", proposal, by=by, now=now, **effect)

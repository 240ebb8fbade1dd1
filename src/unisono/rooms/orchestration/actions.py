"""The verbs of proposals: accepted, put aside, taken back, and judged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.orchestration.acts import WAYS
from unisono.rooms.orchestration.models import Mandate, Proposal
from unisono.rooms.orchestration.states import PROPOSAL
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability

REASON_MAX = 500


def accept(
    proposal: Proposal, *, mandate: Mandate | None = None, by: Actor, now: datetime
) -> Proposal:
    """Do what is proposed, by the verb a person would use; raises what that raises.

    `mandate` is that by which Unisono does it itself. Raises WrongState or MovedMeanwhile when
    somebody decided before.
    """
    by.must(Capability.WRITE, proposal.department_id)
    with transaction.atomic():
        # First the state, so that of two who accept at once only one acts.
        advance(
            proposal, PROPOSAL, "accepted", by=by, now=now,
            data={"act": proposal.kind}, decided_at=now, decided_by=by.member,
            mandate=mandate,
        )  # fmt: skip
        before = WAYS[proposal.kind].do(proposal, by, now)
        if before:
            proposal.before = before
            proposal.save(update_fields=["before"])
    return proposal


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

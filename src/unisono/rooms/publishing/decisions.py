"""What a person decides about publications that wait: one by one, or many in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import clock
from unisono.kernel.refusals import Conflict, Invalid, Refusal
from unisono.kernel.states import advance
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import actions, order, readback, retiming
from unisono.rooms.publishing.bell import ring
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.queries import publication as publication_of
from unisono.rooms.publishing.reasons import NO_REASON
from unisono.rooms.publishing.states import PUBLICATION
from unisono.rooms.publishing.stops import holds_on

WAYS = ("release", "send", "retime", "drop", "accept", "again", "anyway")
"""Back to its schedule, out now, at another time, or not at all; of what is no more on its network
as it was sent: fine so, or once more; of what waits for its turn: out of turn."""

AT_ONCE = 500
"""Decisions one call carries out at most, so that a request ends before its reader gives up."""


@dataclass(frozen=True)
class Choice:
    """What shall become of one publication; `wall` (naive) and `zone` go with `retime`, `why` with
    `anyway`, and with a time that is against a house rule."""

    publication_id: UUID
    way: str
    wall: datetime | None = None
    zone: str = ""
    why: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of one choice: the publication as it is then, or why it stayed as it was."""

    choice: Choice
    publication: Publication | None = None
    refusal: Refusal | None = None


def decide(choices: Sequence[Choice], *, by: Actor, now: datetime) -> list[Outcome]:
    """Carry out every choice, each wholly or not at all; one that is refused stops no other."""
    if len(choices) > AT_ONCE:
        raise Invalid(
            _("These are too many at once. Decide about at most %(n)s.") % {"n": AT_ONCE},
            field="choices",
        )
    return [_decided(choice, by=by, now=now) for choice in choices]


def spread(
    publications: Sequence[UUID], *, start: datetime, zone: str, every: timedelta
) -> list[Choice]:
    """Times for many: the first at the wall time `start` in `zone`, then one after every pause."""
    if every < timedelta(0):
        raise Invalid(_("The pause between two posts cannot be negative."), field="every")
    try:
        first = clock.resolve(start, zone).instant
    except clock.UnknownZone as error:
        raise Invalid(str(error), field="zone") from None
    return [
        Choice(pk, "retime", clock.to_wall(first + every * place, zone), zone)
        for place, pk in enumerate(publications)
    ]


def _decided(choice: Choice, *, by: Actor, now: datetime) -> Outcome:
    try:
        with transaction.atomic():
            row = publication_of(by, choice.publication_id)
            _carry_out(row, choice, by=by, now=now)
    except Refusal as refusal:
        return Outcome(choice, refusal=refusal)
    row.refresh_from_db(fields=["state", "due_at", "next_at", "reason_code", "reason"])
    return Outcome(choice, row)


def _carry_out(row: Publication, choice: Choice, *, by: Actor, now: datetime) -> None:
    if choice.way == "drop":
        actions.cancel(row, by=by, now=now)
    elif choice.way == "send" and row.state == "scheduled":
        actions.hurry(row, by=by, now=now)
    elif choice.way == "send":
        actions.retry(row, by=by, now=now)
    elif choice.way == "accept":
        readback.accept(row, by=by, now=now)
    elif choice.way == "again":
        readback.again(row, by=by, now=now)
    elif choice.way == "anyway":
        order.send_anyway(row, why=choice.why, by=by, now=now)
    elif choice.way == "release":
        release(row, by=by, now=now)
    elif choice.way == "retime":
        if choice.wall is None:
            raise Invalid(_("Choose a day and a time."), field="wall")
        if row.state == "failed":
            actions.retry(row, by=by, now=now)
        zone = choice.zone or by.zone
        retiming.retime(row, wall=choice.wall, zone=zone, anyway=choice.why, by=by, now=now)
    else:
        raise Invalid(_("Choose what shall become of it."), field="way")


def release(publication: Publication, *, by: Actor, now: datetime) -> None:
    """Put a held publication whose time is still to come back on schedule.

    Only where its hold is over: another reason has a remedy of its own.
    """
    by.must(Capability.SCHEDULE, publication.variant.post.department_id)
    if publication.state == "scheduled":
        return
    over = (*retiming.WAITS_FOR_A_TIME, "on_hold")
    if publication.state != "held" or publication.reason_code not in over:
        raise Conflict(_("Only what a hold has stopped can be released."))
    if holds_on([publication]):
        raise Conflict(_("Another hold stops it still."))
    if publication.due_at <= now:
        raise Conflict(_("Its time has passed. Give it another one, send it now, or drop it."))
    advance(
        publication,
        PUBLICATION,
        "scheduled",
        by=by,
        now=now,
        next_at=publication.due_at,
        **NO_REASON,
    )
    ring()

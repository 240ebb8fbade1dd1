"""The verbs of holds: stop publishing somewhere, and resume it without a burst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.channels.models import Channel
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing import decisions, reasons
from unisono.rooms.publishing.bell import ring
from unisono.rooms.publishing.decisions import Choice, Outcome
from unisono.rooms.publishing.models import Hold, Publication
from unisono.rooms.publishing.reasons import NO_REASON, because
from unisono.rooms.publishing.states import PUBLICATION
from unisono.rooms.publishing.stops import holds_on, where_of


@dataclass(frozen=True)
class Resumed:
    """What came of a resumption: each choice, how many went back on schedule, how many wait."""

    outcomes: list[Outcome]
    released: int
    waiting: int


def place(
    *,
    department: Department | None = None,
    campaign: Campaign | None = None,
    channel: Channel | None = None,
    keyword: str = "",
    why: str = "",
    by: Actor,
    now: datetime,
) -> Hold:
    """Stop publishing for one target, or for the whole organization when none is given."""
    by.must(Capability.HOLD, department or (campaign.department if campaign else None))
    if sum(map(bool, (department, campaign, channel, keyword.strip()))) > 1:
        raise Invalid(_("A hold has one target."), field="target")
    hold = Hold.objects.create(
        department=department,
        campaign=campaign,
        channel=channel,
        keyword=keyword.strip(),
        why=why.strip(),
        placed_by=by.member,
        placed_at=now,
    )
    events.record("hold.placed", hold, by=by, now=now, why=hold.why)
    return hold


def lift(hold: Hold, *, by: Actor, now: datetime) -> int:
    """End a hold without choices of one's own; how many went back on schedule."""
    return resume(hold, by=by, now=now).released


def resume(hold: Hold, choices: Sequence[Choice] = (), *, by: Actor, now: datetime) -> Resumed:
    """End a hold, and carry out what was chosen for what it held back.

    What nobody chose for goes back on schedule if its time is still to come; else it stays held as
    late and is told: a person decides, nothing bursts. A choice that is refused leaves its
    publication held. Each choice is carried out wholly or not at all.
    """
    by.must(Capability.HOLD, where_of(hold))
    with transaction.atomic():
        lifted = Hold.objects.filter(pk=hold.pk, lifted_at=None)
        if not lifted.update(lifted_at=now, lifted_by=by.member):
            raise Conflict(_("This hold has been lifted already."))
        hold.refresh_from_db()
        events.record("hold.lifted", hold, by=by, now=now)
        outcomes = decisions.decide(choices, by=by, now=now)
        refused = {o.choice.publication_id for o in outcomes if o.refusal}
        rows = _freed("on_hold")
        left = [row for row in rows if row.pk in refused and row.due_at > now]
        _keep_undecided(left)
        rest = [row for row in rows if row not in left]
        released = _released(rest, by=by, now=now)
    return Resumed(outcomes, released, len(rows) - released)


def release(reason_code: str, *, channel: Channel | None = None, by: Actor, now: datetime) -> int:
    """Put publications held for a reason that has ended back on schedule; late ones stay held."""
    with transaction.atomic():
        return _released(_freed(reason_code, channel), by=by, now=now)


def _freed(reason_code: str, channel: Channel | None = None) -> list[Publication]:
    """What is held for this reason although no hold in force stops it any more."""
    rows = Publication.objects.filter(state="held", reason_code=reason_code)
    if channel is not None:
        rows = rows.filter(channel=channel)
    found = list(rows.select_related("variant__post", "revision", "channel"))
    stopped = holds_on(found) if reason_code == "on_hold" else set()
    return [row for row in found if row.pk not in stopped]


def _released(rows: Sequence[Publication], *, by: Actor, now: datetime) -> int:
    """Schedule what is still ahead; what is late by now says so, once to each who should know."""
    late = [row for row in rows if row.due_at <= now]
    for row in late:
        why = reasons.late(row.due_at, now)
        Publication.objects.filter(pk=row.pk, state="held").update(**why)
    events.record_all("publication.late", late, by=by, now=now)
    ahead = [row for row in rows if row.due_at > now]
    for row in ahead:
        advance(row, PUBLICATION, "scheduled", by=by, now=now, next_at=row.due_at, **NO_REASON)
    ring()
    return len(ahead)


def _keep_undecided(rows: Sequence[Publication]) -> None:
    kept = Publication.objects.filter(pk__in=[row.pk for row in rows], state="held")
    kept.update(**because("undecided"))

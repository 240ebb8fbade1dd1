"""The autopilot: what Unisono does by itself in a department, within the bounds somebody gave.

It accepts proposals as a person would, by the same verbs and under the same rules: it approves
nothing and overrides nothing. Only what is sure enough, never what is locked.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.clock import day_bounds, to_wall
from unisono.kernel.refusals import Invalid, Refusal
from unisono.kernel.states import advance
from unisono.rooms.content.models import Post
from unisono.rooms.orchestration import actions, queries
from unisono.rooms.orchestration.models import Act, Lock, Mandate, Noticed, Proposal
from unisono.rooms.orchestration.states import MANDATE
from unisono.rooms.people.actors import Actor, system
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department

log = logging.getLogger(__name__)

MOST_A_DAY = 50
FEWEST_BETWEEN, MOST_BETWEEN = 4, 100
"""Of so many posts one may be a trial."""

MAY = frozenset({Capability.SEE, Capability.WRITE, Capability.SCHEDULE})
"""All that it holds, and in its department alone: no approval, no override."""

ACTS = (Act.MOVE, Act.FILL, Act.ASK, Act.REPEAT, Act.ANSWER, Act.VARIANT)
"""What it may be given: acts that hold nothing back, change no campaign, and stay in one
department."""


def give_mandate(
    department: Department,
    *,
    kinds: Collection[str],
    a_day: int,
    from_hour: int = 8,
    to_hour: int = 18,
    bold: bool = False,
    trials_one_in: int = 0,
    by: Actor,
    now: datetime,
) -> Mandate:
    """Let Unisono act by itself there, within these bounds; what was given before ends."""
    by.must(Capability.PLAN, department)
    chosen = [str(act) for act in ACTS if act in kinds]
    if not chosen or set(kinds) - set(chosen):
        raise Invalid(_("Choose at least one kind of act it may do."), field="kinds")
    if not 1 <= a_day <= MOST_A_DAY:
        said = _("Choose between 1 and %(n)s changes a day.") % {"n": MOST_A_DAY}
        raise Invalid(said, field="a_day")
    if not 0 <= from_hour < to_hour <= 24:
        raise Invalid(_("Choose hours of one day, the first before the last."), field="from_hour")
    _must_be_seldom(trials_one_in)
    with transaction.atomic():
        _end(department.pk, by=by, now=now)
        made = Mandate.objects.create(
            department=department, kinds=chosen, a_day=a_day, from_hour=from_hour,
            to_hour=to_hour, bold=bold, trials_one_in=trials_one_in, given_by=by.member,
            given_at=now,
        )  # fmt: skip
        bounds = {
            "kinds": chosen, "a_day": a_day, "from_hour": from_hour, "to_hour": to_hour,
            "bold": bold, "trials_one_in": trials_one_in,
        }  # fmt: skip
        events.record("mandate.given", made, by=by, now=now, **bounds)
    return made


def _must_be_seldom(one_in: int) -> None:
    if one_in and not FEWEST_BETWEEN <= one_in <= MOST_BETWEEN:
        said = _("Choose one trial in %(low)s to %(high)s posts, or 0 for none.")
        raise Invalid(said % {"low": FEWEST_BETWEEN, "high": MOST_BETWEEN}, field="trials_one_in")


def end_mandate(department: Department, *, by: Actor, now: datetime) -> None:
    """Let it do nothing by itself there any more; what it did stays, and can be undone."""
    by.must(Capability.PLAN, department)
    with transaction.atomic():
        _end(department.pk, by=by, now=now)


def lock(post: Post, *, reason: str = "", by: Actor, now: datetime) -> Lock:
    """Keep a post where it is; doing so again changes the reason."""
    by.must(Capability.WRITE, post.department_id)
    reason = reason.strip()[:200]
    with transaction.atomic():
        found, _made = Lock.objects.update_or_create(
            post=post, defaults={"reason": reason, "locked_by": by.member, "locked_at": now}
        )
        events.record("post.locked", post, by=by, now=now, reason=reason)
    return found


def unlock(post: Post, *, by: Actor, now: datetime) -> None:
    """Let it be moved again."""
    by.must(Capability.WRITE, post.department_id)
    with transaction.atomic():
        gone, _each = Lock.objects.filter(post=post).delete()
        if gone:
            events.record("post.unlocked", post, by=by, now=now)


def act(*, by: Actor, now: datetime) -> list[Proposal]:
    """Do what the mandates allow now; what was done."""
    hour = to_wall(now, by.organization.zone).hour
    done = []
    for mandate in Mandate.objects.filter(state="given").select_related("department"):
        if mandate.from_hour <= hour < mandate.to_hour:
            done += _within(mandate, by, now)
    return done


def sure(proposal: Proposal, *, bold: bool = False) -> bool:
    """Whether so much is known that nobody has to look first: a move that is shown to gain over
    its whole range, or that keeps a house rule; whatever only fills, asks or drafts. For the
    `bold` it is enough that an hour is likely better. A trial was allowed as that."""
    if proposal.kind != Act.MOVE:
        return True
    if proposal.only_likely:
        return bold or proposal.trial
    keeps = proposal.signal is not None and proposal.signal.kind == Noticed.COLLISION
    return keeps or proposal.low > 1


def _within(mandate: Mandate, by: Actor, now: datetime) -> list[Proposal]:
    start, end = day_bounds(to_wall(now, by.organization.zone).date(), by.organization.zone)
    today = mandate.proposals.filter(decided_at__gte=start, decided_at__lt=end).count()
    offered = Proposal.objects.filter(
        state="offered", department=mandate.department_id, kind__in=mandate.kinds,
        ends_at__gt=now, post__lock=None, post__removed_at=None,
    )  # fmt: skip
    pilot = _pilot(by, mandate.department_id)
    done: list[Proposal] = []
    for proposal in queries.surest(
        offered.select_related("signal", "post", "channel", "department")
    ):
        if today + len(done) >= mandate.a_day:
            break
        if not sure(proposal, bold=mandate.bold):
            continue
        try:
            done.append(actions.accept(proposal, mandate=mandate, by=pilot, now=now))
        except Refusal as refusal:
            # Rules stand against it: the offer lies there for a person still.
            log.info("The autopilot leaves proposal %s: %s", proposal.pk, refusal)
    return done


def _pilot(by: Actor, department: UUID) -> Actor:
    return replace(system(by.organization), grants={department: MAY}, label="Autopilot")


def _end(department: UUID, *, by: Actor, now: datetime) -> None:
    for row in Mandate.objects.filter(department=department, state="given"):
        advance(row, MANDATE, "ended", by=by, now=now, ended_at=now)

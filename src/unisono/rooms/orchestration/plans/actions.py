"""The verbs of a plan: asked for, drawn anew after a change, and dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events, jobs
from unisono.kernel.refusals import Invalid
from unisono.kernel.states import advance
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Post
from unisono.rooms.orchestration.models import Plan
from unisono.rooms.orchestration.plans.jobs import work_on
from unisono.rooms.orchestration.plans.models import Freedom, Within
from unisono.rooms.orchestration.states import PLAN
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department

MOST_WEEKS = 6
EFFORT, EFFORT_AGAIN = 12.0, 4.0
"""Seconds of a modest processor that all rounds of a plan take at most together."""

Closed = tuple[datetime, datetime, Channel | None]
"""From one instant up to another nothing goes out, on one channel or (None) on all."""


def draw(
    *,
    departments: Sequence[Department],
    channels: Sequence[Channel] = (),
    weeks: int = 2,
    undated: bool = False,
    freedom: str = Freedom.BALANCED,
    within: str = Within.THREE,
    effort: float = EFFORT,
    seed: int = 1,
    by: Actor,
    now: datetime,
) -> Plan:
    """Ask for the best times of what these departments have ahead; a worker finds them.

    Nothing is moved by it: the result is moves, which people accept or leave.
    """
    if not departments:
        raise Invalid(_("Choose at least one department."), field="departments")
    for department in departments:
        by.must(Capability.SCHEDULE, department)
    if not 1 <= weeks <= MOST_WEEKS:
        said = _("Choose between 1 and %(n)s weeks.") % {"n": MOST_WEEKS}
        raise Invalid(said, field="weeks")
    if freedom not in Freedom.values:
        raise Invalid(_("Choose how readily posts are moved."), field="freedom")
    if within not in Within.values:
        raise Invalid(_("Choose how far posts may move."), field="within")
    return _ask(
        departments=[str(one.pk) for one in departments],
        channels=[str(one.pk) for one in channels], weeks=weeks, undated=undated,
        freedom=freedom, within=within, effort=effort, seed=seed, by=by, now=now,
    )  # fmt: skip


def redraw(
    plan: Plan,
    *,
    closed: Sequence[Closed] = (),
    urgent: Sequence[Post] = (),
    by: Actor,
    now: datetime,
) -> Plan:
    """Draw a plan anew after something happened, moving as little as possible of what stands.

    `urgent` posts, approved and without a time, go out as soon as they may.
    """
    for department in plan.departments:
        by.must(Capability.SCHEDULE, UUID(department))
    for first, last, _channel in closed:
        if last <= first:
            raise Invalid(_("The end has to come after the beginning."), field="until")
    if not closed and not urgent:
        said = _("Say from when until when nothing goes out, or which post is urgent.")
        raise Invalid(said, field="first")
    if any(str(post.department_id) not in plan.departments for post in urgent):
        raise Invalid(_("This plan is not about the department of that post."), field="urgent")
    change = {
        "closed": [
            {"from": a.isoformat(), "to": b.isoformat(), "channel": str(c.pk) if c else ""}
            for a, b, c in closed
        ],
        "urgent": [str(post.pk) for post in urgent],
    }
    return _ask(
        departments=plan.departments, channels=plan.channels, weeks=plan.weeks, freedom="little",
        within=plan.within, effort=EFFORT_AGAIN, seed=plan.seed, before=plan, change=change,
        by=by, now=now,
    )  # fmt: skip


def drop(plan: Plan, *, by: Actor, now: datetime) -> Plan:
    """Put a plan aside, or stop the work on it. What was accepted of it stays."""
    for department in plan.departments:
        by.must(Capability.SCHEDULE, UUID(department))
    advance(plan, PLAN, "dropped", by=by, now=now)
    return plan


def _ask(*, weeks: int, by: Actor, now: datetime, **told: Any) -> Plan:
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    with transaction.atomic():
        plan = Plan.objects.create(
            weeks=weeks, starts_at=start, ends_at=start + timedelta(weeks=weeks),
            asked_by=by.member, asked_at=now, **told,
        )  # fmt: skip
        events.record("plan.asked", plan, by=by, now=now, weeks=weeks)
        jobs.enqueue(work_on, organization=str(plan.organization_id), plan=str(plan.pk))
    return plan

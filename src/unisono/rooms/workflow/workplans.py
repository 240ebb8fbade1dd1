"""Work plans: how a post is made step by step, and the tasks that follow from its day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from unisono.kernel import clock, events
from unisono.kernel.ids import uuid7
from unisono.kernel.refusals import Invalid
from unisono.rooms.content.models import Post
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department, Member
from unisono.rooms.plan import almanac
from unisono.rooms.workflow import backplan
from unisono.rooms.workflow.models import (
    Closes,
    Deadline,
    OwnerRule,
    Task,
    TaskNeed,
    WorkPlan,
    WorkStep,
)
from unisono.rooms.workflow.owners import Owners
from unisono.rooms.workflow.states import PENDING
from unisono.rooms.workflow.tasks import DAYS_MAX, drop_all, hold_needs, waited_for_by

STEPS_MAX = 20
DAYS = ("starts_on", "latest_on", "due_on", "due_time", "zone", "due_at")
"""What a plan computes of a task."""


@dataclass(frozen=True)
class StepLine:
    """A step as it is written down; `key` is empty for a new one."""

    name: str
    days: int = 1
    owner_rule: str = OwnerRule.NOBODY
    member: Member | None = None
    after: tuple[str, ...] = ()
    closes: str = ""
    key: str = ""


@dataclass(frozen=True)
class Plan:
    """The plan that holds for a department: its own (`row.department`), the organization's, or,
    without a row, the one that Unisono comes with."""

    row: WorkPlan | None
    steps: tuple[StepLine, ...]

    @property
    def automatic(self) -> bool:
        return bool(self.row and self.row.automatic)


DEFAULT = (
    StepLine(gettext_noop("Draft"), 2, OwnerRule.WRITER, closes=Closes.FROZEN, key="draft"),
    StepLine(gettext_noop("Picture"), 2, OwnerRule.NOBODY, key="picture"),
    StepLine(
        gettext_noop("Review"), 1, OwnerRule.APPROVER, None, ("draft", "picture"),
        Closes.APPROVED, "review",
    ),
    StepLine(
        gettext_noop("Schedule"), 0, OwnerRule.SCHEDULER, None, ("review",),
        Closes.SCHEDULED, "schedule",
    ),
)  # fmt: skip
"""What holds until somebody keeps a plan."""


def plan_for(department_id: UUID | None) -> Plan:
    """The plan that holds in a department; None: the organization's."""
    rows = {row.department_id: row for row in WorkPlan.objects.filter(_here(department_id))}
    row = rows.get(department_id) or rows.get(None)
    if row is None:
        return Plan(None, tuple(replace(line, name=gettext(line.name)) for line in DEFAULT))
    return Plan(row, _lines(row))


def set_plan(
    *,
    department: Department | None,
    steps: Sequence[StepLine],
    country: str = "",
    automatic: bool = False,
    by: Actor,
    now: datetime,
) -> WorkPlan:
    """Say how posts are made in a department, or (None) where a department has no plan of its own.

    Posts that are planned already keep their tasks. Raises Invalid for steps that wait in a circle.
    """
    by.must(Capability.PLAN, department)
    if country and country not in almanac.countries():
        raise Invalid(_("Choose one of the countries offered."), field="country")
    lines = _checked(steps)
    with transaction.atomic():
        row, _new = WorkPlan.objects.select_for_update().get_or_create(
            department=department, defaults={"changed_at": now}
        )
        row.country, row.automatic, row.changed_at = country, automatic, now
        row.save()
        row.steps.all().delete()
        WorkStep.objects.bulk_create(
            WorkStep(
                plan=row,
                position=position,
                key=line.key,
                name=line.name,
                days=line.days,
                after=list(line.after),
                owner_rule=line.owner_rule,
                member=line.member,
                closes=line.closes,
            )
            for position, line in enumerate(lines)
        )
        events.record("work_plan.set", row, by=by, now=now, steps=[line.name for line in lines])
    return row


def forget_plan(department: Department, *, by: Actor, now: datetime) -> None:
    """Let the organization's plan hold in a department again."""
    by.must(Capability.PLAN, department)
    with transaction.atomic():
        for row in WorkPlan.objects.filter(department=department):
            events.record("work_plan.forgotten", row, by=by, now=now)
            row.delete()


def plan_work(
    post: Post, *, goes_out: tuple[str, str, datetime] | None, by: Actor, now: datetime
) -> list[Task]:
    """Make the tasks of a post by the plan that holds for it; those it has already stay.

    `goes_out` is the wall time, zone and instant at which it is to go out (None: undated).
    """
    by.must(Capability.WRITE, post.department_id)
    steps = plan_for(post.department_id).steps
    with transaction.atomic():
        _lock(post)
        known = set(post.tasks.exclude(step="").values_list("step", flat=True))
        on = datetime.fromisoformat(goes_out[0]).date() if goes_out else None
        owners = Owners(post, on)
        made = [
            Task(
                title=line.name,
                department=post.department,
                post=post,
                owner=owners.of(line.owner_rule, line.member),
                days=line.days,
                step=line.key,
                closes=line.closes,
                made_by=by.member,
                made_at=now,
            )
            for line in steps
            if line.key not in known
        ]
        Task.objects.bulk_create(made)
        events.record_all("task.planned", made, by=by, now=now)
        _join(post, steps, {row.step for row in made})
        retime(post, goes_out=goes_out, by=by, now=now)
        told = [row for row in made if row.owner_id]
        data = [{"owner": str(row.owner_id)} for row in told]
        events.record_all("task.assigned", told, by=by, now=now, data=data)
    return list(post.tasks.exclude(step=""))


def drop_work(post: Post, *, by: Actor, now: datetime) -> None:
    """Drop what is still pending of a post's planned work."""
    by.must(Capability.WRITE, post.department_id)
    with transaction.atomic():
        drop_all(Task.objects.filter(post=post).exclude(step=""), by=by, now=now)
        Deadline.objects.filter(post=post).delete()


def retime(
    post: Post, *, goes_out: tuple[str, str, datetime] | None, by: Actor, now: datetime
) -> None:
    """Give the pending steps of a planned post the days that follow from when it goes out.

    Done ones stay, and so does a date that a person chose; without a time they are undated.
    """
    wall, zone, at = goes_out or ("", "", None)
    with transaction.atomic():
        Deadline.objects.update_or_create(
            post=post, defaults={"wall": wall, "zone": zone, "at": at}
        )
        rows = list(
            post.tasks.select_for_update(of=("self",)).exclude(step="").filter(state__in=PENDING)
        )
        before = {row.pk: _days(row) for row in rows}
        if at is None:
            for row in rows:
                _undated(row)
        else:
            _dated(post, rows, datetime.fromisoformat(wall).date(), zone, now)
        moved = [row for row in rows if _days(row) != before[row.pk]]
        Task.objects.bulk_update(moved, [*DAYS, "overdue_for", "soon_for"])
        events.record_all("task.moved", moved, by=by, now=now)


def replan(post: Post, *, by: Actor, now: datetime) -> None:
    """Compute a planned post's days anew: somebody is away, or has got a step."""
    row = Deadline.objects.filter(post=post).first()
    if row is not None:
        goes_out = (row.wall, row.zone, row.at) if row.at else None
        retime(post, goes_out=goes_out, by=by, now=now)


def computed(rows: Sequence[Task], goes_out: date, today: date, owners: Owners) -> backplan.Outcome:
    """The slots of a post's pending steps by key, before the day it goes out."""
    waits = _waits(rows)
    steps = [backplan.Step(row.step, row.days, tuple(waits.get(row.pk, ()))) for row in rows]
    works = {row.step: owners.works(row.owner_id, today) for row in rows}
    return backplan.backwards(steps, goes_out, today, owners.house, works)


def _dated(post: Post, rows: list[Task], on: date, zone: str, now: datetime) -> None:
    outcome = computed(rows, on, _today(zone, now), Owners(post))
    for row in rows:
        slot = outcome.slots[row.step]
        row.starts_on, row.latest_on = slot.first, slot.latest
        if not row.by_hand and (row.due_on, row.zone) != (slot.due, zone):
            row.due_on, row.due_time, row.zone = slot.due, "", zone
            row.due_at = clock.day_bounds(slot.due, zone)[1]
            row.soon_for = row.overdue_for = None


def _undated(row: Task) -> None:
    """Nothing follows from a post without a day; a date that a person chose stays."""
    row.starts_on = row.latest_on = None
    if not row.by_hand:
        row.due_on = row.due_at = row.soon_for = row.overdue_for = None
        row.due_time = row.zone = ""


def _days(row: Task) -> list[Any]:
    return [getattr(row, name) for name in DAYS]


def _today(zone: str, now: datetime) -> date:
    return clock.to_wall(now, zone).date()


def _waits(rows: Sequence[Task]) -> dict[Any, list[str]]:
    """The keys of the steps each of a post's tasks waits for."""
    keys = {row.pk: row.step for row in rows}
    waits: dict[Any, list[str]] = {}
    for task, needed in TaskNeed.objects.filter(task__in=keys, needed__in=keys).values_list(
        "task", "needed"
    ):
        waits.setdefault(task, []).append(keys[needed])
    return waits


def _join(post: Post, steps: Sequence[StepLine], made: set[str]) -> None:
    """Let the steps that were `made` wait as the plan says, and be waited for; never in a circle
    with what people have joined themselves."""
    rows = {row.step: row for row in post.tasks.exclude(step="")}
    for line in steps:
        for key in line.after:
            if line.key not in rows or key not in rows or not made & {line.key, key}:
                continue
            task, needed = rows[line.key], rows[key]
            hold_needs(task)
            if task.pk not in waited_for_by(needed):
                TaskNeed.objects.get_or_create(task=task, needed=needed)


def _lock(post: Post) -> None:
    Post.objects.select_for_update().get(pk=post.pk)


def _here(department_id: UUID | None) -> Q:
    return Q(department=None) | Q(department=department_id)


def _lines(row: WorkPlan) -> tuple[StepLine, ...]:
    return tuple(
        StepLine(s.name, s.days, s.owner_rule, s.member, tuple(s.after), s.closes, s.key)
        for s in row.steps.select_related("member")
    )


def _checked(steps: Sequence[StepLine]) -> list[StepLine]:
    if not steps:
        raise Invalid(_("A plan has one step at least."), field="steps")
    if len(steps) > STEPS_MAX:
        raise Invalid(_("A plan has %(n)s steps at most.") % {"n": STEPS_MAX}, field="steps")
    lines = [_line(line) for line in steps]
    keys = [line.key for line in lines]
    if len(set(keys)) < len(keys):
        raise Invalid(_("Two steps have the same key."), field="steps")
    unknown = [key for line in lines for key in line.after if key not in keys]
    if unknown:
        raise Invalid(_("A step waits for one that is not in the plan."), field="steps")
    try:
        backplan.in_order([backplan.Step(line.key, line.days, line.after) for line in lines])
    except backplan.Cyclic as circle:
        name = next(line.name for line in lines if line.key == str(circle))
        raise Invalid(
            _("“%(name)s” waits for itself through others: it could never begin.") % {"name": name},
            field="steps",
        ) from None
    return lines


def _line(line: StepLine) -> StepLine:
    name = " ".join(line.name.replace("\x00", "").split())[:80]
    if not name:
        raise Invalid(_("Give every step a name."), field="steps")
    if not 0 <= line.days <= DAYS_MAX:
        raise Invalid(_("Choose 0 to %(n)s working days.") % {"n": DAYS_MAX}, field="steps")
    if line.owner_rule not in OwnerRule.values or line.closes not in Closes.values:
        raise Invalid(_("Choose one of the values offered."), field="steps")
    if line.owner_rule == OwnerRule.MEMBER and line.member is None:
        raise Invalid(_("Choose the person who does “%(name)s”.") % {"name": name}, field="steps")
    if line.key and not re.fullmatch(r"[a-z0-9_-]{1,40}", line.key):
        raise Invalid(_("A step's key has small letters and digits only."), field="steps")
    member = line.member if line.owner_rule == OwnerRule.MEMBER else None
    return replace(line, name=name, key=line.key or uuid7().hex, member=member)

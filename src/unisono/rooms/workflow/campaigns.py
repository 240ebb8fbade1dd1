"""A campaign's own tasks: made of its template's steps, copied with it, kept as steps again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Conflict
from unisono.rooms.content import campaigns as content
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan import templates
from unisono.rooms.plan.launches import Kind, Step, Unit
from unisono.rooms.plan.models import Campaign, CampaignTemplate
from unisono.rooms.workflow import tasks
from unisono.rooms.workflow.models import Task, TaskNeed
from unisono.rooms.workflow.states import PENDING
from unisono.rooms.workflow.tasks import NOTE_MAX, Due


def take_up(
    campaign: Campaign, steps: Iterable[Mapping[str, str]], *, key: str, by: Actor, now: datetime
) -> None:
    """Make tasks of steps [{on, title, text, department}]; of the same `key` once only."""
    known = _known(campaign)
    departments = {str(row.pk): row for row in Department.objects.all()}
    with transaction.atomic():
        for number, said in enumerate(steps):
            if f"{number}:{key}" in known:
                continue
            tasks.add(
                title=said["title"],
                note=said["text"][:NOTE_MAX],
                department=departments.get(said["department"]),
                due=Due(date.fromisoformat(said["on"])) if said["on"] else None,
                of=campaign,
                step=f"{number}:{key}",
                by=by,
                now=now,
            )


def copy_tasks(
    campaign: Campaign, to: Campaign, *, shift: timedelta, by: Actor, now: datetime
) -> None:
    """The tasks of a campaign once more, open, for its copy, each once; what was dropped stays so.

    Their days are shifted alike; what would lie in the past comes without one. Whoever could not
    be given it any more does not get it.
    """
    known, made = _known(to), dict[UUID, Task]()
    with transaction.atomic():
        for row in Task.objects.filter(campaign=campaign).exclude(state="dropped"):
            if str(row.pk) not in known:
                made[row.pk] = _copy(row, to, shift, by, now)
        for need in TaskNeed.objects.filter(task__in=made, needed__in=made):
            tasks.depend(made[need.task_id], on=made[need.needed_id], by=by, now=now)


def keep_as_template(
    campaign: Campaign, *, name: str, day: date, note: str = "", by: Actor, now: datetime
) -> CampaignTemplate:
    """Keep what a campaign did as a template, its steps counted from `day`."""
    by.must(Capability.CAMPAIGN, campaign.department_id)
    rows = Task.objects.filter(campaign=campaign).exclude(state="dropped")
    steps = [*content.steps_of(campaign, day, by=by), *(_step(row, day) for row in rows)]
    if not steps:
        raise Conflict(_("There is nothing in this campaign to make steps of."))
    ordered = sorted(steps, key=lambda step: (step.unit == Unit.UNDATED, step.offset, step.at))
    return templates.keep_template(
        name=name, note=note, steps=ordered, department=campaign.department, by=by, now=now
    )


def resting(campaign: Campaign) -> int:
    """How many open tasks rest while it is archived."""
    return Task.objects.filter(campaign=campaign, state__in=PENDING).count()


def _known(campaign: Campaign) -> set[str]:
    """What tasks of the campaign were made of; of two hands at once the table refuses one."""
    rows = Task.objects.filter(campaign=campaign).exclude(step="")
    return set(rows.values_list("step", flat=True))


def _copy(row: Task, to: Campaign, shift: timedelta, by: Actor, now: datetime) -> Task:
    due = Due(row.due_on + shift, row.due_time, row.zone) if row.due_on else None
    owners = tasks.members_for(row.department_id) if row.owner_id else ()
    return tasks.add(
        title=row.title,
        note=row.note,
        department=row.department,
        owner=next((one for one in owners if one.pk == row.owner_id), None),
        due=due if due and due.at > now else None,
        days=row.days,
        of=to,
        step=str(row.pk),
        by=by,
        now=now,
    )


def _step(row: Task, day: date) -> Step:
    return Step(
        title=row.title,
        text=row.note,
        kind=Kind.TASK,
        offset=content.offset_within(row.due_on, day) if row.due_on else 0,
        unit=Unit.DAYS if row.due_on else Unit.UNDATED,
        department=str(row.department_id or ""),
    )

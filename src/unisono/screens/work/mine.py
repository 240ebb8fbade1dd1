"""What waits for one person, in the order in which it wants to be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from unisono.kernel.clock import start_of_day, to_wall
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.requests import queries as requests
from unisono.rooms.workflow import queries, risks
from unisono.rooms.workflow.models import Absence, Task
from unisono.screens.calendar.grid import first_weekday
from unisono.screens.desk.parts import open_requests

SHOWN = 6
"""Approvals, requests, risks and free tasks beside one's own; the rest is one click away."""


@dataclass
class Section:
    """Tasks that are to be done at about the same time."""

    key: str
    label: str
    tasks: list[Task] = field(default_factory=list)
    tone: str = ""


@dataclass(frozen=True)
class Mine:
    """My work: `tasks` in sections, the rest as it stands beside them."""

    sections: list[Section]
    approvals: list[Any]
    requests: list[Any]
    risks: list[risks.AtRisk]
    free: list[Task]
    standing_in: list[Absence]
    more: dict[str, int]

    @property
    def count(self) -> int:
        return sum(len(section.tasks) for section in self.sections)

    def after(self, pk: UUID) -> UUID | None:
        """The task to go on with once this one is ticked: the next, else the previous."""
        keys = [task.pk for section in self.sections for task in section.tasks]
        if pk not in keys:
            return keys[0] if keys else None
        at = keys.index(pk)
        rest = keys[at + 1 :] or keys[:at][-1:]
        return rest[0] if rest else None


def mine(actor: Actor, now: datetime) -> Mine:
    """All of it; a fixed number of questions."""
    today = to_wall(now, actor.zone).date()
    away = [
        row
        for row in queries.absences(actor).filter(first_on__lte=today, last_on__gte=today)
        if actor.member and row.cover_id == actor.member.pk
    ]
    owners = [actor.author_id, *(row.member_id for row in away)]
    tasks = queries.tasks(actor)
    own = list(tasks.filter(owner__in=[pk for pk in owners if pk]))
    approvals = [row for row in open_requests(actor) if row.mine]
    posts = list({row.post_id: row for row in reversed(approvals)}.values())[::-1]
    asked = _asked(actor)
    doubtful = risks.at_risk(actor, now=now)
    free = [t for t in tasks.filter(owner=None)[: 10 * SHOWN] if may_write(actor, t.department_id)]
    found: dict[str, Sequence[Any]] = {
        "approvals": posts, "requests": asked, "risks": doubtful, "free": free,
    }  # fmt: skip
    return Mine(
        sections=by_time(own, actor, now),
        approvals=posts[:SHOWN],
        requests=asked[:SHOWN],
        risks=doubtful[:SHOWN],
        free=free[:SHOWN],
        standing_in=away,
        more={name: max(len(rows) - SHOWN, 0) for name, rows in found.items()},
    )


def by_time(tasks: Sequence[Task], actor: Actor, now: datetime) -> list[Section]:
    """Overdue, today, this week, later, undated; those that hold anything."""
    today = to_wall(now, actor.zone).date()
    week = today + timedelta(7 - (today.weekday() - first_weekday(actor.language)) % 7)
    sections = [
        Section("overdue", _("Overdue"), tone="bad"),
        Section("today", _("Today")),
        Section("week", _("This week")),
        Section("later", _("Later")),
        Section("undated", _("Without a date")),
    ]
    ends = [now, _end(today, actor), _end(week - timedelta(1), actor)]
    for task in tasks:
        if task.due_at is None:
            sections[4].tasks.append(task)
        else:
            at = next((n for n, end in enumerate(ends) if task.due_at <= end), 3)
            sections[at].tasks.append(task)
    return [section for section in sections if section.tasks]


def may_write(actor: Actor, department_id: UUID | None) -> bool:
    """Whether the actor may work on what belongs there."""
    if department_id is None:
        return actor.can_anywhere(Capability.WRITE)
    return actor.can(Capability.WRITE, department_id)


def with_acts(actor: Actor, tasks: Iterable[Task]) -> list[Task]:
    """The tasks, each knowing whether the actor may tick it (`may_act`)."""
    rows = list(tasks)
    for task in rows:
        own = task.owner_id is not None and task.owner_id == actor.author_id
        task.may_act = own or may_write(actor, task.department_id)  # type: ignore[attr-defined]
    return rows


def _end(day: date, actor: Actor) -> datetime:
    return start_of_day(day + timedelta(1), actor.zone)


def _asked(actor: Actor) -> list[Any]:
    if not actor.can_anywhere(Capability.CAMPAIGN):
        return []
    return list(requests.requests(actor, "new")[: 10 * SHOWN])

"""Who has how much to do: tasks and estimated days by week, beside the days there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from unisono.kernel import clock
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.models import Department, Member
from unisono.rooms.workflow import backplan, queries, workdays
from unisono.rooms.workflow.models import Absence, Task

WEEKS = 6


@dataclass
class Week:
    """One person's week: how many tasks fall due in it, the working days of all work that lies in
    it, and the days they are there."""

    first: date
    tasks: int = 0
    work: int = 0
    there: int = 0

    @property
    def over(self) -> bool:
        return self.work > self.there


@dataclass
class Load:
    """One person's weeks; `undated` counts what has no date, `away` are the absences ahead."""

    member: Member
    weeks: list[Week]
    undated: int = 0
    away: list[Absence] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return any(week.over for week in self.weeks)


def workload(
    actor: Actor, *, now: datetime, first_weekday: int = 0, department: Department | None = None
) -> list[Load]:
    """The load of everybody the actor works with, over the coming weeks, by name.

    A constant number of questions, and one more for each country people work in.
    """
    today = clock.to_wall(now, actor.organization.zone).date()
    rows = queries.tasks(actor).exclude(owner=None)
    people = list(queries.colleagues(actor))
    if department is not None:
        rows = rows.filter(department=department)
        people = [one for one in people if _in(one, department)]
    own: dict[UUID | None, list[Task]] = {}
    for task in rows:
        own.setdefault(task.owner_id, []).append(task)
    away = workdays.away([one.pk for one in people], today)
    works: dict[Any, backplan.Works] = {}
    loads = []
    for member in people:
        where = _home(member)
        if where not in works:
            country = workdays.country_of(where, actor.organization)
            works[where] = workdays.works_in(country)
        present = workdays.without(works[where], away[member.pk])
        weeks = weeks_from(today, first_weekday)
        loads.append(_load(member, own.get(member.pk, []), weeks, present, away[member.pk], today))
    return loads


def weeks_from(today: date, first_weekday: int = 0) -> list[date]:
    """The first days of this week and those that follow."""
    first = today - timedelta((today.weekday() - first_weekday) % 7)
    return [first + timedelta(7 * n) for n in range(WEEKS)]


def days_of(task: Task, works: backplan.Works, today: date) -> list[date]:
    """The working days on which a dated task's work lies: the last ones before it is due, and not
    before today. What is overdue lies in the days to come."""
    assert task.due_on is not None
    days: list[date] = []
    last = backplan.next_working(max(task.due_on, today), works)
    while len(days) < task.days and last >= today:
        if works(last):
            days.append(last)
        last -= timedelta(1)
    while len(days) < task.days:
        after = max(days, default=today - timedelta(1)) + timedelta(1)
        days.append(backplan.next_working(after, works))
    return sorted(days)


def _load(
    member: Member,
    tasks: Iterable[Task],
    firsts: Sequence[date],
    works: backplan.Works,
    away: list[Absence],
    today: date,
) -> Load:
    weeks = [
        Week(first, there=backplan.between(max(first, today), first + timedelta(7), works))
        for first in firsts
    ]
    load = Load(member, weeks, away=away)
    for task in tasks:
        if task.due_on is None:
            load.undated += 1
            continue
        for day in days_of(task, works, today):
            _add(weeks, day, work=1)
        _add(weeks, max(task.due_on, today), tasks=1)
    return load


def _add(weeks: list[Week], day: date, *, work: int = 0, tasks: int = 0) -> None:
    for week in weeks:
        if week.first <= day < week.first + timedelta(7):
            week.work += work
            week.tasks += tasks


def _home(member: Member) -> UUID | None:
    """The department whose holidays a member keeps: the one they have a role in, if it is one."""
    where = {role.department_id for role in member.roles.all()}
    return where.pop() if len(where) == 1 else None


def _in(member: Member, department: Department) -> bool:
    return any(role.department_id in (None, department.pk) for role in member.roles.all())

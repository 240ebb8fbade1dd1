"""Who hears of tasks."""

from __future__ import annotations

from uuid import UUID

from unisono.kernel import clock
from unisono.kernel.models import Event
from unisono.rooms.notifications import actions as notifications
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Member
from unisono.rooms.people.queries import holders
from unisono.rooms.workflow.models import Task
from unisono.rooms.workflow.states import PENDING
from unisono.rooms.workflow.workdays import covering


def task_assigned(event: Event) -> None:
    """Whose a task has become learns of it, unless they took it themselves."""
    task = _task(event.subject_id)
    if task.owner is None or task.owner_id == event.by_id or not task.pending:
        return
    said = {"who": event.by_name, "title": task.title}
    if task.due_on:
        _tell([task.owner], "task.assigned.dated", task, event, **said, day=task.due_on.isoformat())
    else:
        _tell([task.owner], "task.assigned", task, event, **said)


def task_due(event: Event) -> None:
    """What is due tomorrow, or overdue: its owner, while they are away who stands in as well, and
    of what is overdue and nobody's, those who plan there."""
    task = _task(event.subject_id)
    if task.due_on is None or not task.pending:
        return
    kind = event.kind
    people = [task.owner] if task.owner and task.owner.state == "active" else []
    if task.owner:
        cover = covering(task.owner, clock.to_wall(event.at, task.zone).date())
        people += [cover] if cover else []
    elif kind == "task.overdue":
        people, kind = holders(Capability.PLAN, task.department_id), "task.overdue.unowned"
    _tell(people, kind, task, event, title=task.title, day=task.due_on.isoformat())


def task_freed(event: Event) -> None:
    """What a task waited for is done: its owner may begin."""
    task = _task(event.subject_id)
    if task.owner is None or task.owner_id == event.by_id or task.state not in PENDING:
        return
    _tell([task.owner], event.kind, task, event, title=task.title, after=event.data["after"])


def _task(pk: UUID) -> Task:
    return Task.objects.select_related("owner").get(pk=pk)


def _tell(people: list[Member], kind: str, task: Task, event: Event, **said: str) -> None:
    active = [member for member in people if member.state == "active"]
    notifications.tell(active, kind, said, link=f"/work/tasks/{task.pk}/", now=event.at)

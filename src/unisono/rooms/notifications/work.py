"""Who hears of tasks."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from unisono.kernel import clock
from unisono.kernel.events import together
from unisono.kernel.models import Event
from unisono.rooms.notifications import actions as notifications
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Member
from unisono.rooms.people.queries import holders
from unisono.rooms.workflow.models import Task
from unisono.rooms.workflow.states import PENDING
from unisono.rooms.workflow.workdays import covering


@together
def task_assigned(events: list[Event]) -> None:
    """Whose tasks have become learns of it, unless they took them themselves; of several steps
    of one post in one notice."""
    given: dict[tuple[UUID | None, UUID | None], list[tuple[Task, Event]]] = {}
    for event in events:
        task = _task(event.subject_id)
        if task.owner_id and task.owner_id != event.by_id and task.pending:
            key = task.pk if task.post_id is None else task.post_id
            given.setdefault((task.owner_id, key), []).append((task, event))
    for rows in given.values():
        rows.sort(key=lambda row: (row[0].due_on or date.max, row[0].pk))
        _tell_of_given([task for task, _event in rows], rows[0][1])


def _tell_of_given(tasks: list[Task], event: Event) -> None:
    first = tasks[0]
    said: dict[str, object] = {"who": event.by_name, "title": first.title}
    kind = "task.assigned"
    if len(tasks) > 1 and first.post:
        kind, said = "task.assigned.several", {**said, "n": len(tasks), "of": first.post.title}
    elif first.due_on:
        kind, said = "task.assigned.dated", {**said, "day": first.due_on.isoformat()}
    _tell([first.owner] if first.owner else [], kind, first, event, **said)


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
    return Task.objects.select_related("owner", "post").get(pk=pk)


def _tell(people: list[Member], kind: str, task: Task, event: Event, **said: object) -> None:
    active = [member for member in people if member.state == "active"]
    notifications.tell(active, kind, said, link=f"/work/tasks/{task.pk}/", now=event.at)

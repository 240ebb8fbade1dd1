"""The verbs of tasks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel import clock, events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.content.models import Idea, Post
from unisono.rooms.people.actors import Actor, Where
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department, Member
from unisono.rooms.people.queries import holders
from unisono.rooms.plan.models import Campaign
from unisono.rooms.requests.models import Request
from unisono.rooms.workflow.models import Task, TaskNeed
from unisono.rooms.workflow.states import PENDING, TASK

NOTE_MAX = 4_000
DAYS_MAX = 60
NEEDS_MAX = 30
FAR = timedelta(days=100 * 366)

Of = Post | Campaign | Idea | Request | None
FIELDS: dict[type, str] = {Post: "post", Campaign: "campaign", Idea: "idea", Request: "request"}


@dataclass(frozen=True)
class Due:
    """By when: a day, if wanted a wall time (`17:00`), and the zone both are meant in."""

    on: date
    time: str = ""
    zone: str = ""

    @property
    def at(self) -> datetime:
        """The instant from which on it is overdue; raises Invalid for what is no time or zone."""
        try:
            if not self.time:
                return clock.start_of_day(self.on + timedelta(1), self.zone)
            wall = datetime.combine(self.on, time.fromisoformat(self.time))
            return clock.resolve(wall, self.zone).instant
        except clock.UnknownZone:
            raise Invalid(
                _("“%(zone)s” is not a time zone we know, such as Europe/Paris.")
                % {"zone": self.zone},
                field="zone",
            ) from None
        except ValueError:
            raise Invalid(_("This is no time of day, such as 17:00."), field="time") from None


def add(
    *,
    title: str,
    note: str = "",
    department: Department | None = None,
    owner: Member | None = None,
    due: Due | None = None,
    days: int = 1,
    of: Of = None,
    step: str = "",
    by: Actor,
    now: datetime,
) -> Task:
    """A new task; what it is for says whose department's it is, where that has one. In a campaign
    each department has its own. `step` says what it was made of."""
    where = getattr(of, "department", None) or department
    if isinstance(of, Campaign):
        where = department or of.department
    _must_write(by, where)
    _may_have(owner, where)
    with transaction.atomic():
        task = Task.objects.create(
            **_said(title, note, days),
            **_until(due, by, now),
            **({FIELDS[type(of)]: of} if of is not None else {}),
            department=where,
            owner=owner,
            step=step,
            by_hand=due is not None,
            made_by=by.member,
            made_at=now,
        )
        events.record("task.added", task, by=by, now=now, title=task.title)
        if owner:
            _assigned(task, by=by, now=now)
    return task


def edit(
    task: Task,
    *,
    title: str,
    note: str,
    due: Due | None,
    days: int,
    by: Actor,
    now: datetime,
) -> Task:
    """Say it anew. A date that a person sets is theirs: a plan moves it no more."""
    _must_write(by, task.department_id)
    moved = (due and (due.on, due.time)) != (task.due_on and (task.due_on, task.due_time))
    changes: dict[str, Any] = _said(title, note, days)
    if moved:
        changes |= _until(due, by, now) | {"by_hand": due is not None}
    _write(task, changes)
    events.record("task.changed", task, by=by, now=now, moved=bool(moved))
    return task


def assign(task: Task, *, owner: Member | None, by: Actor, now: datetime) -> Task:
    """Give it to somebody who sees its department, or back to the department."""
    _must_write(by, task.department_id)
    _may_have(owner, task.department_id)
    if not task.pending:
        raise Conflict(_("This task is over. Reopen it first."), field="owner")
    if task.owner_id == (owner.pk if owner else None):
        return task
    with transaction.atomic():
        _write(task, {"owner": owner})
        if owner is None:
            events.record("task.returned", task, by=by, now=now)
        else:
            _assigned(task, by=by, now=now)
    return task


def start(task: Task, *, by: Actor, now: datetime) -> Task:
    """Say that somebody is at it; who starts what nobody has takes it."""
    _must_act(task, by)
    owner = task.owner or by.member
    advance(task, TASK, "in_progress", by=by, now=now, owner=owner)
    return task


def finish(task: Task, *, by: Actor, now: datetime) -> Task:
    """It is done; what waited for it alone is free."""
    _must_act(task, by)
    with transaction.atomic():
        advance(task, TASK, "done", by=by, now=now, done_at=now)
        _free_what_waited(task, by=by, now=now)
    return task


def reopen(task: Task, *, by: Actor, now: datetime) -> Task:
    """It is not done after all, or wanted again."""
    _must_act(task, by)
    advance(task, TASK, "open", by=by, now=now, done_at=None, soon_for=None, overdue_for=None)
    return task


def drop(task: Task, *, by: Actor, now: datetime) -> Task:
    """It is not needed any more; nothing waits for it."""
    _must_write(by, task.department_id)
    with transaction.atomic():
        advance(task, TASK, "dropped", by=by, now=now)
        _free_what_waited(task, by=by, now=now)
    return task


def drop_all(tasks: QuerySet[Task], *, by: Actor, now: datetime) -> None:
    """Drop what is still pending of these, when what they were for is gone."""
    for task in tasks.filter(state__in=PENDING):
        drop(task, by=by, now=now)


def depend(task: Task, *, on: Task, by: Actor, now: datetime) -> None:
    """Let it wait for another task; the same twice is once. Two never wait for each other."""
    _must_write(by, task.department_id)
    with transaction.atomic():
        hold_needs(task)
        if task.pk == on.pk:
            raise Invalid(_("A task cannot wait for itself."), field="on")
        if task.pk in waited_for_by(on):
            raise Invalid(
                _("“%(other)s” waits for “%(title)s” already: neither could ever begin.")
                % {"other": on.title, "title": task.title},
                field="on",
            )
        known = TaskNeed.objects.filter(task=task)
        if known.filter(needed=on).exists():
            return
        if known.count() >= NEEDS_MAX:
            raise Invalid(
                _("A task waits for %(n)s others at most.") % {"n": NEEDS_MAX}, field="on"
            )
        TaskNeed.objects.create(task=task, needed=on)
        events.record("task.waits", task, by=by, now=now, on=str(on.pk))


def undepend(task: Task, *, on: Task, by: Actor, now: datetime) -> None:
    """Let it wait for the other no more."""
    _must_write(by, task.department_id)
    with transaction.atomic():
        gone, _rows = TaskNeed.objects.filter(task=task, needed=on).delete()
        if gone:
            events.record("task.waits_no_more", task, by=by, now=now, on=str(on.pk))


def hold_needs(task: Task) -> None:
    """Two who close a circle from both ends wait for each other here."""
    with connection.cursor() as cursor:
        lock = f"task_need:{task.organization_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [lock])


def waited_for_by(task: Task) -> set[Any]:
    """The keys of all that a task waits for, directly or through others."""
    found: set[Any] = set()
    ahead = {task.pk}
    while ahead:
        next_ones = TaskNeed.objects.filter(task__in=ahead).values_list("needed", flat=True)
        ahead = set(next_ones) - found
        found |= ahead
    return found


def _free_what_waited(task: Task, *, by: Actor, now: datetime) -> None:
    """Announce each pending task whose last open need this was."""
    rows = Task.objects.filter(needs__needed=task, state__in=PENDING)
    still = rows.filter(needs__needed__state__in=PENDING).values("pk")
    freed = list(rows.exclude(pk__in=still))
    told = [{"by": str(task.pk), "after": task.title} for _row in freed]
    events.record_all("task.freed", freed, by=by, now=now, data=told)


def _assigned(task: Task, *, by: Actor, now: datetime) -> None:
    events.record("task.assigned", task, by=by, now=now, owner=str(task.owner_id))


def _write(task: Task, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(task, name, value)
    task.save(update_fields=list(changes))


def _said(title: str, note: str, days: int) -> dict[str, Any]:
    line = " ".join(title.replace("\x00", "").split())
    text = note.replace("\x00", "").replace("\r\n", "\n").strip()
    if not line:
        raise Invalid(_("Say what has to be done."), field="title")
    if len(line) > 160:
        raise Invalid(_("%(n)s characters at most.") % {"n": 160}, field="title")
    if len(text) > NOTE_MAX:
        raise Invalid(_("%(n)s characters at most.") % {"n": NOTE_MAX}, field="note")
    if not 0 <= days <= DAYS_MAX:
        raise Invalid(_("Choose 0 to %(n)s working days.") % {"n": DAYS_MAX}, field="days")
    return {"title": line, "note": text, "days": days}


def _until(due: Due | None, by: Actor, now: datetime) -> dict[str, Any]:
    fresh: dict[str, Any] = {"soon_for": None, "overdue_for": None}
    if due is None:
        return {"due_on": None, "due_time": "", "zone": "", "due_at": None, **fresh}
    if abs(due.on - now.date()) > FAR:
        raise Invalid(_("Choose a day within a hundred years."), field="on")
    due = Due(due.on, due.time.strip(), due.zone or by.zone)
    at = due.at
    return {"due_on": due.on, "due_time": due.time, "zone": due.zone, "due_at": at, **fresh}


def _must_write(by: Actor, where: Where) -> None:
    """What belongs to no department is the business of all who may write somewhere."""
    if where is None:
        by.must_anywhere(Capability.WRITE)
    else:
        by.must(Capability.WRITE, where)


def _must_act(task: Task, by: Actor) -> None:
    """One's own task is one's own to tick, whatever one may do otherwise; not so with a token,
    whose scopes say what it may do."""
    if by.kind == "member" and by.member and task.owner_id == by.member.pk:
        by.must_anywhere(Capability.SEE)
    else:
        _must_write(by, task.department_id)


def _may_have(owner: Member | None, where: Where) -> None:
    if owner is None:
        return
    if owner.state != "active":
        raise Invalid(_("%(name)s is suspended.") % {"name": owner.name}, field="owner")
    department = where.pk if isinstance(where, Department) else where
    if department and owner.pk not in {one.pk for one in holders(Capability.SEE, department)}:
        raise Invalid(
            _("%(name)s does not see this department. Choose somebody else.")
            % {"name": owner.name},
            field="owner",
        )


def members_for(where: Where) -> Iterable[Member]:
    """Who may be given a task of a department; of none: every active member."""
    if where is None:
        return Member.objects.filter(state="active")
    return holders(Capability.SEE, where.pk if isinstance(where, Department) else where)

"""A week of work: tasks, posts whose work is planned, somebody who is away."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from typing import Any

from unisono.demo.company import House
from unisono.demo.script import FOLDER, workday
from unisono.rooms.content.models import Post
from unisono.rooms.publishing import timing
from unisono.rooms.workflow import absences, tasks
from unisono.rooms.workflow.models import Task
from unisono.rooms.workflow.tasks import Due


def lay_out(house: House) -> None:
    """All of it; the posts it is about are written by now."""
    said = tomllib.loads((FOLDER / "work.toml").read_text(encoding="utf-8"))
    now = house.script.ago(1)
    _away(house, said["absence"], now)
    for entry in said["planned"]:
        _plan(house, entry, now)
    made: dict[str, Task] = {}
    for entry in said["task"]:
        made[entry.get("key", entry["title"])] = _task(house, entry, made)


def _away(house: House, entry: dict[str, Any], now: datetime) -> None:
    first, last = entry["days"]
    absences.note_absence(
        house.members[entry["member"]],
        first_on=house.script.day(first),
        last_on=house.script.day(last),
        cover=house.members[entry["cover"]],
        by=house.actor(entry["member"]),
        now=now,
    )


def _plan(house: House, entry: dict[str, Any], now: datetime) -> None:
    lea = house.actor("lea")
    post = Post.objects.select_related("department", "campaign").get(title=entry["post"])
    steps = {row.step: row for row in timing.plan_work(post, by=lea, now=now)}
    for step, owner in entry.get("owners", {}).items():
        tasks.assign(steps[step], owner=house.members[owner], by=lea, now=now)
    for step, offset in entry.get("days", {}).items():
        _set(steps[step], workday(house.script.day(offset)), lea, now)
    for step in entry.get("begun", ()):
        tasks.start(steps[step], by=lea, now=now)
    for step in entry.get("done", ()):
        tasks.finish(steps[step], by=lea, now=now)


def _set(row: Task, day: date, by: Any, now: datetime) -> None:
    tasks.edit(row, title=row.title, note=row.note, due=Due(day), days=row.days, by=by, now=now)


def _task(house: House, entry: dict[str, Any], made: dict[str, Task]) -> Task:
    by, owner = house.actor(entry["by"]), entry.get("owner")
    campaign = house.campaigns.get(entry.get("campaign", ""))
    written = house.script.ago(6)
    row = tasks.add(
        title=entry["title"],
        note=entry.get("note", ""),
        department=house.departments.get(entry.get("department", "")),
        owner=house.members[owner] if owner else None,
        due=_due(house, entry),
        days=entry.get("days", 1),
        of=campaign,
        by=by,
        now=written,
    )
    if "needs" in entry:
        tasks.depend(row, on=made[entry["needs"]], by=by, now=written)
    if entry.get("begun"):
        tasks.start(row, by=by, now=house.script.ago(1))
    if entry.get("done"):
        tasks.finish(row, by=by, now=house.script.ago(2))
    return row


def _due(house: House, entry: dict[str, Any]) -> Due | None:
    if "day" not in entry:
        return None
    day = house.script.day(entry["day"])
    back = timedelta(days=max(0, day.weekday() - 4))
    return Due(workday(day) if entry["day"] > 0 else day - back, entry.get("time", ""))

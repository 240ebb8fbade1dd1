"""The next fourteen days of each department: how much goes out when, and what still waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unisono.kernel.clock import to_wall
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.people.queries import departments_seen
from unisono.rooms.publishing.agenda import Item
from unisono.ui import wording

DAYS = 14
IN_REVIEW = ("in_review", "changes_asked")
SATURDAY = 5
MANY = 4
"""From so many posts a day on, a cell is as dark as it gets."""


@dataclass
class Cell:
    """One day of one department; `url` leads to its posts, or to a new one where it is free."""

    on: date
    posts: set[UUID] = field(default_factory=set)
    url: str = ""
    said: str = ""

    @property
    def load(self) -> int:
        return min(len(self.posts), MANY)

    @property
    def number(self) -> int:
        return len(self.posts)

    @property
    def weekend(self) -> bool:
        return self.on.weekday() >= SATURDAY


@dataclass
class Row:
    """One department; `review` are its posts that nobody has agreed to yet, `trouble` those that
    need a person."""

    department: Department
    cells: list[Cell]
    url: str
    review: set[UUID] = field(default_factory=set)
    review_url: str = ""
    trouble: set[UUID] = field(default_factory=set)
    trouble_url: str = ""

    @property
    def total(self) -> int:
        return len(set().union(*(cell.posts for cell in self.cells)))


def outlook(actor: Actor, items: Sequence[Item], now: datetime) -> dict[str, Any]:
    """The rows of the departments the actor sees, from what goes out in those days."""
    first = to_wall(now, actor.zone).date()
    days = [first + timedelta(days=number) for number in range(DAYS)]
    rows = {
        one.pk: Row(
            one,
            [Cell(day) for day in days],
            _address("timeline", one, zoom="fortnight"),
            review_url=_address("calendar", one, view="list", state=IN_REVIEW),
            trouble_url=_address("due", one),
        )
        for one in departments_seen(actor)
    }
    for item in items:
        row = rows.get(item.department_id)
        place = (to_wall(item.at, actor.zone).date() - first).days
        if row is None or not 0 <= place < DAYS:
            continue
        row.cells[place].posts.add(item.post_id)
        if item.state in IN_REVIEW:
            row.review.add(item.post_id)
        elif item.needs_a_person:
            row.trouble.add(item.post_id)
    for row in rows.values():
        may = actor.can(Capability.WRITE, row.department.pk)
        for cell in row.cells:
            _tell(cell, row.department, may)
    return {"outlook": list(rows.values()), "outlook_days": days}


def _tell(cell: Cell, department: Department, may: bool) -> None:
    day = cell.on.isoformat()
    told = {"day": wording.day(cell.on), "n": cell.number}
    if cell.posts:
        cell.url = _address("calendar", department, view="day", day=day)
        cell.said = ngettext("%(day)s: %(n)s post", "%(day)s: %(n)s posts", cell.number) % told
    else:
        cell.url = _address("post.new", department, day=day) if may else ""
        cell.said = (_("%(day)s: plan one") if may else _("%(day)s: nothing")) % told


def _address(name: str, department: Department, **asked: str | Sequence[str]) -> str:
    query = urlencode({"department": str(department.pk), **asked}, doseq=True)
    return f"{reverse(name)}?{query}"

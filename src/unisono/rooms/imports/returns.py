"""A plan that comes back: what was exported, compared with what stands, and what was changed in it.

Unchanged lines change nothing. What was edited in the file is carried out through the verbs people
use, so that approvals and capabilities hold as ever. What was edited here as well since the export
is left as it is, and named.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from unisono.kernel.refusals import Conflict, Refusal
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.content.queries import posts
from unisono.rooms.exports import sheet
from unisono.rooms.exports.sheet import FIXED_COLUMNS, KEPT, OWN_COLUMNS, POST_COLUMNS, ROW
from unisono.rooms.imports.columns import normal
from unisono.rooms.imports.dates import NotADate, read_moment, read_time
from unisono.rooms.imports.names import Directory, Names
from unisono.rooms.imports.rows import BAD, WARN, Problem
from unisono.rooms.imports.tables import Cell, Line, Table
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.models import Language
from unisono.rooms.plan.models import Campaign, Objective
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.states import LIVE

Cells = dict[str, str]


@dataclass
class Change:
    """What a file changes of one post. `own` maps variants to what changes of their channel.

    `before` holds the same cells as they stand now.
    """

    number: int
    post: UUID
    title: str
    common: Cells = field(default_factory=dict)
    own: dict[UUID, Cells] = field(default_factory=dict)
    before: Cells = field(default_factory=dict)
    own_before: dict[UUID, Cells] = field(default_factory=dict)

    @property
    def differences(self) -> list[tuple[str, str, str]]:
        """(column, as it stands, as it becomes)."""
        found = [(name, self.before[name], text) for name, text in self.common.items()]
        for variant, cells in self.own.items():
            found += [(name, self.own_before[variant][name], text) for name, text in cells.items()]
        return found


@dataclass
class Report:
    """What a returned file would do. `same` lines are as they stand, or newer here."""

    same: int = 0
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def is_plan(table: Table) -> bool:
    """Whether this is a file of ours that comes back."""
    return ROW in {normal(header) for header in table.headers}


def compare(table: Table, names: Names, *, by: Actor) -> Report:
    """Hold every line of the file against what stands; nothing is written."""
    columns = {normal(header): at for at, header in enumerate(table.headers)}
    known = {name: columns[normal(name)] for name in (*KEPT, ROW) if normal(name) in columns}
    given = [(line, _marked(line.cells[known[ROW]])) for line in table.lines]
    ids = {mark[0] for _line, mark in given if mark}
    standing = {line.key: line for line in sheet.lines_of(by, ids)}
    report, changes = Report(), dict[UUID, Change]()
    for line, mark in given:
        _hold(line, mark, known, standing, names, report, changes)
    report.changes = list(changes.values())
    return report


def carry_out(change: Change, names: Names, *, by: Actor, now: datetime) -> Post:
    """Make a change through the verbs, wholly or not at all. Raises Refusal."""
    with transaction.atomic():
        post = posts(by).get(pk=change.post)
        words = {
            pk: own for pk, own in change.own.items() if {"own text", "own follow-ups"} & set(own)
        }
        if change.common or words:
            _rewrite(post, change.common, words, names, by=by, now=now)
        for pk, own in change.own.items():
            if {"date", "time", "zone"} & set(own):
                _move(Variant.objects.get(pk=pk, post=post), own, by=by, now=now)
        post.refresh_from_db(fields=["version"])
    return post


def _hold(
    line: Line,
    mark: tuple[UUID, UUID | None, str] | None,
    known: Mapping[str, int],
    standing: Mapping[tuple[UUID, UUID | None], sheet.Line],
    names: Names,
    report: Report,
    changes: dict[UUID, Change],
) -> None:
    """One line against what stands."""
    if mark is None:
        new = _("This line is new. Import new posts as a file of their own.")
        report.problems.append(Problem(line.number, ROW, BAD, new))
        return
    post, variant, exported = mark
    there = standing.get((post, variant))
    if there is None:
        gone = _("This is not in the plan any more, or you may not see it.")
        report.problems.append(Problem(line.number, ROW, BAD, gone))
        return
    now = {name: there.cells.get(name, "") for name in KEPT}
    cells = dict(now)
    found: list[Problem] = []
    for name, at in known.items():
        if name != ROW:
            cells[name] = _text(line, name, line.cells[at], now[name], found)
    after = {name: text for name, text in cells.items() if text != now[name]}
    if found:
        report.problems += found
        return
    if not after or (sheet.digest(cells) == exported != sheet.digest(now)):
        report.same += 1
        return
    if sheet.digest(now) != exported:
        meanwhile = _("It was changed here since the export, so it is left as it is.")
        found.append(Problem(line.number, ROW, BAD, meanwhile))
    found += _refused(line, after, names)
    if not any(problem.level == BAD for problem in found):
        _note(line, there, after, now, changes, found)
    report.problems += found


def _note(
    line: Line,
    there: sheet.Line,
    after: Cells,
    now: Cells,
    changes: dict[UUID, Change],
    found: list[Problem],
) -> None:
    """Gather what one line changes of its post; two lines may not say two things of it."""
    change = changes.setdefault(there.post, Change(line.number, there.post, there.cells["title"]))
    for name in POST_COLUMNS:
        if name not in after:
            continue
        if change.common.get(name, after[name]) != after[name]:
            twice = _("Another line of this post says something else. The first one counts.")
            found.append(Problem(line.number, name, WARN, twice, after[name][:200]))
            continue
        change.common[name], change.before[name] = after[name], now[name]
    own = {name: after[name] for name in OWN_COLUMNS if name in after}
    if own and there.variant:
        change.own[there.variant] = own
        change.own_before[there.variant] = {name: now[name] for name in own}


def _marked(cell: Cell) -> tuple[UUID, UUID | None, str] | None:
    """Post, channel's part and digest of a line; None for a new one."""
    try:
        post, variant, exported = str(cell or "").split("/")
        return UUID(post), None if variant == "-" else UUID(variant), exported
    except ValueError:
        return None


def _text(line: Line, name: str, cell: Cell, now: str, found: list[Problem]) -> str:
    """A cell as the sheet would say it, whatever a spreadsheet made of it."""
    if isinstance(cell, str) or cell is None:
        said = sheet.unguarded((cell or "").replace("\r\n", "\n").replace("\r", "\n"))
    elif isinstance(cell, float) and cell.is_integer():
        said = str(int(cell))
    else:
        said = str(cell)
    if said == now or not said or name not in ("date", "time"):
        return said
    try:
        if name == "time":
            return f"{read_time(cell):%H:%M}"
        return read_moment(cell, "dmy").day.isoformat()
    except NotADate:
        wrong = (
            _("“%(value)s” is not a time we can read. Write it like 08:50.")
            if name == "time"
            else _("“%(value)s” is not a date we can read. Write it like 2026-03-11.")
        )
        found.append(Problem(line.number, name, BAD, wrong % {"value": said}, said[:200]))
        return now


def _refused(line: Line, after: Cells, names: Names) -> Iterable[Problem]:
    """What a file cannot change, and names nobody knows."""
    for name, text in after.items():
        sentence = ""
        if name in FIXED_COLUMNS:
            sentence = _("This cannot be changed by a file. Change it in the post.")
        elif name in ("campaign", "objective") and text:
            sentence = "" if _found(name, text, names) else _("We know no “%(value)s”.")
        elif name == "language" and text not in Language.values:
            sentence = _("“%(value)s” is not a language we write in: en, fr or de.")
        elif name in ("follow-ups", "own follow-ups") and text and not _is_list(text):
            sentence = _('Write follow-ups as a list: ["First", "Second"].')
        if sentence:
            yield Problem(line.number, name, BAD, sentence % {"value": text[:80]}, text[:200])


def _found(name: str, text: str, names: Names) -> UUID | None:
    directory: Directory = names.campaigns if name == "campaign" else names.objectives
    return directory.find(text).id


def _is_list(text: str) -> bool:
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, list) and all(isinstance(part, str) for part in found)


def _rewrite(
    post: Post,
    common: Cells,
    words: Mapping[UUID, Cells],
    names: Names,
    *,
    by: Actor,
    now: datetime,
) -> None:
    def thing(name: str, model: Any, today: Any) -> Any:
        if name not in common:
            return today
        pk = _found(name, common[name], names) if common[name] else None
        return model.objects.get(pk=pk) if pk else None

    parts = common.get("follow-ups")
    content.change_post(
        post,
        title=common.get("title", post.title),
        text=common.get("text", post.text),
        language=common.get("language", post.language),
        department=post.department,
        campaign=thing("campaign", Campaign, post.campaign),
        objective=thing("objective", Objective, post.objective),
        follow_ups=None if parts is None else json.loads(parts or "[]"),
        words={
            pk: sheet.own_text(own["own text"]) for pk, own in words.items() if "own text" in own
        },
        own_follow_ups={
            pk: json.loads(own["own follow-ups"]) if own["own follow-ups"] else None
            for pk, own in words.items()
            if "own follow-ups" in own
        },
        by=by,
        now=now,
    )


def _move(variant: Variant, own: Cells, *, by: Actor, now: datetime) -> None:
    """Another time; none at all only for what is pencilled in."""
    wall = variant.planned_wall or ""
    day, at = own.get("date", wall[:10]), own.get("time", wall[11:16])
    zone = own.get("zone", variant.planned_zone) or variant.planned_zone or by.zone
    if not day:
        if variant.publications.filter(state__in=LIVE).exists():
            raise Conflict(_("It is scheduled: cancel it first, then take its time away."))
        content.plan_variant(variant, wall=None, zone=zone, by=by, now=now)
        return
    meant = datetime.combine(date.fromisoformat(day), time.fromisoformat(at or "09:00"))
    publishing.move(variant, wall=meant, zone=zone, by=by, now=now)


def kept(change: Change) -> dict[str, Any]:
    """What an undo needs, as it is stored."""
    own = {str(pk): change.own_before[pk] for pk in change.own}
    return {"common": change.before, "own": own}


def reverse(
    post: Post, before: Mapping[str, Any], names: Names, *, by: Actor, now: datetime
) -> None:
    """Make the cells of `kept` stand again. Raises Refusal."""
    own = {UUID(pk): dict(cells) for pk, cells in before["own"].items()}
    back = Change(0, post.pk, post.title, dict(before["common"]), own)
    carry_out(back, names, by=by, now=now)


__all__ = ["Change", "Refusal", "Report", "carry_out", "compare", "is_plan", "kept", "reverse"]

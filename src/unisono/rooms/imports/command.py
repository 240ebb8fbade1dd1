"""`unisono import FILE`: the same verbs, spoken on a command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from unisono.kernel.refusals import Invalid
from unisono.rooms.imports import actions as imports
from unisono.rooms.imports import making
from unisono.rooms.imports.columns import FIELDS
from unisono.rooms.imports.models import ImportRun
from unisono.rooms.imports.rows import Problem
from unisono.rooms.imports.tables import Table
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department

Say = Callable[[str], None]


def run(
    path: Path,
    *,
    dry_run: bool = False,
    department: Department | None = None,
    by: Actor,
    now: datetime,
    say: Say,
) -> int:
    """Import a file with the columns as guessed, here and now; the exit code.

    0: every row became a post, or would. 2: rows were left out, each told with row and column.
    Raises Refusal when the file as a whole cannot be imported. Runs in the actor's scope.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        sentence = _("%(file)s cannot be read: %(why)s.")
        raise Invalid(sentence % {"file": path, "why": error.strerror}, field="file") from error
    drafted, table = imports.draft(data=data, name=path.name, by=by, now=now)
    drafted.department = _department(drafted, department, by)
    if dry_run:
        bad = _tell(drafted, table, by=by, now=now, say=say)
        say(_("Nothing was imported: this was a dry run."))
        return 2 if bad else 0
    made = imports.upload(data=data, name=path.name, by=by, now=now)
    imports.map_columns(made, mapping=made.mapping, department=drafted.department, by=by, now=now)
    _tell(made, table, by=by, now=now, say=say)
    imports.confirm(made, by=by, now=now)
    _make(made, now=now, say=say)
    return 2 if made.rows_refused else 0


def _department(run: ImportRun, chosen: Department | None, by: Actor) -> Department | None:
    """The department of rows that name none: the chosen one, else the first they write for."""
    if chosen is not None:
        return chosen
    if run.department is not None or "department" in run.mapping:
        return run.department
    allowed = by.departments_with(Capability.WRITE)
    rows = Department.objects.order_by("position")
    return (rows if allowed is None else rows.filter(pk__in=allowed)).first()


def _tell(made: ImportRun, table: Table, *, by: Actor, now: datetime, say: Say) -> int:
    """Say how the columns are read, and what is wrong in which row; how many rows are wrong."""
    seen = imports.preview(made, table=table, by=by, now=now)
    for header, field in zip(seen.headers, seen.mapping, strict=True):
        say(f"{header or '…'} → {FIELDS[field] if field else _('left out')}")
    if seen.ambiguous:
        say(_("Dates such as 03/04/2026 can be read both ways; the day is taken to come first."))
    for problem in seen.problems:
        say(_line(problem))
    say(_("%(good)s rows can be imported, %(bad)s cannot.") % {"good": seen.good, "bad": seen.bad})
    return seen.bad


def _make(made: ImportRun, *, now: datetime, say: Say) -> None:
    work = making.begin(made, now=now)
    more = work is not None
    while work is not None and more:
        more = making.make_batch(work, now=now)
        say(f"{work.run.done_rows} / {made.rows}")
    made.refresh_from_db()
    say(
        _("%(posts)s posts and %(campaigns)s campaigns were made.")
        % {"posts": made.posts_made, "campaigns": made.campaigns_made}
    )


def _line(problem: Problem) -> str:
    place = _("Row %(row)s") % {"row": problem.row}
    column = f", {problem.column}" if problem.column else ""
    return f"{place}{column}: {problem.sentence}"

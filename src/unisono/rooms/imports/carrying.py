"""Carrying out what a returned plan changes, batch by batch, each change wholly or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation

from unisono.kernel import events
from unisono.kernel.refusals import Refusal
from unisono.kernel.states import advance
from unisono.rooms.imports import returns
from unisono.rooms.imports.models import ImportedRow, ImportRun
from unisono.rooms.imports.names import Names, names_for
from unisono.rooms.imports.reading import forget_file, table_of_run
from unisono.rooms.imports.rows import BAD, Problem
from unisono.rooms.imports.states import IMPORT_RUN
from unisono.rooms.people.actors import Actor, actor_for

BATCH = 50
PROBLEMS_KEPT = 2_000


@dataclass
class Work:
    """A returned plan being carried out: what is still to be changed."""

    run: ImportRun
    by: Actor
    names: Names
    report: returns.Report


def begin(run: ImportRun) -> Work | None:
    """Compare the file with what stands; None when the run is not running (any more).

    Begun anew after a stop, what was carried out is as the file says, and so is passed by.
    """
    if run.state != "running" or run.by is None:
        return None
    by = actor_for(run.by)
    names = names_for(by)
    with translation.override(by.language):
        report = returns.compare(table_of_run(run), names, by=by)
    return Work(run, by, names, report)


def carry_out_batch(work: Work, *, now: datetime) -> bool:
    """Make the next changes in one transaction; False when all are made, or the run is not ours."""
    run = ImportRun.objects.select_for_update().get(pk=work.run.pk)
    if run.state != "running":
        return False
    batch, work.report.changes = work.report.changes[:BATCH], work.report.changes[BATCH:]
    problems = [] if run.problems else list(work.report.problems)
    with translation.override(work.by.language), events.gathered():
        for change in batch:
            problems += _carried(run, change, work, now)
    room = max(0, PROBLEMS_KEPT - len(run.problems))
    run.problems = run.problems + [problem.as_data() for problem in problems[:room]]
    run.rows_refused += len({problem.row for problem in problems if problem.level == BAD})
    run.done_rows = run.rows - len(work.report.changes)
    run.save()
    events.announce(run.organization_id, "import.progress", f"importrun:{run.pk}")
    if work.report.changes:
        return True
    advance(run, IMPORT_RUN, "done", by=work.by, now=now, finished_at=now)
    forget_file(run)
    return False


def _carried(run: ImportRun, change: returns.Change, work: Work, now: datetime) -> list[Problem]:
    """One change; what is refused is told, and nothing else is lost."""
    try:
        post = returns.carry_out(change, work.names, by=work.by, now=now)
    except Refusal as refusal:
        return [Problem(change.number, "", BAD, refusal.sentence)]
    run.posts_made += 1
    ImportedRow.objects.update_or_create(
        run=run,
        number=change.number,
        defaults={"post": post, "version": post.version, "before": returns.kept(change)},
    )
    return []

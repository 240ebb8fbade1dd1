"""The verbs of importing.

The way of a file: `upload` → `map_columns` → `preview` → `confirm`, and `undo` at any time after.
What is made are drafts with a pencilled time; approval and scheduling come after, as for any post.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events, jobs
from unisono.kernel.clock import UnknownZone, zone_named
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.channels.models import Channel
from unisono.rooms.imports import jobs as doors
from unisono.rooms.imports import returns
from unisono.rooms.imports.columns import FIELDS, guess_mapping
from unisono.rooms.imports.models import DateOrder, ImportRun
from unisono.rooms.imports.names import names_for
from unisono.rooms.imports.reading import settings_of, table_of_run
from unisono.rooms.imports.rows import Problem, RowResult, read_rows, reading_of_dates
from unisono.rooms.imports.states import IMPORT_RUN
from unisono.rooms.imports.tables import Table, read_table
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department

SHOWN = 20
"""Rows a preview shows."""


@dataclass(frozen=True)
class Preview:
    """What would happen. `first` are the first rows, `problems` those of all rows in their order.

    `good` rows become posts, `bad` ones are left out. `date_order` is how dates are read;
    `ambiguous` says that the whole file could be read the other way as well. `new_campaigns` are
    the names of campaigns that would be opened.
    """

    headers: tuple[str, ...]
    samples: tuple[str, ...]
    mapping: tuple[str, ...]
    first: tuple[RowResult, ...]
    problems: tuple[Problem, ...]
    good: int
    bad: int
    date_order: str
    ambiguous: bool
    new_campaigns: tuple[str, ...]


def upload(*, data: bytes, name: str, by: Actor, now: datetime) -> ImportRun:
    """Take a file in (.csv, .xlsx, .ics) and guess what its columns mean.

    Raises tables.Unreadable for the field `file`. The run is `ready` at once when the guess has a
    title or a text and the department of every row is known; else it is `uploaded`.
    """
    run, _table = draft(data=data, name=name, by=by, now=now)
    # The name is ours, so that nothing of the person's file name reaches the disk.
    run.path = default_storage.save(
        f"{by.organization.pk}/imports/{run.pk}.{run.format}", ContentFile(data)
    )
    with transaction.atomic():
        run.save()
        events.record("import.uploaded", run, by=by, now=now, name=run.file_name, rows=run.rows)
        if run.returned or _is_ready(run.mapping, run.department):
            advance(run, IMPORT_RUN, "ready", by=by, now=now)
    return run


def report(run: ImportRun, *, by: Actor) -> returns.Report:
    """What a returned plan would change; nothing is written."""
    _must_import(run, by)
    return returns.compare(table_of_run(run), names_for(by), by=by)


def draft(*, data: bytes, name: str, by: Actor, now: datetime) -> tuple[ImportRun, Table]:
    """A run as `upload` would make it, and its table; nothing is kept. Raises tables.Unreadable."""
    by.must_anywhere(Capability.IMPORT)
    table = read_table(data, name)
    run = ImportRun(
        file_name=PurePath(name).name[-200:],
        format=table.format,
        rows=len(table.lines),
        returned=returns.is_plan(table),
        mapping=guess_mapping(table.headers),
        zone=by.zone,
        department=_only_department(by),
        by=by.member,
        at=now,
    )
    return run, table


def map_columns(
    run: ImportRun,
    *,
    mapping: Sequence[str],
    zone: str = "",
    date_order: str = DateOrder.AUTO,
    department: Department | None = None,
    channels: Sequence[Channel] = (),
    by: Actor,
    now: datetime,
) -> ImportRun:
    """Say what each column means (`columns.FIELDS`, "" for nothing), in the order of the file.

    `zone` (empty: the actor's), `department` and `channels` hold for rows that name none.
    Raises Invalid with the field `mapping`, `zone`, `date_order` or `department`.
    """
    _must_import(run, by)
    if run.returned:
        raise Conflict(_("This is an exported plan: what its columns mean is known."))
    if run.state not in ("uploaded", "ready"):
        raise Conflict(_("This import has begun: its columns cannot change any more."))
    kept = _mapping(run, mapping)
    if date_order not in DateOrder.values:
        raise Invalid(_("Choose one of the orders offered."), field="date_order")
    if department is not None:
        by.must(Capability.WRITE, department)
    if not _is_ready(kept, department):
        raise Invalid(_("Choose a department, or say which column names it."), field="department")
    run.mapping, run.zone, run.date_order = kept, _zone(zone or by.zone), date_order
    run.department, run.channels = department, [str(channel.pk) for channel in channels]
    with transaction.atomic():
        run.save(update_fields=["mapping", "zone", "date_order", "department", "channels"])
        events.record("import.mapped", run, by=by, now=now)
        if run.state == "uploaded":
            advance(run, IMPORT_RUN, "ready", by=by, now=now)
    return run


def preview(
    run: ImportRun, *, table: Table | None = None, by: Actor, now: datetime, shown: int = SHOWN
) -> Preview:
    """Read the whole file with the mapping as it stands; nothing is written.

    `table` is given for a run that is not kept, see `draft`.
    """
    _must_import(run, by)
    table, names = table or table_of_run(run), names_for(by)
    order, ambiguous = reading_of_dates(table, run.mapping)
    chosen = run.date_order != DateOrder.AUTO
    first: list[RowResult] = []
    problems: list[Problem] = []
    campaigns: dict[str, None] = {}
    good = bad = 0
    for result in read_rows(table, run.mapping, names, settings_of(run, by, now)):
        if len(first) < shown:
            first.append(result)
        problems.extend(result.problems)
        good, bad = good + bool(result.planned), bad + (not result.planned)
        named = result.planned.campaign if result.planned else ""
        if named and names.campaigns.find(named).id is None:
            campaigns[named] = None
    return Preview(
        headers=table.headers,
        samples=_samples(table.headers, [line.cells for line in table.lines[:50]]),
        mapping=tuple(run.mapping),
        first=tuple(first),
        problems=tuple(problems),
        good=good,
        bad=bad,
        date_order=run.date_order if chosen else order,
        ambiguous=ambiguous and not chosen,
        new_campaigns=tuple(campaigns),
    )


def confirm(run: ImportRun, *, by: Actor, now: datetime) -> ImportRun:
    """Begin the import; a job makes the campaigns and posts, in the actor's name.

    A run that failed is taken up where it stopped.
    """
    _must_import(run, by)
    if by.member is None:
        raise Conflict(_("An import is made in a person's name."))
    if run.state == "uploaded":
        raise Conflict(_("Say what the columns mean first."))
    with transaction.atomic():
        advance(run, IMPORT_RUN, "running", by=by, now=now, by_id=by.member.pk)
        _ring(doors.import_rows, run)
    return run


def undo(run: ImportRun, *, by: Actor, now: datetime) -> ImportRun:
    """Remove what the run made, by a job; what somebody has worked on since is left and named."""
    _must_import(run, by)
    with transaction.atomic():
        advance(run, IMPORT_RUN, "undoing", by=by, now=now)
        _ring(doors.undo_rows, run)
    return run


def _ring(door: object, run: ImportRun) -> None:
    jobs.enqueue(
        door,  # type: ignore[arg-type]
        key=f"import:{run.pk}",
        organization=str(run.organization_id),
        run=str(run.pk),
    )


def _must_import(run: ImportRun, by: Actor) -> None:
    """One's own imports; those of others for whoever may import everywhere."""
    by.must_anywhere(Capability.IMPORT)
    if by.member is None or run.by_id != by.member.pk:
        by.must(Capability.IMPORT)


def _mapping(run: ImportRun, mapping: Sequence[str]) -> list[str]:
    kept = [str(name) for name in mapping]
    if len(kept) != len(run.mapping):
        raise Invalid(_("Say for each column what it means."), field="mapping")
    for name in kept:
        if name and name not in FIELDS:
            raise Invalid(_("Choose one of the fields offered."), field="mapping")
        if name and kept.count(name) > 1:
            raise Invalid(
                _("Two columns are mapped to “%(field)s”. Choose one.") % {"field": FIELDS[name]},
                field="mapping",
            )
    if "title" not in kept and "text" not in kept:
        raise Invalid(_("Say which column holds the title or the text."), field="mapping")
    return kept


def _is_ready(mapping: Sequence[str], department: Department | None) -> bool:
    words = "title" in mapping or "text" in mapping
    return words and (department is not None or "department" in mapping)


def _only_department(by: Actor) -> Department | None:
    """The one department the actor writes for, if there is just one."""
    allowed = by.departments_with(Capability.WRITE)
    rows = Department.objects.all()
    found = list((rows if allowed is None else rows.filter(pk__in=allowed))[:2])
    return found[0] if len(found) == 1 else None


def _zone(zone: str) -> str:
    try:
        zone_named(zone)
    except UnknownZone:
        raise Invalid(
            _("“%(zone)s” is not a time zone we know, such as Europe/Paris.") % {"zone": zone},
            field="zone",
        ) from None
    return zone


def _samples(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> tuple[str, ...]:
    """For each column the first cell that holds something."""
    found = []
    for at in range(len(headers)):
        cells = (str(row[at]).strip() for row in rows if row[at] is not None)
        found.append(next((cell for cell in cells if cell), "")[:80])
    return tuple(found)

"""From a stored run back to its table."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Conflict
from unisono.rooms.imports.models import ImportRun
from unisono.rooms.imports.rows import Settings
from unisono.rooms.imports.tables import Table, read_table
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability


def table_of_run(run: ImportRun) -> Table:
    """The run's file, read again. Raises Conflict when it has served and is gone."""
    if not run.path:
        raise Conflict(_("This import is finished, and its file is no longer kept."))
    with default_storage.open(run.path) as file:
        return read_table(file.read(), f"import.{run.format}")


def settings_of(run: ImportRun, by: Actor, now: datetime) -> Settings:
    """What holds for all rows of the run; a department lost meanwhile no longer counts."""
    department = run.department_id
    if department is not None and not by.can(Capability.WRITE, department):
        department = None
    return Settings(
        zone=run.zone,
        now=now,
        date_order=run.date_order,
        department=department,
        channels=tuple(UUID(pk) for pk in run.channels),
    )


def forget_file(run: ImportRun) -> None:
    """Delete the run's file: what it held is in the plan now."""
    if run.path:
        default_storage.delete(run.path)
        ImportRun.objects.filter(pk=run.pk).update(path="")
        run.path = ""

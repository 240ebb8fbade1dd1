"""The worker's doors: a run is walked in batches, and rows are the truth of how far it came."""

from __future__ import annotations

from uuid import UUID

from django.db import OperationalError
from django.utils import timezone

from unisono.kernel import jobs, tenancy
from unisono.rooms.imports import carrying, making, undoing
from unisono.rooms.imports.models import ImportRun


@jobs.job(queue="imports")
def import_rows(*, organization: str, run: str) -> None:
    """Make what the rows say, batch by batch. Begun anew, it goes on where it stopped."""
    try:
        with tenancy.within(UUID(organization)):
            returned = ImportRun.objects.get(pk=run).returned
        if returned:
            _carry_out(organization, run)
            return
        with tenancy.within(UUID(organization)):
            work = making.begin(ImportRun.objects.get(pk=run), now=timezone.now())
        while work is not None:
            with tenancy.within(UUID(organization)):
                if not making.make_batch(work, now=timezone.now()):
                    return
    except OperationalError:
        raise
    except Exception:
        with tenancy.within(UUID(organization)):
            making.fail(ImportRun.objects.get(pk=run), now=timezone.now())
        raise


def _carry_out(organization: str, run: str) -> None:
    with tenancy.within(UUID(organization)):
        work = carrying.begin(ImportRun.objects.get(pk=run))
    while work is not None:
        with tenancy.within(UUID(organization)):
            if not carrying.carry_out_batch(work, now=timezone.now()):
                return


@jobs.job(queue="imports")
def undo_rows(*, organization: str, run: str) -> None:
    """Take back what the run made, batch by batch."""
    more = True
    while more:
        with tenancy.within(UUID(organization)):
            more = undoing.undo_batch(UUID(run), now=timezone.now())

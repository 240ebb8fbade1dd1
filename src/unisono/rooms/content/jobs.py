"""Making the posts of series ahead of time: the worker's door."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F
from django.utils import timezone

from unisono.kernel import jobs, tenancy
from unisono.rooms.content import occurrences
from unisono.rooms.content.models import Series
from unisono.rooms.people.actors import system


def make_ahead() -> int:
    """Ring for every series that is not made to its end yet; how many there are.

    Each is a job of its own, so that one that fails keeps no other from being made.
    """
    with tenancy.everywhere("series are made ahead for every organization"):
        rows = Series.objects.filter(state="running", made_until__lt=F("last_at"))
        waiting = list(rows.values_list("organization_id", "pk"))
        for organization_id, pk in waiting:
            jobs.enqueue(
                extend_series,
                key=f"series:{pk}",
                organization=str(organization_id),
                series=str(pk),
            )
    return len(waiting)


@jobs.job()
def extend_series(*, organization: str, series: str) -> None:
    """Make the posts of one series up to the end of its window."""
    with tenancy.within(UUID(organization)):
        row = Series.objects.get(pk=series)
        occurrences.extend(row, by=system(row.organization_id), now=timezone.now())

"""What metrics does when something was published."""

from __future__ import annotations

from collections.abc import Sequence

from unisono.kernel.events import together
from unisono.kernel.models import Event
from unisono.rooms.metrics import actions as metrics
from unisono.rooms.publishing.models import Publication


@together
def publication_published(events: Sequence[Event]) -> None:
    """From now on their figures are read. A follow-up is not a post of its own."""
    ids = [event.subject_id for event in events]
    rows = Publication.objects.filter(pk__in=ids, part=0).select_related("channel")
    metrics.watch_all(rows, now=events[-1].at)

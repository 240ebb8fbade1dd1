"""What metrics does when something was published."""

from __future__ import annotations

from unisono.kernel.models import Event
from unisono.rooms.metrics import actions as metrics
from unisono.rooms.publishing.models import Publication


def publication_published(event: Event) -> None:
    """From now on its figures are read."""
    row = Publication.objects.select_related("channel").get(pk=event.subject_id)
    metrics.watch(row, now=event.at)

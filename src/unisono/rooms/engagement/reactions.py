"""What engagement does when something was published."""

from __future__ import annotations

from collections.abc import Sequence

from unisono.kernel.events import together
from unisono.kernel.models import Event
from unisono.rooms.engagement import actions as engagement
from unisono.rooms.publishing.models import Publication


@together
def publication_published(events: Sequence[Event]) -> None:
    """From now on their answers are read; those under a follow-up lie below its post."""
    ids = [event.subject_id for event in events]
    rows = Publication.objects.filter(pk__in=ids, part=0).select_related("channel")
    engagement.listen_to_all(rows, now=events[-1].at)

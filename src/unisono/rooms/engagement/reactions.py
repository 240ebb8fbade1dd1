"""What engagement does when something was published."""

from __future__ import annotations

from unisono.kernel.models import Event
from unisono.rooms.engagement import actions as engagement
from unisono.rooms.publishing.models import Publication


def publication_published(event: Event) -> None:
    """From now on its answers are read."""
    row = Publication.objects.select_related("channel").get(pk=event.subject_id)
    engagement.listen(row, now=event.at)

"""Who hears of share kits."""

from __future__ import annotations

from unisono.kernel.models import Event
from unisono.rooms.advocacy.models import Kit
from unisono.rooms.notifications import actions as notifications
from unisono.rooms.people.models import Member


def kit_sent(event: Event) -> None:
    """Those a kit was sent to learn of it, by mail too; who does not want to hear of kits, not."""
    kit = Kit.objects.get(pk=event.subject_id)
    notifications.tell(
        Member.objects.filter(pk__in=event.data["to"], state="active"),
        event.kind,
        {"who": event.by_name, "title": kit.title},
        link=f"/kits/{kit.pk}/",
        urgent=True,
        now=event.at,
    )

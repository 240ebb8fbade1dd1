"""What content does when something happened in a room below it."""

from __future__ import annotations

from unisono.kernel.models import Event
from unisono.rooms.content import campaigns
from unisono.rooms.people.actors import system
from unisono.rooms.plan.models import Campaign


def campaign_changed(event: Event) -> None:
    """Other link parameters make other texts of its posts."""
    campaign = Campaign.objects.get_or_none(pk=event.subject_id)
    if campaign and event.data.get("links"):
        campaigns.retag(campaign, by=system(event.organization_id), now=event.at)

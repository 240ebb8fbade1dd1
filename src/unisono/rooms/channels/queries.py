"""Questions about channels."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.channels.models import Channel, HouseRules, Slot
from unisono.rooms.channels.rules import Rules, of_row
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability


def channels(actor: Actor) -> QuerySet[Channel]:
    """All channels: departments share them, so colleagues see them all."""
    actor.must_anywhere(Capability.SEE)
    return Channel.objects.select_related("department", "connected_by")


def usable(actor: Actor) -> QuerySet[Channel]:
    """The channels a post can be planned for."""
    return channels(actor).exclude(state="disconnected")


def channel(actor: Actor, pk: UUID) -> Channel:
    """One channel; raises NotFound."""
    found = channels(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such channel."))
    return found


def slot(actor: Actor, pk: UUID) -> Slot:
    """One slot of a channel; raises NotFound."""
    actor.must_anywhere(Capability.SEE)
    found = Slot.objects.filter(pk=pk).select_related("channel").first()
    if found is None:
        raise NotFound(_("There is no such slot."))
    return found


def rules_of(channel: Channel) -> Rules | None:
    """What the channel's house rules say; None where nobody has set any."""
    row = HouseRules.objects.get_or_none(channel=channel)
    return of_row(row) if row else None


def rules_on(channels: Iterable[UUID] | None = None) -> dict[UUID, Rules]:
    """The rules of these channels, or of all, where there are any. One query."""
    rows = HouseRules.objects.order_by("pk")
    if channels is not None:
        rows = rows.filter(channel__in=channels)
    found = {row.channel_id: of_row(row) for row in rows}
    return {channel: rules for channel, rules in found.items() if rules}

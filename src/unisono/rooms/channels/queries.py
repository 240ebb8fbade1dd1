"""Questions about channels."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.channels.models import Channel, Slot
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

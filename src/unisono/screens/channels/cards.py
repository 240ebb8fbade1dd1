"""What the pages show of channels and networks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from unisono.networks import registry
from unisono.networks.contract import (
    Account,
    Adapter,
    Connects,
    Limits,
    Measures,
    Publishes,
    Reads,
    SecondPost,
)
from unisono.rooms.channels.models import Channel
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability


@dataclass(frozen=True)
class ChannelCard:
    """One channel, and whether the reader may manage it."""

    channel: Channel
    adapter: Adapter
    limits: Limits
    may_manage: bool


@dataclass(frozen=True)
class NetworkRow:
    """What one network can do through us."""

    adapter: Adapter
    connects: bool
    publishes: bool
    measures: bool
    reads: bool
    limits: Limits
    second_post: str


def cards(actor: Actor, channels: Iterable[Channel]) -> list[tuple[Adapter, list[ChannelCard]]]:
    """The channels by network, in the networks' order; nothing for a network without any."""
    rows = [card(actor, channel) for channel in channels]
    grouped = [
        (adapter, [row for row in rows if row.channel.network == adapter.name])
        for adapter in registry.all()
    ]
    return [(adapter, found) for adapter, found in grouped if found]


def card(actor: Actor, channel: Channel) -> ChannelCard:
    adapter = registry.adapter(channel.network)
    return ChannelCard(
        channel,
        adapter,
        adapter.limits(channel.account),
        actor.can(Capability.CHANNELS, channel.department_id),
    )


def network_rows() -> list[NetworkRow]:
    """The capability matrix."""
    nobody = Account(remote_id="", handle="", name="", server="")
    return [
        NetworkRow(
            adapter,
            adapter.offers(Connects),
            adapter.offers(Publishes),
            adapter.offers(Measures),
            adapter.offers(Reads),
            adapter.limits(nobody),
            _second_post(adapter.second_post),
        )
        for adapter in registry.all()
    ]


def _second_post(how: SecondPost) -> str:
    sentences = {
        SecondPost.KEY: _("By a key the network remembers"),
        SecondPost.DETERMINISTIC_ID: _("By an id we choose: the same post can exist once"),
        SecondPost.CONTAINER: _("By a container that is published once"),
        SecondPost.LOOK_UP: _("By looking whether it is there before sending again"),
        SecondPost.NONE: _("Not by itself: a person decides after a lost answer"),
    }
    return sentences[how]

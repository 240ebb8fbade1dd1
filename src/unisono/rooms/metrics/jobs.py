"""Reading figures: the worker's door. Rows are the truth; this only walks those that are due."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.utils import timezone

from unisono.kernel import tenancy
from unisono.kernel.egress import Egress
from unisono.networks import registry
from unisono.networks.contract import (
    Credentials,
    Figures,
    Measures,
    SignInAgain,
    VerdictRaised,
)
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels import vault
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.outside import egress
from unisono.rooms.channels.sentences import said
from unisono.rooms.metrics import actions as metrics
from unisono.rooms.metrics.models import Watch
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import readings

T = TypeVar("T")


def sample_due() -> int:
    """Read the figures of what is due, channel by channel. Returns how many were read."""
    return sum(
        _sample(organization_id, channel_id, ids)
        for organization_id, channel_id, ids in readings.turns(Watch, now=timezone.now)
    )


def _sample(organization_id: UUID, channel_id: UUID, ids: list[UUID]) -> int:
    with tenancy.within(organization_id):
        channel = Channel.objects.get(pk=channel_id)
        watches = list(Watch.objects.filter(pk__in=ids).select_related("publication__channel"))
    now = timezone.now()
    found, verdict = _ask(channel, [w.publication.remote_id for w in watches])
    with tenancy.within(organization_id):
        by = system(organization_id)
        if isinstance(verdict, SignInAgain):
            channels.needs_sign_in(channel, trouble=said(verdict.reason), by=by, now=now)
        for watch in watches:
            figures = found.get(watch.publication.remote_id)
            if figures is None:
                metrics.missed(watch.publication, now=now)
            else:
                metrics.record_figures(watch.publication, figures, by=by, now=now)
    return len(found)


def count_followers() -> int:
    """Ask every connected channel once a day how many follow it. Returns how many were asked.

    A channel that did not answer is asked again the next time.
    """
    now = timezone.now()
    with tenancy.everywhere("followers are counted in every organization"):
        rows = list(
            Channel.objects.filter(state="connected").values_list(
                "organization_id", "pk", "network"
            )
        )
    return sum(
        _count(organization_id, pk, now)
        for organization_id, pk, network in rows
        if registry.adapter(network).offers(Measures)
    )


def _count(organization_id: UUID, pk: UUID, now: datetime) -> bool:
    with tenancy.within(organization_id):
        by = system(organization_id)
        channel = Channel.objects.get(pk=pk)
        if not metrics.wants_followers(channel, by=by, now=now):
            return False
    found, verdict = _asked(
        channel,
        lambda http, keys: registry.measurer(channel.network).followers(
            http, channel.account, keys
        ),
    )
    with tenancy.within(organization_id):
        if isinstance(verdict, SignInAgain):
            channels.needs_sign_in(channel, trouble=said(verdict.reason), by=by, now=now)
        elif verdict is None:
            metrics.record_followers(channel, found, by=by, now=now)
    return True


def _ask(channel: Channel, remote_ids: list[str]) -> tuple[Mapping[str, Figures], object]:
    """The figures, or what kept the network from giving them."""
    if channel.state != "connected":
        return {}, None
    found, verdict = _asked(
        channel,
        lambda http, keys: registry.measurer(channel.network).measure(
            http, channel.account, keys, remote_ids
        ),
    )
    return found or {}, verdict


def _asked(
    channel: Channel, question: Callable[[Egress, Credentials], Awaitable[T]]
) -> tuple[T | None, object]:
    """An answer of the network, or the verdict instead. No transaction is open meanwhile."""

    async def ask() -> T:
        async with egress() as http:
            return await question(http, vault.opened(channel.credentials, channel.binding))

    try:
        return asyncio.run(ask()), None
    except VerdictRaised as raised:
        return None, raised.verdict

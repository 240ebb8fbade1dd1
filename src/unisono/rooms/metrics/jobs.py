"""Reading figures: the worker's door. Rows are the truth; this only walks those that are due."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from unisono.kernel import tenancy
from unisono.networks import registry
from unisono.networks.contract import Figures, SignInAgain, VerdictRaised
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels import vault
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.outside import egress
from unisono.rooms.channels.sentences import said
from unisono.rooms.metrics import actions as metrics
from unisono.rooms.metrics.models import Watch
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import readings


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


def _ask(channel: Channel, remote_ids: list[str]) -> tuple[Mapping[str, Figures], object]:
    """The figures, or what kept the network from giving them. No transaction is open meanwhile."""
    if channel.state != "connected":
        return {}, None

    async def ask() -> Mapping[str, Figures]:
        async with egress() as http:
            keys = vault.opened(channel.credentials, channel.binding)
            return await registry.measurer(channel.network).measure(
                http, channel.account, keys, remote_ids
            )

    try:
        return asyncio.run(ask()), None
    except VerdictRaised as raised:
        return {}, raised.verdict

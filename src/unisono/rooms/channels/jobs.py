"""Keeping sign-ins alive: the worker's door."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection
from django.utils import timezone

from unisono.kernel import tenancy
from unisono.networks import registry
from unisono.networks.contract import Connects, Credentials, SignInAgain, VerdictRaised
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels import vault
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.outside import egress
from unisono.rooms.channels.sentences import said
from unisono.rooms.people.actors import system

_LOCK = 0x756E69


def renew_due() -> int:
    """Renew what expires soon, channel by channel; how many were renewed.

    Adapters ask their network only shortly before the expiry. Rotating tokens die when two ask at
    once, so one process at a time does this.
    """
    with _alone() as alone:
        if not alone:
            return 0
        with tenancy.everywhere("sign-ins are kept alive for every organization"):
            rows = list(
                Channel.objects.filter(state="connected").values_list("organization_id", "pk")
            )
        return sum(_renew(organization_id, pk) for organization_id, pk in rows)


def _renew(organization_id: UUID, pk: UUID) -> int:
    with tenancy.within(organization_id):
        channel = Channel.objects.get(pk=pk)
    fresh, verdict = _ask(channel)
    if fresh is None and verdict is None:
        return 0
    with tenancy.within(organization_id):
        if fresh is not None:
            channels.keep_credentials(channel, fresh)
        if isinstance(verdict, SignInAgain):
            channels.needs_sign_in(
                channel,
                trouble=said(verdict.reason),
                by=system(organization_id),
                now=timezone.now(),
            )
    return int(fresh is not None)


def _ask(channel: Channel) -> tuple[Credentials | None, object]:
    """Fresh credentials, or why there are none. No transaction is open meanwhile."""
    adapter = registry.adapter(channel.network)
    if not adapter.offers(Connects):
        return None, None
    connector = registry.connector(channel.network)

    async def ask() -> Credentials | None:
        async with egress() as http:
            keys = vault.opened(channel.credentials, channel.binding)
            return await connector.refresh(http, channel.account, keys)

    try:
        return asyncio.run(ask()), None
    except VerdictRaised as raised:
        return None, raised.verdict


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other process is at it; the database's own lock, gone with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        alone = bool(cursor.fetchone()[0])
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])

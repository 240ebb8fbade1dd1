"""Keeping sign-ins alive: the worker's door."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from unisono.kernel import tenancy
from unisono.networks import registry
from unisono.networks.contract import (
    Connects,
    Credentials,
    Lifetime,
    SignInAgain,
    VerdictRaised,
)
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels import vault
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.outside import egress
from unisono.rooms.channels.sentences import said
from unisono.rooms.people.actors import system

logger = logging.getLogger(__name__)

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


def watch_sign_ins() -> int:
    """Warn of what runs out soon without a person; how many warnings there were."""
    now = timezone.now()
    soon = now + timedelta(days=max(channels.WARN_DAYS))
    with tenancy.everywhere("sign-ins are watched for every organization"):
        rows = list(
            Channel.objects.filter(state="connected", expires_at__lte=soon).values_list(
                "organization_id", "pk"
            )
        )
    return sum(_watch(organization_id, pk, now) for organization_id, pk in rows)


def _watch(organization_id: UUID, pk: UUID, now: datetime) -> int:
    with tenancy.within(organization_id):
        return int(channels.tell_expiring(Channel.objects.get(pk=pk), now=now))


def _renew(organization_id: UUID, pk: UUID) -> int:
    """Renew one channel. Only a clear word of the network ends a sign-in; all else is tried again.

    What goes wrong with one channel must not keep the others from being renewed.
    """
    with tenancy.within(organization_id):
        channel = Channel.objects.get(pk=pk)
    adapter = registry.adapter(channel.network)
    if not adapter.offers(Connects) or not channel.credentials:
        return 0
    try:
        found = _ask(channel)
    except Exception:
        logger.exception("Renewing the sign-in of channel %s failed", pk)
        found = None
    now = timezone.now()
    with tenancy.within(organization_id):
        if found is None or found.verdict is not None:
            _failed(channel, found.verdict if found else None, now)
            return 0
        if found.fresh is None:
            channels.note_lifetime(channel, found.lifetime)
            return 0
        return int(channels.keep_credentials(channel, found.fresh, before=found.before, now=now))


def _failed(channel: Channel, verdict: object, now: datetime) -> None:
    if isinstance(verdict, SignInAgain):
        by = system(channel.organization_id)
        channels.needs_sign_in(channel, trouble=said(verdict.reason), by=by, now=now)
    else:
        channels.note_failing(channel, now=now)


@dataclass(frozen=True)
class _Answer:
    """What a renewal brought: fresh credentials, nothing to store, or why there are none."""

    before: Credentials
    lifetime: Lifetime
    fresh: Credentials | None = None
    verdict: object = None


def _ask(channel: Channel) -> _Answer:
    """Ask the network where something expires. No transaction is open meanwhile."""
    connector = registry.connector(channel.network)
    keys = vault.opened(channel.credentials, channel.binding)
    lifetime = connector.lifetime(channel.account, keys)

    async def ask() -> Credentials | None:
        async with egress() as http:
            return await connector.refresh(http, channel.account, keys)

    try:
        return _Answer(keys, lifetime, fresh=asyncio.run(ask()))
    except VerdictRaised as raised:
        return _Answer(keys, lifetime, verdict=raised.verdict)


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

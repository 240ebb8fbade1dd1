"""Questions to a channel's network outside of publishing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from unisono.kernel.egress import Egress
from unisono.networks.contract import Credentials, Verdict, VerdictRaised
from unisono.rooms.channels import vault
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.outside import egress

T = TypeVar("T")


def asked(
    channel: Channel, question: Callable[[Egress, Credentials], Awaitable[T]]
) -> tuple[T | None, Verdict | None]:
    """The answer, or the verdict instead; neither where the channel is not connected.

    To be called with no transaction open: a network may take its time.
    """
    if channel.state != "connected":
        return None, None

    async def ask() -> T:
        async with egress() as http:
            return await question(http, vault.opened(channel.credentials, channel.binding))

    try:
        return asyncio.run(ask()), None
    except VerdictRaised as raised:
        return None, raised.verdict

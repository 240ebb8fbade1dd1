"""Sending what is past: the ledger's own steps at past instants, and the pretend network."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, TypeVar

from unisono.demo.company import House
from unisono.kernel.egress import Egress, EgressError
from unisono.networks import registry
from unisono.networks.contract import (
    Content,
    Credentials,
    Incoming,
    Sentence,
    Unknown,
    Unsent,
    Verdict,
    gettext_noop,
)
from unisono.rooms.channels import vault
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.outside import egress
from unisono.rooms.publishing import claims, doubts, ledger
from unisono.rooms.publishing.claims import Errand
from unisono.rooms.publishing.models import Publication

T = TypeVar("T")
WORKER = "demo"
LOST = Sentence(gettext_noop("The answer of the network was lost."))
AWAY = Sentence(gettext_noop("The network could not be reached."))


class NoSandbox(RuntimeError):
    """The pretend network does not answer; the message is a sentence."""


@dataclass
class Wire(AbstractContextManager["Wire"]):
    """One event loop and one way out for the whole loading."""

    keys: dict[str, Credentials] = field(default_factory=dict)

    def __enter__(self) -> Wire:
        with ExitStack() as stack:
            self.runner = stack.enter_context(asyncio.Runner())
            self.http: Egress = self.runner.run(egress().__aenter__())
            self.stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.runner.run(self.http.__aexit__(kind, error, trace))
        finally:
            self.stack.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def opened(self, sealed: str, binding: str) -> Credentials:
        if binding not in self.keys:
            self.keys[binding] = vault.opened(sealed, binding)
        return self.keys[binding]


def await_sandbox(wire: Wire, server: str, *, tries: int = 60) -> None:
    """Wait until the pretend network answers, half a second a try. Raises NoSandbox."""

    async def wait() -> None:
        for _try in range(tries):
            try:
                answer = await wire.http.request("GET", f"{server}/healthz")
                if answer.status == 200:
                    return
            except EgressError:
                pass
            await asyncio.sleep(0.5)
        raise NoSandbox(f"The sandbox network does not answer at {server}.")

    wire.run(wait())


def deliver(wire: Wire, house: House, *, due: datetime) -> None:
    """Claim what is due then, and settle it with the network's own answers; what follows too."""
    at = due
    while errands := claims.claim_due(worker=WORKER, now=at):
        for errand in errands:
            ledger.settle(errand, _sent(wire, house, errand, at), now=at + timedelta(seconds=2))
        at += timedelta(seconds=2)


def deliver_refused(wire: Wire, house: House, *, due: datetime) -> None:
    """The pictures do not come through, so that a place that needs one refuses the post."""
    for errand in claims.claim_due(worker=WORKER, now=due):
        bare = replace(errand, content=replace(errand.content, media=()))
        ledger.settle(errand, _sent(wire, house, bare, due), now=due + timedelta(seconds=2))


def deliver_unsent(publication: Publication, *, due: datetime) -> None:
    """The network is away for hours: tried again and again, until a person has to decide."""
    at: datetime | None = due
    while at is not None and publication.state == "scheduled":
        for errand in claims.claim_due(worker=WORKER, now=at):
            ledger.settle(errand, Unsent(AWAY), now=at + timedelta(seconds=10))
        publication.refresh_from_db()
        at = publication.next_at


def deliver_unknown(wire: Wire, house: House, publication: Publication, *, due: datetime) -> None:
    """It goes out, the answer is lost, and no look-up gets through: a person has to look."""
    for errand in claims.claim_due(worker=WORKER, now=due):
        _sent(wire, house, errand, due)
        ledger.settle(errand, Unknown(LOST), now=due + timedelta(seconds=31))
    publication.refresh_from_db()
    while publication.state == "unknown" and publication.next_at is not None:
        at = publication.next_at
        for errand in doubts.claim_doubtful(worker=WORKER, now=at):
            ledger.settle(errand, Unknown(AWAY), now=at + timedelta(seconds=10))
        publication.refresh_from_db()


def answers(wire: Wire, channel: Channel, remote_ids: list[str], since: datetime) -> list[Incoming]:
    """What people wrote under these posts, oldest first."""
    keys = wire.opened(channel.credentials, channel.binding)
    reader = registry.reader(channel.network)
    return wire.run(reader.collect(wire.http, channel.account, keys, remote_ids, since))


def _sent(wire: Wire, house: House, errand: Errand, due: datetime) -> Verdict:
    """Prepare, arm and commit, with the time at which the network shall count it as written."""
    adapter = registry.publisher(errand.network)
    keys = wire.opened(errand.sealed, errand.binding)
    content = _with_bytes(house, errand.content)
    handle = {**errand.handle, "at": due.isoformat()}
    if not errand.armed:
        handle = dict(wire.run(adapter.prepare(wire.http, errand.account, keys, content, handle)))
        ledger.arm(errand, handle, now=due + timedelta(seconds=1))
    return wire.run(adapter.commit(wire.http, errand.account, keys, content, handle))


def _with_bytes(house: House, content: Content) -> Content:
    """The content with pictures read beforehand: another thread could not see them before the
    loading is committed."""
    return replace(
        content,
        media=tuple(
            replace(media, read=_reader(house.pictures[media.sha256])) for media in content.media
        ),
    )


def _reader(data: bytes) -> Any:
    async def read() -> bytes:
        return data

    return read

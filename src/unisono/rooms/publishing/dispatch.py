"""The one asynchronous island: wakes when something is due and delivers many at once.

Rules and writes are plain synchronous code in `ledger`, run in one thread of their own; here is
only waiting, and talking to networks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import psycopg
from django.db import OperationalError, close_old_connections, connection

from unisono.kernel.egress import Egress
from unisono.networks import registry
from unisono.networks.contract import (
    Absent,
    Sentence,
    Unknown,
    Unsent,
    Verdict,
    VerdictRaised,
    gettext_noop,
)
from unisono.rooms.channels import vault
from unisono.rooms.channels.outside import egress
from unisono.rooms.publishing import ledger
from unisono.rooms.publishing.actions import DUE_CHANNEL
from unisono.rooms.publishing.ledger import Errand

log = logging.getLogger(__name__)

T = TypeVar("T")
NAP = 1.0
"""Seconds between looks at the clock when no bell rings; a lost bell costs this much."""

AT_ONCE = 200
RAISED = Sentence(gettext_noop("Something went wrong while talking to the network."))


class Dispatcher:
    """Claims, delivers and settles until told to stop."""

    def __init__(self, name: str, http: Egress) -> None:
        self.name = name
        self.http = http
        self.under_way: set[asyncio.Task[None]] = set()
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    async def turn(self) -> None:
        """Claim all that is due now and start its deliveries."""
        now = await self.write(ledger.database_now)
        await self.write(partial(ledger.reap, now=now))
        room = AT_ONCE - len(self.under_way)
        if room <= 0:
            return
        claims = (
            (ledger.claim_due, self.deliver),
            (ledger.claim_doubtful, self.look),
        )
        for claim, act in claims:
            for errand in await self.write(partial(claim, worker=self.name, now=now, limit=room)):
                task = asyncio.create_task(act(errand))
                self.under_way.add(task)
                task.add_done_callback(self.under_way.discard)

    async def deliver(self, errand: Errand) -> None:
        """Prepare, arm, commit: each step only when the one before is safely written."""
        adapter = registry.publisher(errand.network)
        verdict: Verdict
        try:
            keys = vault.opened(errand.sealed, errand.binding)
            if not errand.armed:
                handle = await adapter.prepare(
                    self.http, errand.account, keys, errand.content, errand.handle
                )
                armed = await self.write(self._arm, errand, handle)
                if armed is None:
                    return
                errand = armed
            verdict = await adapter.commit(
                self.http, errand.account, keys, errand.content, errand.handle
            )
        except VerdictRaised as raised:
            verdict = raised.verdict
        except Exception:
            log.exception("Delivery of publication %s raised", errand.publication_id)
            # Before arming nothing public was asked for; after it, only a look can tell.
            verdict = Unknown(RAISED) if errand.armed else Unsent(RAISED)
        await self.settled(errand, verdict)

    async def look(self, errand: Errand) -> None:
        """Ask the network whether an unknown is there."""
        verdict: Verdict | Absent
        try:
            verdict = await registry.publisher(errand.network).look(
                self.http,
                errand.account,
                vault.opened(errand.sealed, errand.binding),
                errand.content,
                errand.handle,
                errand.since,
                errand.taken,
            )
        except VerdictRaised as raised:
            verdict = raised.verdict
        except Exception:
            log.exception("Look-up of publication %s raised", errand.publication_id)
            verdict = Unknown(RAISED)
        await self.settled(errand, verdict)

    async def settled(self, errand: Errand, verdict: Verdict | Absent) -> None:
        """Write the outcome; while the database is away, keep trying: the answer is precious."""
        for pause in (0.1, 0.3, 1, 2, 4, 8, 16, 30):
            try:
                await self.write(self._settle, errand, verdict)
                return
            except (OperationalError, psycopg.OperationalError):
                await asyncio.sleep(pause)
            except Exception:
                # The lease runs out, and the row becomes an unknown that is looked up.
                log.exception("Outcome of publication %s was refused", errand.publication_id)
                return
        log.error("Outcome of publication %s could not be written", errand.publication_id)

    async def write(self, function: Callable[..., T], *args: Any) -> T:
        """Run ledger code in its own thread, with a living connection."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.thread, partial(_connected, function, *args))

    def _arm(self, errand: Errand, handle: Any) -> Errand | None:
        return ledger.arm(errand, handle, now=ledger.database_now())

    def _settle(self, errand: Errand, verdict: Verdict | Absent) -> None:
        ledger.settle(errand, verdict, now=ledger.database_now())


async def run(stop: asyncio.Event, *, name: str) -> None:
    """Dispatch until `stop` is set; then let what is under way finish."""
    async with egress() as http:
        dispatcher = Dispatcher(name, http)
        bell = asyncio.Event()
        listening = asyncio.create_task(_listen(bell))
        try:
            while not stop.is_set():
                try:
                    await dispatcher.turn()
                    await _rest(dispatcher, bell, stop)
                except (OperationalError, psycopg.OperationalError):
                    log.warning("The database is away; looking again in a second.")
                    await asyncio.sleep(NAP)
        finally:
            listening.cancel()
            if dispatcher.under_way:
                await asyncio.wait(dispatcher.under_way, timeout=25)
            dispatcher.thread.shutdown(wait=False)


async def once(*, name: str, http: Egress) -> None:
    """One turn, with all its deliveries: for tests and for the demo's history."""
    dispatcher = Dispatcher(name, http)
    await dispatcher.turn()
    while dispatcher.under_way:
        await asyncio.gather(*dispatcher.under_way)
    dispatcher.thread.shutdown()


async def _rest(dispatcher: Dispatcher, bell: asyncio.Event, stop: asyncio.Event) -> None:
    """Sleep until the next due instant, a bell, or a nap's length."""
    due = await dispatcher.write(ledger.next_due)
    seconds = NAP
    if due is not None:
        now = await dispatcher.write(ledger.database_now)
        seconds = min(NAP, max(0.0, (due - now) / timedelta(seconds=1)))
    if due is not None and seconds == 0.0 and len(dispatcher.under_way) >= AT_ONCE:
        seconds = 0.02
    bell.clear()
    waits = {asyncio.create_task(bell.wait()), asyncio.create_task(stop.wait())}
    await asyncio.wait(waits, timeout=max(seconds, 0.005), return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def _listen(bell: asyncio.Event) -> None:
    """Turn NOTIFY into the bell; a broken line is laid anew."""
    while True:
        try:
            params = connection.get_connection_params()
            wanted = {
                k: params[k] for k in ("host", "port", "user", "password", "dbname") if k in params
            }
            line = await psycopg.AsyncConnection.connect(**wanted, autocommit=True)
            async with line:
                await line.execute(f"LISTEN {DUE_CHANNEL}")
                async for _note in line.notifies():
                    bell.set()
        except (psycopg.Error, OSError):
            await asyncio.sleep(NAP)


def _connected(function: Callable[..., T], *args: Any) -> T:
    close_old_connections()
    return function(*args)

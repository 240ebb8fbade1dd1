"""The dispatcher's writer: asked for many things at once, it writes them in few transactions.

Rules and statements are plain synchronous code in `claims` and `ledger`, run in two threads: what
is about to be sent waits for nothing but its own commit. What deliveries ask for while a thread is
busy is written together the next time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import psycopg
from django.db import InterfaceError, InternalError, OperationalError, close_old_connections

from unisono.networks.contract import Absent, Handle, Verdict
from unisono.rooms.publishing import claims, ledger
from unisono.rooms.publishing.claims import Errand

log = logging.getLogger(__name__)

T = TypeVar("T")
AWAY = (
    *(OperationalError, InterfaceError, InternalError),
    *(psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError),
)
"""What a database raises that is gone, restarting, or takes no writes."""

PAUSES = (0.1, 0.3, 1, 2, 4, 8, 16, 30)
"""Seconds between tries to write an outcome while the database is away: the answer is precious."""

MOST = 200
"""Outcomes written in one go."""

GATHER_AT_GATE = 0.05
"""Seconds that what asks to be sent waits for others: most ask while another call is under way."""

GATHER = 0.15
"""Seconds that outcomes wait for others to be written with."""


class Clerk:
    """Arms and settles in batches; everything else it runs as it comes."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._gate = ThreadPoolExecutor(max_workers=1, thread_name_prefix="gate")
        self._arms: list[tuple[Errand, Handle, asyncio.Future[Errand | None]]] = []
        self._outcomes: list[tuple[Errand, Verdict | Absent, asyncio.Future[None]]] = []
        self._arming: asyncio.Task[None] | None = None
        self._settling: asyncio.Task[None] | None = None

    async def run(self, function: Callable[..., T], *args: Any, **named: Any) -> T:
        """Run ledger code in the writer's thread, with a living connection."""
        return await _in(self._thread, partial(function, *args, **named))

    async def arm(self, errand: Errand, handle: Handle) -> Errand | None:
        """The errand, armed and committed; None when it may not be sent."""
        done: asyncio.Future[Errand | None] = asyncio.get_running_loop().create_future()
        self._arms.append((errand, handle, done))
        if self._arming is None or self._arming.done():
            self._arming = asyncio.create_task(self._arm())
        return await done

    async def settle(self, errand: Errand, verdict: Verdict | Absent) -> None:
        """Write an outcome. It never raises: what cannot be written is found again by a look."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._outcomes.append((errand, verdict, done))
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(self._settle())
        await done

    def close(self) -> None:
        """Let the threads end when they have nothing left to write."""
        self._thread.shutdown(wait=False)
        self._gate.shutdown(wait=False)

    async def _arm(self) -> None:
        while self._arms:
            await asyncio.sleep(GATHER_AT_GATE)
            arms, self._arms = self._arms, []
            await self._write_arms(arms)

    async def _settle(self) -> None:
        while self._outcomes:
            await asyncio.sleep(GATHER)
            outcomes, self._outcomes = self._outcomes[:MOST], self._outcomes[MOST:]
            await self._write_outcomes(outcomes)

    async def _write_arms(
        self, arms: list[tuple[Errand, Handle, asyncio.Future[Errand | None]]]
    ) -> None:
        wanted = [(errand, handle) for errand, handle, _done in arms]
        try:
            armed = await _in(self._gate, partial(_arm_all, wanted))
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            for _errand, _handle, done in arms:
                if not done.cancelled():
                    done.set_exception(error)
            return
        for errand, _handle, done in arms:
            if not done.cancelled():
                done.set_result(armed.get(errand.attempt_id))

    async def _write_outcomes(
        self, outcomes: list[tuple[Errand, Verdict | Absent, asyncio.Future[None]]]
    ) -> None:
        found = [(errand, verdict) for errand, verdict, _done in outcomes]
        for pause in PAUSES:
            try:
                await self.run(_settle_all, found)
                break
            except AWAY:
                await asyncio.sleep(pause)
            except Exception:
                log.exception("Outcomes were refused together; writing them one by one.")
                await self._one_by_one(found)
                break
        else:
            log.error("%s outcomes could not be written; looks will find them.", len(found))
        for _errand, _verdict, done in outcomes:
            if not done.cancelled():
                done.set_result(None)

    async def _one_by_one(self, found: list[tuple[Errand, Verdict | Absent]]) -> None:
        for errand, verdict in found:
            try:
                await self.run(_settle_all, [(errand, verdict)])
            except Exception:
                # The lease runs out, and the row becomes an unknown that is looked up.
                log.exception("The outcome of publication %s was refused", errand.publication_id)


def _arm_all(wanted: list[tuple[Errand, Handle]]) -> dict[Any, Errand]:
    return ledger.arm_all(wanted, now=claims.database_now())


def _settle_all(found: list[tuple[Errand, Verdict | Absent]]) -> None:
    ledger.settle_all(found, now=claims.database_now())


async def _in(thread: ThreadPoolExecutor, function: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(thread, partial(_connected, function))


def _connected(function: Callable[[], T]) -> T:
    close_old_connections()
    return function()

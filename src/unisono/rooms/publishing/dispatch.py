"""The one asynchronous island: wakes when something is due and delivers many at once.

Each channel has a lane: its publications leave one after the other, in the order of their times.
Here is only waiting, and talking to networks; what is written lies in `ledger`, behind the `clerk`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections import defaultdict, deque
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from unisono.kernel.egress import Egress
from unisono.networks import registry
from unisono.networks.contract import (
    Absent,
    Credentials,
    Limited,
    Published,
    Sentence,
    Unknown,
    Unsent,
    Verdict,
    VerdictRaised,
    gettext_noop,
)
from unisono.rooms.channels import vault
from unisono.rooms.channels.outside import egress
from unisono.rooms.publishing import claims, doubts, steps, takeover
from unisono.rooms.publishing.claims import Errand
from unisono.rooms.publishing.clerk import AWAY, Clerk
from unisono.rooms.publishing.states import DUE_CHANNEL
from unisono.rooms.publishing.steps import Steps, Unnoted

log = logging.getLogger(__name__)

NAP = 1.0
"""Seconds between looks at the clock when no bell rings; a lost bell costs this much."""

AT_ONCE = 200
"""Calls to networks under way at the same time."""

PER_SERVER = 100
"""Of these, to one server: one that hangs leaves room for all others."""

LANE = 20
"""Publications of one channel that are claimed ahead of their turn, at most."""

FIRST = 2
"""The same, of a channel whose pace is not known yet."""

AT_GATE = 2
"""Of these, those that pass the gate while another is on its way."""

AHEAD = 2.0
"""Seconds of a channel's work that are claimed ahead: what is claimed can be changed no more."""

FRESH = 1.0
"""Seconds for which the gate's word stands: holds and approvals are asked again after that."""

TOGETHER = 0.08
"""Seconds that a turn waits for more lanes to run short, so that one claim serves them all."""

BUSY = 0.25
"""Seconds between looks while what is due waits for its turn."""

FROZEN = 20.0
"""Seconds without a sign of life after which the kernel ends the worker. Shorter than a lease."""

JUMP = timedelta(seconds=2)
"""By how much more or less than its due the database's clock may move between two turns."""

RAISED = Sentence(gettext_noop("Something went wrong while talking to the network."))


@dataclass
class Coming:
    """The next of a lane on its way through the gate; `since` when it asked, monotonic."""

    errand: Errand
    arming: asyncio.Task[Errand | None]
    since: float


class Dispatcher:
    """Claims, delivers and settles until told to stop."""

    def __init__(self, name: str, http: Egress, noted: Steps | Unnoted) -> None:
        self.name = name
        self.http = http
        self.noted = noted
        self.clerk = Clerk()
        self.lanes: dict[UUID, deque[Errand]] = {}
        self.ahead: dict[UUID, int] = {}
        self.opened: dict[tuple[str, str], Credentials] = {}
        self.under_way: set[asyncio.Task[None]] = set()
        self.short = asyncio.Event()
        self.swept = -NAP
        self.behind = timedelta()
        self.ran: datetime | None = None
        self.pauses: dict[tuple[str, str], Limited] = {}
        self.calls = asyncio.Semaphore(AT_ONCE)
        self.doors: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(PER_SERVER)
        )

    async def turn(self) -> int:
        """Claim all that is due now and start its deliveries; how many were claimed."""
        now = await self.clerk.run(claims.database_now)
        await self._compare_clocks(now)
        if time.monotonic() - self.swept >= NAP:
            self.swept = time.monotonic()
            await self.clerk.run(claims.renew, worker=self.name, now=now)
            await self.clerk.run(takeover.take_over, now=now)
            await self.clerk.run(doubts.reap, now=now)
        self.short.clear()
        due = await self.clerk.run(
            claims.claim_due, worker=self.name, now=now, depth=FIRST, ahead=dict(self.ahead)
        )
        for errand in due:
            lane = self.lanes.get(errand.channel_id)
            if lane is None:
                lane = self.lanes[errand.channel_id] = deque()
                self._start(self._drive(errand.channel_id, lane))
            lane.append(errand)
        doubtful = await self.clerk.run(doubts.claim_doubtful, worker=self.name, now=now)
        for errand in doubtful:
            self._start(self.look(errand))
        return len(due) + len(doubtful)

    async def _compare_clocks(self, now: datetime) -> None:
        """Notice when the database's clock was set, and how far this machine's is from it."""
        self.behind = now - datetime.now(UTC)
        ran = now - timedelta(seconds=time.monotonic())
        jumped = ran - self.ran if self.ran else timedelta()
        self.ran = ran
        if abs(jumped) > JUMP:
            log.error("The database's clock jumped by %s.", jumped)
            await self.clerk.run(doubts.clock_jumped, jumped, now=now)

    async def _drive(self, channel_id: UUID, lane: deque[Errand]) -> None:
        """Deliver what lies in a channel's lane, one after the other, until it is empty.

        While one is on its way, the next ones pass the gate already.
        """
        coming: deque[Coming] = deque()
        while lane or coming:
            errand = await self._through(coming.popleft()) if coming else lane.popleft()
            if errand is None:
                continue
            pause = self._paused(errand)
            if pause:
                lane.appendleft(errand)
                await self._put_back(coming, lane, pause)
                continue
            if len(lane) < self.ahead.get(channel_id, FIRST) // 2:
                self.short.set()
            begun = time.monotonic()
            async with self.doors[errand.account.server], self.calls:
                sending = asyncio.create_task(self.deliver(errand))
                self._ask_for_next(coming, lane)
                verdict = await sending
            took = max(time.monotonic() - begun, 0.001)
            self.ahead[channel_id] = min(max(int(AHEAD / took), 1), LANE)
            if isinstance(verdict, Limited):
                if verdict.everyone:
                    self.pauses[(errand.network, errand.account.server)] = verdict
                await self._put_back(coming, lane, verdict)
            elif not isinstance(verdict, Published):
                for one in coming:
                    one.since = -FRESH
        del self.lanes[channel_id]
        self.short.set()

    def _paused(self, errand: Errand) -> Limited | None:
        """What keeps everybody from sending there now."""
        place = (errand.network, errand.account.server)
        pause = self.pauses.get(place)
        if pause and pause.until <= datetime.now(UTC) + self.behind:
            del self.pauses[place]
            return None
        return pause

    def _ask_for_next(self, coming: deque[Coming], lane: deque[Errand]) -> None:
        """Let the lane's next ones pass the gate: of a quick lane two, as a gate takes its time."""
        quick = bool(lane) and self.ahead.get(lane[0].channel_id, FIRST) > FIRST
        while len(coming) < (AT_GATE if quick else 1):
            one = self._next(lane)
            if one is None:
                return
            coming.append(one)

    def _next(self, lane: deque[Errand]) -> Coming | None:
        """Let the lane's next one ask whether it may go, when nothing has to be prepared for it."""
        if not lane or lane[0].armed:
            return None
        adapter, account = registry.publisher(lane[0].network), lane[0].account
        # Where nothing can be looked up, each armed one that a lost worker leaves costs a person.
        prepares = not lane[0].ready and adapter.prepares(lane[0].content, account)
        if prepares or not adapter.safety(account).can_look:
            return None
        errand = lane.popleft()
        arming = asyncio.create_task(self.clerk.arm(errand, errand.handle))
        return Coming(errand, arming, time.monotonic())

    async def _through(self, coming: Coming) -> Errand | None:
        """The errand, armed; asked again when its turn came late. None: it may not be sent."""
        errand: Errand | None = coming.errand
        try:
            errand = await coming.arming
            if errand and time.monotonic() - coming.since > FRESH:
                errand = await self.clerk.arm(errand, errand.handle)
        except Exception:
            log.exception("Publication %s could not be armed", coming.errand.publication_id)
            await self.clerk.settle(coming.errand, Unsent(RAISED))
            return None
        return errand

    async def _put_back(self, coming: deque[Coming], lane: deque[Errand], limited: Limited) -> None:
        """The network asks the channel to wait: what was to follow waits as well, unsent."""
        waiting = [*lane]
        lane.clear()
        while coming:
            armed = await self._through(coming.popleft())
            waiting += [armed] if armed else []
        await asyncio.gather(*(self.clerk.settle(errand, limited) for errand in waiting))

    async def deliver(self, errand: Errand) -> Verdict | None:
        """Prepare, arm, commit: each step only when the one before is safely written.

        What the network said, or None when the errand was stopped at the gate.
        """
        verdict: Verdict
        try:
            adapter = registry.publisher(errand.network)
            keys, mark = self._keys(errand), (errand.publication_id, errand.fence)
            if not errand.armed:
                handle = await self.noted.of(
                    mark,
                    adapter.prepare(self.http, errand.account, keys, errand.content, errand.handle),
                )
                armed = await self.clerk.arm(errand, handle)
                if armed is None:
                    return None
                errand = armed
            verdict = await self.noted.of(
                mark,
                adapter.commit(self.http, errand.account, keys, errand.content, errand.handle),
            )
        except VerdictRaised as raised:
            verdict = raised.verdict
        except Exception:
            log.exception("Delivery of publication %s raised", errand.publication_id)
            # Before arming nothing public was asked for; after it, only a look can tell.
            verdict = Unknown(RAISED) if errand.armed else Unsent(RAISED)
        if isinstance(verdict, Limited):
            # Adapters reckon with this machine's clock, the ledger with the database's.
            verdict = replace(verdict, until=verdict.until + self.behind)
        if isinstance(verdict, Published):
            # It is out: the channel's next one need not wait until that is written.
            self._start(self.clerk.settle(errand, verdict))
        else:
            await self.clerk.settle(errand, verdict)
        return verdict

    async def look(self, errand: Errand) -> None:
        """Ask the network whether an unknown is there."""
        verdict: Verdict | Absent
        try:
            async with self.doors[errand.account.server], self.calls:
                looking = registry.publisher(errand.network).look(
                    self.http,
                    errand.account,
                    self._keys(errand),
                    errand.content,
                    errand.handle,
                    errand.since,
                    errand.taken,
                )
                verdict = await self.noted.of((errand.publication_id, errand.fence), looking)
        except VerdictRaised as raised:
            verdict = raised.verdict
        except Exception:
            log.exception("Look-up of publication %s raised", errand.publication_id)
            verdict = Unknown(RAISED)
        await self.clerk.settle(errand, verdict)

    def _keys(self, errand: Errand) -> Credentials:
        """The channel's credentials, opened once while something is under way."""
        if not self.lanes and len(self.under_way) <= 1:
            self.opened.clear()
        kept = (errand.sealed, errand.binding)
        if kept not in self.opened:
            self.opened[kept] = vault.opened(*kept)
        return self.opened[kept]

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def finish(self) -> None:
        """Wait for all that is under way, and for what follows from it."""
        while self.under_way:
            await asyncio.wait(self.under_way)


async def run(stop: asyncio.Event, *, name: str) -> None:
    """Dispatch until `stop` is set; then let what is under way finish."""
    async with egress() as http:
        noted = steps.begun(takeover.notes(), name)
        dispatcher = Dispatcher(name, http, noted)
        bell = asyncio.Event()
        besides = {asyncio.create_task(_listen(bell)), asyncio.create_task(_show_life())}
        try:
            while not stop.is_set():
                try:
                    await dispatcher.turn()
                    await _rest(dispatcher, bell, stop)
                except AWAY:
                    log.warning("The database is away; looking again in a second.")
                    await asyncio.sleep(NAP)
        finally:
            for lane in dispatcher.lanes.values():
                # Not sent yet: its lease runs out, or the next worker on this machine takes it.
                lane.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(dispatcher.finish(), timeout=25)
            for task in besides:
                task.cancel()
            signal.setitimer(signal.ITIMER_REAL, 0)
            dispatcher.clerk.close()
            noted.close()


async def once(*, name: str, http: Egress) -> None:
    """Deliver all that is due now: for tests and for the demo's history."""
    dispatcher = Dispatcher(name, http, Unnoted())
    while await dispatcher.turn():
        await dispatcher.finish()
    dispatcher.clerk.close()


async def _show_life() -> None:
    """Keep the kernel's alarm ahead.

    A process that was frozen for longer than a lease must send nothing when it wakes, since others
    have taken over: the alarm is due by then, and its default action ends the process before any
    of its code runs.
    """
    while True:
        signal.setitimer(signal.ITIMER_REAL, FROZEN)
        await asyncio.sleep(NAP)


async def _rest(dispatcher: Dispatcher, bell: asyncio.Event, stop: asyncio.Event) -> None:
    """Sleep until the next due instant, a bell, a lane that runs short, or a nap's length."""
    seconds = NAP
    due = await dispatcher.clerk.run(claims.next_due)
    if due is not None:
        now = await dispatcher.clerk.run(claims.database_now)
        ahead = (due - now) / timedelta(seconds=1)
        # What is due already waits for its lane, which rings, or for another worker.
        seconds = min(NAP, ahead) if ahead > 0 else BUSY
    bell.clear()
    waits = [asyncio.create_task(e.wait()) for e in (bell, stop, dispatcher.short)]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    if dispatcher.short.is_set():
        await asyncio.sleep(TOGETHER)


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

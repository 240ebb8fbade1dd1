"""The moments at which a worker dies, freezes, or is told a wrong time.

Each changes the functions of a forked worker; nothing else knows of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from tests.drill.workers import Moment, die

COMMITS = ("/posts", "/publish")
"""How the addresses end whose call makes a post public."""


def claiming() -> None:
    """In the claim's own transaction, which then never was."""
    from unisono.rooms.publishing import claims

    claim = claims._claim

    def fatal(*args: Any) -> Any:
        found = claim(*args)
        if found:
            die()
        return found

    claims._claim = fatal


def before_connecting(lanes: int = 1) -> Moment:
    """Armed and committed, not a byte sent; once so many lanes have come that far."""
    return _at_commit(lanes, _nothing)


def half_sent(lanes: int = 1) -> Moment:
    """Half of the request is on its way."""
    return _at_commit(lanes, _send_half)


def answer_unread(lanes: int = 1) -> Moment:
    """The network has made the post; its answer lies unread."""
    return _at_commit(lanes, _send_all)


def freezing_before_sending(lanes: int = 1) -> Moment:
    """Frozen between the last check and the first byte."""
    return _at_commit(lanes, _nothing, then=_freeze)


def _nothing(_url: str, _headers: Any, _body: bytes) -> None:
    pass


def _send_half(url: str, headers: dict[str, str], body: bytes) -> None:
    _raw(url, headers, body, len(body) // 2)


def _send_all(url: str, headers: dict[str, str], body: bytes) -> None:
    line = _raw(url, headers, body, len(body))
    line.settimeout(10)
    line.recv(1, socket.MSG_PEEK)


def _raw(url: str, headers: dict[str, str], body: bytes, bytes_sent: int) -> socket.socket:
    parts = urlsplit(url)
    line = socket.create_connection((parts.hostname or "", parts.port or 80), 5)
    told = {**headers, "Host": parts.netloc, "Content-Type": "application/json"}
    told["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    line.sendall(f"POST {parts.path} HTTP/1.1\r\n{head}\r\n".encode() + body[:bytes_sent])
    return line


def _freeze() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _at_commit(
    lanes: int,
    act: Callable[[str, dict[str, str], bytes], Any],
    then: Callable[[], None] = die,
) -> Moment:
    """Let every lane `act` where it would make its post public; with the last one, `then`."""

    def moment() -> None:
        from unisono.kernel.egress import Egress

        request, come, kept = Egress.request, set[str](), []

        async def fatal(self: Egress, method: str, url: str, **how: Any) -> Any:
            if method != "POST" or not url.endswith(COMMITS):
                return await request(self, method, url, **how)
            body = json.dumps(how.get("json")).encode()
            kept.append(await asyncio.to_thread(act, url, dict(how["headers"]), body))
            come.add(str(how["headers"]["Authorization"]))
            if len(come) < lanes:
                await asyncio.sleep(600)
            then()
            return await request(self, method, url, **how)

        Egress.request = fatal  # type: ignore[method-assign]

    return moment


def before_writing(looking: bool = False, then: Callable[[], None] = die) -> Moment:
    """The answer (of a look) is read, its outcome not written."""

    def moment() -> None:
        from unisono.rooms.publishing import ledger

        settle = ledger.settle_all

        def fatal(outcomes: Any, *, now: datetime) -> None:
            if any(errand.looking == looking for errand, _verdict in outcomes):
                then()
            settle(outcomes, now=now)

        ledger.settle_all = fatal

    return moment


def freezing_before_writing() -> None:
    """Frozen with the answer in hand."""
    before_writing(then=_freeze)()


def after_writing() -> None:
    """The outcome is committed; what follows from it has not begun."""
    from unisono.rooms.publishing import ledger

    settle = ledger.settle_all

    def fatal(outcomes: Any, *, now: datetime) -> None:
        settle(outcomes, now=now)
        die()

    ledger.settle_all = fatal


def poisoned(step: str, mark: str) -> Moment:
    """One post ends the process in this step of its adapter, whenever it comes so far."""

    def moment() -> None:
        from unisono.networks import registry

        adapter = type(registry.adapter("sandbox"))
        real = getattr(adapter, step)

        async def fatal(
            self: Any, http: Any, account: Any, keys: Any, content: Any, *more: Any
        ) -> Any:
            if mark in content.text:
                die()
            return await real(self, http, account, keys, content, *more)

        setattr(adapter, step, fatal)

    return moment


def after_upload() -> None:
    """The picture is on the network, and nothing of that is written."""
    from unisono.kernel.egress import Egress

    request = Egress.request

    async def fatal(self: Egress, method: str, url: str, **how: Any) -> Any:
        answer = await request(self, method, url, **how)
        if url.endswith("media"):
            die()
        return answer

    Egress.request = fatal  # type: ignore[method-assign]


def wrong_database_clock(offset: Callable[[], timedelta]) -> Moment:
    """The database's clock is off by what `offset` says at the time."""

    def moment() -> None:
        from unisono.rooms.publishing import claims

        real = claims.database_now
        claims.database_now = lambda: real() + offset()

    return moment


def wrong_machine_clock(by: timedelta) -> Moment:
    """The worker's own clock is off."""

    def moment() -> None:
        from unisono.kernel import egress
        from unisono.rooms.publishing import dispatch

        class Wrong(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                return datetime.now(tz or UTC) + by

        egress.datetime = dispatch.datetime = Wrong  # type: ignore[attr-defined]

    return moment

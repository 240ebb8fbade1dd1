"""The live stream: one's own organization's news only, and no stream outlives the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest

from unisono.config import asgi, postgres
from unisono.kernel import live

LUMEN = UUID("0195e000-0000-7000-8000-000000000001")
OTHER = UUID("0195e000-0000-7000-8000-000000000002")


def params(cluster: postgres.Cluster) -> dict[str, Any]:
    return psycopg.conninfo.conninfo_to_dict(cluster.dsn)


async def heard(stream: AsyncIterator[live.Message | None]) -> live.Message | None:
    return await asyncio.wait_for(anext(stream), 5)


def with_hub(
    cluster: postgres.Cluster, work: Callable[[live.Hub, Callable[..., Awaitable[None]]], Any]
) -> None:
    async def run() -> None:
        hub = live.Hub(lambda: params(cluster))
        hub.start()

        async def tell(organization: UUID, kind: str) -> None:
            payload = json.dumps({"org": str(organization), "kind": kind, "subject": "post:1"})
            async with await psycopg.AsyncConnection.connect(
                cluster.dsn, autocommit=True
            ) as connection:
                await connection.execute("SELECT pg_notify(%s, %s)", [live.CHANNEL, payload])

        try:
            await listening(cluster)
            await asyncio.wait_for(work(hub, tell), 20)
        finally:
            await hub.stop()

    asyncio.run(run())


async def listening(cluster: postgres.Cluster) -> None:
    """Wait until the hub's connection listens."""
    async with await psycopg.AsyncConnection.connect(cluster.dsn, autocommit=True) as connection:
        for _ in range(200):
            cursor = await connection.execute(
                "SELECT 1 FROM pg_stat_activity WHERE query = %s AND state = 'idle'",
                [f"LISTEN {live.CHANNEL}"],
            )
            if await cursor.fetchone():
                return
            await asyncio.sleep(0.02)
    raise AssertionError("The hub does not listen.")


def test_each_organization_hears_its_own_news_only(cluster: postgres.Cluster) -> None:
    async def work(hub: live.Hub, tell: Callable[..., Awaitable[None]]) -> None:
        ours, theirs = hub.messages(LUMEN), hub.messages(OTHER)
        waiting = [asyncio.ensure_future(heard(ours)), asyncio.ensure_future(heard(theirs))]
        await asyncio.sleep(0)
        await tell(LUMEN, "publication.published")
        await tell(OTHER, "post.changed")
        assert await waiting[0] == {"kind": "publication.published", "subject": "post:1"}
        assert await waiting[1] == {"kind": "post.changed", "subject": "post:1"}

    with_hub(cluster, work)


def test_streams_end_when_the_server_stops(cluster: postgres.Cluster) -> None:
    async def work(hub: live.Hub, tell: Callable[..., Awaitable[None]]) -> None:
        async def all_of_it() -> list[live.Message | None]:
            return [message async for message in hub.messages(LUMEN)]

        stream = asyncio.create_task(all_of_it())
        await asyncio.sleep(0)
        await hub.stop()
        assert await asyncio.wait_for(stream, 2) == []

    with_hub(cluster, work)


def test_a_lost_database_makes_pages_start_over(cluster: postgres.Cluster) -> None:
    async def work(hub: live.Hub, tell: Callable[..., Awaitable[None]]) -> None:
        stream = hub.messages(LUMEN)
        waiting = asyncio.ensure_future(anext(stream, "ended"))
        await asyncio.sleep(0)
        async with await psycopg.AsyncConnection.connect(
            cluster.dsn, autocommit=True
        ) as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = %s",
                [f"LISTEN {live.CHANNEL}"],
            )
        assert await asyncio.wait_for(waiting, 10) == "ended"

    with_hub(cluster, work)


def test_a_quiet_stream_gives_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.01)

    async def work() -> None:
        assert await heard(live.Hub(dict).messages(LUMEN)) is None

    asyncio.run(work())
    assert live.encoded(None).startswith(b":")
    assert live.encoded({"kind": "post.changed"}) == b'data: {"kind": "post.changed"}\n\n'


def test_a_page_that_reads_too_slowly_starts_over(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        hub = live.Hub(dict)
        stream = hub.messages(LUMEN)
        first = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        for number in range(live._QUEUE + 2):
            hub.publish(json.dumps({"org": str(LUMEN), "kind": f"post.{number}"}))
        await first
        rest = [message async for message in stream]
        assert len(rest) < live._QUEUE + 2

    asyncio.run(work())


@pytest.mark.parametrize("payload", ["", "[]", "{}", '{"org": "nobody"}', '{"org": 7}'])
def test_a_broken_notification_harms_nobody(payload: str) -> None:
    live.Hub(dict).publish(payload)


def scope(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": "/live", "headers": list(headers)}


async def asked(given: dict[str, Any]) -> list[Any]:
    sent: list[Any] = []

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await asgi.application(given, receive, send)
    return sent


def test_nobody_listens_without_signing_in() -> None:
    assert asyncio.run(asked(scope()))[0]["status"] == 403


def test_a_signed_in_person_gets_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[str] = []

    def organization_of(key: str) -> UUID:
        keys.append(key)
        return LUMEN

    monkeypatch.setattr(asgi, "_organization", organization_of)
    sent = asyncio.run(asked(scope((b"cookie", b"other=1; unisono_session=abc"))))
    assert keys == ["abc"]
    assert sent[0]["status"] == 200
    assert dict(sent[0]["headers"])[b"content-type"].startswith(b"text/event-stream")

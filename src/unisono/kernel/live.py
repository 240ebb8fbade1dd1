"""News for open pages: one LISTEN connection a web process, fanned out to its event streams.

A message is `{"org": uuid, "kind": "publication.published", "subject": "publication:uuid"}`. It
says that something moved, never what it holds now; the page asks for that itself, with its own
rights.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg

CHANNEL = "unisono_live"
HEARTBEAT = 20.0
"""Seconds between comments on a quiet stream; proxies drop connections silent for a minute."""

_QUEUE = 200
_RETRY = 1.0

log = logging.getLogger(__name__)

Message = dict[str, str]


class Hub:
    """Hears the database and hands each message to the streams of its organization."""

    def __init__(self, connection_params: Callable[[], dict[str, Any]]) -> None:
        self._params = connection_params
        self._streams: dict[UUID, set[asyncio.Queue[Message | None]]] = {}
        self._stopping = False
        self._listener: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen. Call it on the event loop that serves the streams."""
        self._listener = asyncio.create_task(self._listen(), name="unisono live")

    async def stop(self) -> None:
        """End every stream and the listening connection."""
        self._stopping = True
        for queue in self._queues():
            self._close(queue)
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener

    async def messages(self, organization: UUID) -> AsyncIterator[Message | None]:
        """What happens in the organization from now on; None is a heartbeat. Ends at `stop`."""
        with self._subscribed(organization) as queue:
            while not self._stopping:
                try:
                    message = await asyncio.wait_for(queue.get(), HEARTBEAT)
                except TimeoutError:
                    yield None
                    continue
                if message is None:
                    return
                yield message

    def publish(self, payload: str) -> None:
        """Hand one notification's text to the streams it concerns."""
        try:
            message = json.loads(payload)
            organization = UUID(message.pop("org"))
        except (ValueError, KeyError, TypeError, AttributeError):
            log.warning("A notification could not be read: %.200s", payload)
            return
        for queue in tuple(self._streams.get(organization, ())):
            try:
                queue.put_nowait(message)
            except asyncio.QueueFull:
                # A page that reads too slowly starts over: on reconnecting it asks for everything.
                self._close(queue)

    @contextlib.contextmanager
    def _subscribed(self, organization: UUID) -> Iterator[asyncio.Queue[Message | None]]:
        queue: asyncio.Queue[Message | None] = asyncio.Queue(_QUEUE)
        self._streams.setdefault(organization, set()).add(queue)
        try:
            yield queue
        finally:
            streams = self._streams[organization]
            streams.discard(queue)
            if not streams:
                del self._streams[organization]

    async def _listen(self) -> None:
        heard_before = False
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    **self._params(), autocommit=True
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    if heard_before:
                        self._start_over()
                    heard_before = True
                    async for notification in connection.notifies():
                        self.publish(notification.payload)
            except (psycopg.Error, OSError) as error:
                log.warning("The live stream lost the database: %s", error)
            await asyncio.sleep(_RETRY)

    def _start_over(self) -> None:
        """Messages were missed while the database was away: let every page connect anew."""
        for queue in self._queues():
            self._close(queue)

    def _queues(self) -> list[asyncio.Queue[Message | None]]:
        return [queue for streams in self._streams.values() for queue in streams]

    @staticmethod
    def _close(queue: asyncio.Queue[Message | None]) -> None:
        while queue.full():
            queue.get_nowait()
        queue.put_nowait(None)


def encoded(message: Message | None) -> bytes:
    """One message, or a heartbeat, as the text/event-stream format has it."""
    if message is None:
        return b": still here\n\n"
    return f"data: {json.dumps(message)}\n\n".encode()

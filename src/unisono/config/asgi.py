"""One port, one process: pages as WSGI in threads, the live stream as ASGI beside them."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import SimpleCookie
from typing import Any, cast
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unisono.config.settings")

from a2wsgi import WSGIMiddleware
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections

from unisono.config.wsgi import application as pages
from unisono.kernel import database, live
from unisono.rooms.people import sessions

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

THREADS = int(os.environ.get("UNISONO_THREADS", "8"))

hub = live.Hub(database.connection_params)
_pages: Any = WSGIMiddleware(cast(Any, pages), workers=THREADS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application uvicorn serves."""
    if scope["type"] == "lifespan":
        await _live_long(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/live":
        await _stream(scope, receive, send)
    elif scope["type"] == "http":
        await _pages(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1000})


async def _live_long(receive: Receive, send: Send) -> None:
    await receive()
    hub.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await hub.stop()
    await send({"type": "lifespan.shutdown.complete"})


async def _stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Server-sent events of the signed-in person's own organization."""
    organization = None
    if scope["method"] == "GET" and (key := _session_key(scope)):
        organization = await sync_to_async(_organization, thread_sensitive=False)(key)
    if organization is None:
        await _refuse(send)
        return
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"text/event-stream; charset=utf-8"),
                (b"cache-control", b"no-store"),
                (b"x-accel-buffering", b"no"),
            ],
        }
    )
    await _until_gone(receive, _pour(organization, send))
    with contextlib.suppress(OSError):
        await send({"type": "http.response.body", "body": b""})


async def _pour(organization: UUID, send: Send) -> None:
    await send({"type": "http.response.body", "body": b"retry: 1000\n\n", "more_body": True})
    async for message in hub.messages(organization):
        body = live.encoded(message)
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_gone(receive: Receive, work: Awaitable[None]) -> None:
    """Run `work` until it ends or the browser has left."""

    async def leaving() -> None:
        while (await receive())["type"] != "http.disconnect":
            continue

    tasks = {asyncio.ensure_future(work), asyncio.create_task(leaving())}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b"Sign in first.\n"})


def _organization(session_key: str) -> UUID | None:
    close_old_connections()
    try:
        return sessions.organization_of(session_key)
    finally:
        close_old_connections()


def _session_key(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookie = SimpleCookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
            if cookie is not None:
                return str(cookie.value)
    return None

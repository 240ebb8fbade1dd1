"""The web process: uvicorn with our one application."""

from __future__ import annotations

import socket
from contextlib import suppress

import uvicorn
from django.conf import settings
from django.db import OperationalError

from unisono.config import asgi
from unisono.rooms.people.first_run import setup_code
from unisono.rooms.people.queries import nobody_yet

GRACE = 5


class Server(uvicorn.Server):
    """uvicorn waits for open answers before it stops; the live streams must end first."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await asgi.hub.stop()
        await super().shutdown(sockets)


def run(host: str, port: int) -> int:
    """Serve until SIGTERM or SIGINT; the process's exit code."""
    _welcome()
    server = Server(
        uvicorn.Config(
            asgi.application,
            host=host,
            port=port,
            lifespan="on",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=True,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=GRACE,
            use_colors=False,
        )
    )
    server.run()
    return 0 if server.started else 1


def _welcome() -> None:
    """Tell the operator of a fresh installation where to begin, and with which code."""
    with suppress(OperationalError):
        if nobody_yet():
            print(
                f"Nobody is here yet. Begin at {settings.UNISONO_PUBLIC_URL.text}/setup/\n"
                f"From another machine it asks for this code: {setup_code(settings.UNISONO_DATA)}",
                flush=True,
            )

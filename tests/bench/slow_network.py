"""A network that takes 100 ms for every post, and notes when each arrived.

Speaks as much of the pretend network's protocol as publishing needs. `GET /arrivals` gives
{text: seconds since the epoch} of what was asked for so far, and forgets it.
"""

from __future__ import annotations

import asyncio
import sys
import time

from aiohttp import web

LATENCY = 0.1

arrivals: dict[str, float] = {}
made: dict[str, int] = {}


async def post(request: web.Request) -> web.Response:
    """Make a post; the same key makes no second one."""
    wish = await request.json()
    arrivals.setdefault(wish["text"], time.time())
    number = made.setdefault(request.headers.get("Idempotency-Key") or wish["text"], len(made))
    await asyncio.sleep(LATENCY)
    return web.json_response({"id": f"p-{number}", "url": f"http://127.0.0.1/{number}"}, status=201)


async def told(_request: web.Request) -> web.Response:
    answer = web.json_response(arrivals)
    arrivals.clear()
    return answer


def main() -> None:
    app = web.Application()
    app.add_routes([web.post("/api/v1/posts", post), web.get("/arrivals", told)])
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()

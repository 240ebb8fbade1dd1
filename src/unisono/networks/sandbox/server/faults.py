"""Fault switches for tests: what a network does on its bad days.

Opened only with `--faults`. `POST /_faults` with a list of rules; DELETE clears them. The fields of
a rule: see `Rule`. Modes:

- lose_answer   the request is carried out, then the connection is cut without a byte
- lose_request  the connection is cut before anything happens
- late          the connection is cut at once, and the request carried out after `seconds`
- mute          carried out at once, answered after `seconds`
- delay         carried out after `seconds`
- error         carried out, then answered `status` (500)
- outage        answered `status` (500), nothing happens
- limited       429, nothing happens; Retry-After as `form` says: `seconds`, `date` or `none`; with
                `scope` "application" the limit is meant for every account
- refuse        422, nothing happens
- sign_in       401, nothing happens
- dup           carried out twice, the second answer is given
- duplicate     carried out, then refused as a duplicate that names the post
- truncate      carried out, then half an answer
- garbage       carried out, then 200 with a body that is no JSON
- empty         carried out, then 200 with no body
- html          a web page as from a wrong server, nothing happens
- stale         a list without what was made in the last `seconds`
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Rule:
    """One switch.

    It meets requests of `method` whose path matches `path` (a regular expression), of the account
    `handle` only where one is given; it lets `skip` of them pass, `count` is how many more it
    meets, and `share` (0 to 1) how often it strikes of those it meets, drawn from a fixed seed.
    """

    mode: str
    method: str = "POST"
    path: str = ""
    handle: str = ""
    skip: int = 0
    count: int = 1
    share: float = 1.0
    seconds: float = 1.0
    status: int = 500
    form: str = "seconds"
    scope: str = ""


class Faults:
    """The rules in force, in order."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._dice = random.Random(20260304)

    def set(self, rules: list[dict[str, Any]]) -> None:
        """Add rules; raises TypeError or ValueError for an unknown field or mode."""
        made = [Rule(**rule) for rule in rules]
        for rule in made:
            if rule.mode not in _WAYS:
                raise ValueError(rule.mode)
        self._rules += made

    def clear(self) -> None:
        self._rules = []

    def taken_by(self, request: web.Request, handle: Callable[[], str]) -> Rule | None:
        """The rule this request meets, used up by one. `handle` tells whose request it is."""
        for rule in self._rules:
            if rule.method != request.method or not re.search(rule.path, request.path):
                continue
            if rule.handle and rule.handle != handle():
                continue
            if rule.share < 1.0 and self._dice.random() >= rule.share:
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            rule.count -= 1
            if rule.count <= 0:
                self._rules.remove(rule)
            return rule
        return None


async def suffer(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer as the rule says."""
    return await _WAYS[rule.mode](rule, request, handler)


async def _lose_answer(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    await handler(request)
    return _cut(request)


async def _lose_request(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    return _cut(request)


_late_ones: set[asyncio.Task[None]] = set()


async def _late(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    await request.read()

    async def later() -> None:
        await asyncio.sleep(rule.seconds)
        await handler(request)

    task = asyncio.create_task(later())
    _late_ones.add(task)
    task.add_done_callback(_late_ones.discard)
    return _cut(request)


async def _mute(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    answer = await handler(request)
    await asyncio.sleep(rule.seconds)
    return answer


async def _error(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    await handler(request)
    return _no("oops", "Oops.", rule.status)


async def _outage(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    return _no("oops", "Oops.", rule.status)


async def _limited(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    answer = _no("limited", "Too many requests.", 429)
    if rule.form == "seconds":
        answer.headers["Retry-After"] = str(int(rule.seconds))
    if rule.form == "date":
        until = datetime.now(UTC) + timedelta(seconds=rule.seconds)
        answer.headers["Retry-After"] = format_datetime(until, usegmt=True)
    if rule.scope:
        answer.headers["X-RateLimit-Scope"] = rule.scope
    return answer


async def _delay(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    await asyncio.sleep(rule.seconds)
    return await handler(request)


async def _refuse(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    return _no("rules", "This post breaks the house rules.", 422)


async def _sign_in(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    return _no("token", "Who are you?", 401)


async def _dup(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    await request.read()
    await handler(request)
    return await handler(request)


async def _duplicate(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    answer = await handler(request)
    if answer.status not in (200, 201):
        return answer
    post = json.loads(_body(answer))
    error = {"code": "duplicate", "message": "You have said this already.", "post": post}
    return web.json_response({"error": error}, status=409)


async def _truncate(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    answer = await handler(request)
    whole = _body(answer)
    half = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json"})
    half.content_length = len(whole)
    await half.prepare(request)
    await half.write(whole[: len(whole) // 2])
    return _cut(request, half)


async def _garbage(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    await handler(request)
    return web.Response(text="ok ???")


async def _empty(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    await handler(request)
    return web.Response()


async def _html(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    return web.Response(text="<!doctype html><h1>Welcome</h1>", content_type="text/html")


async def _stale(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    told = json.loads(_body(await handler(request)))
    edge = (datetime.now(UTC) - timedelta(seconds=rule.seconds)).isoformat()
    posts = [post for post in told.get("posts", []) if post["at"].replace("Z", "+00:00") < edge]
    return web.json_response({"posts": posts})


def _no(code: str, message: str, status: int) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)


def _body(answer: web.StreamResponse) -> bytes:
    body = answer.body if isinstance(answer, web.Response) else b""
    return body if isinstance(body, bytes) else b""


def _cut(request: web.Request, answer: web.StreamResponse | None = None) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return answer or web.Response()


_WAYS: dict[str, Callable[[Rule, web.Request, Handler], Awaitable[web.StreamResponse]]] = {
    "lose_answer": _lose_answer,
    "lose_request": _lose_request,
    "late": _late,
    "mute": _mute,
    "delay": _delay,
    "error": _error,
    "outage": _outage,
    "limited": _limited,
    "refuse": _refuse,
    "sign_in": _sign_in,
    "dup": _dup,
    "duplicate": _duplicate,
    "truncate": _truncate,
    "garbage": _garbage,
    "empty": _empty,
    "html": _html,
    "stale": _stale,
}

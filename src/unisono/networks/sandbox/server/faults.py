"""Fault switches for tests: what a network does on its bad days.

Opened only with `--faults`. `POST /_faults` with a list of rules
`{"mode", "method"?, "path"? (regular expression), "count"? (1), "seconds"?, "status"?}`; DELETE
clears them. Modes:

- lose_answer   the request is carried out, then the connection is cut without a byte
- lose_request  the connection is cut before anything happens
- error         carried out, then answered 500
- limited       429 with Retry-After (`seconds`), nothing happens
- delay         carried out after `seconds`
- refuse        422, nothing happens
- sign_in       401, nothing happens
- dup           carried out twice, the second answer is given
- truncate      carried out, then half an answer
- garbage       carried out, then 200 with a body that is no JSON
- html          a web page as from a wrong server, nothing happens
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Rule:
    """One switch; `count` is how many more requests it meets."""

    mode: str
    method: str = "POST"
    path: str = ""
    count: int = 1
    seconds: float = 1.0


class Faults:
    """The rules in force, in order."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def set(self, rules: list[dict[str, Any]]) -> None:
        """Add rules; raises TypeError or ValueError for an unknown field or mode."""
        made = [Rule(**rule) for rule in rules]
        for rule in made:
            if rule.mode not in _WAYS:
                raise ValueError(rule.mode)
        self._rules += made

    def clear(self) -> None:
        self._rules = []

    def taken_by(self, request: web.Request) -> Rule | None:
        """The rule this request meets, used up by one."""
        for rule in self._rules:
            if rule.method == request.method and re.search(rule.path, request.path):
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


async def _error(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    await handler(request)
    return web.json_response({"error": {"code": "oops", "message": "Oops."}}, status=500)


async def _limited(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    return web.json_response(
        {"error": {"code": "limited", "message": "Too many requests."}},
        status=429,
        headers={"Retry-After": str(int(rule.seconds))},
    )


async def _delay(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    await asyncio.sleep(rule.seconds)
    return await handler(request)


async def _refuse(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    message = "This post breaks the house rules."
    return web.json_response({"error": {"code": "rules", "message": message}}, status=422)


async def _sign_in(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    return web.json_response({"error": {"code": "token", "message": "Who are you?"}}, status=401)


async def _dup(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    await request.read()
    await handler(request)
    return await handler(request)


async def _truncate(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    answer = await handler(request)
    body = answer.body if isinstance(answer, web.Response) else b""
    whole = body if isinstance(body, bytes) else b""
    half = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json"})
    half.content_length = len(whole)
    await half.prepare(request)
    await half.write(whole[: len(whole) // 2])
    return _cut(request, half)


async def _garbage(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    await handler(request)
    return web.Response(text="ok ???")


async def _html(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    return web.Response(text="<!doctype html><h1>Welcome</h1>", content_type="text/html")


def _cut(request: web.Request, answer: web.StreamResponse | None = None) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return answer or web.Response()


_WAYS: dict[str, Callable[[Rule, web.Request, Handler], Awaitable[web.StreamResponse]]] = {
    "lose_answer": _lose_answer,
    "lose_request": _lose_request,
    "error": _error,
    "limited": _limited,
    "delay": _delay,
    "refuse": _refuse,
    "sign_in": _sign_in,
    "dup": _dup,
    "truncate": _truncate,
    "garbage": _garbage,
    "html": _html,
}

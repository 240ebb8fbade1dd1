"""Programs that call the API, each with a token of a cast member."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.cast import NOW, Cast
from unisono.rooms.people import actions as people

SCOPES = ("read", "write", "approve", "publish", "manage")


class Program:
    """A client with a bearer token; bodies are JSON."""

    def __init__(self, text: str) -> None:
        self.client = Client(headers={"authorization": f"Bearer {text}"} if text else {})

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        call = getattr(self.client, method.lower())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "GET":
            return call(f"/api/v1{path}", body or {}, headers=named)
        return call(f"/api/v1{path}", body, content_type="application/json", headers=named)


@pytest.fixture
def program(cast: Cast) -> Callable[..., Program]:
    """`program("editor")` or `program("editor", "read")`; `program("")` has no token."""

    def made(name: str, *scopes: str) -> Program:
        if not name:
            return Program("")
        _token, secret = people.issue_token(
            name="test", scopes=scopes or SCOPES, by=cast.actor(name), now=NOW
        )
        return Program(secret.reveal())

    return made

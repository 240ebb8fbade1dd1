"""A browser signed in as somebody of the cast."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.cast import Cast
from tests.servers.fixtures import mastodon_server, sandbox_server
from unisono.kernel import tenancy

__all__ = ["mastodon_server", "sandbox_server"]


class Browser(Client):
    """A client whose requests start outside every organization's scope, as in production."""

    def request(self, **request: Any) -> HttpResponse:
        scope = tenancy.current()
        token = tenancy._scope.set(None)
        tenancy._tell_database("")
        try:
            return super().request(**request)  # type: ignore[return-value]
        finally:
            tenancy._scope.reset(token)
            tenancy._tell_database("" if scope is None else str(scope))

    def htmx(self, method: str, path: str, data: Any = None, **headers: str) -> HttpResponse:
        """The same request as htmx sends it."""
        send = getattr(self, method.lower())
        return send(path, data, headers={"HX-Request": "true", **headers})  # type: ignore[no-any-return]


def browser(cast: Cast, name: str = "") -> Browser:
    """A browser signed in as the member `name`: a role, `sales_editor`, `stranger`; "": nobody."""
    client = Browser()
    if name:
        client.force_login(
            cast.members[name].user,
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
    return client


@pytest.fixture
def admin(cast: Cast) -> Browser:
    return browser(cast, "admin")


@pytest.fixture
def editor(cast: Cast) -> Browser:
    return browser(cast, "editor")


@pytest.fixture
def viewer(cast: Cast) -> Browser:
    return browser(cast, "viewer")


@pytest.fixture
def stranger(cast: Cast) -> Browser:
    """The admin of Other House, whom nothing of Maison Lumen concerns."""
    return browser(cast, "stranger")


@pytest.fixture
def anonymous(cast: Cast) -> Browser:
    return browser(cast)

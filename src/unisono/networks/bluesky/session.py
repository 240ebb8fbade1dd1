"""Sessions: short access tokens, long refresh tokens that change with every use.

`createSession` is strictly rate-limited, so the session is kept and renewed; the app password is
used again only when the refresh token has died.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from unisono.kernel.egress import Answer, Egress, EgressError
from unisono.kernel.secrets import Secret
from unisono.networks.answers import error_code, failed
from unisono.networks.contract import Credentials, Lifetime, VerdictRaised

RENEW_BEFORE = timedelta(minutes=10)
_DEAD = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"})
_UNREADABLE = datetime.fromtimestamp(0, UTC)
_BARRED = frozenset({"AccountTakedown", "AccountDeactivated", "AccountSuspended"})


def expires_at(token: Secret) -> datetime:
    """When an access token ends, read from the token itself; an unreadable one has ended."""
    try:
        payload = token.reveal().split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return datetime.fromtimestamp(int(claims["exp"]), UTC)
    except (IndexError, KeyError, ValueError, TypeError):
        return _UNREADABLE


def lifetime(credentials: Credentials) -> Lifetime:
    """A session ends with its refresh token, and puts that off with every renewal.

    The app password opens a new one after that: then nothing has to be done by a person.
    """
    refresh = credentials.get("refresh")
    until = expires_at(refresh) if refresh and refresh.reveal() else _UNREADABLE
    password = credentials.get("password")
    renews = bool(password and password.reveal())
    return Lifetime(None if until == _UNREADABLE else until, renews)


def access_ended(answer: Answer) -> bool:
    """The access token has run out: renew it and ask again; nothing was carried out."""
    return answer.status in (400, 401) and error_code(answer) == "ExpiredToken"


def signed_out(answer: Answer) -> bool:
    """The account itself no longer lets us in."""
    return answer.status in (400, 401, 403) and error_code(answer) in _DEAD | _BARRED


async def create(http: Egress, server: str, identifier: str, password: Secret) -> Answer:
    """Open a session with an app password. Raises `EgressError`."""
    wish = {"identifier": identifier, "password": password.reveal()}
    return await http.request("POST", f"{server}/xrpc/com.atproto.server.createSession", json=wish)


async def renew(
    http: Egress, server: str, did: str, credentials: Credentials, label: str
) -> Credentials:
    """New tokens for old. The old refresh token stays good for a while, so a repeat is harmless."""
    try:
        answer = await http.request(
            "POST",
            f"{server}/xrpc/com.atproto.server.refreshSession",
            headers={"Authorization": f"Bearer {credentials['refresh'].reveal()}"},
        )
        if answer.status in (400, 401) and error_code(answer) in _DEAD:
            answer = await create(http, server, did, credentials["password"])
    except EgressError as error:
        raise VerdictRaised(failed(error, label)) from error
    tokens = tokens_in(answer)
    if tokens is None:
        raise VerdictRaised(failed(answer, label, sign_in=signed_out(answer)))
    return {**tokens, "password": credentials["password"]}


def tokens_in(answer: Answer) -> dict[str, Secret] | None:
    """Both tokens of a session answer; an empty one never replaces a good one."""
    body: Any = answer.json()
    if answer.status != 200 or not isinstance(body, Mapping):
        return None
    access, refresh = body.get("accessJwt"), body.get("refreshJwt")
    if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
        return None
    return {"access": Secret(access), "refresh": Secret(refresh)}

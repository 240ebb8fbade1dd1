"""Accounts and tokens of the pretend network."""

from __future__ import annotations

from typing import Any

from unisono.kernel.secrets import Secret
from unisono.networks.answers import said_by
from unisono.networks.contract import Account, CannotConnect, Sentence, gettext_noop

OWN = ("Sandbox", "S", "#6b5b95")
FACES = {
    "agora": ("Agora", "Ag", "#1f5f8b"),
    "chirp": ("Chirp", "C", "#2b9a8f"),
    "atelier": ("Atelier", "At", "#b4487a"),
    "studio": ("Studio", "St", "#8a5a2b"),
    "forum": ("Forum", "Fo", "#41702f"),
    "pager": ("Pager", "Pa", "#5b5f66"),
}


def account_of(server: str, body: dict[str, Any]) -> Account:
    return Account(
        remote_id=str(body["id"]),
        handle=str(body["handle"]),
        name=str(body["name"]),
        server=server,
        url=str(body["url"]),
        profile={
            "place": str(body["place"]),
            "promise": str(body.get("promise", "key")),
            "limits": dict(body["limits"]),
        },
    )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def revealed(value: str | Secret) -> str:
    return (value.reveal() if isinstance(value, Secret) else value).strip()


def not_connected(status: int, body: dict[str, Any]) -> CannotConnect:
    error = body.get("error")
    field = str(error.get("field", "")) if isinstance(error, dict) else ""
    if status == 401:
        template = gettext_noop("The pretend network does not know this access token.")
        return CannotConnect(Sentence(template), "token")
    template = gettext_noop("The pretend network refused: %(reason)s")
    return CannotConnect(Sentence(template, {"reason": said_by(body) or str(status)}), field)

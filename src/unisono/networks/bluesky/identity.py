"""From a handle to the server an account lives on: handle → DID → DID document → PDS."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import quote

from unisono.kernel.egress import Answer, Egress, EgressError
from unisono.networks.contract import CannotConnect, Sentence, gettext_noop

ENTRYWAY = "https://bsky.social"
_RESOLVER = "https://public.api.bsky.app"
_DIRECTORY = "https://plc.directory"
_INSIDE = (".local", ".internal", ".test", ".localhost", ".lan", ".home.arpa")


async def server_of(http: Egress, handle: str) -> str:
    """The origin of the account's server; raises `CannotConnect` beside the handle."""
    did = await _did_of(http, handle)
    document = await _json(http, _document_url(did))
    server = pds_in(document)
    if not server:
        template = gettext_noop("Nothing tells on which server @%(handle)s lives.")
        raise CannotConnect(Sentence(template, {"handle": handle}), "server")
    return server


def pds_in(document: object) -> str:
    """The origin of the personal data server named in a DID document, or nothing."""
    services = document.get("service") if isinstance(document, Mapping) else None
    for service in services if isinstance(services, list) else ():
        if isinstance(service, Mapping) and str(service.get("id", "")).endswith("#atproto_pds"):
            return str(service.get("serviceEndpoint", "")).rstrip("/")
    return ""


def is_public(server: str) -> bool:
    """Whether the server can be known to the public network, and its posts to public pages."""
    scheme, _, place = server.partition("://")
    host = place.rpartition(":")[0] if place.rpartition(":")[2].isdigit() else place
    if scheme != "https" or "." not in host or host.endswith(_INSIDE):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


async def _did_of(http: Egress, handle: str) -> str:
    """By the handle's own domain first, by the public resolver second."""
    try:
        answer = await http.request(
            "GET", f"https://{handle}/.well-known/atproto-did", max_bytes=4096, seconds=8
        )
        if answer.status == 200 and answer.text.strip().startswith("did:"):
            return answer.text.strip()
    except EgressError:
        pass
    query = f"{_RESOLVER}/xrpc/com.atproto.identity.resolveHandle?handle={quote(handle)}"
    body = await _json(http, query)
    did = body.get("did") if isinstance(body, Mapping) else None
    if not isinstance(did, str):
        template = gettext_noop("There is no Bluesky account called @%(handle)s.")
        raise CannotConnect(Sentence(template, {"handle": handle}), "handle")
    return did


def _document_url(did: str) -> str:
    if did.startswith("did:web:"):
        return f"https://{did.removeprefix('did:web:')}/.well-known/did.json"
    return f"{_DIRECTORY}/{quote(did, safe=':')}"


async def _json(http: Egress, url: str) -> object:
    try:
        answer: Answer = await http.request("GET", url, seconds=10)
    except EgressError as error:
        raise CannotConnect(Sentence(error.template, error.params), "server") from error
    return answer.json()

"""Posts, sessions and threads as the servers send them, as our own values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from unisono.kernel.egress import Answer
from unisono.networks.answers import error_code, excerpt, not_this_network, parsed_time
from unisono.networks.bluesky.records import POST
from unisono.networks.contract import (
    Account,
    CannotConnect,
    Credentials,
    Figures,
    Incoming,
    Published,
    Sentence,
    gettext_noop,
)

_NO_VIEW = frozenset({"MethodNotImplemented", "XRPCNotSupported", "UnknownMethod"})


def bearer(credentials: Credentials) -> dict[str, str]:
    return {"Authorization": f"Bearer {credentials['access'].reveal()}"}


def session_ended() -> Sentence:
    return Sentence(gettext_noop("The session had ended; it is being renewed."))


def not_signed_in(answer: Answer, server: str, label: str) -> CannotConnect:
    if answer.status == 401:
        template = gettext_noop("The server does not accept this handle and app password.")
        return CannotConnect(Sentence(template), "password")
    if answer.status == 429:
        template = gettext_noop("Too many sign-ins; the server asks to wait a few minutes.")
        return CannotConnect(Sentence(template), "password")
    return not_this_network(server, label)


def avatar_of(server: str, did: str, profile: Mapping[str, Any]) -> str:
    avatar = profile.get("avatar")
    reference = avatar.get("ref") if isinstance(avatar, Mapping) else None
    cid = reference.get("$link") if isinstance(reference, Mapping) else None
    if not cid:
        return ""
    return f"{server}/xrpc/com.atproto.sync.getBlob?did={did}&cid={cid}"


def published(account: Account, answer: Answer) -> Published | None:
    body = answer.json()
    known = body if answer.status == 200 and isinstance(body, dict) else {}
    uri, cid = known.get("uri"), known.get("cid")
    if not isinstance(uri, str) or not uri.startswith("at://") or not isinstance(cid, str):
        return None
    return Published(uri, page_of(account, uri), excerpt(answer), {"cid": cid})


def named(account: Account, url: str) -> str:
    """The account's post whose page this is, as `page_of` gives it, or with the handle in it."""
    address = urlsplit(url.strip())
    asked = dict(parse_qsl(address.query))
    who, rkey = asked.get("repo", ""), asked.get("rkey", "")
    found = re.fullmatch(r"/profile/([^/]+)/post/([^/]+)/?", address.path)
    if found:
        who, rkey = found.groups()
    if not rkey or who.lower() not in (account.remote_id.lower(), account.handle.lower()):
        return ""
    return f"at://{account.remote_id}/{POST}/{rkey}"


def page_of(account: Account, uri: str) -> str:
    """A page where the post can be seen; on a server of one's own, the record itself."""
    did, collection, rkey = uri.removeprefix("at://").split("/")
    if account.profile.get("public"):
        return f"https://bsky.app/profile/{did}/post/{rkey}"
    query = f"repo={did}&collection={collection}&rkey={rkey}"
    return f"{account.server}/xrpc/com.atproto.repo.getRecord?{query}"


def not_offered(answer: Answer) -> bool:
    """The account's server knows no AppView, so nobody counts or threads."""
    if answer.status in (404, 501):
        return True
    return answer.status == 400 and (
        error_code(answer) in _NO_VIEW or "No service configured" in answer.text
    )


def figures_of(post: Mapping[str, Any]) -> Figures:
    """Shares are reposts and quotes together; views and clicks are counted by nobody."""
    return Figures(
        likes=int(post.get("likeCount", 0)),
        comments=int(post.get("replyCount", 0)),
        shares=int(post.get("repostCount", 0)) + int(post.get("quoteCount", 0)),
    )


def replies(thread: object) -> Iterator[dict[str, Any]]:
    """Every visible answer below a post, depth first."""
    for reply in thread.get("replies") or () if isinstance(thread, Mapping) else ():
        if isinstance(reply, Mapping) and isinstance(reply.get("post"), dict):
            yield reply["post"]
            yield from replies(reply)


def incoming_of(post: dict[str, Any], root: str, account: Account) -> Incoming:
    record, author, uri = post.get("record", {}), post["author"], str(post["uri"])
    at = parsed_time(post.get("indexedAt")) or parsed_time(record.get("createdAt"))
    parent = record.get("reply", {}).get("parent", {}).get("uri", root)
    return Incoming(
        remote_id=uri,
        in_reply_to=str(parent),
        author_name=str(author.get("displayName") or author["handle"]),
        author_handle=str(author["handle"]),
        author_url=(
            f"https://bsky.app/profile/{author['did']}" if account.profile.get("public") else ""
        ),
        text=str(record.get("text", "")),
        at=at or datetime.now(UTC),
        url=page_of(account, uri) if account.profile.get("public") else "",
        post=root,
        raw=post,
    )

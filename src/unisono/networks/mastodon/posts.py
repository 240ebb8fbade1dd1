"""Statuses as Mastodon sends and takes them, to and from our own values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from unisono.kernel.egress import Answer
from unisono.kernel.secrets import Secret
from unisono.networks.answers import excerpt, failed, parsed_time
from unisono.networks.contract import (
    Account,
    Content,
    Figures,
    Handle,
    Incoming,
    Published,
    Seen,
    VerdictRaised,
)
from unisono.networks.mastodon.plain import fingerprint, plain


def bearer(token: Secret) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.reveal()}"}


def account_of(server: str, person: dict[str, Any], profile: dict[str, Any]) -> Account:
    host = server.partition("://")[2]
    return Account(
        remote_id=str(person["id"]),
        handle=f"{person.get('username', '')}@{host}",
        name=str(person.get("display_name") or person.get("username") or ""),
        server=server,
        url=str(person.get("url") or ""),
        avatar_url=str(person.get("avatar_static") or person.get("avatar") or ""),
        profile=profile,
    )


def status_of(content: Content, handle: Handle) -> dict[str, Any]:
    status: dict[str, Any] = {
        "status": content.text,
        "visibility": content.options.get("visibility", "public"),
    }
    if content.language:
        status["language"] = content.language[:2].lower()
    if content.options.get("warning"):
        status["spoiler_text"] = str(content.options["warning"])
    if handle.get("media"):
        status["media_ids"] = list(handle["media"])
    if content.reply_to:
        status["in_reply_to_id"] = _parent(content)
    return status


def origin_of(url: str) -> str:
    """`https://host` of an address."""
    scheme, _colon, rest = url.partition("://")
    return f"{scheme}://{rest.split('/')[0]}"


def outside_scopes(answer: Answer) -> bool:
    return answer.status == 403 and "scope" in answer.text[:500].lower()


def published(row: object, answer: Answer) -> Published | None:
    if isinstance(row, dict) and row.get("id") and "account" in row:
        return Published(
            str(row["id"]), str(row.get("url") or row.get("uri") or ""), excerpt(answer)
        )
    return None


def sought(content: Content) -> tuple[str, int, str]:
    return fingerprint(content.text), len(content.media), _parent(content)


def shown(row: dict[str, Any]) -> tuple[str, int, str]:
    words = fingerprint(plain(str(row.get("content", ""))))
    pictures = len(row.get("media_attachments") or ())
    return words, pictures, str(row.get("in_reply_to_id") or "")


def _parent(content: Content) -> str:
    """The id of the status the content replies to; empty where it opens a thread."""
    return str(content.reply_to["parent"]["remote_id"]) if content.reply_to else ""


def made_at(row: dict[str, Any]) -> datetime:
    """When it was posted; raises ValueError where the server does not say."""
    at = parsed_time(row.get("created_at"))
    if at is None:
        raise ValueError("a status without a time")
    return at


def figures_of(answer: Answer, label: str) -> Figures | None:
    """None: the post is gone. Mastodon offers neither views nor clicks."""
    row = answer.json()
    if answer.status in (404, 410):
        return None
    if answer.status != 200 or not isinstance(row, dict):
        raise VerdictRaised(failed(answer, label))
    return Figures(
        likes=int(row["favourites_count"]),
        comments=int(row["replies_count"]),
        shares=int(row["reblogs_count"]),
    )


def seen_of(answer: Answer, content: Content, label: str) -> Seen:
    """A status read back, beside what was sent."""
    row = answer.json()
    if answer.status in (404, 410):
        return Seen(there=False)
    if answer.status != 200 or not isinstance(row, dict):
        raise VerdictRaised(failed(answer, label))
    words, pictures, _parent_id = shown(row)
    same = (words, pictures) == (fingerprint(content.text), len(content.media))
    text = None if same else plain(str(row.get("content", "")))
    return Seen(text=text, edited=bool(row.get("edited_at")))


def incoming_of(row: dict[str, Any], post: str) -> Incoming:
    author = row["account"]
    return Incoming(
        remote_id=str(row["id"]),
        in_reply_to=str(row.get("in_reply_to_id") or post),
        author_name=str(author.get("display_name") or author.get("username") or ""),
        author_handle=str(author.get("acct") or ""),
        author_url=str(author.get("url") or ""),
        text=plain(str(row.get("content", ""))),
        at=made_at(row),
        url=str(row.get("url") or ""),
        post=post,
        raw=row,
    )


def page_of(answer: Answer) -> list[dict[str, Any]]:
    page = answer.json()
    if answer.status != 200 or not isinstance(page, list):
        raise ValueError("not a page of statuses")
    return page


def found_in(
    rows: Sequence[dict[str, Any]], content: Content, taken: Collection[str], answer: Answer
) -> Published | None:
    """The oldest of our statuses that says the same and is nobody else's."""
    wanted = sought(content)
    mine = [row for row in rows if str(row["id"]) not in taken and shown(row) == wanted]
    return published(mine[-1], answer) if mine else None

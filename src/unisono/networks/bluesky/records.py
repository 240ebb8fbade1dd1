"""Records as the AT Protocol wants them: keys, facets, and the post itself. All pure.

Rules: the protocol's specifications of TIDs and record keys, and the lexicon `app.bsky.feed.post`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from unisono.networks.contract import Content, Handle
from unisono.networks.text import entities

POST = "app.bsky.feed.post"
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def record_key(due_at: datetime, publication_id: UUID) -> str:
    """A TID of the due second; below the second it is a hash of the publication.

    The same publication always gets the same key, so that a repeated put meets its own record; two
    publications of one second differ in 30 bits.
    """
    digest = int.from_bytes(sha256(publication_id.bytes).digest()[:8], "big")
    seconds = int((due_at - _EPOCH).total_seconds())
    micros = seconds * 1_000_000 + digest % 1_000_000
    number = (micros << 10) | (digest >> 40) % 1024
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(60, -1, -5))


def created_at(due_at: datetime) -> str:
    """Milliseconds and Z, the form other clients write."""
    return due_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def mentioned(text: str) -> list[str]:
    """The handles a text names, lower case, each once; only domain names can be handles."""
    found = [_handle_of(entity.text) for entity in entities(text) if entity.kind == "mention"]
    return list(dict.fromkeys(handle for handle in found if handle))


def post_record(content: Content, handle: Handle) -> dict[str, Any]:
    """The record: equal for equal content and handle, byte for byte."""
    record: dict[str, Any] = {
        "$type": POST,
        "text": content.text,
        "createdAt": handle["created_at"],
    }
    found = facets(content.text, handle.get("mentions") or {})
    if found:
        record["facets"] = found
    if content.language:
        record["langs"] = [content.language]
    if content.reply_to:
        above = handle.get("above") or {}
        record["reply"] = {
            place: {
                "uri": post["remote_id"],
                "cid": post.get("cid") or above[post["remote_id"]],
            }
            for place, post in content.reply_to.items()
        }
    if handle.get("images"):
        record["embed"] = {"$type": "app.bsky.embed.images", "images": list(handle["images"])}
    return record


def facets(text: str, mentions: Mapping[str, str]) -> list[dict[str, Any]]:
    """Links, hashtags and known mentions, at byte offsets of the UTF-8 text."""
    found: list[dict[str, Any]] = []
    for entity in entities(text):
        feature = _feature(entity.kind, entity.text, mentions)
        if feature is not None:
            start = len(text[: entity.start].encode())
            index = {"byteStart": start, "byteEnd": start + len(entity.text.encode())}
            found.append({"index": index, "features": [feature]})
    return found


def _feature(kind: str, text: str, mentions: Mapping[str, str]) -> dict[str, str] | None:
    if kind == "url":
        return {"$type": "app.bsky.richtext.facet#link", "uri": text}
    if kind == "tag" and len(text) <= 65:
        return {"$type": "app.bsky.richtext.facet#tag", "tag": text[1:]}
    did = mentions.get(_handle_of(text)) if kind == "mention" else None
    return {"$type": "app.bsky.richtext.facet#mention", "did": did} if did else None


def _handle_of(mention: str) -> str:
    name = mention[1:].lower()
    return name if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", name) else ""

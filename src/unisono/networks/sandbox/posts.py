"""What the pretend network says of posts, and what it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unisono.kernel.egress import Answer
from unisono.networks.answers import error_code, excerpt, parsed_time
from unisono.networks.contract import Absent, Account, Content, Handle, Incoming, Published, Seen

_BATCH = 100


def batches(remote_ids: Sequence[str]) -> list[Sequence[str]]:
    """As many at a time as one question may name."""
    return [remote_ids[at : at + _BATCH] for at in range(0, len(remote_ids), _BATCH)]


def promise(account: Account) -> str:
    return str(account.profile.get("promise", "key"))


def wished(content: Content, handle: Handle) -> dict[str, Any]:
    wish = {
        "text": content.text,
        "language": content.language,
        "media": list(handle.get("media", ())),
        "at": handle.get("at"),
    }
    above = {"reply_to": content.reply_to["parent"]["remote_id"]} if content.reply_to else {}
    return wish | above


def same(post: Mapping[str, Any], content: Content) -> bool:
    """Whether a post found on the account says what ours says."""
    return post.get("text") == content.text and len(post.get("media") or ()) == len(content.media)


def seen(post: Mapping[str, Any], content: Content) -> Seen:
    """A post read back, beside what was sent."""
    text = None if same(post, content) else str(post["text"])
    return Seen(text=text, edited=bool(post.get("edited")))


def named_in(body: Mapping[str, Any], raw: Mapping[str, Any]) -> Published | Absent | None:
    """What an answer about a key or a container says of its post; None when it says nothing."""
    posts = [body["post"]] if body.get("post") else body.get("posts")
    if posts == [] or body.get("state") in ("ready", "expired"):
        return Absent(raw)
    return published(posts[0], raw) if isinstance(posts, list) else None


def duplicate(answer: Answer, content: Content) -> Published | None:
    """A refusal as duplicate that names the post is proof that it is out."""
    if answer.status != 409 or error_code(answer) != "duplicate":
        return None
    body = answer.json()
    post = body["error"].get("post") if isinstance(body, dict) else None
    if isinstance(post, dict) and same(post, content):
        return published(post, excerpt(answer))
    return None


def published(body: object, raw: Mapping[str, Any]) -> Published | None:
    """Where nothing can be read there is no address either, only the id."""
    if isinstance(body, dict) and body.get("id") and (body.get("url") or body.get("ok")):
        return Published(str(body["id"]), str(body.get("url") or ""), raw)
    return None


def incoming(row: dict[str, Any]) -> Incoming:
    at = parsed_time(row["at"])
    if at is None:
        raise ValueError("a comment without a time")
    return Incoming(
        remote_id=str(row["id"]),
        in_reply_to=str(row["post"]),
        author_name=str(row["author"]),
        author_handle=str(row["handle"]),
        author_url=str(row["author_url"]),
        text=str(row["text"]),
        at=at,
        url=str(row["url"]),
        post=str(row["post"]),
        raw=row,
    )

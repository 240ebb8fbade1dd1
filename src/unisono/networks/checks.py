"""The checks every network shares, from its declared limits, and the data of its preview."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unisono.networks.contract import (
    Account,
    Adapter,
    Content,
    Finding,
    Limits,
    Media,
    Sentence,
    gettext_noop,
)
from unisono.networks.text import parts


def findings(adapter: Adapter, content: Content, account: Account) -> list[Finding]:
    """Text, pictures and descriptions against `adapter.limits(account)`."""
    limits = adapter.limits(account)
    found = [*_text(adapter, content, account, limits), *_count(adapter, content, limits)]
    for number, media in enumerate(content.media, start=1):
        found += _picture(adapter, media, number, limits)
    return found


def preview(adapter: Adapter, content: Content, account: Account) -> dict[str, Any]:
    """See `Adapter.preview`; `parts` are {text, kind} with kind url, mention, tag or empty."""
    limits = adapter.limits(account)
    length = adapter.length(content.text, account)
    return {
        "name": account.name,
        "handle": account.handle,
        "avatar_url": account.avatar_url,
        "text": content.text,
        "parts": parts(content.text),
        "length": length,
        "limit": limits.text_max,
        "over": max(0, length - limits.text_max),
        "media": [{"alt": m.alt, "width": m.width, "height": m.height} for m in content.media],
    }


def _text(
    adapter: Adapter, content: Content, account: Account, limits: Limits
) -> Iterator[Finding]:
    text = content.text
    if not text.strip() and content.reply_to is not None:
        yield _bad("empty", "text", gettext_noop("Write a text, or take this follow-up away."))
    elif not text.strip() and not content.media:
        yield _bad("empty", "text", gettext_noop("Write a text or add a picture."))
    over = adapter.length(text, account) - limits.text_max
    if over > 0:
        yield _bad(
            "text-long",
            "text",
            gettext_noop("%(count)s characters too many for %(network)s (%(limit)s at most)."),
            count=over,
            network=adapter.label,
            limit=limits.text_max,
        )
    elif limits.text_bytes and len(text.encode()) > limits.text_bytes:
        yield _bad(
            "text-bytes",
            "text",
            gettext_noop("This text holds more emoji or rare letters than %(network)s can store."),
            network=adapter.label,
        )


def _count(adapter: Adapter, content: Content, limits: Limits) -> Iterator[Finding]:
    count = len(content.media)
    if count > limits.images_max:
        yield _bad(
            "media-many",
            "media",
            gettext_noop("%(network)s takes %(limit)s pictures at most; this post has %(count)s."),
            network=adapter.label,
            limit=limits.images_max,
            count=count,
        )
    if count < limits.images_min and content.reply_to is None:
        yield _bad(
            "media-few",
            "media",
            gettext_noop("A post on %(network)s needs at least one picture."),
            network=adapter.label,
        )


def _picture(adapter: Adapter, media: Media, number: int, limits: Limits) -> Iterator[Finding]:
    place = {"number": number, "network": adapter.label}
    if media.mime not in limits.image_types:
        yield _bad(
            "media-type",
            "media",
            gettext_noop("%(network)s does not take picture %(number)s: its type is %(type)s."),
            type=media.mime,
            **place,
        )
    if media.size > limits.image_bytes:
        yield _bad(
            "media-size",
            "media",
            gettext_noop("Picture %(number)s is too large for %(network)s (%(limit)s kB at most)."),
            limit=limits.image_bytes // 1000,
            **place,
        )
    if not media.alt.strip():
        message = Sentence(gettext_noop("Picture %(number)s has no alt text."), {"number": number})
        yield Finding("warn", "alt-missing", message, "media")
    elif len(media.alt) > limits.alt_max:
        yield _bad(
            "alt-long",
            "media",
            gettext_noop("The alt text of picture %(number)s is longer than %(limit)s characters."),
            limit=limits.alt_max,
            number=number,
        )


def _bad(code: str, field: str, template: str, **params: object) -> Finding:
    return Finding("bad", code, Sentence(template, params), field)

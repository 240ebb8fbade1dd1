"""What a server tells of itself: its limits, and whether its idempotency keys can be trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from unisono.networks.contract import Limits

_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")


def profile_of(instance: Mapping[str, Any]) -> dict[str, Any]:
    """The part of `/api/v2/instance` (or v1) the adapter keeps with the account."""
    configuration = _inner(instance, "configuration")
    statuses, media = _inner(configuration, "statuses"), _inner(configuration, "media_attachments")
    types = [t for t in media.get("supported_mime_types") or () if t in _TYPES]
    version = str(instance.get("version", ""))
    return {
        "version": version,
        "key_trusted": honours_keys(version),
        "text_max": _whole(statuses.get("max_characters") or instance.get("max_toot_chars"), 500),
        "url_length": _whole(statuses.get("characters_reserved_per_url"), 23),
        "images_max": _whole(statuses.get("max_media_attachments"), 4),
        "image_bytes": _whole(media.get("image_size_limit"), 8_000_000),
        "image_types": types or list(_TYPES),
        "alt_max": _whole(media.get("description_limit"), 1500),
    }


def honours_keys(version: str) -> bool:
    """Whether a repeated Idempotency-Key is known to make no second post.

    Mastodon and its forks (`4.5.1`, `4.4.0+glitch`) do, for one hour. Other servers announce
    themselves as `2.7.2 (compatible; Name 1.2)` or with a version below 2; some ignore the key.
    """
    found = re.match(r"(\d+)\.(\d+)", version)
    return bool(found and int(found[1]) >= 2 and "compatible" not in version.lower())


def limits_of(profile: Mapping[str, Any]) -> Limits:
    """The limits kept in an account's profile."""
    return Limits(
        text_max=_whole(profile.get("text_max"), 500),
        text_unit="graphemes",
        images_max=_whole(profile.get("images_max"), 4),
        image_bytes=_whole(profile.get("image_bytes"), 8_000_000),
        image_types=tuple(profile.get("image_types") or _TYPES),
        alt_max=_whole(profile.get("alt_max"), 1500),
    )


def _inner(outer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = outer.get(name)
    return value if isinstance(value, Mapping) else {}


def _whole(value: object, default: int) -> int:
    return value if isinstance(value, int) and value > 0 else default

"""What of a variant reaches the network, and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async

from unisono.kernel import tenancy
from unisono.networks.contract import (
    Content,
    Media,
    Refused,
    Sentence,
    Unsent,
    VerdictRaised,
    gettext_noop,
)
from unisono.rooms.content import tagging
from unisono.rooms.content.models import PostImage, Revision, Variant
from unisono.rooms.library.models import Asset
from unisono.rooms.library.queries import store_is_there, stored

MISSING = Sentence(gettext_noop("An image of it is missing from the library. Choose another one."))

AWAY = Sentence(gettext_noop("The files of the library cannot be read at the moment."))


def media_of(images: list[PostImage]) -> list[dict[str, Any]]:
    """The images as a revision keeps them, in order."""
    return [
        {
            "asset": str(image.asset_id),
            "sha256": image.asset.sha256,
            "mime": image.asset.mime,
            "width": image.asset.width,
            "height": image.asset.height,
            "size": image.asset.size,
            "alt": image.alt,
        }
        for image in images
    ]


def digest_of(
    *,
    network: str,
    remote_id: str,
    text: str,
    language: str,
    media: list[dict[str, Any]],
    options: dict[str, Any],
    follow_ups: Sequence[str] = (),
) -> str:
    """SHA-256 over the account and all that is sent to it; the approval is bound to this."""
    sent: dict[str, Any] = {
        "to": [network, remote_id],
        "text": text,
        "language": language,
        "media": [[m["sha256"], m["alt"]] for m in media],
        "options": options,
    }
    if follow_ups:  # Without any, the digest is what it was before there were any.
        sent["follow_ups"] = list(follow_ups)
    canonical = json.dumps(sent, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def digest_now(variant: Variant, images: list[PostImage]) -> str:
    """The digest of the variant as it stands."""
    return digest_of(
        network=variant.channel.network,
        remote_id=variant.channel.remote_id,
        text=tagging.words(variant),
        language=variant.post.language,
        media=media_of(images),
        options=variant.options,
        follow_ups=tagging.parts(variant),
    )


def draft(variant: Variant, images: list[PostImage], part: int = 0) -> Content:
    """The variant as it stands, or one of its follow-ups, for the adapter's checks and preview."""
    if part:
        return Content(
            text=tagging.as_sent(variant, variant.parts[part - 1]),
            language=variant.post.language,
            options=variant.options,
            reply_to={},
        )
    return Content(
        text=tagging.words(variant),
        language=variant.post.language,
        media=tuple(_media(row, variant.organization_id) for row in media_of(images)),
        options=variant.options,
    )


def frozen(revision: Revision, part: int = 0, reply_to: Mapping[str, Any] | None = None) -> Content:
    """The revision, or one of its follow-ups, as the adapter sends it."""
    if part:
        return Content(
            text=revision.follow_ups[part - 1],
            language=revision.language,
            options=revision.options,
            reply_to=reply_to or {},
        )
    return Content(
        text=revision.text,
        language=revision.language,
        media=tuple(_media(row, revision.organization_id) for row in revision.media),
        options=revision.options,
    )


def _media(row: dict[str, Any], organization_id: UUID) -> Media:
    async def read() -> bytes:
        return await sync_to_async(_bytes)(organization_id, row["asset"])

    return Media(
        sha256=row["sha256"],
        mime=row["mime"],
        width=row["width"],
        height=row["height"],
        size=row["size"],
        alt=row["alt"],
        read=read,
    )


def _bytes(organization_id: UUID, asset_id: str) -> bytes:
    try:
        with tenancy.within(organization_id):
            return stored(Asset.objects.get(pk=asset_id))[0]
    except (Asset.DoesNotExist, OSError) as error:
        away = isinstance(error, OSError) and not (
            isinstance(error, FileNotFoundError) and store_is_there()
        )
        # Nothing was sent. A file that is gone does not come back by trying again; a store does.
        raise VerdictRaised(Unsent(AWAY) if away else Refused(MISSING)) from error

"""What the pretend network takes, and how it says no."""

from __future__ import annotations

import io
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from PIL import Image, UnidentifiedImageError

from unisono.networks.sandbox.server.places import (
    IMAGE_BYTES,
    IMAGE_TYPES,
    PLACES,
    Place,
)
from unisono.networks.sandbox.server.store import Person, Store
from unisono.networks.text import graphemes


class Refusal(Exception):
    """The request is refused with a sentence."""

    def __init__(self, status: int, code: str, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field = status, code, message, field


def measured(data: bytes) -> tuple[tuple[int, int], str]:
    if len(data) > IMAGE_BYTES:
        raise Refusal(422, "file", "The picture is too large.", "file")
    try:
        with Image.open(io.BytesIO(data)) as image:
            mime = Image.MIME.get(image.format or "", "")
            size = image.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise Refusal(422, "file", "This is not a picture.", "file") from None
    if mime not in IMAGE_TYPES:
        raise Refusal(422, "file", "Pictures are JPEG, PNG, WebP or GIF.", "file")
    return size, mime


def checked(store: Store, person: Person, wish: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    place, text = PLACES[person.place], str(wish.get("text", ""))
    if length(place, text) > place.text_max:
        raise Refusal(422, "text-long", f"At most {place.text_max} characters.", "text")
    found = [store.picture(person.id, str(media)) for media in wish.get("media") or []]
    pictures = [asdict(picture) for picture in found if picture is not None]
    if len(pictures) < len(found):
        raise Refusal(422, "media-unknown", "There is no such picture.", "media")
    least = 0 if wish.get("reply_to") else place.images_min
    if not least <= len(pictures) <= place.images_max:
        message = f"{place.title} takes {place.images_min} to {place.images_max} pictures."
        raise Refusal(422, "media-count", message, "media")
    if not text.strip() and not pictures:
        raise Refusal(422, "empty", "A post needs a text or a picture.", "text")
    return text, pictures


def length(place: Place, text: str) -> int:
    """Length as this place counts."""
    return graphemes(text) if place.unit == "graphemes" else len(text)


def moment(text: object, now: float) -> float:
    """When the post counts as written; only the past may be named."""
    if not text:
        return now
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        raise Refusal(422, "at", "The time is not in ISO 8601.", "at") from None
    seconds = at.replace(tzinfo=at.tzinfo or UTC).timestamp()
    if seconds > now + 60:
        raise Refusal(422, "at", "A post cannot come from the future.", "at")
    return min(seconds, now)

"""What a note on any calendar or agenda links to."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from unisono.rooms.publishing.queries import Item

register = template.Library()


@register.simple_tag
def item_links(item: Item) -> dict[str, Any]:
    """`href` (the receipt once it went out or is in trouble, else the composer), `move`, marks."""
    told = item.publication_id and item.state not in ("scheduled",)
    face = item.channel.face
    return {
        "href": reverse("publication", args=[item.publication_id])
        if told
        else reverse("post", args=[item.post_id]),
        "move": reverse("variant.time", args=[item.variant_id]) if item.movable else "",
        "face": face,
        "networks": (face,),
    }

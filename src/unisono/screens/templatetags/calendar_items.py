"""What a note on any calendar or agenda links to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from unisono.rooms.plan.occasions import Occasion
from unisono.rooms.publishing.agenda import Item
from unisono.screens.calendar.grid import Bundle, waits_for
from unisono.ui.small import note

register = template.Library()
register.simple_tag(waits_for)


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


@register.simple_tag(takes_context=True)
def bundle_note(context: Context, bundle: Bundle) -> SafeString:
    """One note of the calendar. A full month holds hundreds: no template is opened for each."""
    first = bundle.first
    return note(
        context,
        first.title,
        at=first.at,
        hue=first.department.hue,
        state=first.state,
        networks=bundle.faces,
        href=bundle.href,
        move_url=bundle.move_url,
        mark=gettext("One of a series") if first.series_id else "",
        waits=waits_for(first),
        collides=collides(context, bundle),
    )


@register.simple_tag(takes_context=True)
def collides(context: Context, bundle: Bundle) -> str:
    """Which house rules the posts of a note break, where the page has asked."""
    clashing = context.get("clashing") or {}
    return " ".join(clashing[i.variant_id] for i in bundle.items if i.variant_id in clashing)


@register.inclusion_tag("calendar/key_dates.html")
def key_dates(found: dict[date, list[Occasion]], day: date) -> dict[str, Any]:
    """What a day is known for, in its head."""
    return {"found": found.get(day, ())}

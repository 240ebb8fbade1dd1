"""What a variant's words are on their way out: with its campaign's parameters on every link.

The digest, the checks, the preview and the frozen revision all ask here, so that what is reviewed
is what is sent.
"""

from __future__ import annotations

from dataclasses import replace

from unisono.rooms.content.models import Variant
from unisono.rooms.plan import utm


def words(variant: Variant) -> str:
    """The text as it goes out on this channel."""
    return as_sent(variant, variant.words)


def parts(variant: Variant) -> list[str]:
    """The follow-ups as they go out on this channel."""
    return [as_sent(variant, part) for part in variant.parts]


def as_sent(variant: Variant, text: str) -> str:
    """Any text of the variant as it would go out."""
    campaign = variant.post.campaign if variant.post.campaign_id else None
    if campaign is None or not campaign.utm:
        return text
    return utm.tagged(text, utm.Pattern.of(campaign.utm), _values(variant))


def shared(variant: Variant, link: str) -> str:
    """A link of what goes out on this channel, as colleagues share it by hand: with the campaign's
    parameters, in which the channel is they. A link that was tagged otherwise stays as it is."""
    campaign = variant.post.campaign if variant.post.campaign_id else None
    if campaign is None or not campaign.utm:
        return link
    pattern = replace(utm.Pattern.of(campaign.utm), replace=True)
    values = _values(variant)
    if utm.tagged_link(link, pattern, values) != link:
        return link
    return utm.tagged_link(link, pattern, values | {"channel": "colleagues", "network": "share"})


def _values(variant: Variant) -> dict[str, str]:
    """What the placeholders stand for. A campaign's code outlives its renaming."""
    post, channel = variant.post, variant.channel
    campaign = post.campaign
    return {
        "campaign": campaign.code or utm.slug(campaign.name) if campaign else "",
        "channel": utm.slug(channel.handle),
        "network": channel.network,
        "department": utm.slug(post.department.name),
        "post": utm.slug(post.title),
        "id": post.pk.hex[-8:],
    }

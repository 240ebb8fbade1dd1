"""Copies of posts: the same words, pictures and adaptations, as a draft of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.content.queries import variants_of
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan.models import Campaign, Objective


def copy_post(
    post: Post,
    *,
    campaign: Campaign | None = None,
    channels: Sequence[Channel] | None = None,
    wall: datetime | None = None,
    zone: str = "",
    by: Actor,
    now: datetime,
) -> Post:
    """The post as a new draft, with what its channels say of their own.

    It goes to `channels`, else to all of the post's that are still connected, and belongs to
    `campaign`; `wall` in `zone` pencils all of it in. Pictures that were retired stay behind.
    """
    before = {variant.channel_id: variant for variant in variants_of(post)}
    wanted = [one.channel for one in before.values()] if channels is None else list(channels)
    with transaction.atomic():
        made = content.write_post(
            title=post.title,
            text=post.text,
            follow_ups=post.follow_ups,
            language=post.language,
            department=post.department,
            campaign=campaign,
            objective=living(post.objective),
            audiences=list(post.audiences.filter(archived_at=None)),
            channels=[one for one in wanted if one.state != "disconnected"],
            wall=wall,
            zone=zone,
            by=by,
            now=now,
        )
        for image in post.images.select_related("asset").filter(asset__retired_at=None):
            content.attach_image(made, image.asset, alt=image.alt, by=by, now=now)
        for variant in variants_of(made):
            if variant.channel_id in before:
                _adapted(before[variant.channel_id], variant, by, now)
    return made


def _adapted(old: Variant, new: Variant, by: Actor, now: datetime) -> None:
    if old.text is not None or old.follow_ups is not None or old.options:
        content.adapt_variant(
            new, text=old.text, follow_ups=old.follow_ups, options=old.options, by=by, now=now
        )


def living(objective: Objective | None) -> Objective | None:
    """The objective, unless it is archived: nothing new is tied to that."""
    return None if objective is None or objective.archived_at else objective

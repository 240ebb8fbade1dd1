"""The verbs of order: which post follows which, and embargoes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing import actions, followers, turns
from unisono.rooms.publishing.bell import ring
from unisono.rooms.publishing.models import Embargo, PostOrder, Publication
from unisono.rooms.publishing.reasons import NO_REASON
from unisono.rooms.publishing.states import GRACE

LONGEST = 60 * 24 * 90
"""Minutes between two posts at most: a quarter of a year."""


def follow(
    post: Post, after: Post, *, minutes: int, along: bool = False, by: Actor, now: datetime
) -> PostOrder:
    """Let a post go out `minutes` after another of its campaign is out, or later.

    Raises Invalid for posts of two campaigns and for a circle, Overtakes when the post is to go out
    too early for that; with `along` it is given the earliest time that is not.
    """
    by.must(Capability.SCHEDULE, post.department_id)
    if not 0 <= minutes <= LONGEST:
        raise Invalid(_("Choose a distance of at most 90 days."), field="minutes")
    if post.campaign_id is None or post.campaign_id != after.campaign_id:
        raise Invalid(_("Only posts of one campaign can be put in order."), field="after")
    if after.removed_at or post.removed_at:
        raise Conflict(_("This post has been removed."))
    with transaction.atomic():
        # One change of a campaign's order at a time: two at once could close a circle.
        Campaign.objects.select_for_update(no_key=True).get(pk=post.campaign_id)
        _must_be_no_circle(post, after)
        order, _made = PostOrder.objects.update_or_create(
            post=post,
            defaults={"after": after, "minutes": minutes, "set_by": by.member, "set_at": now},
        )
        events.record(
            "order.set", post, by=by, now=now, after=str(after.pk), title=after.title,
            minutes=minutes,
        )  # fmt: skip
        actions.bring_along(after, None, along=along, by=by, now=now, only=post)
        followers.ask_again([post], now)
    return order


def unfollow(post: Post, *, by: Actor, now: datetime) -> None:
    """Let a post go out whenever it is due, whatever it followed."""
    by.must(Capability.SCHEDULE, post.department_id)
    with transaction.atomic():
        order = turns.order_of(post)
        if order is None:
            raise Conflict(_("This post follows no other."))
        PostOrder.objects.filter(pk=order.pk).delete()
        events.record("order.removed", post, by=by, now=now, title=order.after.title)
        followers.ask_again([post], now)


def embargo(
    target: Post | Campaign, *, wall: datetime, zone: str, by: Actor, now: datetime
) -> Embargo:
    """Let nothing of a post or campaign go out before naive `wall` in `zone`.

    What is scheduled for an earlier time waits until then.
    """
    _must_place(target, by)
    until = content.meant(wall, zone, now=now)
    values = {
        "wall": f"{wall:%Y-%m-%dT%H:%M}",
        "zone": zone,
        "until": until,
        "placed_by": by.member,
        "placed_at": now,
    }
    with transaction.atomic():
        row, _made = Embargo.objects.update_or_create(**_of(target), defaults=values)
        events.record("embargo.placed", target, by=by, now=now, wall=values["wall"], zone=zone)
        followers.ask_again(_posts(target), now)
    return row


def lift_embargo(target: Post | Campaign, *, by: Actor, now: datetime) -> None:
    """Let a post or campaign go out at its own times again."""
    _must_place(target, by)
    with transaction.atomic():
        gone, _each = Embargo.objects.filter(**_of(target)).delete()
        if not gone:
            raise Conflict(_("There is no embargo on this."))
        events.record("embargo.lifted", target, by=by, now=now)
        followers.ask_again(_posts(target), now)


def send_anyway(publication: Publication, *, why: str, by: Actor, now: datetime) -> Publication:
    """Send what waits for its turn now, out of turn. Why is kept; approval and holds still count.

    Raises Conflict when it does not wait for its turn.
    """
    by.must(Capability.HOLD, publication.variant.post.department_id)
    if not why.strip():
        raise Invalid(_("Say why it goes out of turn."), field="why")
    waits = publication.part == 0 and publication.state == "scheduled"
    if not waits or publication.pk not in turns.waits_on([publication.pk], now):
        raise Conflict(_("This does not wait for its turn."))
    with transaction.atomic():
        moved = Publication.objects.filter(pk=publication.pk, state="scheduled").update(
            unbound_at=now, next_at=now, latest_at=max(publication.latest_at, now + GRACE),
            **NO_REASON,
        )  # fmt: skip
        if not moved:
            raise Conflict(_("It is being sent this very moment."))
        publication.refresh_from_db()
        events.record("publication.unbound", publication, by=by, now=now, why=why.strip())
        ring()
    return publication


def _must_be_no_circle(post: Post, after: Post) -> None:
    before: UUID | None = after.pk
    seen = set()
    while before is not None and before not in seen:
        if before == post.pk:
            raise Invalid(
                _("“%(title)s” goes out after this post already: that would be a circle.")
                % {"title": after.title},
                field="after",
            )
        seen.add(before)
        before = PostOrder.objects.filter(post=before).values_list("after", flat=True).first()


def _must_place(target: Post | Campaign, by: Actor) -> None:
    capability = Capability.SCHEDULE if isinstance(target, Post) else Capability.CAMPAIGN
    by.must(capability, target.department_id)


def _of(target: Post | Campaign) -> dict[str, Any]:
    return {"post": target} if isinstance(target, Post) else {"campaign": target}


def _posts(target: Post | Campaign) -> list[Post]:
    return [target] if isinstance(target, Post) else list(Post.objects.filter(campaign=target))

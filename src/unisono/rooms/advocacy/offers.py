"""What of a post may be shared: revisions that were agreed to as they stand, or are out.

No text of a kit comes from anywhere else, so that a kit cannot be a way around an approval.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from unisono.networks.text import entities
from unisono.rooms.content import queries as content
from unisono.rooms.content import tagging
from unisono.rooms.content.models import Post, Revision
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import stops
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.turns import embargoes_on
from unisono.rooms.workflow.queries import asked_and_agreed

BESIDE = 60
"""How many other posts of the campaign are looked through for further texts."""


@dataclass(frozen=True)
class Offer:
    """A revision that may go into a kit. `out` says that it is published, `url` where."""

    revision: Revision
    out: bool
    url: str
    links: dict[str, str]

    @property
    def target(self) -> str:
        """Where the first link of it leads."""
        return next(iter(self.links.values()), "")


def offers(actor: Actor, post: Post) -> list[Offer]:
    """What a kit of this post may hold: its own texts first, then those of its campaign's other
    posts (another language, another tone) which the actor might share as well. Equal ones once."""
    posts = [post]
    if post.campaign_id:
        beside = content.posts(actor).filter(campaign=post.campaign_id).exclude(pk=post.pk)
        posts += [p for p in beside[:BESIDE] if actor.can(Capability.SCHEDULE, p.department_id)]
    place = {row.pk: at for at, row in enumerate(posts)}
    found = [_offer(revision) for revision in _standing(posts)]
    found.sort(key=lambda one: (place[one.revision.variant.post_id], not one.out))
    seen: dict[tuple[object, ...], Offer] = {}
    for one in found:
        seen.setdefault(_same(one), one)
    return list(seen.values())


def clear(revisions: Iterable[Revision]) -> set[UUID]:
    """Those of these revisions that may still be shared: agreed to or out, of a post that is
    there."""
    return {row.pk for row in _cleared().filter(pk__in=[one.pk for one in revisions])}


def held(revisions: Iterable[Revision]) -> set[UUID]:
    """Those of these revisions that a hold in force stops: what must not go out is not shared."""
    rows = [
        Publication(variant=one.variant, revision=one, channel=one.channel) for one in revisions
    ]
    stopped = stops.holds_on(rows)
    return {row.revision_id for row in rows if row.pk in stopped}


def embargoed(post: Post, now: datetime) -> bool:
    """Whether nothing of the post goes out yet."""
    return any(one.until > now for one in embargoes_on(post))


def is_out(post: Post) -> bool:
    """Whether anything of the post is out."""
    return Publication.objects.filter(variant__post=post, part=0, state="published").exists()


def _cleared() -> QuerySet[Any]:
    out = Publication.objects.filter(revision=OuterRef("pk"), part=0, state="published")
    rows = Revision.objects.filter(variant__post__removed_at=None)
    rows = rows.annotate(
        out=Exists(out),
        out_url=Subquery(out.order_by().values("url")[:1]),
        **asked_and_agreed("pk", "variant_id"),
    )
    return rows.filter(Q(out=True) | Q(asked=False) | Q(agreed__isnull=False))


def _standing(posts: list[Post]) -> list[Any]:
    """Of each channel of these posts what it says now if that is agreed to, else what is out."""
    rows = _cleared().filter(variant__post__in=posts, variant__dropped_at=None)
    rows = rows.select_related(
        "channel", "variant__channel", "variant__post__department", "variant__post__campaign"
    )
    chosen: dict[UUID, Any] = {}
    for row in rows.order_by("variant", "number"):
        best = chosen.get(row.variant_id)
        now_said = row.digest == row.variant.digest
        if now_said or (row.out and (best is None or best.digest != best.variant.digest)):
            chosen[row.variant_id] = row
    return [row for row in chosen.values() if row.text.strip()]


def _offer(revision: Any) -> Offer:
    links = {
        found.text: tagging.shared(revision.variant, found.text)
        for found in entities(revision.text)
        if found.kind == "url"
    }
    return Offer(revision, revision.out, revision.out_url or "", links)


def _same(offer: Offer) -> tuple[object, ...]:
    """What makes two offers the same for a colleague: the words, with links as they are shared."""
    text = offer.revision.text
    for said, target in offer.links.items():
        text = text.replace(said, target)
    pictures = tuple((one["sha256"], one["alt"]) for one in offer.revision.media)
    return (offer.revision.language, text, pictures)


def kept(revisions: Iterable[UUID]) -> dict[UUID, Offer]:
    """Those of a kit's own revisions that may still be shared, by key."""
    rows = (
        _cleared()
        .filter(pk__in=list(revisions))
        .select_related(
            "channel", "variant__channel", "variant__post__department", "variant__post__campaign"
        )
    )
    return {row.pk: _offer(row) for row in rows}

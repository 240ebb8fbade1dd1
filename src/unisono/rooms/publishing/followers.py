"""What waits for a post that goes out before it: when it may go, and when to ask again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Value, When
from django.db.models.functions import Greatest

from unisono.rooms.content.models import Post
from unisono.rooms.publishing import turns
from unisono.rooms.publishing.bell import ring
from unisono.rooms.publishing.models import PostOrder, Publication
from unisono.rooms.publishing.reasons import NO_REASON, because
from unisono.rooms.publishing.states import READY


def release(out: Sequence[Publication], *, now: datetime) -> None:
    """These are out: what follows their posts may go at its distance.

    Nothing is asked where the ledger knows that nothing is in order (see `turns.any_order`).
    """
    leading = [row for row in out if row.part == 0 and getattr(row, "leads", True)]
    if not leading:
        return
    variants = {row.variant_id: row.published_at or now for row in leading}
    orders = PostOrder.objects.filter(after__variants__in=variants).values_list(
        "post_id", "minutes", "after__title", "after__variants"
    )
    for post_id, minutes, title, variant_id in orders:
        if variant_id in variants:
            free = max(variants[variant_id] + timedelta(minutes=minutes), now)
            _give(post_id, free, because("follows", title=title, minutes=minutes))
    if orders:
        ring()


def _give(post_id: UUID, free: datetime, why: dict[str, Any]) -> None:
    """Let what waits of a post ask for its turn at this instant, or when it is due."""
    waiting = Publication.objects.filter(READY, variant__post=post_id, part=0, unbound_at=None)
    ready = waiting.filter(due_at__gte=free, reason_code__in=turns.WAITS)
    ready.update(next_at=F("due_at"), **NO_REASON)
    # What waits for its network as well goes on waiting for that.
    given = Case(
        When(reason_code__in=turns.WAITS, then=Value(free)), default=Greatest(F("next_at"), free)
    )
    waiting.filter(due_at__lt=free).update(next_at=given, **why)


def ask_again(posts: Sequence[Post], now: datetime) -> None:
    """What waits for its turn asks anew: what it waits for has changed."""
    waiting = Publication.objects.filter(
        READY, variant__post__in=posts, part=0, reason_code__in=turns.WAITS
    )
    if waiting.update(next_at=Greatest(F("due_at"), now), **NO_REASON):
        ring()

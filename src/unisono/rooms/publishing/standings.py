"""The badge of posts and variants, derived from their reviews and publications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When

from unisono.rooms.content.models import Post, Variant
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.states import DRIFTS
from unisono.rooms.workflow.models import ApprovalRequest

REVIEWED = {"open": "in_review", "approved": "approved", "changes_asked": "changes_asked"}
"""The badge of what is only pencilled in, by the state of its request; without one: draft."""


NEEDS_A_PERSON = Q(state__in=("failed", "held")) | Q(state="unknown", next_at=None)

DRIFTED = Q(state="published", reason_code__in=DRIFTS)
"""Out, and no more as it was sent."""


def stuck() -> Exists:
    """Of a post that is out: whether a follow-up of it needs a person."""
    return Exists(
        Publication.objects.filter(
            NEEDS_A_PERSON,
            variant=OuterRef("variant"),
            occurrence=OuterRef("occurrence"),
            part__gt=0,
        )
    )


def badge_of(review: str | None) -> str:
    """The badge that goes with what `review_of` found."""
    return REVIEWED.get(review or "", "draft")


def review_of(pk: str, digest: str) -> Subquery:
    """The state, of those in REVIEWED, of the latest request for a variant as it stands."""
    return Subquery(
        ApprovalRequest.objects.filter(
            variant=OuterRef(pk),
            revision__digest=OuterRef(digest),
            state__in=tuple(REVIEWED),
        )
        .order_by("-asked_at")
        .values("state")[:1]
    )


def standing(posts: Iterable[Post]) -> dict[UUID, dict[str, Any]]:
    """The badge of each post, derived: {state, out, of} by the post's id, in two queries.

    `state` is the most telling of its variants': what needs a person first, what is done last.
    """
    ids = [post.pk for post in posts]
    rows = (
        Variant.objects.filter(post__in=ids, dropped_at=None)
        .annotate(
            review=review_of("pk", "digest"),
            sent=Subquery(
                Publication.objects.filter(variant=OuterRef("pk"), part=0)
                .exclude(state="cancelled")
                .annotate(shown=shown())
                .order_by("-scheduled_at")
                .values("shown")[:1]
            ),
        )
        .values_list("post_id", "sent", "review")
    )
    states: dict[UUID, list[str]] = {pk: [] for pk in ids}
    for post_id, sent, review in rows:
        states[post_id].append(sent or badge_of(review))
    return {pk: _summary(found) for pk, found in states.items()}


TELLING = (
    "failed",
    "unknown",
    "incomplete",
    "gone",
    "changed",
    "held",
    "publishing",
    "changes_asked",
    "in_review",
    "approved",
    "draft",
    "scheduled",
    "published",
)


OUT = ("published", "incomplete", *DRIFTS)
"""Badges of what went out."""


def _summary(states: list[str]) -> dict[str, Any]:
    if not states:
        return {"state": "draft", "out": 0, "of": 0}
    state = next(s for s in TELLING if s in states)
    out = sum(state in OUT for state in states)
    return {"state": state, "out": out, "of": len(states)}


def shown() -> Case:
    """A publication's state; of what is out `incomplete` when a follow-up of it needs a person,
    `gone` or `changed` when it is no more as it was sent."""
    return Case(
        When(DRIFTED, then=F("reason_code")),
        When(Q(state="published", parts__gt=1) & Q(stuck()), then=Value("incomplete")),
        default=F("state"),
    )


def standing_of(variants: Iterable[Variant]) -> dict[UUID, tuple[str, Publication | None]]:
    """The badge of each variant and its latest publication, by the variant's id; two queries."""
    ids = [variant.pk for variant in variants]
    latest = {
        row.variant_id: row
        for row in Publication.objects.filter(variant__in=ids, part=0)
        .exclude(state="cancelled")
        .annotate(shown=shown())
        .order_by("scheduled_at")
    }
    reviews = dict(
        Variant.objects.filter(pk__in=ids)
        .annotate(review=review_of("pk", "digest"))
        .values_list("pk", "review")
    )
    return {
        pk: (latest[pk].shown if pk in latest else badge_of(reviews[pk]), latest.get(pk))
        for pk in ids
    }

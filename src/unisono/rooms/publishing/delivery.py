"""How well publishing keeps its promise, and where it will not: questions for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
)
from django.db.models.functions import Coalesce

from unisono.rooms.content.models import Variant
from unisono.rooms.content.queries import seen
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.models import Attempt, Publication
from unisono.rooms.publishing.queries import NEEDS_A_PERSON
from unisono.rooms.workflow.models import ApprovalRequest, Decision


@dataclass(frozen=True)
class Delivery:
    """What became of all that fell due: each row is counted once, `twice` apart.

    `lost` is what nobody took up until its latest time; `twice` what more than one attempt of the
    same publication got through.
    """

    due: int
    published: int
    lost: int
    needs_a_person: int
    twice: int

    @property
    def share(self) -> float | None:
        """The part of what was settled that went out, 0 to 1; None when nothing fell due."""
        settled = self.published + self.lost + self.needs_a_person
        return self.published / settled if settled else None


def delivery(actor: Actor, *, since: datetime, now: datetime) -> Delivery:
    """What fell due from `since` up to `now`. Two queries."""
    rows = Publication.objects.filter(
        seen(actor, "variant__post__department"), due_at__gte=since, due_at__lte=now
    ).exclude(state="cancelled")
    counted = rows.aggregate(
        due=Count("pk"),
        published=Count("pk", filter=Q(state="published")),
        needs_a_person=Count("pk", filter=NEEDS_A_PERSON),
        lost=Count("pk", filter=Q(state="scheduled", latest_at__lt=now, next_at__lte=now)),
    )
    twice = (
        Attempt.objects.filter(publication__in=rows, phase="commit", outcome="published")
        .values("publication")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
        .count()
    )
    return Delivery(**counted, twice=twice)


def served(actor: Actor, start: datetime, end: datetime) -> tuple[set[UUID], set[UUID]]:
    """The campaigns and the objectives for which something is planned from `start` up to `end`.

    Pencilled in counts as well as scheduled. One query.
    """
    sent = Publication.objects.filter(variant=OuterRef("pk"), due_at__gte=start, due_at__lt=end)
    rows = (
        Variant.objects.filter(
            seen(actor, "post__department"), dropped_at=None, post__removed_at=None
        )
        .filter(
            Q(planned_at__gte=start, planned_at__lt=end) | Exists(sent.exclude(state="cancelled"))
        )
        .values_list("post__campaign", Coalesce("post__objective", "post__campaign__objective"))
        .order_by()
        .distinct()
    )
    pairs = list(rows)
    return {campaign for campaign, _o in pairs if campaign}, {one for _c, one in pairs if one}


def asked_to_change(actor: Actor) -> list[dict[str, Any]]:
    """What was sent back and is still as it was: one row a variant, soonest first. One query.

    Each is {post_id, title, department_id, said, said_by}: what should change, and who says so.
    """
    open_again = ApprovalRequest.objects.filter(
        revision=OuterRef("revision"), state__in=("open", "approved")
    )
    said = Decision.objects.filter(request=OuterRef("pk"), outcome="changes_asked")
    rows = (
        ApprovalRequest.objects.filter(
            ~Exists(open_again),
            seen(actor, "department"),
            state="changes_asked",
            revision__digest=F("variant__digest"),
            variant__dropped_at=None,
            post__removed_at=None,
        )
        .order_by(F("variant__planned_at").asc(nulls_last=True), "-asked_at")
        .values(
            "post_id",
            "department_id",
            title=F("post__title"),
            said=Subquery(said.values("note")[:1]),
            said_by=Subquery(said.values("by_name")[:1]),
        )
    )
    return [dict(row) for row in rows]

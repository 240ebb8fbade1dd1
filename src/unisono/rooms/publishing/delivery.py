"""How well publishing keeps its promise, and where it will not: questions for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Q,
)

from unisono.rooms.content.queries import seen
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.standings import NEEDS_A_PERSON, stuck
from unisono.rooms.workflow.models import ApprovalRequest


@dataclass(frozen=True)
class Delivery:
    """What became of all that fell due: each row is counted once, `twice` apart.

    `lost` is what nobody took up until its latest time; `twice` how often another attempt of the
    same publication got through as well.
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
    """What fell due from `since` up to `now`. One query.

    A post counts once with all its follow-ups; one that needs a person stands for it.
    """
    got_through = Q(attempts__phase="commit", attempts__outcome="published")
    counted = Publication.objects.filter(
        ~Q(state="cancelled"),
        seen(actor, "variant__post__department"),
        due_at__gte=since,
        due_at__lte=now,
    ).aggregate(
        due=_each(Q(part=0)),
        published=_each(Q(part=0, state="published") & (Q(parts=1) | Q(~stuck()))),
        needs_a_person=_each(NEEDS_A_PERSON),
        lost=_each(Q(state="scheduled", latest_at__lt=now, next_at__lte=now)),
        sent=Count("attempts", filter=got_through),
        sent_once=_each(got_through),
    )
    twice = counted.pop("sent") - counted.pop("sent_once")
    return Delivery(**counted, twice=twice)


def _each(which: Q | None = None) -> Count:
    """How many publications, each once, however many attempts it has."""
    return Count("pk", filter=which, distinct=True)


def asked_to_change(actor: Actor) -> list[dict[str, Any]]:
    """What was sent back and is still as it was: one row a variant, soonest first. One query.

    Each is {post_id, title, department_id, said, said_by}: what should change, and who says so.
    """
    open_again = ApprovalRequest.objects.filter(
        revision=OuterRef("revision"), state__in=("open", "approved")
    )
    rows = (
        ApprovalRequest.objects.filter(
            ~Exists(open_again),
            seen(actor, "department"),
            state="changes_asked",
            decisions__outcome="changes_asked",
            revision__digest=F("variant__digest"),
            variant__dropped_at=None,
            post__removed_at=None,
        )
        .order_by(F("variant__planned_at").asc(nulls_last=True), "-asked_at")
        .values(
            "post_id",
            "department_id",
            title=F("post__title"),
            said=F("decisions__note"),
            said_by=F("decisions__by_name"),
        )
    )
    return [dict(row) for row in rows]

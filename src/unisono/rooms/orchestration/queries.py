"""Questions about signals and proposals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from unisono.kernel.clock import start_of_day, to_wall
from unisono.kernel.refusals import NotFound
from unisono.rooms.content.models import Variant
from unisono.rooms.content.queries import seen
from unisono.rooms.orchestration.models import Lock, Mandate, Noticed, Proposal, Signal
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability

DECIDED = ("accepted", "declined", "undone", "expired")


def proposals(actor: Actor, *states: str) -> QuerySet[Proposal]:
    """The proposals of the departments the actor sees: what is shown before what is only likely,
    the soonest to end first."""
    # An empty condition ("sees everything") in an "or" would count for nothing.
    about = seen(actor, "post__department")
    rows = Proposal.objects.filter(seen(actor, "department"), post__removed_at=None)
    if about:
        rows = rows.filter(about | Q(post=None))
    if states:
        rows = rows.filter(state__in=states)
    return surest(
        rows.select_related(
            "department",
            "post",
            "channel__department",
            "variant__channel",
            "campaign__department",
            "decided_by",
            "signal",
        )
    )


def surest(rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """In their order: what is only likely comes last."""
    likely = Case(When(signal__kind=Noticed.LIKELY, then=1), default=0)
    return rows.order_by(likely, "ends_at", "pk")


def proposal(actor: Actor, pk: UUID) -> Proposal:
    """One proposal; raises NotFound."""
    found = proposals(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such proposal."))
    return found


def signals(actor: Actor, *states: str) -> QuerySet[Signal]:
    """What was noticed in the departments the actor sees, or of no department; newest first."""
    actor.must_anywhere(Capability.SEE)
    allowed = actor.departments_with(Capability.SEE)
    rows = Signal.objects.all()
    if allowed is not None:
        rows = rows.filter(Q(department=None) | Q(department__in=allowed))
    if states:
        rows = rows.filter(state__in=states)
    return rows.select_related("department").order_by("-noticed_at", "pk")


@dataclass(frozen=True)
class Tried:
    """A department's trials of a month, offered or accepted, among all of its posts of it."""

    trials: int
    posts: int


def tried(departments: Collection[UUID], *, zone: str, now: datetime) -> dict[UUID, Tried]:
    """How many of this month's posts are trials, by department. Two queries."""
    start, end = month(zone, now)
    about = {"department__in": departments, "trial": True, "at__gte": start, "at__lt": end}
    trials = Counter(
        Proposal.objects.filter(state__in=("offered", "accepted"), **about).values_list(
            "department", flat=True
        )
    )
    posts = Counter(
        Variant.objects.filter(
            post__department__in=departments, post__removed_at=None, dropped_at=None,
            planned_at__gte=start, planned_at__lt=end,
        ).values_list("post__department", flat=True)
    )  # fmt: skip
    return {pk: Tried(trials[pk], posts[pk]) for pk in departments}


def month(zone: str, now: datetime) -> tuple[datetime, datetime]:
    """The local month of an instant: its beginning and its end."""
    first = to_wall(now, zone).date().replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return start_of_day(first, zone), start_of_day(following, zone)


def mandates(actor: Actor) -> QuerySet[Mandate]:
    """What Unisono may do by itself in the departments the actor sees."""
    rows = Mandate.objects.filter(seen(actor, "department"), state="given")
    return rows.select_related("department", "given_by")


def locks(actor: Actor) -> QuerySet[Lock]:
    """The posts the actor sees that stay where they are, the last locked first."""
    rows = Lock.objects.filter(seen(actor, "post__department"), post__removed_at=None)
    return rows.select_related("post__department", "locked_by")

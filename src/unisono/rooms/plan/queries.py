"""Questions about the plan."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan.models import (
    Campaign,
    KeyDate,
    KeyDateCountry,
    KeyResult,
    Objective,
    Reading,
)


def objectives(actor: Actor) -> QuerySet[Objective]:
    """The living objectives of the organization and of the departments the actor sees."""
    rows = Objective.objects.filter(_seen(actor), archived_at=None)
    return rows.select_related("department", "owner")


def objective(actor: Actor, pk: UUID) -> Objective:
    """One objective; raises NotFound."""
    found = (
        Objective.objects.filter(_seen(actor), pk=pk).select_related("department", "owner").first()
    )
    if found is None:
        raise NotFound(_("There is no such objective."))
    return found


def key_results(actor: Actor) -> QuerySet[KeyResult]:
    """The key results of the objectives the actor sees, in the order they were set."""
    rows = KeyResult.objects.filter(_seen(actor, "objective__"), removed_at=None)
    return rows.select_related("objective__department", "channel")


def key_result(actor: Actor, pk: UUID) -> KeyResult:
    """One key result; raises NotFound."""
    found = key_results(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such key result."))
    return found


def readings(measure: Objective | KeyResult) -> QuerySet[Reading]:
    """What was reported of a measure the actor was given, newest first."""
    own = measure if isinstance(measure, KeyResult) else None
    rows = Reading.objects.filter(objective=measure.goal, key_result=own)
    return rows.select_related("by").order_by("-read_at", "-pk")


def campaigns(actor: Actor) -> QuerySet[Campaign]:
    """The living campaigns the actor sees, in order of their start."""
    rows = Campaign.objects.filter(_seen(actor), archived_at=None)
    return rows.select_related("department", "objective", "owner")


def campaign(actor: Actor, pk: UUID) -> Campaign:
    """One campaign; raises NotFound."""
    found = (
        Campaign.objects.filter(_seen(actor), pk=pk)
        .select_related("department", "objective", "owner")
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such campaign."))
    return found


def key_dates(actor: Actor) -> QuerySet[KeyDate]:
    """The organization's own dates the actor sees, by day."""
    return KeyDate.objects.filter(_seen(actor), removed_at=None).select_related("department")


def key_date(actor: Actor, pk: UUID) -> KeyDate:
    """One of the organization's own dates; raises NotFound."""
    found = key_dates(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such key date."))
    return found


def countries(actor: Actor) -> tuple[str, ...]:
    """The codes of the countries whose dates matter here."""
    actor.must_anywhere(Capability.SEE)
    return tuple(KeyDateCountry.objects.values_list("code", flat=True))


def _seen(actor: Actor, through: str = "") -> Q:
    """What belongs to no department is everybody's to see."""
    actor.must_anywhere(Capability.SEE)
    allowed = actor.departments_with(Capability.SEE)
    if allowed is None:
        return Q()
    return Q(**{f"{through}department": None}) | Q(**{f"{through}department__in": allowed})

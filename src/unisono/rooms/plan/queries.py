"""Questions about the plan."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan.models import Campaign, Objective


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


def _seen(actor: Actor) -> Q:
    """What belongs to no department is everybody's to see."""
    actor.must_anywhere(Capability.SEE)
    allowed = actor.departments_with(Capability.SEE)
    return Q() if allowed is None else Q(department=None) | Q(department__in=allowed)

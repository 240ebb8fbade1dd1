"""Questions about the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan.models import (
    Audience,
    Campaign,
    CampaignAudience,
    CampaignDepartment,
    CampaignObjective,
    CampaignTemplate,
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


def campaigns(actor: Actor, *, archived: bool = False) -> QuerySet[Campaign]:
    """The living campaigns the actor sees, or all, in order of their start."""
    rows = Campaign.objects.filter(_campaign_seen(actor))
    rows = rows if archived else rows.filter(archived_at=None)
    return rows.select_related("department", "objective", "owner")


def campaign(actor: Actor, pk: UUID) -> Campaign:
    """One campaign; raises NotFound."""
    found = campaigns(actor, archived=True).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such campaign."))
    return found


STATUSES = ("planned", "running", "ended", "archived")


@dataclass(frozen=True)
class Wanted:
    """What narrows a list of campaigns; empty means all, and without a status all but archived."""

    status: str = ""
    departments: tuple[UUID, ...] = ()
    owners: tuple[UUID, ...] = ()
    objectives: tuple[UUID, ...] = ()
    audiences: tuple[UUID, ...] = ()
    text: str = ""


def find_campaigns(actor: Actor, wanted: Wanted, today: date) -> QuerySet[Campaign]:
    """The campaigns that are wanted; `today` decides which are running."""
    rows = campaigns(actor, archived=wanted.status == "archived").filter(
        {
            "planned": Q(starts_on__gt=today),
            "running": Q(starts_on__lte=today, ends_on__gte=today),
            "ended": Q(ends_on__lt=today),
            "archived": Q(archived_at__isnull=False),
        }.get(wanted.status, Q())
    )
    if wanted.departments:
        joined = CampaignDepartment.objects.filter(department__in=wanted.departments)
        rows = rows.filter(
            Q(department__in=wanted.departments) | Q(pk__in=joined.values("campaign"))
        )
    if wanted.owners:
        rows = rows.filter(owner__in=wanted.owners)
    if wanted.objectives:
        helped = CampaignObjective.objects.filter(objective__in=wanted.objectives)
        rows = rows.filter(Q(objective__in=wanted.objectives) | Q(pk__in=helped.values("campaign")))
    if wanted.audiences:
        meant = CampaignAudience.objects.filter(audience__in=wanted.audiences)
        rows = rows.filter(pk__in=meant.values("campaign"))
    for word in wanted.text.split()[:8]:
        rows = rows.filter(Q(name__icontains=word) | Q(brief__icontains=word))
    return rows


def audiences(actor: Actor, *, archived: bool = False) -> QuerySet[Audience]:
    """The audiences the actor may choose, by name; those put away too where `archived`."""
    rows = Audience.objects.filter(_seen(actor))
    rows = rows if archived else rows.filter(archived_at=None)
    return rows.select_related("department")


def audience(actor: Actor, pk: UUID) -> Audience:
    """One audience; raises NotFound."""
    found = audiences(actor, archived=True).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such audience."))
    return found


def templates(actor: Actor) -> QuerySet[CampaignTemplate]:
    """The organization's own templates the actor sees, by name."""
    rows = CampaignTemplate.objects.filter(_seen(actor), removed_at=None)
    return rows.select_related("department")


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


def _campaign_seen(actor: Actor) -> Q:
    """A campaign is also seen by the departments that take part in it."""
    allowed = actor.departments_with(Capability.SEE)
    if allowed is None:
        return _seen(actor)
    joined = CampaignDepartment.objects.filter(department__in=allowed)
    return _seen(actor) | Q(pk__in=joined.values("campaign"))


def _seen(actor: Actor, through: str = "") -> Q:
    """What belongs to no department is everybody's to see."""
    actor.must_anywhere(Capability.SEE)
    allowed = actor.departments_with(Capability.SEE)
    if allowed is None:
        return Q()
    return Q(**{f"{through}department": None}) | Q(**{f"{through}department__in": allowed})

"""Questions about rules."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.automation.models import Rule, RuleRun, RuleStep
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability


def rules(actor: Actor) -> QuerySet[Rule]:
    """The rules of the departments the actor sees, and of the organization, by name."""
    actor.must_anywhere(Capability.SEE)
    allowed = actor.departments_with(Capability.SEE)
    rows = Rule.objects.exclude(state="removed")
    if allowed is not None:
        rows = rows.filter(Q(department=None) | Q(department__in=allowed))
    return rows.select_related("department", "owner")


def rule(actor: Actor, pk: UUID) -> Rule:
    """One rule; raises NotFound."""
    found = rules(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such rule."))
    return found


def runs(actor: Actor, rule: Rule) -> QuerySet[RuleRun]:
    """What a rule did where the actor sees it, newest first, with its acts."""
    rows = rule.runs.filter(_seen(actor))
    return rows.prefetch_related(Prefetch("steps", RuleStep.objects.order_by("position")))


def step(actor: Actor, pk: UUID) -> RuleStep:
    """One act of a run of a rule the actor sees; raises NotFound."""
    rows = RuleStep.objects.filter(
        _seen(actor, "run__department"), pk=pk, run__rule__in=rules(actor)
    )
    found = rows.select_related("run__rule").first()
    if found is None:
        raise NotFound(_("There is no such act."))
    return found


def _seen(actor: Actor, field: str = "department") -> Q:
    """What happened in departments the actor sees; outside of any, only who sees all of them."""
    allowed = actor.departments_with(Capability.SEE)
    return Q() if allowed is None else Q(**{f"{field}__in": allowed})

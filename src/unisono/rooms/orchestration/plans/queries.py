"""Questions about plans and their moves."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.content.queries import seen
from unisono.rooms.orchestration.models import Plan, PlanMove
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability


def plans(actor: Actor) -> QuerySet[Plan]:
    """The plans that concern a department the actor sees, newest first."""
    actor.must_anywhere(Capability.SEE)
    allowed = actor.departments_with(Capability.SEE)
    rows = Plan.objects.select_related("asked_by")
    if allowed is None:
        return rows
    mine = [
        pk
        for pk, of in rows.values_list("pk", "departments")
        if any(UUID(department) in allowed for department in of)
    ]
    return rows.filter(pk__in=mine)


def plan(actor: Actor, pk: UUID) -> Plan:
    """One plan; raises NotFound."""
    found = plans(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such plan."))
    return found


def moves(actor: Actor, plan: Plan) -> QuerySet[PlanMove]:
    """The plan's moves in the departments the actor sees, by time."""
    rows = plan.moves.filter(seen(actor, "department"), post__removed_at=None)
    return rows.select_related("department", "post", "channel", "variant", "decided_by")


def move(actor: Actor, pk: UUID) -> PlanMove:
    """One move; raises NotFound."""
    rows = PlanMove.objects.filter(seen(actor, "department"), post__removed_at=None, pk=pk)
    found = rows.select_related("plan", "department", "post", "channel", "variant").first()
    if found is None:
        raise NotFound(_("There is no such move."))
    return found


def may_decide(actor: Actor, plan: Plan) -> bool:
    """Whether the actor may draw and drop it: they schedule in all its departments."""
    return all(actor.can(Capability.SCHEDULE, UUID(one)) for one in plan.departments)

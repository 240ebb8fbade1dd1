"""What the worker does with a plan: read, solve, tell. Each step is a transaction of its own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from unisono.kernel import events, tenancy
from unisono.kernel.states import MovedMeanwhile, advance
from unisono.rooms.orchestration import hearing
from unisono.rooms.orchestration.models import Plan, PlanMove
from unisono.rooms.orchestration.plans import telling
from unisono.rooms.orchestration.plans.facts import facts_of
from unisono.rooms.orchestration.plans.solving import solve, worth_by
from unisono.rooms.orchestration.states import PLAN
from unisono.rooms.people.actors import system


def work(organization: UUID, pk: UUID, *, now: datetime) -> None:
    """Find the moves of a plan that was asked for; one that was dropped is left alone.

    A worker that died is followed by another, which begins anew.
    """
    with tenancy.within(organization):
        plan, by = Plan.objects.get(pk=pk), system(organization)
        if plan.state == "asked":
            advance(plan, PLAN, "working", by=by, now=now, progress=5)
        if plan.state != "working":
            return
        facts = facts_of(plan, by=by, now=now)
        known = hearing.learned(by, now=now)
    _progress(organization, pk, 30)
    worth = worth_by(known, by)
    solved = solve(
        facts, worth, freedom=plan.freedom, seed=plan.seed, effort=plan.effort,
        anew=bool(plan.change), say=lambda percent: _progress(organization, pk, percent),
    )  # fmt: skip
    with tenancy.within(organization):
        moves = telling.moves_of(plan, facts, solved, known, by)
        unplaced = telling.unplaced_of(facts, solved)
        try:
            advance(
                plan, PLAN, "ready", by=by, now=now, data={"moves": len(moves)}, ready_at=now,
                progress=100, figures=telling.figures_of(facts, solved, moves, worth),
                unplaced=unplaced, notes=telling.notes_of(facts, known),
            )  # fmt: skip
        except MovedMeanwhile:
            return
        PlanMove.objects.bulk_create(moves)


def fail(pk: UUID, *, now: datetime) -> None:
    """Say that it could not be done."""
    plan = Plan.objects.get(pk=pk)
    if plan.state == "working":
        advance(plan, PLAN, "failed", by=system(plan.organization_id), now=now)


def _progress(organization: UUID, pk: UUID, percent: int) -> None:
    with tenancy.within(organization):
        Plan.objects.filter(pk=pk, state="working").update(progress=min(percent, 99))
        events.announce(organization, "plan.progress", f"plan:{pk}")

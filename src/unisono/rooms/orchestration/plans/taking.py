"""The verbs of a plan's moves: some or all accepted, and taken back until they are sent.

Each is carried out by the verb a person would use, wholly or not at all. Those that wait for the
place of another are tried again once that has moved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from unisono.kernel.refusals import Conflict, Refusal
from unisono.kernel.states import advance
from unisono.rooms.content import actions as content
from unisono.rooms.content import queries as contents
from unisono.rooms.content.models import Variant
from unisono.rooms.orchestration.models import Lock, Plan, PlanMove
from unisono.rooms.orchestration.states import PLAN, PLAN_MOVE
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.placing import place
from unisono.rooms.publishing.states import LIVE


@dataclass(frozen=True)
class Outcome:
    """What came of one move: done, or refused with a sentence."""

    move: PlanMove
    refusal: Refusal | None = None


def take(plan: Plan, moves: Sequence[PlanMove], *, by: Actor, now: datetime) -> list[Outcome]:
    """Accept these moves; each is done or says why not."""
    by.must_anywhere(Capability.WRITE)
    if plan.state not in ("ready", "taken"):
        raise Conflict(_("This plan is not open any more."))
    done = _in_turns(moves, lambda move: _taken(move, by, now))
    _keep_refusals(done)
    if plan.state == "ready" and any(one.refusal is None for one in done):
        advance(plan, PLAN, "taken", by=by, now=now)
    return done


def take_back(plan: Plan, moves: Sequence[PlanMove], *, by: Actor, now: datetime) -> list[Outcome]:
    """Put these moves back where they were, as long as they are not sent."""
    by.must_anywhere(Capability.WRITE)
    done = _in_turns(list(reversed(moves)), lambda move: _taken_back(move, by, now))
    _keep_refusals(done)
    if plan.state == "taken" and not plan.moves.filter(state="taken").exists():
        advance(plan, PLAN, "ready", by=by, now=now)
    return done


def _in_turns(moves: Sequence[PlanMove], act: Callable[[PlanMove], None]) -> list[Outcome]:
    """Act on all; what is refused is tried again as long as others make room."""
    waiting, done, told = list(moves), [], {}
    while waiting:
        left = []
        for move in waiting:
            before = move.state
            try:
                with transaction.atomic():
                    act(move)
                done.append(Outcome(move))
            except Refusal as refusal:
                move.state = before
                told[move.pk] = refusal
                left.append(move)
        if len(left) == len(waiting):
            break
        waiting = left
    return [*done, *(Outcome(move, told[move.pk]) for move in waiting if move.pk in told)]


def _taken(move: PlanMove, by: Actor, now: datetime) -> None:
    by.must(Capability.WRITE, move.department_id)
    # First the state, so that of two who accept at once only one acts.
    advance(move, PLAN_MOVE, "taken", by=by, now=now, decided_at=now, decided_by=by.member)
    variant = _variant(move, by)
    if variant.planned_at != move.was_at:
        raise Conflict(_("It has another time by now than when this was planned."))
    if Lock.objects.filter(post=move.post_id).exists():
        raise Conflict(_("It is locked: unlock it first, or leave it where it is."))
    wall = datetime.fromisoformat(move.wall)
    if move.was_at is None:
        place([variant], wall=wall, zone=move.zone, scheduling=True, by=by, now=now)
    else:
        publishing.move(variant, wall=wall, zone=move.zone, by=by, now=now)


def _taken_back(move: PlanMove, by: Actor, now: datetime) -> None:
    by.must(Capability.WRITE, move.department_id)
    advance(move, PLAN_MOVE, "undone", by=by, now=now, decided_at=now, decided_by=by.member)
    variant = _variant(move, by)
    if variant.planned_at != move.at:
        raise Conflict(_("It was moved again since: give it the time you want on the calendar."))
    if move.was_at is None:
        for publication in variant.publications.filter(part=0, state__in=LIVE):
            publishing.cancel(publication, by=by, now=now)
        content.plan_variant(variant, wall=None, zone=move.zone, by=by, now=now)
    else:
        wall = datetime.fromisoformat(move.was_wall)
        publishing.move(variant, wall=wall, zone=move.was_zone, by=by, now=now)


def _variant(move: PlanMove, by: Actor) -> Variant:
    return contents.variant(by, move.variant_id)


def _keep_refusals(done: Sequence[Outcome]) -> None:
    for one in done:
        said = one.refusal.sentence if one.refusal else ""
        if one.move.refused != said:
            PlanMove.objects.filter(pk=one.move.pk).update(refused=said)
            one.move.refused = said

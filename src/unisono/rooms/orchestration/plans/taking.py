"""The verbs of a plan's moves: some or all accepted, and taken back until they are sent.

Each is carried out by the verb a person would use, wholly or not at all. Those that wait for the
place of another are tried again once that has moved; those that wait for each other move together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from unisono.kernel.refusals import Conflict, Refusal
from unisono.kernel.states import advance
from unisono.rooms.content import actions as content
from unisono.rooms.content import queries as contents
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
    done = _in_turns(moves, Forth(by, now))
    _keep_refusals(done)
    if plan.state == "ready" and any(one.refusal is None for one in done):
        advance(plan, PLAN, "taken", by=by, now=now)
    return done


def take_back(plan: Plan, moves: Sequence[PlanMove], *, by: Actor, now: datetime) -> list[Outcome]:
    """Put these moves back where they were, as long as they are not sent."""
    by.must_anywhere(Capability.WRITE)
    done = _in_turns(list(reversed(moves)), Back(by, now))
    _keep_refusals(done)
    if plan.state == "taken" and not plan.moves.filter(state="taken").exists():
        advance(plan, PLAN, "ready", by=by, now=now)
    return done


@dataclass(frozen=True)
class Forth:
    """Moves to the times of the plan."""

    by: Actor
    now: datetime

    def begun(self, move: PlanMove) -> publishing.Change:
        """Record that it is accepted, and say what is to change; raises why it may not."""
        by, now = self.by, self.now
        by.must(Capability.WRITE, move.department_id)
        # First the state, so that of two who accept at once only one acts.
        advance(move, PLAN_MOVE, "taken", by=by, now=now, decided_at=now, decided_by=by.member)
        variant = contents.variant(by, move.variant_id)
        if variant.planned_at != move.was_at:
            raise Conflict(_("It has another time by now than when this was planned."))
        if Lock.objects.filter(post=move.post_id).exists():
            raise Conflict(_("It is locked: unlock it first, or leave it where it is."))
        return publishing.Change(variant, datetime.fromisoformat(move.wall), move.zone)

    def carried_out(self, change: publishing.Change, *, undated: bool) -> None:
        """Give one its time; one without has to be placed."""
        variant, wall, zone = change.variant, change.wall, change.zone
        by, now = self.by, self.now
        if undated:
            place([variant], wall=wall, zone=zone, scheduling=True, by=by, now=now)
        else:
            publishing.move(variant, wall=wall, zone=zone, by=by, now=now)

    def waits_for(self, move: PlanMove, other: PlanMove) -> bool:
        """Whether the other has to leave before this one has a place."""
        return str(other.variant_id) in move.displaces


@dataclass(frozen=True)
class Back:
    """Moves back to the times there were before."""

    by: Actor
    now: datetime

    def begun(self, move: PlanMove) -> publishing.Change:
        """Record that it is undone, and say what is to change; raises why it may not."""
        by, now = self.by, self.now
        by.must(Capability.WRITE, move.department_id)
        advance(move, PLAN_MOVE, "undone", by=by, now=now, decided_at=now, decided_by=by.member)
        variant = contents.variant(by, move.variant_id)
        if variant.planned_at != move.at:
            raise Conflict(
                _("It was moved again since: give it the time you want on the calendar.")
            )
        wall = datetime.fromisoformat(move.was_wall or move.wall)
        return publishing.Change(variant, wall, move.was_zone or move.zone)

    def carried_out(self, change: publishing.Change, *, undated: bool) -> None:
        """Give one the time it had; one that had none loses it again."""
        by, now = self.by, self.now
        if undated:
            for publication in change.variant.publications.filter(part=0, state__in=LIVE):
                publishing.cancel(publication, by=by, now=now)
            content.plan_variant(change.variant, wall=None, zone=change.zone, by=by, now=now)
        else:
            publishing.move(change.variant, wall=change.wall, zone=change.zone, by=by, now=now)

    def waits_for(self, move: PlanMove, other: PlanMove) -> bool:
        """Whether the other has to leave before this one has a place."""
        return str(move.variant_id) in other.displaces


def _in_turns(moves: Sequence[PlanMove], way: Forth | Back) -> list[Outcome]:
    """Act on all; what is refused is tried again as long as others make room, and what waits for
    each other is tried together."""
    waiting, done = list(moves), []
    told: dict[UUID, Refusal] = {}
    while waiting:
        left = []
        for move in waiting:
            refusal = _tried([move], way)
            if refusal:
                told[move.pk] = refusal
                left.append(move)
            else:
                done.append(Outcome(move))
        if len(left) == len(waiting):
            circle = next((each for each in _circles(left, way) if not _tried(each, way)), [])
            if not circle:
                break
            done += [Outcome(move) for move in circle]
            left = [move for move in left if move not in circle]
        waiting = left
    return [*done, *(Outcome(move, told[move.pk]) for move in waiting)]


def _tried(moves: Sequence[PlanMove], way: Forth | Back) -> Refusal | None:
    """Carry all of these out or none; why not, if not."""
    before = [move.state for move in moves]
    try:
        with transaction.atomic():
            changes = [way.begun(move) for move in moves]
            if len(moves) == 1:
                way.carried_out(changes[0], undated=moves[0].was_at is None)
            else:
                publishing.move_each(changes, by=way.by, now=way.now)
    except Refusal as refusal:
        for move, state in zip(moves, before, strict=True):
            move.state = state
        return refusal
    return None


def _circles(moves: Sequence[PlanMove], way: Forth | Back) -> list[list[PlanMove]]:
    """What has to move together: each with all that it waits for, the smallest first."""
    found: dict[frozenset[UUID], list[PlanMove]] = {}
    for move in moves:
        group = [move]
        for one in group:
            group += [m for m in moves if m not in group and way.waits_for(one, m)]
        if len(group) > 1 and all(m.was_at for m in group):
            found.setdefault(frozenset(m.pk for m in group), group)
    return sorted(found.values(), key=len)


def _keep_refusals(done: Sequence[Outcome]) -> None:
    for one in done:
        said = one.refusal.sentence if one.refusal else ""
        if one.move.refused != said:
            PlanMove.objects.filter(pk=one.move.pk).update(refused=said)
            one.move.refused = said

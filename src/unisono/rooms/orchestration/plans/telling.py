"""A solved plan as moves with their evidence, what it is worth, and what has no place and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from math import exp, log, sqrt
from typing import Any
from uuid import UUID

from unisono.kernel.clock import to_wall
from unisono.rooms.orchestration import hearing, likely
from unisono.rooms.orchestration.audience.judgement import Better, better_time
from unisono.rooms.orchestration.audience.learning import Learned
from unisono.rooms.orchestration.audience.prior import Basis
from unisono.rooms.orchestration.models import Plan, PlanMove
from unisono.rooms.orchestration.plans.checking import broken
from unisono.rooms.orchestration.plans.facts import Facts, Item
from unisono.rooms.orchestration.plans.posing import Worth, weight
from unisono.rooms.orchestration.plans.solving import Solved
from unisono.rooms.orchestration.solver.conflicts import Demand, conflicts
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.pacing.lane import Kind

FEWEST = 12
"""With fewer posts of its own, what is expected on a channel is believed and not shown."""

NEAR = 48 * 3600


def moves_of(plan: Plan, facts: Facts, solved: Solved, known: Learned, by: Actor) -> list[PlanMove]:
    """What changes, each with its evidence; unsaved. What would rest on nothing is left out."""
    against = broken(facts, solved.now)
    found = []
    for item in facts.items:
        at, was = solved.then.get(item.key), item.at
        if not item.movable or at is None or at == was:
            continue
        made = _move(plan, facts, solved, known, by, item, at)
        made.forced = item.key in against or item.at is None
        made.reasons = [{"rule": rule} for rule in against.get(item.key, ())]
        if made.sample or made.forced:
            found.append(made)
    moving = {made.variant_id for made in found}
    for made in found:
        made.displaces = [
            str(pk) for pk in displaced(facts, solved.now, made.variant_id, made.at) if pk in moving
        ]
    return found


def displaced(facts: Facts, now: dict[UUID, datetime], key: UUID, at: datetime) -> Iterable[UUID]:
    """What lies in the way of a post at an instant, by the gap or the day, where it lies now."""
    mine = next(item for item in facts.items if item.key == key)
    there = [
        (item, now[item.key])
        for item in facts.items
        if item.channel == mine.channel and item.key != key and item.key in now
    ]
    lane = facts.lane(mine.channel, there)
    kinds = {one.kind for one in lane.findings(mine.place(at))}
    for item, when in there:
        near = Kind.GAP in kinds and abs(when - at) < lane.rules.gap
        beside = kinds & {Kind.DAY, Kind.TOPIC} and lane.day_of(when) == lane.day_of(at)
        if near or beside:
            yield item.key


def _move(
    plan: Plan, facts: Facts, solved: Solved, known: Learned, by: Actor, item: Item, at: datetime
) -> PlanMove:
    row, zone = item.variant, item.variant.planned_zone or facts.zone
    made = PlanMove(
        plan=plan, department_id=item.department, post_id=row.post_id, variant=row,
        channel_id=item.channel, at=at, zone=zone, wall=f"{to_wall(at, zone):%Y-%m-%dT%H:%M}",
        was_at=item.at, was_wall=row.planned_wall, was_zone=row.planned_zone,
        expected=1.0, low=1.0, high=1.0, sample=0, basis="nothing", gain=0.0,
    )  # fmt: skip
    channel = str(item.channel)
    if channel not in known.places:
        return made
    belief, hour = known.belief(channel), hearing.hour_at(by, at)
    was = hearing.hour_at(by, item.at) if item.at else hour
    mean, doubt = belief.ratio(hour, was)
    if item.at:
        mean += log(likely.left(at, _beside(facts, solved.then, item, at)))
        mean -= log(likely.left(item.at, _beside(facts, solved.now, item, item.at)))
    reach = likely.REACH * doubt
    made.expected, made.low, made.high = exp(mean), exp(mean - reach), exp(mean + reach)
    made.sample = belief.posts
    made.basis = "channel" if belief.basis is Basis.NOTHING else str(belief.basis)
    made.gain = float(belief.worth[was]) * (exp(mean) - 1) if item.at else float(belief.worth[hour])
    if item.at and belief.posts >= FEWEST:
        made.shown = isinstance(better_time(known, channel, hour, was), Better)
    return made


def _beside(facts: Facts, places: dict[UUID, datetime], item: Item, at: datetime) -> list[datetime]:
    return [
        when
        for other in facts.items
        if other.channel == item.channel and other.key != item.key
        and (when := places.get(other.key)) and abs((when - at).total_seconds()) < NEAR
    ]  # fmt: skip


def figures_of(
    facts: Facts, solved: Solved, moves: Iterable[PlanMove], worth: Worth
) -> dict[str, Any]:
    """What the plan is worth now and then, in usual posts; rules broken; who gains. `spare` is the
    share by which the proven bound lies above it, `work` what was done for it in seconds."""
    moves = list(moves)
    then = solved.now | {move.variant_id: move.at for move in moves}
    departments: dict[UUID, list[float]] = defaultdict(lambda: [0.0, 0.0])
    objectives: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for item in facts.items:
        if not item.movable:
            continue
        serves = item.variant.post.serves
        for n, places in enumerate((solved.now, then)):
            at = places.get(item.key)
            if at:
                told = worth(item, at) * likely.left(at, _beside(facts, places, item, at))
                departments[item.department][n] += told
                objectives[str(serves.pk) if serves else ""][n] += told
    now, planned = (sum(pair[n] for pair in departments.values()) for n in (0, 1))
    apart = sqrt(sum(((m.high - m.low) / 2 * m.gain / max(0.05, abs(m.expected - 1))) ** 2
                     for m in moves if m.was_at and abs(m.expected - 1) > 0.01))  # fmt: skip
    return {
        "now": round(now, 2), "then": round(planned, 2),
        "spare": None if solved.spare is None else round(solved.spare, 4),
        "work": round(solved.spent, 2),
        "low": round(planned - now - apart, 2), "high": round(planned - now + apart, 2),
        "broken_now": len(broken(facts, solved.now)), "broken_then": len(broken(facts, then)),
        "movable": sum(item.movable for item in facts.items),
        "departments": {str(pk): [round(x, 2) for x in pair] for pk, pair in departments.items()},
        "objectives": {pk: [round(x, 2) for x in pair] for pk, pair in objectives.items()},
        "weights": sorted({round(weight(facts, i), 2) for i in facts.items if i.movable}),
    }  # fmt: skip


def unplaced_of(facts: Facts, solved: Solved) -> list[dict[str, Any]]:
    """Posts without a place, with the smallest set of demands that cannot hold together."""
    found = []
    for item in solved.left:
        number = solved.posed.items.index(item)
        if item.key in solved.posed.empty:
            why = [{"kind": kind, "at": at.isoformat()} for kind, at in item.bounds]
            why += [{"kind": "hours"}]
        else:
            told = conflicts(solved.posed.problem, [number])
            why = [_demand(solved, each) for each in (told[-1] if told else ())]
        found.append({"variant": str(item.key), "department": str(item.department), "why": why})
    return found


def _demand(solved: Solved, one: Demand) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": one.kind}
    if one.content >= 0:
        told["variant"] = str(solved.posed.items[one.content].key)
    return told


def notes_of(facts: Facts, known: Learned) -> list[dict[str, Any]]:
    """Channels of which too little is known for what is expected there to be shown."""
    found = []
    for pk in {item.channel for item in facts.items if item.movable}:
        posts = known.belief(str(pk)).posts if str(pk) in known.places else 0
        if posts < FEWEST:
            found.append({"channel": str(pk), "posts": posts})
    return sorted(found, key=lambda one: one["channel"])

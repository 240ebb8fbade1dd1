"""Plans: asked for, read as moves with their evidence, accepted in parts or wholly, and undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Router, Schema, Status

from unisono.api.calls import Call, Named, now
from unisono.api.paging import At, PageOf, page
from unisono.api.problems import ProblemOut, shape_of
from unisono.rooms.content import queries as content
from unisono.rooms.orchestration.models import Plan, PlanMove
from unisono.rooms.orchestration.plans import actions, queries, taking, words
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability

router = Router()


class PlanIn(Schema):
    """What may move: the posts of these departments, on these channels (none: all), in the weeks to
    come; with `undated` also what is approved and has no time. `within` says how far from its
    present day a post may be moved at most."""

    department_ids: list[UUID]
    channel_ids: list[UUID] = Field(default_factory=list)
    weeks: int = Field(2, ge=1, le=actions.MOST_WEEKS)
    undated: bool = False
    freedom: Literal["little", "balanced", "freely"] = "balanced"
    within: Literal["day", "three_days", "week", "span"] = "three_days"
    seed: int = Field(1, ge=1, le=1_000_000)


class PlanMoveOut(Schema):
    """One post at another time: `expected` times as much, between `low` and `high` with 80 %,
    learnt from `sample` posts. What is not `shown` is believed; `forced` moves are for a rule.
    What it displaces is moved out of its way by the same plan: accept them together."""

    id: UUID
    state: str
    variant_id: UUID
    post_id: UUID
    channel_id: UUID
    department_id: UUID
    title: str
    at: datetime
    wall: str
    zone: str
    was_at: datetime | None
    expected: float
    low: float
    high: float
    sample: int
    basis: str
    shown: bool
    forced: bool
    gain: float
    displaces_variant_ids: list[UUID]
    reason: str
    refused: str


class UnplacedOut(Schema):
    variant_id: UUID
    title: str
    why: str


class PlanOut(Schema):
    """`figures` are in usual posts: what it is worth `now` and `then`. `spare` is the share by
    which any other choice could be better at most, proven, or null."""

    id: UUID
    state: str
    progress: int
    weeks: int
    freedom: str
    within: str
    seed: int
    starts_at: datetime
    ends_at: datetime
    asked_at: datetime
    before_id: UUID | None
    department_ids: list[UUID]
    figures: dict[str, Any]
    moves: list[PlanMoveOut]
    unplaced: list[UnplacedOut]


class ChosenIn(Schema):
    """These moves, or with none given all."""

    move_ids: list[UUID] = Field(default_factory=list)


class MoveOutcomeOut(Schema):
    move_id: UUID
    done: bool
    problem: ProblemOut | None


class TakenOut(Schema):
    state: str
    outcomes: list[MoveOutcomeOut]


class ClosedIn(Schema):
    """From `first` up to `until` nothing goes out, on one channel or on all."""

    first: datetime
    until: datetime
    channel_id: UUID | None = None


class ChangeIn(Schema):
    closed: list[ClosedIn] = Field(default_factory=list)
    urgent_post_ids: list[UUID] = Field(default_factory=list)


@router.get("/plans", response=PageOf[PlanOut], summary="Plans")
def plans(request: Call, at: At) -> Any:
    actor = request.actor
    return page(queries.plans(actor), at, lambda row: _plan(row, actor))


@router.post("/plans", response={202: PlanOut}, summary="Ask for the best times")
def draw(request: Call, asked: PlanIn) -> Any:
    """A worker finds them: ask for the plan until its `state` is `ready`."""
    named = Named(request.actor)
    made = actions.draw(
        departments=named.departments(asked.department_ids),
        channels=named.channels(asked.channel_ids),
        weeks=asked.weeks, undated=asked.undated, freedom=asked.freedom,
        within=asked.within, seed=asked.seed, by=request.actor, now=now(),
    )  # fmt: skip
    return Status(202, _plan(made, request.actor))


@router.get("/plans/{pk}", response=PlanOut, summary="One plan and its moves")
def plan(request: Call, pk: UUID) -> Any:
    return _plan(queries.plan(request.actor, pk), request.actor)


@router.post("/plans/{pk}/accept", response=TakenOut, summary="Accept moves")
def accept(request: Call, pk: UUID, said: ChosenIn) -> Any:
    """Each is done wholly or not at all; one that is refused stops no other."""
    row = queries.plan(request.actor, pk)
    chosen = _chosen(request.actor, row, said, ("offered", "undone"))
    return _outcomes(row, taking.take(row, chosen, by=request.actor, now=now()))


@router.post("/plans/{pk}/undo", response=TakenOut, summary="Take accepted moves back")
def undo(request: Call, pk: UUID, said: ChosenIn) -> Any:
    row = queries.plan(request.actor, pk)
    chosen = _chosen(request.actor, row, said, ("taken",))
    return _outcomes(row, taking.take_back(row, chosen, by=request.actor, now=now()))


@router.post("/plans/{pk}/drop", response=PlanOut, summary="Put a plan aside, or stop its work")
def drop(request: Call, pk: UUID) -> Any:
    row = queries.plan(request.actor, pk)
    return _plan(actions.drop(row, by=request.actor, now=now()), request.actor)


@router.post("/plans/{pk}/redraw", response={202: PlanOut}, summary="Draw it anew after a change")
def redraw(request: Call, pk: UUID, change: ChangeIn) -> Any:
    """The answer is a new plan, which moves as little as possible of what stands."""
    actor = request.actor
    named = Named(actor)
    closed = [
        (one.first, one.until, named.channels([one.channel_id])[0] if one.channel_id else None)
        for one in change.closed
    ]
    urgent = [content.post(actor, each) for each in change.urgent_post_ids]
    row = queries.plan(actor, pk)
    made = actions.redraw(row, closed=closed, urgent=urgent, by=actor, now=now())
    return Status(202, _plan(made, actor))


def _chosen(actor: Actor, row: Plan, said: ChosenIn, states: tuple[str, ...]) -> list[PlanMove]:
    found = queries.moves(actor, row).filter(state__in=states)
    if said.move_ids:
        found = queries.moves(actor, row).filter(pk__in=said.move_ids)
    return list(found)


def _outcomes(row: Plan, done: list[taking.Outcome]) -> dict[str, Any]:
    return {
        "state": row.state,
        "outcomes": [
            {"move_id": o.move.pk, "done": o.refusal is None, "problem": shape_of(o.refusal)}
            for o in done
        ],
    }


def _plan(row: Plan, actor: Actor) -> dict[str, Any]:
    names = (
        "state", "progress", "weeks", "freedom", "within", "seed", "starts_at", "ends_at",
        "asked_at", "before_id", "figures",
    )  # fmt: skip
    left = words.unplaced(row, actor.departments_with(Capability.SEE), actor.zone)
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "department_ids": row.departments,
        "moves": [_move(one) for one in queries.moves(actor, row)],
        "unplaced": [
            {"variant_id": variant.pk, "title": variant.post.title, "why": why}
            for variant, why in left
        ],
    }


def _move(row: PlanMove) -> dict[str, Any]:
    names = (
        "state", "variant_id", "post_id", "channel_id", "department_id", "at", "wall", "zone",
        "was_at", "expected", "low", "high", "sample", "basis", "shown", "forced", "gain",
        "refused",
    )  # fmt: skip
    told = {name: getattr(row, name) for name in names}
    return told | {"id": row.pk, "title": row.post.title, "reason": words.reason(row),
                   "displaces_variant_ids": row.displaces}  # fmt: skip

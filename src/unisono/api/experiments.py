"""Experiments: planned, started, filled with posts, stopped; and what they show."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema, Status

from unisono.api.calls import Call, Named, now
from unisono.api.paging import At, PageOf, page
from unisono.kernel.refusals import Invalid
from unisono.rooms.content import queries as content
from unisono.rooms.experiments import actions, queries, trying, words
from unisono.rooms.experiments.models import Experiment, Trial
from unisono.rooms.experiments.planning import ArmSaid
from unisono.rooms.experiments.states import EXPERIMENT
from unisono.rooms.people.capabilities import Capability

router = Router()


class ArmIn(Schema):
    """Of times the weekdays (0 Monday) from one hour up to another, in the organization's zone."""

    label: str
    weekdays: list[int] = []
    from_hour: int = 0
    to_hour: int = 24


class ExperimentIn(Schema):
    """`kind`: times or variants. `uplift` 0.25: a quarter more. `planned` are the posts each way;
    left out, as many as are needed."""

    kind: str
    question: str
    department_id: UUID
    channel_id: UUID
    figure: str = "views"
    hours: int = 72
    uplift: float = 0.25
    planned: int | None = None
    arms: list[ArmIn]


class FindingOut(Schema):
    """How many times as much the first arm brings as the second, the range, the posts of either.
    `shown`: first, second, none, or open while nothing is."""

    ratio: float
    low: float
    high: float
    first: int
    second: int
    shown: str


class TrialOut(Schema):
    id: UUID
    post_id: UUID
    variant_id: UUID
    arm: str
    state: str
    count: int | None
    expected: float | None
    left: str
    reason: str


class ExperimentOut(Schema):
    """`sentence` says in the reader's language where it stands. `needed` and `planned` are
    posts each way."""

    id: UUID
    kind: str
    state: str
    question: str
    department_id: UUID
    channel_id: UUID
    figure: str
    hours: int
    uplift: float
    needed: int
    planned: int
    judged: int
    arms: list[ArmIn]
    finding: FindingOut | None
    sentence: str
    reason: str
    planned_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class AddIn(Schema):
    """`wording`: the words of the copy, where wordings are compared."""

    variant_id: UUID
    wording: str = ""


class WhyIn(Schema):
    reason: str


@router.get("/experiments", response=PageOf[ExperimentOut], summary="Experiments")
def experiments(request: Call, at: At, state: str = "") -> Any:
    if state and state not in EXPERIMENT.states:
        raise Invalid(_("Choose one of the values offered."), field="state")
    states = (state,) if state else ()
    return page(queries.experiments(request.actor, *states), at, _shape)


@router.post("/experiments", response={201: ExperimentOut}, summary="Plan an experiment")
def plan(request: Call, payload: ExperimentIn) -> Any:
    given, named = payload.dict(), Named(request.actor)
    department = named.department(given.pop("department_id"))
    (channel,) = named.channels([given.pop("channel_id")])
    assert department is not None
    arms = [ArmSaid(**arm) for arm in given.pop("arms")]
    made = actions.plan(
        **given, department=department, channel=channel, arms=arms, by=request.actor, now=now()
    )
    return Status(201, _shape(made))


@router.get("/experiments/{pk}", response=ExperimentOut, summary="One experiment")
def experiment(request: Call, pk: UUID) -> Any:
    return _shape(queries.experiment(request.actor, pk))


@router.post("/experiments/{pk}/start", response=ExperimentOut, summary="Start an experiment")
def start(request: Call, pk: UUID) -> Any:
    row = queries.experiment(request.actor, pk)
    return _shape(actions.start(row, by=request.actor, now=now()))


@router.post("/experiments/{pk}/stop", response=ExperimentOut, summary="End it before its time")
def stop(request: Call, pk: UUID, said: WhyIn) -> Any:
    row = queries.experiment(request.actor, pk)
    return _shape(actions.stop(row, reason=said.reason, by=request.actor, now=now()))


@router.get("/experiments/{pk}/posts", response=list[TrialOut], summary="Its posts")
def trials(request: Call, pk: UUID) -> Any:
    return [_trial(one) for one in queries.trials(queries.experiment(request.actor, pk))]


@router.post("/experiments/{pk}/posts", response={201: list[TrialOut]}, summary="Add a post to it")
def add(request: Call, pk: UUID, said: AddIn) -> Any:
    row = queries.experiment(request.actor, pk)
    request.actor.must(Capability.WRITE, row.department_id)
    variant = content.variant(request.actor, said.variant_id)
    made = trying.add(row, variant, wording=said.wording, by=request.actor, now=now())
    return Status(201, [_trial(one) for one in made])


@router.delete(
    "/experiments/{pk}/posts/{trial}", response={204: None}, summary="Take a post out of it"
)
def take_out(request: Call, pk: UUID, trial: UUID, reason: str) -> Any:
    row = queries.trial(request.actor, pk, trial)
    trying.take_out(row, reason=reason, by=request.actor, now=now())
    return Status(204, None)


def _shape(row: Experiment) -> dict[str, Any]:
    names = (
        "kind", "state", "question", "department_id", "channel_id", "figure", "hours", "uplift",
        "needed", "planned", "reason", "planned_at", "started_at", "ended_at",
    )  # fmt: skip
    judged, found = queries.progress([row])[row.pk][1], queries.finding(row)
    arms = ("label", "weekdays", "from_hour", "to_hour")
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "judged": judged,
        "arms": [{name: getattr(arm, name) for name in arms} for arm in row.arms.all()],
        "finding": vars(found) if found else None,
        "sentence": words.standing(row, found, judged),
    }


def _trial(row: Trial) -> dict[str, Any]:
    names = ("post_id", "variant_id", "state", "count", "expected", "left", "reason")
    return {name: getattr(row, name) for name in names} | {"id": row.pk, "arm": row.arm.label}

"""Experiments: planned, started, filled with posts, stopped; and what they show."""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema, Status

from unisono.api.calls import Call, Named, merged, now
from unisono.api.paging import At, PageOf, page
from unisono.kernel.refusals import Invalid
from unisono.rooms.content import queries as content
from unisono.rooms.experiments import actions, planning, queries, trying, words
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


class ExperimentChange(Schema):
    """What is left out stays. `planned` null: as many as are needed."""

    question: str | None = None
    department_id: UUID | None = None
    channel_id: UUID | None = None
    figure: str | None = None
    hours: int | None = None
    uplift: float | None = None
    planned: int | None = None
    arms: list[ArmIn] | None = None


class SampleOut(Schema):
    """What an experiment would take. Posts are posts each way. `spread`: standard deviation of
    the logarithms of `like` earlier counts, or `assumed`. `weeks`: 0 where nothing went out lately.
    `planned_shows`: the uplift that `planned` show in eight cases of ten; null: none. `sentences`
    say the same in the reader's language."""

    needed: int
    planned: int
    weeks: int
    planned_weeks: int
    planned_shows: float | None
    spread: float
    like: int
    assumed: bool
    a_week: float
    sentences: list[str]


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


@router.get("/experiments/sample", response=SampleOut, summary="What an experiment would take")
def sample(
    request: Call,
    channel_id: UUID,
    figure: str = "views",
    hours: int = 72,
    uplift: float = 0.25,
    planned: int | None = None,
) -> Any:
    request.actor.must_anywhere(Capability.PLAN)
    (channel,) = Named(request.actor).channels([channel_id])
    given: dict[str, Any] = {"figure": figure, "hours": hours, "uplift": uplift}
    planning.must_be_countable(**given)
    told = queries.planned_sample(channel, planned=planned, now=now(), **given)
    planning.must_be_enough(told.planned)
    names = ("needed", "planned", "weeks", "planned_weeks")
    return {name: getattr(told, name) for name in names} | {
        "planned_shows": told.planned_shows if isfinite(told.planned_shows) else None,
        "spread": told.usual.spread, "like": told.usual.posts, "assumed": told.usual.assumed,
        "a_week": told.usual.a_week, "sentences": words.takes(told),
    }  # fmt: skip


@router.get("/experiments/{pk}", response=ExperimentOut, summary="One experiment")
def experiment(request: Call, pk: UUID) -> Any:
    return _shape(queries.experiment(request.actor, pk))


@router.patch("/experiments/{pk}", response=ExperimentOut, summary="Change a plan")
def change(request: Call, pk: UUID, payload: ExperimentChange) -> Any:
    row, named = queries.experiment(request.actor, pk), Named(request.actor)
    set_ = payload.dict(exclude_unset=True)
    given = {name: value for name, value in set_.items() if value is not None}
    department, channel = row.department, row.channel
    if "department_id" in given:
        department = named.department(given["department_id"]) or department
    if "channel_id" in given:
        (channel,) = named.channels([given["channel_id"]])
    values = merged(row, ("question", "figure", "hours", "uplift"), given)
    arms = [ArmSaid(**arm) for arm in given.get("arms") or _arms(row)]
    actions.change(
        row, **values, planned=set_.get("planned", row.chosen), arms=arms, department=department,
        channel=channel, by=request.actor, now=now(),
    )  # fmt: skip
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
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "judged": judged,
        "arms": _arms(row),
        "finding": vars(found) if found else None,
        "sentence": words.standing(row, found, judged),
    }


def _arms(row: Experiment) -> list[dict[str, Any]]:
    names = ("label", "weekdays", "from_hour", "to_hour")
    return [{name: getattr(arm, name) for name in names} for arm in row.arms.all()]


def _trial(row: Trial) -> dict[str, Any]:
    names = ("post_id", "variant_id", "state", "count", "expected", "left", "reason")
    return {name: getattr(row, name) for name in names} | {"id": row.pk, "arm": row.arm.label}

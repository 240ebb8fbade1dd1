"""The verbs of experiments. Which posts go into them, and out of them, lies in `trying`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.channels.models import Channel
from unisono.rooms.experiments import planning, queries, trying
from unisono.rooms.experiments.models import Experiment, ExperimentArm, ExperimentFinding
from unisono.rooms.experiments.planning import ArmSaid
from unisono.rooms.experiments.states import EXPERIMENT
from unisono.rooms.experiments.statistics.finding import Finding, Shown
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department

REASON_MAX = 300


def plan(
    *,
    kind: str,
    question: str,
    department: Department,
    channel: Channel,
    figure: str,
    hours: int,
    uplift: float,
    arms: Sequence[ArmSaid],
    planned: int | None = None,
    by: Actor,
    now: datetime,
) -> Experiment:
    """Plan an experiment, as a draft that waits to be started.

    `planned` are the posts each way; None: as many as the channel's own counts say are needed.
    Fewer may be planned; what is needed is kept beside it. Raises Invalid.
    """
    by.must(Capability.PLAN, department)
    given = {"figure": figure, "hours": hours, "uplift": uplift}
    columns, said = _sound(kind, question, channel, arms, given, planned, now)
    with transaction.atomic():
        made = Experiment.objects.create(
            kind=kind, department=department, seed=token_hex(16), planned_by=by.member,
            planned_at=now, **columns,
        )  # fmt: skip
        for position, arm in enumerate(said):
            ExperimentArm.objects.create(experiment=made, position=position, **arm)
        events.record("experiment.planned", made, by=by, now=now, seed=made.seed, **_as_said(made))
    return made


def change(
    experiment: Experiment,
    *,
    question: str,
    department: Department,
    channel: Channel,
    figure: str,
    hours: int,
    uplift: float,
    arms: Sequence[ArmSaid],
    planned: int | None = None,
    by: Actor,
    now: datetime,
) -> Experiment:
    """Change the plan before it starts; what it takes is reckoned anew. As for `plan`."""
    by.must(Capability.PLAN, experiment.department_id)
    by.must(Capability.PLAN, department)
    given = {"figure": figure, "hours": hours, "uplift": uplift}
    columns, said = _sound(experiment.kind, question, channel, arms, given, planned, now)
    with transaction.atomic():
        row = Experiment.objects.select_for_update().get(pk=experiment.pk)
        if row.state != "planned":
            raise Conflict(_("It has started or ended: its plan cannot be changed any more."))
        for name, value in {**columns, "department": department}.items():
            setattr(row, name, value)
        row.save()
        for position, arm in enumerate(said):
            ExperimentArm.objects.filter(experiment=row, position=position).update(**arm)
        events.record("experiment.changed", row, by=by, now=now, **_as_said(row))
    return row


def start(experiment: Experiment, *, by: Actor, now: datetime) -> Experiment:
    """Let posts be added to it. Nothing of what was planned can be changed any more."""
    by.must(Capability.PLAN, experiment.department_id)
    if experiment.channel.state == "disconnected":
        said = _("%(channel)s is disconnected. Connect it again first.")
        raise Conflict(said % {"channel": experiment.channel.name})
    advance(experiment, EXPERIMENT, "running", by=by, now=now, started_at=now)
    return experiment


def stop(experiment: Experiment, *, reason: str, by: Actor, now: datetime) -> Experiment:
    """End it before its time. What was found so far stays, as what it is."""
    by.must(Capability.PLAN, experiment.department_id)
    reason = " ".join(reason.replace("\x00", "").split())
    if not reason:
        raise Invalid(_("Say why it ends: others will ask."), field="reason")
    if len(reason) > REASON_MAX:
        raise Invalid(_("Say it in at most %(n)s characters.") % {"n": REASON_MAX}, field="reason")
    with transaction.atomic():
        advance(
            experiment, EXPERIMENT, "stopped", by=by, now=now, data={"reason": reason},
            ended_at=now, reason=reason,
        )  # fmt: skip
        trying.let_go(experiment, by=by, now=now)
    return experiment


def give_up(experiment: Experiment, *, by: Actor, now: datetime) -> Experiment:
    """End it without an answer: too many of its posts were lost for it to come to any."""
    by.must(Capability.PLAN, experiment.department_id)
    with transaction.atomic():
        advance(experiment, EXPERIMENT, "unanswered", by=by, now=now, ended_at=now)
        trying.let_go(experiment, by=by, now=now)
    return experiment


def keep_finding(experiment: Experiment, found: Finding, *, now: datetime) -> None:
    """Write down what it shows by now, in place of what it showed before."""
    ExperimentFinding.objects.update_or_create(
        experiment=experiment, defaults={**ExperimentFinding.columns(found), "found_at": now}
    )


def conclude(experiment: Experiment, found: Finding, *, by: Actor, now: datetime) -> Experiment:
    """End it with an answer: a difference is shown, or at the planned end none is."""
    by.must(Capability.PLAN, experiment.department_id)
    if found.shown is Shown.OPEN:
        raise Conflict(_("Nothing is shown yet."))
    with transaction.atomic():
        advance(
            experiment, EXPERIMENT, "done", by=by, now=now,
            data={"shown": str(found.shown), "posts": found.posts}, ended_at=now,
        )  # fmt: skip
        keep_finding(experiment, found, now=now)
        trying.let_go(experiment, by=by, now=now)
    return experiment


def _sound(
    kind: str, question: str, channel: Channel, arms: Sequence[ArmSaid], given: dict[str, Any],
    planned: int | None, now: datetime,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:  # fmt: skip
    """The columns of a plan that makes sense and those of its arms. Raises Invalid."""
    question = " ".join(question.replace("\x00", "").split())
    said = [ArmSaid(" ".join(a.label.split()), a.weekdays, a.from_hour, a.to_hour) for a in arms]
    planning.must_be_sound(kind=kind, question=question, arms=said, **given)
    if channel.state == "disconnected":
        raise Invalid(_("This channel is disconnected. Choose another."), field="channel")
    told = queries.planned_sample(channel, planned=planned, now=now, **given)
    planning.must_be_enough(told.planned)
    usual = told.usual
    columns = {
        "question": question, "channel": channel, **given, "spread": usual.spread,
        "like": usual.posts, "a_week": usual.a_week, "needed": told.needed,
        "planned": told.planned,
    }  # fmt: skip
    return columns, [planning.columns(kind, arm) for arm in said]


def _as_said(row: Experiment) -> dict[str, Any]:
    """What the journal keeps of a plan."""
    names = ("question", "needed", "planned", "uplift")
    return {name: getattr(row, name) for name in names}

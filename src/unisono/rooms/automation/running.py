"""Rules at work: an event is heard as it is recorded, matched after its commit, and acted on.

Each act and the note that it is done are one transaction: after a crash what was done is known to
be done, and what was not is done then.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation

from unisono.kernel import events, jobs, tenancy
from unisono.kernel.models import Event
from unisono.kernel.refusals import NotAllowed, Refusal
from unisono.rooms.automation import actions, conditions
from unisono.rooms.automation.acts import ACTS, Doing
from unisono.rooms.automation.models import Rule, RuleRun, RuleStep
from unisono.rooms.automation.subjects import Subject, gather
from unisono.rooms.automation.triggers import TRIGGERS
from unisono.rooms.people.actors import Actor, actor_for, system
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department

log = logging.getLogger(__name__)
DEEPEST = 3
AT_ONCE = 500
TRIES = 3
"""An act that broke off by a fault so many times is given up, and its owner told."""
_C = Capability
MAY = frozenset({_C.SEE, _C.WRITE, _C.CAMPAIGN, _C.SCHEDULE, _C.ANSWER, _C.HOLD})
"""All that a rule may ever do: no approval, no override."""


def hear(made: Sequence[Event], by: Any) -> None:
    """Ring for the rules, in the transaction of the events; asks the database nothing."""
    organization = getattr(by, "organization", None)
    if organization is None or made[0].kind not in organization.awaited:
        return
    if len(events.causes(made[0])) >= DEEPEST:
        return
    keys = [str(event.pk) for event in made]
    jobs.enqueue_all(
        meet,
        [
            {"organization": str(organization.pk), "met": keys[at : at + AT_ONCE]}
            for at in range(0, len(keys), AT_ONCE)
        ],
    )


@jobs.job(queue="reactions")
def meet(*, organization: str, met: list[str]) -> None:
    """Find the rules that fit these events of one kind; ring for each run."""
    with tenancy.within(UUID(organization)):
        found = list(Event.objects.filter(pk__in=met).order_by("pk"))
        for run in match(found, by=system(UUID(organization)), now=timezone.now()):
            jobs.enqueue(carry_out, organization=organization, run=str(run.pk))


@jobs.job(queue="reactions")
def carry_out(*, organization: str, run: str) -> None:
    """Do the acts of one run that are not done yet, each in a transaction of its own."""
    key = UUID(organization)
    with tenancy.within(key):
        waiting = list(
            RuleStep.objects.filter(run=UUID(run), state="waiting").values_list("pk", flat=True)
        )
    for step in waiting:
        try:
            with tenancy.within(key):
                act(step, now=timezone.now())
        except Exception:
            with tenancy.within(key):
                given_up = broke_off(step, now=timezone.now())
            if not given_up:
                raise
            log.exception("An act of a rule broke off too often.")
    with tenancy.within(key):
        end(RuleRun.objects.select_related("rule").get(pk=run), now=timezone.now())


def match(found: Sequence[Event], *, by: Actor, now: datetime) -> list[RuleRun]:
    """Begin a run for each rule and event that fit, once. Runs in a transaction."""
    made: list[RuleRun] = []
    if not found:
        return made
    kind = found[0].kind
    triggers = [name for name, one in TRIGGERS.items() if one.kind == kind]
    # Two that match the same rule at once count one after the other.
    rules = list(Rule.objects.select_for_update().filter(state="on", trigger__in=triggers))
    subjects = gather(found, by.organization.zone) if rules else {}
    reach = covered(by.departments.rows)
    for rule in rules:
        for event in found:
            subject = subjects.get(event.pk)
            if subject is None or not fits(rule, event, subject, reach):
                continue
            if RuleRun.objects.filter(rule=rule, event=event.pk).exists():
                continue
            if _spent(rule, now):
                actions.pause(rule, why="limit", by=by, now=now)
                break
            made.append(_begin(rule, event, subject, now))
    return made


def fits(rule: Rule, event: Event, subject: Subject, reach: dict[UUID, set[UUID]]) -> bool:
    """Whether a rule answers this event."""
    trigger, chain = TRIGGERS[rule.trigger], events.causes(event)
    if str(rule.pk) in chain or len(chain) >= DEEPEST:
        return False
    if trigger.kind != event.kind or (trigger.signal and event.data.get("of") != trigger.signal):
        return False
    if rule.department_id and subject.department not in reach.get(rule.department_id, ()):
        return False
    return conditions.hold(rule.conditions, subject.values, every=rule.every)


def covered(departments: Sequence[Department]) -> dict[UUID, set[UUID]]:
    """Each department with all that lie below it."""
    parents = {row.pk: row.parent_id for row in departments}
    found: dict[UUID, set[UUID]] = {pk: {pk} for pk in parents}
    for pk in parents:
        above = parents[pk]
        while above is not None:
            found[above].add(pk)
            above = parents[above]
    return found


def act(step_id: UUID, *, now: datetime) -> None:
    """Do one act and write down what came of it, together. Runs in a transaction."""
    step = (
        RuleStep.objects.select_for_update(of=("self",))
        .select_related("run__rule__owner", "run__rule__department")
        .get(pk=step_id)
    )
    if step.state != "waiting":
        return
    run, rule = step.run, step.run.rule
    robot = system(run.organization_id)
    by = pilot(rule, robot)
    try:
        with transaction.atomic(), translation.override(robot.organization.language):
            step.made = _done(step, rule, by or robot, now, may=by is not None)
            step.state = "done"
    except Refusal as refusal:
        with translation.override(robot.organization.language):
            step.state, step.trouble = "refused", refusal.sentence
        if isinstance(refusal, NotAllowed) and rule.state == "on":
            actions.pause(rule, why="rights", by=robot, now=now)
    step.save(update_fields=["state", "trouble", "made"])


def broke_off(step_id: UUID, *, now: datetime) -> bool:
    """Count a fault of an act; whether it is given up now. Runs in a transaction."""
    step = (
        RuleStep.objects.select_for_update(of=("self",)).select_related("run__rule").get(pk=step_id)
    )
    step.tries += 1
    given_up = step.tries >= TRIES
    if given_up:
        robot = system(step.run.organization_id)
        with translation.override(robot.organization.language):
            step.trouble = translation.gettext(
                "This broke off by a fault of Unisono, and nothing of it was done."
            )
        step.state = "failed"
        with events.caused_by([*step.run.chain, str(step.run.rule_id)]):
            events.record("rule.failed", step.run.rule, by=robot, now=now, title=step.run.title)
    step.save(update_fields=["tries", "state", "trouble"])
    return given_up


def end(run: RuleRun, *, now: datetime) -> None:
    """Note that a run is over, once."""
    if not RuleRun.objects.filter(pk=run.pk, ended_at=None).update(ended_at=now):
        return
    states = list(run.steps.values_list("state", flat=True))
    with events.caused_by([*run.chain, str(run.rule_id)]):
        events.record(
            "rule.ran", run.rule, by=system(run.organization_id), now=now,
            done=states.count("done"), refused=len(states) - states.count("done"),
        )  # fmt: skip


def pilot(rule: Rule, robot: Actor) -> Actor | None:
    """Who a rule acts as: with what its owner may now, where the rule is; None when nobody answers
    for it any more."""
    owner = rule.owner
    if owner is None or owner.state != "active":
        return None
    theirs = actor_for(owner, robot.organization)
    if not theirs.can(Capability.PLAN, rule.department):
        return None
    where = covered(theirs.departments.rows)[rule.department_id] if rule.department_id else {None}
    grants = {one: frozenset(c for c in MAY if theirs.can(c, one)) for one in where}
    label = f"{owner.name[:40]} · {rule.name}"[:120]
    return replace(theirs, kind="rule", grants=grants, label=label)


def _done(step: RuleStep, rule: Rule, by: Actor, now: datetime, *, may: bool) -> dict[str, Any]:
    one = ACTS[step.act["act"]]
    if not may:
        raise NotAllowed(translation.gettext("Whoever answers for this rule may not do this now."))
    event = Event.objects.get(pk=step.run.event)
    subject = gather([event], by.organization.zone).get(event.pk)
    if subject is None or (one.needs and one.needs not in subject.things):
        raise Refusal(translation.gettext("What this was about is gone by now."))
    by.must(one.capability, rule.department)
    with events.caused_by([*step.run.chain, str(rule.pk)]):
        return one.do(Doing(rule, subject, step.act, by, now))


def _spent(rule: Rule, now: datetime) -> bool:
    runs = RuleRun.objects.filter(rule=rule)
    return (
        runs.filter(begun_at__gt=now - timedelta(hours=1)).count() >= rule.an_hour
        or runs.filter(begun_at__gt=now - timedelta(days=1)).count() >= rule.a_day
    )


def _begin(rule: Rule, event: Event, subject: Subject, now: datetime) -> RuleRun:
    run = RuleRun.objects.create(
        rule=rule,
        event=event.pk,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        department_id=subject.department,
        title=subject.title[:200],
        facts={one["fact"]: subject.values.get(one["fact"]) for one in rule.conditions},
        chain=list(events.causes(event)),
        begun_at=now,
    )
    RuleStep.objects.bulk_create(
        RuleStep(run=run, position=at, act=one) for at, one in enumerate(rule.acts)
    )
    return run

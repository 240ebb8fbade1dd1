"""The verbs of rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.automation import acts, conditions
from unisono.rooms.automation.models import Rule, RuleRun, RuleStep
from unisono.rooms.automation.states import RULE
from unisono.rooms.automation.triggers import TRIGGERS
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.awaited import await_kinds
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department, Organization

HOURLY_MAX, DAILY_MAX = 200, 1_000


def draft(
    *,
    name: str,
    department: Department | None,
    trigger: str,
    acts: Sequence[dict[str, Any]],
    conditions: Sequence[dict[str, Any]] = (),
    every: bool = True,
    an_hour: int = 20,
    a_day: int = 100,
    by: Actor,
    now: datetime,
) -> Rule:
    """A rule as `make` would make it, refused for the same reasons, and not kept: to be tried."""
    rule = Rule(department=department, made_at=now)
    _say(rule, name, trigger, conditions, acts, every, an_hour, a_day, by, now)
    return rule


def make(
    *,
    name: str,
    department: Department | None,
    trigger: str,
    acts: Sequence[dict[str, Any]],
    conditions: Sequence[dict[str, Any]] = (),
    every: bool = True,
    an_hour: int = 20,
    a_day: int = 100,
    by: Actor,
    now: datetime,
) -> Rule:
    """A rule, which is off until somebody switches it on. Who makes it answers for it."""
    rule = draft(
        name=name, department=department, trigger=trigger, acts=acts, conditions=conditions,
        every=every, an_hour=an_hour, a_day=a_day, by=by, now=now,
    )  # fmt: skip
    with transaction.atomic():
        rule.save()
        events.record("rule.made", rule, by=by, now=now, name=rule.name)
    return rule


def change(
    rule: Rule,
    *,
    name: str,
    trigger: str,
    acts: Sequence[dict[str, Any]],
    conditions: Sequence[dict[str, Any]],
    every: bool,
    an_hour: int,
    a_day: int,
    by: Actor,
    now: datetime,
) -> Rule:
    """Say it anew. Who changes a rule answers for it from then on."""
    if rule.state == "removed":
        raise Conflict(_("This rule was removed."))
    _say(rule, name, trigger, conditions, acts, every, an_hour, a_day, by, now)
    with transaction.atomic():
        rule.save(
            update_fields=["name", "trigger", "conditions", "acts", "every", "an_hour", "a_day",
                           "owner", "changed_at"]
        )  # fmt: skip
        _await(by)
        events.record("rule.changed", rule, by=by, now=now, name=rule.name)
    return rule


def switch_on(rule: Rule, *, by: Actor, now: datetime) -> Rule:
    """Let it act. Who switches a rule on answers for it, and needs the rights for all it does."""
    _must(by, rule.department)
    for one in rule.acts:
        by.must(acts.ACTS[one["act"]].capability, rule.department)
    with transaction.atomic():
        advance(rule, RULE, "on", by=by, now=now, owner=by.member, why="")
        _await(by)
    return rule


def switch_off(rule: Rule, *, by: Actor, now: datetime) -> Rule:
    """Let it do nothing until it is switched on again; what it did stays."""
    _must(by, rule.department)
    with transaction.atomic():
        advance(rule, RULE, "off", by=by, now=now, why="")
        _await(by)
    return rule


def pause(rule: Rule, *, why: str, by: Actor, now: datetime) -> None:
    """Switch it off by itself; `limit` or `rights` says why, and its owner is told."""
    with transaction.atomic():
        advance(rule, RULE, "paused", by=by, now=now, data={"why": why}, why=why)
        _await(by)


def remove(rule: Rule, *, by: Actor, now: datetime) -> None:
    """Take a rule that is off away; its log is kept as long as any."""
    _must(by, rule.department)
    advance(rule, RULE, "removed", by=by, now=now)


def undo(step: RuleStep, *, by: Actor, now: datetime) -> RuleStep:
    """Take back what one act did, by the verb a person would use; raises what that raises."""
    act = acts.ACTS[step.act["act"]]
    if act.undo is None:
        raise Conflict(_("This cannot be taken back."))
    with transaction.atomic():
        if not RuleStep.objects.filter(pk=step.pk, state="done").update(state="undone"):
            raise Conflict(_("There is nothing left to take back."))
        act.undo(step.made, by, now)
        step.state = "undone"
        events.record("rule.undone", step.run.rule, by=by, now=now, act=step.act["act"])
    return step


def forget_runs(*, before: datetime) -> None:
    """Delete what rules did before this instant from their logs."""
    RuleRun.objects.filter(begun_at__lt=before).delete()


def _say(
    rule: Rule, name: str, trigger: str, asked: Sequence[dict[str, Any]],
    done: Sequence[dict[str, Any]], every: bool, an_hour: int, a_day: int, by: Actor, now: datetime,
) -> None:  # fmt: skip
    _must(by, rule.department)
    title = " ".join(name.replace("\x00", "").split())
    if not 0 < len(title) <= 80:
        raise Invalid(_("Give the rule a name of at most 80 characters."), field="name")
    if (wanted := TRIGGERS.get(trigger)) is None:
        raise Invalid(_("Choose what the rule waits for."), field="trigger")
    if not 1 <= an_hour <= HOURLY_MAX or not an_hour <= a_day <= DAILY_MAX:
        said = _("Choose 1 to %(hour)s runs an hour, and as many or more a day, up to %(day)s.")
        raise Invalid(said % {"hour": HOURLY_MAX, "day": DAILY_MAX}, field="an_hour")
    rule.name, rule.trigger, rule.every = title, trigger, every
    rule.conditions = conditions.checked(asked, wanted, every=every)
    rule.acts = acts.checked(list(done), wanted, rule, by)
    rule.an_hour, rule.a_day, rule.owner, rule.changed_at = an_hour, a_day, by.member, now


def _must(by: Actor, department: Department | None) -> None:
    by.must(Capability.PLAN, department)
    if by.member is None:
        raise Conflict(_("A person answers for a rule."))


def _await(by: Actor) -> None:
    """Let everybody know which kinds of event rules wait for; one after the other."""
    Organization.objects.select_for_update().get(pk=by.organization.pk)
    waiting = Rule.objects.filter(state="on").values_list("trigger", flat=True)
    await_kinds({TRIGGERS[one].kind for one in waiting}, by=by)

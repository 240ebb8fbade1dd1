"""What an objective is measured by: further key results, and figures that somebody reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.rooms.channels.models import Channel
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan.models import KeyResult, Metric, Objective, Reading


def add(
    objective: Objective,
    *,
    name: str,
    metric: str,
    target: int,
    unit: str = "",
    channel: Channel | None = None,
    by: Actor,
    now: datetime,
) -> KeyResult:
    """Give an objective a further figure to be judged by, within its own period."""
    by.must(Capability.PLAN, objective.department_id)
    values = _values(name, metric, target, unit, channel)
    with transaction.atomic():
        row = KeyResult.objects.create(objective=objective, **values)
        events.record("objective.changed", objective, by=by, now=now, key_result=str(row.pk))
    return row


def change(
    key_result: KeyResult,
    *,
    name: str,
    metric: str,
    target: int,
    unit: str,
    channel: Channel | None,
    by: Actor,
    now: datetime,
) -> KeyResult:
    """Change a key result; the event keeps the target it had."""
    objective = key_result.objective
    by.must(Capability.PLAN, objective.department_id)
    before = key_result.target
    for field, value in _values(name, metric, target, unit, channel).items():
        setattr(key_result, field, value)
    with transaction.atomic():
        key_result.save()
        events.record(
            "objective.changed", objective, by=by, now=now,
            key_result=str(key_result.pk), target=target, was=before,
        )  # fmt: skip
    return key_result


def remove(key_result: KeyResult, *, by: Actor, now: datetime) -> None:
    """The objective is no longer judged by it; what was reported stays."""
    by.must(Capability.PLAN, key_result.objective.department_id)
    with transaction.atomic():
        key_result.removed_at = key_result.removed_at or now
        key_result.save(update_fields=["removed_at"])
        events.record(
            "objective.changed", key_result.objective, by=by, now=now, removed=str(key_result.pk)
        )


def enter_reading(
    measure: Objective | KeyResult,
    *,
    value: int,
    at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> Reading:
    """Report how far an entered figure has come, as a total so far that was right `at` an instant.

    The same report twice is one. Raises Conflict for another value of the same instant.
    """
    objective = measure.goal
    by.must(Capability.PLAN, objective.department_id)
    if measure.metric != Metric.ENTERED:
        raise Conflict(_("Unisono measures this objective itself."), field="value")
    if not 0 <= value <= 10**15:
        raise Invalid(_("Enter a number of zero or more."), field="value")
    at = at or now
    if at > now:
        raise Invalid(_("A figure cannot be of a time to come."), field="at")
    own = measure if isinstance(measure, KeyResult) else None
    with transaction.atomic():
        reading, new = Reading.objects.get_or_create(
            objective=objective,
            key_result=own,
            read_at=at,
            defaults={"value": value, "by": by.member, "pushed": by.kind == "token"},
        )
        if new:
            events.record("objective.read", objective, by=by, now=now, value=value)
    if reading.value != value:
        raise Conflict(
            _("Another figure was reported for this time: %(value)d. Report yours with its own.")
            % {"value": reading.value},
            field="at",
        )
    return reading


def measured_by(metric: str, target: int) -> dict[str, Any]:
    """A metric and its target, if they are one."""
    if metric not in Metric.values:
        raise Invalid(_("Choose one of the metrics offered."), field="metric")
    if target <= 0:
        raise Invalid(_("A target is a number above zero."), field="target")
    return {"metric": metric, "target": target}


def named(name: str, nameless: Any) -> str:
    """A name without blanks around it; raises Invalid with `nameless` where none is left."""
    name = name.strip()
    if not name:
        raise Invalid(nameless, field="name")
    if len(name) > 120:
        raise Invalid(_("This is too long: 120 characters at most."), field="name")
    return name


def _values(
    name: str, metric: str, target: int, unit: str, channel: Channel | None
) -> dict[str, Any]:
    if channel is not None and metric != Metric.FOLLOWERS:
        raise Invalid(_("Only followers are counted on one channel."), field="channel")
    return {
        "name": named(name, _("Give the key result a name.")),
        **measured_by(metric, target),
        "unit": unit.strip(),
        "channel": channel,
    }

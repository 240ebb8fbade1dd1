from __future__ import annotations

from typing import Any

from django.db import models

from unisono.kernel.rows import OrgRow
from unisono.rooms.automation.states import RULE
from unisono.rooms.people.models import Department, Member


class Rule(OrgRow):
    """When something happens, and these conditions hold, do these acts.

    It concerns a department and those below it, or with none the whole organization. `owner`
    answers for it: it may do what they may. `why` says what paused it: `limit` or `rights`.
    """

    name = models.CharField(max_length=80)
    department = models.ForeignKey(Department, null=True, on_delete=models.CASCADE)
    trigger = models.CharField(max_length=40)
    every = models.BooleanField(default=True)
    conditions: models.JSONField[list[dict[str, str]]] = models.JSONField(default=list)
    acts: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list)
    an_hour = models.PositiveSmallIntegerField(default=20)
    a_day = models.PositiveSmallIntegerField(default=100)
    owner = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    why = models.CharField(max_length=10, blank=True)
    state = RULE.field()

    class Meta:
        db_table = "rule"
        ordering = ["name", "pk"]
        constraints = [RULE.constraint()]

    def __str__(self) -> str:
        return self.name


class RuleRun(OrgRow):
    """A rule met an event that fits it; once. `facts` is what its conditions found. `department` is
    where it happened: only those who see it read of it."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="runs")
    event = models.UUIDField()
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    department = models.ForeignKey(
        Department, null=True, on_delete=models.CASCADE, related_name="+"
    )
    title = models.CharField(max_length=200)
    facts: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    chain: models.JSONField[list[str]] = models.JSONField(default=list)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rule_run"
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "event"], name="rule_run_once"),
        ]
        indexes = [models.Index(fields=["rule", "-begun_at"])]


STEP_STATES = ("waiting", "done", "refused", "failed", "undone")


class RuleStep(OrgRow):
    """One act of a run. What it did and that it is done are written in one transaction, so that
    none is done twice; `made` is what is needed to take it back. `tries` counts the times it
    broke off by a fault."""

    run = models.ForeignKey(RuleRun, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    act: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    made: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    trouble = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, default="waiting")

    class Meta:
        db_table = "rule_step"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="rule_step_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=STEP_STATES),
                name="rule_step_state_known",
            ),
        ]

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from unisono.kernel.rows import OrgRow
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.orchestration.evidence import Evidence
from unisono.rooms.orchestration.states import PLAN, PLAN_MOVE
from unisono.rooms.people.models import Department, Member


class Freedom(models.TextChoices):
    """How readily what has a time is moved."""

    LITTLE = "little", _("Move little")
    BALANCED = "balanced", _("Balanced")
    FREELY = "freely", _("Move freely")


class Within(models.TextChoices):
    """How far from its present day what has a time may be moved."""

    DAY = "day", _("On the same day")
    THREE = "three_days", _("Up to three days")
    WEEK = "week", _("Up to a week")
    SPAN = "span", _("Anywhere in these weeks")

    @property
    def days(self) -> int | None:
        """Days before or after; None: no bound."""
        return {"day": 0, "three_days": 3, "week": 7}.get(self.value)


class Plan(OrgRow):
    """Where the posts of the departments in `departments` would best go out, from `starts_at` up to
    `ends_at`; of the channels in `channels`, or all.

    `before` is the plan it was drawn anew after, because of the `change`. `figures` is what the
    plan is worth, in usual posts, and which rules are broken, now and then; `unplaced` are posts
    for which there is no place, with the rules in conflict; `notes` are what is not known.
    """

    departments: models.JSONField[list[str]] = models.JSONField(default=list)
    channels: models.JSONField[list[str]] = models.JSONField(default=list)
    undated = models.BooleanField(default=False)
    freedom = models.CharField(max_length=10, choices=Freedom.choices, default=Freedom.BALANCED)
    within = models.CharField(max_length=10, choices=Within.choices, default=Within.THREE)
    weeks = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seed = models.PositiveIntegerField(default=1)
    effort = models.FloatField(default=12.0)
    before = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="after")
    change: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    asked_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    progress = models.PositiveSmallIntegerField(default=0)
    figures: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    unplaced: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list)
    notes: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list)
    state = PLAN.field()

    class Meta:
        db_table = "plan"
        ordering = ["-asked_at"]
        constraints = [
            PLAN.constraint(),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at"), weeks__gte=1, weeks__lte=6),
                name="plan_has_span",
            ),
        ]


class PlanMove(OrgRow):
    """One post of a plan at another time, and how sure its gain is.

    `expected`, `low` and `high` say how many times as much it brings there, learnt from `sample`
    posts; a `forced` move is for a rule that its present time breaks, and may rest on none.
    It is `shown` only where the channel's own posts show it. `gain` is what it earns in usual
    posts. `displaces` are the variants that the plan moves out of its way.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="moves")
    department = models.ForeignKey(Department, on_delete=models.CASCADE)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="plan_moves")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    wall = models.CharField(max_length=16)
    zone = models.CharField(max_length=64)
    at = models.DateTimeField()
    was_wall = models.CharField(max_length=16, blank=True)
    was_zone = models.CharField(max_length=64, blank=True)
    was_at = models.DateTimeField(null=True)
    expected = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    sample = models.PositiveIntegerField()
    basis = models.CharField(max_length=12)
    shown = models.BooleanField(default=False)
    forced = models.BooleanField(default=False)
    gain = models.FloatField()
    reasons: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list)
    displaces: models.JSONField[list[str]] = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    refused = models.TextField(blank=True)
    state = PLAN_MOVE.field()

    class Meta:
        db_table = "plan_move"
        ordering = ["at", "pk"]
        constraints = [
            PLAN_MOVE.constraint(),
            models.UniqueConstraint(fields=["plan", "variant"], name="plan_move_once"),
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(sample__gte=1) | models.Q(forced=True),
                    low__lte=models.F("expected"),
                    high__gte=models.F("expected"),
                    low__gte=0,
                ),
                name="plan_move_has_evidence",
            ),
        ]

    @property
    def evidence(self) -> Evidence:
        """What it rests on; raises ValueError for a forced move that rests on no post."""
        return Evidence("ratio", self.expected, self.low, self.high, self.sample, self.basis)

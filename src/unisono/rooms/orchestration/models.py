from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from unisono.kernel.rows import OrgRow
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.orchestration.evidence import Evidence
from unisono.rooms.orchestration.states import MANDATE, PROPOSAL, SIGNAL
from unisono.rooms.people.models import Department, Member
from unisono.rooms.plan.models import Campaign


class Noticed(models.TextChoices):
    """What can be noticed."""

    ABOVE = "above", _("Far above")
    BELOW = "below", _("Far below")
    BEHIND = "behind", _("Behind")
    GAP = "gap", _("Gap")
    COLLISION = "collision", _("Collision")
    LATE = "late", _("Late approval")
    SIGN_IN = "sign_in", _("Sign-in")
    KEY_DATE = "key_date", _("Key date")
    TIME = "time", _("Better time")
    LIKELY = "likely", _("Likely better time")
    TOPIC = "topic", _("Growing topic")
    MOOD = "mood", _("Mood")
    WORN = "worn", _("Fatigue")
    WAITING = "waiting", _("Approval runs late")
    THRIVING = "thriving", _("Campaign far above")
    FADING = "fading", _("Campaign far below")


class Act(models.TextChoices):
    """What can be proposed."""

    MOVE = "move", _("Move")
    FILL = "fill", _("Fill a gap")
    ASK = "ask", _("Ask for approval")
    REPEAT = "repeat", _("Repeat")
    ANSWER = "answer", _("Answer")
    HOLD = "hold", _("Hold")
    EXTEND = "extend", _("Extend")
    STOP = "stop", _("Stop")
    VARIANT = "variant", _("Add a channel")
    SHIFT = "shift", _("Hand over a slot")


class Signal(OrgRow):
    """Something that was noticed, once for as long as it lasts.

    `key` tells two things of one kind apart; while one is open, no second is opened. `data` is what
    the sentence about it needs. It concerns the department, or with none the whole organization.
    """

    kind = models.CharField(max_length=12, choices=Noticed.choices)
    key = models.CharField(max_length=120)
    department = models.ForeignKey(Department, null=True, on_delete=models.CASCADE)
    subject_type = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    data: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    noticed_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)
    state = SIGNAL.field()

    class Meta:
        db_table = "signal"
        ordering = ["-noticed_at"]
        constraints = [
            SIGNAL.constraint(),
            models.UniqueConstraint(
                fields=["organization_id", "kind", "key"],
                condition=models.Q(state="open"),
                name="signal_open_once",
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "state", "-noticed_at"])]


class Mandate(OrgRow):
    """What Unisono may do by itself in one department: acts of these `kinds`, at most `a_day`, from
    `from_hour` up to `to_hour` of the organization's clock. Off unless somebody gave one; it ends
    when somebody ends it. Every act of it lies among the decided proposals, and can be undone.

    Where it is `bold`, it also moves to hours that are only likely better. Of the department's
    posts of a month, at most one in `trials_one_in` (0: none) is a trial."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="mandates")
    kinds: models.JSONField[list[str]] = models.JSONField(default=list)
    a_day = models.PositiveSmallIntegerField(default=3)
    from_hour = models.PositiveSmallIntegerField(default=8)
    to_hour = models.PositiveSmallIntegerField(default=18)
    bold = models.BooleanField(default=False)
    trials_one_in = models.PositiveSmallIntegerField(default=0)
    given_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = MANDATE.field()

    class Meta:
        db_table = "mandate"
        ordering = ["-given_at"]
        constraints = [
            MANDATE.constraint(),
            models.UniqueConstraint(
                fields=["department"], condition=models.Q(state="given"), name="mandate_one_given"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    from_hour__lt=models.F("to_hour"), to_hour__lte=24, a_day__gte=1
                ),
                name="mandate_has_bounds",
            ),
            models.CheckConstraint(
                condition=models.Q(trials_one_in=0) | models.Q(trials_one_in__gte=4),
                name="mandate_trials_are_seldom",
            ),
        ]


class Lock(OrgRow):
    """A post that stays where it is: no other time is proposed, and no autopilot moves it."""

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="lock")
    reason = models.CharField(max_length=200, blank=True)
    locked_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    locked_at = models.DateTimeField()

    class Meta:
        db_table = "lock"
        ordering = ["-locked_at"]


class Proposal(OrgRow):
    """One act that is suggested, why, and how sure that is.

    It is about a post, a campaign, or what people write (`data` names the messages). `wall`, `zone`
    and `at` are the time proposed, `data` what the sentence and the act need beside that. Where
    another time was accepted, they are that, and `data["edited"]` the one proposed. `before` is how
    things stood when it was accepted, so that it can be undone; `effect` what came of it, once that
    can be told. A `trial` goes where little is known, so that something is learnt there.
    """

    kind = models.CharField(max_length=12, choices=Act.choices)
    signal = models.ForeignKey(
        Signal, null=True, on_delete=models.SET_NULL, related_name="proposals"
    )
    key = models.CharField(max_length=120)
    department = models.ForeignKey(Department, on_delete=models.CASCADE)
    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, related_name="proposals")
    variant = models.ForeignKey(Variant, null=True, on_delete=models.CASCADE)
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE)
    campaign = models.ForeignKey(
        Campaign, null=True, on_delete=models.CASCADE, related_name="proposals"
    )
    data: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    wall = models.CharField(max_length=16, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(null=True)
    was_at = models.DateTimeField(null=True)
    figure = models.CharField(max_length=12)
    expected = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    sample = models.PositiveIntegerField()
    basis = models.CharField(max_length=12)
    trial = models.BooleanField(default=False)
    offered_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    mandate = models.ForeignKey(
        Mandate, null=True, on_delete=models.SET_NULL, related_name="proposals"
    )
    reason = models.TextField(blank=True)
    before: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    effect: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)
    state = PROPOSAL.field()

    class Meta:
        db_table = "proposal"
        ordering = ["ends_at", "pk"]
        constraints = [
            PROPOSAL.constraint(),
            models.UniqueConstraint(
                fields=["organization_id", "kind", "key"],
                condition=models.Q(state="offered"),
                name="proposal_offered_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    sample__gte=1, low__lte=models.F("expected"), high__gte=models.F("expected")
                ),
                name="proposal_has_evidence",
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "state", "ends_at"])]

    @property
    def only_likely(self) -> bool:
        """Whether what it expects is believed and not shown."""
        return self.signal is not None and self.signal.kind == Noticed.LIKELY

    @property
    def evidence(self) -> Evidence:
        return Evidence(self.figure, self.expected, self.low, self.high, self.sample, self.basis)


# Django looks for models here.
from unisono.rooms.orchestration.plans.models import Plan as Plan  # noqa: E402
from unisono.rooms.orchestration.plans.models import PlanMove as PlanMove  # noqa: E402

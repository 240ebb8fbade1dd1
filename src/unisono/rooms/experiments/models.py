from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unisono.kernel.rows import OrgRow
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.experiments.states import EXPERIMENT, TRIAL
from unisono.rooms.experiments.statistics.finding import Finding, Shown
from unisono.rooms.metrics.models import Figure
from unisono.rooms.people.models import Department, Member


class Kind(models.TextChoices):
    """What two things are held against each other."""

    TIMES = "times", _("Times")
    VARIANTS = "variants", _("Wordings or pictures")


class Left(models.TextChoices):
    """Why a post is no part of its experiment any more."""

    PERSON = "person", _("taken out")
    GONE = "gone", _("removed")
    MOVED = "moved", _("went out at another time")
    UNSENT = "unsent", _("did not go out")
    UNCOUNTED = "uncounted", _("no count to compare")
    ALONE = "alone", _("its other version left")
    ENDED = "ended", _("the experiment ended before")


class Experiment(OrgRow):
    """One question to one channel.

    Posts are compared by `figure`, as counted `hours` after they went out. `uplift` is the smallest
    difference worth knowing (0.25: a quarter more); `needed` are the posts each way that show it,
    going by the `spread` (standard deviation of logarithms) of `like` earlier posts, and `planned`
    those decided on, which may be fewer. `a_week` was the channel's pace then. `seed` draws which
    post tries what. `adjusts` says whether counts are held against what the like of a post bring;
    unknown before the first is judged.
    """

    kind = models.CharField(max_length=10, choices=Kind.choices)
    question = models.CharField(max_length=160)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="experiments")
    figure = models.CharField(max_length=10, choices=Figure.choices)
    hours = models.PositiveSmallIntegerField()
    uplift = models.FloatField()
    spread = models.FloatField()
    like = models.PositiveIntegerField()
    a_week = models.FloatField()
    needed = models.PositiveIntegerField()
    planned = models.PositiveIntegerField()
    seed = models.CharField(max_length=40)
    adjusts = models.BooleanField(null=True)
    planned_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    planned_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    state = EXPERIMENT.field()

    class Meta:
        db_table = "experiment"
        ordering = ["-planned_at", "pk"]
        constraints = [
            EXPERIMENT.constraint(),
            models.CheckConstraint(
                condition=Q(
                    uplift__gt=0, spread__gt=0, planned__gte=1, needed__gte=1, hours__gte=1
                ),
                name="experiment_is_planned",
            ),
            models.CheckConstraint(
                condition=~Q(state="stopped") | ~Q(reason=""), name="experiment_stopped_why"
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "state", "-planned_at"])]

    def __str__(self) -> str:
        return self.question

    @property
    def chosen(self) -> int | None:
        """The posts each way, where others than as many as are needed were chosen."""
        return self.planned if self.planned - self.needed not in (0, 1) else None

    @property
    def paired(self) -> bool:
        """Whether each content is tried both ways, so that it is held against itself."""
        return self.kind == Kind.VARIANTS


class ExperimentArm(OrgRow):
    """One of the two things compared: of times the weekdays (0 Monday) from one hour up to another
    in the organization's zone, of wordings its name."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="arms")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=60)
    weekdays: models.JSONField[list[int]] = models.JSONField(default=list)
    from_hour = models.PositiveSmallIntegerField(default=0)
    to_hour = models.PositiveSmallIntegerField(default=24)

    class Meta:
        db_table = "experiment_arm"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "position"], name="experiment_arm_once"),
            models.CheckConstraint(
                condition=Q(position__lte=1, from_hour__lt=F("to_hour"), to_hour__lte=24),
                name="experiment_arm_has_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def holds(self, wall: datetime) -> bool:
        """Whether a wall time of the organization lies in its hours."""
        return wall.weekday() in self.weekdays and self.from_hour <= wall.hour < self.to_hour


class Trial(OrgRow):
    """One post that tries one arm.

    `number` counts the draws of the experiment; of the two posts of one content it is the same.
    `count` is what was counted, `expected` what the like of it bring then. `locks` says that its
    post was locked for the experiment, and is unlocked with its end.
    """

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="trials")
    arm = models.ForeignKey(ExperimentArm, on_delete=models.CASCADE, related_name="trials")
    number = models.PositiveIntegerField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="trials")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="trials")
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    locks = models.BooleanField(default=False)
    count = models.PositiveBigIntegerField(null=True)
    expected = models.FloatField(null=True)
    judged_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    left = models.CharField(max_length=10, choices=Left.choices, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    state = TRIAL.field()

    class Meta:
        db_table = "trial"
        ordering = ["number", "arm__position"]
        constraints = [
            TRIAL.constraint(),
            models.UniqueConstraint(
                fields=["experiment", "number", "arm"], name="trial_number_once"
            ),
            models.UniqueConstraint(
                fields=["variant"], condition=~Q(state="left"), name="trial_of_one_experiment"
            ),
            models.CheckConstraint(
                condition=~Q(state="judged") | Q(count__isnull=False, judged_at__isnull=False),
                name="trial_judged_has_count",
            ),
        ]


class ExperimentFinding(OrgRow):
    """What an experiment shows so far, or showed in the end: never without range and sample."""

    experiment = models.OneToOneField(Experiment, on_delete=models.CASCADE, related_name="finding")
    ratio = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    first = models.PositiveIntegerField()
    second = models.PositiveIntegerField()
    shown = models.CharField(max_length=8)
    found_at = models.DateTimeField()

    class Meta:
        db_table = "experiment_finding"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    low__gt=0, low__lte=F("ratio"), high__gte=F("ratio"), first__gte=1,
                    second__gte=1, shown__in=[str(one) for one in Shown],
                ),
                name="experiment_finding_has_evidence",
            ),
        ]  # fmt: skip

    @property
    def told(self) -> Finding:
        return Finding(self.ratio, self.low, self.high, self.first, self.second, Shown(self.shown))

    @staticmethod
    def columns(found: Finding) -> dict[str, Any]:
        """A finding as this table keeps it."""
        return {**vars(found), "shown": str(found.shown)}

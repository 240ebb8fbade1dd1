from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unisono.kernel.rows import OrgRow
from unisono.rooms.content.models import Idea, Post, Revision, Variant
from unisono.rooms.people.models import Department, Member
from unisono.rooms.plan.models import Campaign
from unisono.rooms.requests.models import Request
from unisono.rooms.workflow.states import APPROVAL_REQUEST, PENDING, TASK


class ApprovalRequest(OrgRow):
    """The question whether one revision may go out. Another revision is another question."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="requests")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="requests")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="requests")
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    asked_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    schedule_when_approved = models.BooleanField(default=True)
    state = APPROVAL_REQUEST.field()

    class Meta:
        db_table = "approval_request"
        ordering = ["due_at", "asked_at"]
        constraints = [
            APPROVAL_REQUEST.constraint(),
            models.UniqueConstraint(
                fields=["variant"],
                condition=models.Q(state="open"),
                name="approval_request_one_open",
            ),
        ]
        indexes = [models.Index(fields=["revision", "state"])]


class Decision(OrgRow):
    """What an approver said, and when."""

    append_only = True

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        db_table = "decision"
        ordering = ["at"]


class Comment(OrgRow):
    """A remark on a post, among colleagues."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="comments")
    text = models.TextField()
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()

    class Meta:
        db_table = "comment"
        ordering = ["at"]


class Closes(models.TextChoices):
    """What ends a step without anybody ticking it."""

    BY_HAND = "", _("Somebody ticks it")
    FROZEN = "frozen", _("The post is handed in for review, or scheduled")
    APPROVED = "approved", _("The post is approved")
    SCHEDULED = "scheduled", _("The post is scheduled")


class OwnerRule(models.TextChoices):
    """Whose a step is."""

    WRITER = "writer", _("Who writes the post")
    CAMPAIGN = "campaign", _("Who owns the campaign")
    APPROVER = "approver", _("Somebody who approves")
    SCHEDULER = "scheduler", _("Somebody who schedules")
    MEMBER = "member", _("Always the same person")
    NOBODY = "nobody", _("The department; somebody takes it")


class WorkPlan(OrgRow):
    """How a post is made, step by step: the organization's, or one department's own.

    `country` (ISO 3166-1) says whose holidays are no working days; empty: that of the
    organization's plan, or else of its zone. `automatic`: every post that gets a time is planned.
    """

    department = models.ForeignKey(Department, null=True, on_delete=models.CASCADE)
    country = models.CharField(max_length=2, blank=True)
    automatic = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "work_plan"
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "department"],
                name="work_plan_once",
                nulls_distinct=False,
            )
        ]


class WorkStep(OrgRow):
    """A step of a plan. `after` lists the keys of the steps it waits for; `days` are working days.

    The key stays the same when the plan changes, and is how a task knows its step again.
    """

    plan = models.ForeignKey(WorkPlan, on_delete=models.CASCADE, related_name="steps")
    key = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    days = models.PositiveSmallIntegerField(default=1)
    after: models.JSONField[list[str]] = models.JSONField(default=list)
    owner_rule = models.CharField(max_length=12, choices=OwnerRule.choices)
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    closes = models.CharField(max_length=12, choices=Closes.choices, blank=True)

    class Meta:
        db_table = "work_step"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="work_step_once")]


class Deadline(OrgRow):
    """When a post whose work is planned is to go out, as publishing last said; None: undated."""

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="deadline")
    wall = models.CharField(max_length=16, blank=True)
    zone = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        db_table = "deadline"
        indexes = [models.Index(fields=["organization_id", "at"], name="deadline_at")]


class Task(OrgRow):
    """Something that has to be done: for a post, a campaign, an idea, a request, or for itself.

    It is its owner's, or without one the department's (None: the organization's). `due_on` and
    `due_time` (`17:00`, or empty: by the end of that day) were meant in `zone`; `due_at` is the
    instant from which on it is overdue. `days` is the work in it, in working days. Of a planned
    step, `step` is the key, `starts_on` the day to begin, `latest_on` the last day that is in
    time; `by_hand` says that a person chose the date, which the plan then leaves alone. `soon_for`
    and `overdue_for` are the dates about which its people have been told. Of a campaign, `step`
    says what the task was made of, so that it is made once.
    """

    title = models.CharField(max_length=160)
    note = models.TextField(blank=True)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    owner = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks"
    )
    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, related_name="tasks")
    campaign = models.ForeignKey(
        Campaign, null=True, on_delete=models.CASCADE, related_name="tasks"
    )
    idea = models.ForeignKey(Idea, null=True, on_delete=models.CASCADE, related_name="tasks")
    request = models.ForeignKey(Request, null=True, on_delete=models.CASCADE, related_name="tasks")
    days = models.PositiveSmallIntegerField(default=1)
    due_on = models.DateField(null=True)
    due_time = models.CharField(max_length=5, blank=True)
    zone = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField(null=True)
    by_hand = models.BooleanField(default=False)
    step = models.CharField(max_length=40, blank=True)
    closes = models.CharField(max_length=12, choices=Closes.choices, blank=True)
    starts_on = models.DateField(null=True)
    latest_on = models.DateField(null=True)
    soon_for = models.DateTimeField(null=True)
    overdue_for = models.DateTimeField(null=True)
    made_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    state = TASK.field()

    class Meta:
        db_table = "task"
        ordering = [models.F("due_at").asc(nulls_last=True), "pk"]
        constraints = [
            TASK.constraint(),
            models.UniqueConstraint(
                fields=["post", "step"], condition=~Q(step=""), name="task_step_once"
            ),
            models.UniqueConstraint(
                fields=["campaign", "step"], condition=~Q(step=""), name="task_of_campaign_once"
            ),
            models.CheckConstraint(
                condition=Q(post=None, campaign=None, idea=None)
                | Q(post=None, campaign=None, request=None)
                | Q(post=None, idea=None, request=None)
                | Q(campaign=None, idea=None, request=None),
                name="task_of_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "due_at"],
                condition=Q(state__in=PENDING),
                name="task_pending",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def pending(self) -> bool:
        return self.state in PENDING

    @property
    def too_late(self) -> bool:
        """Whether its date lies after the last day on which it would be in time."""
        return bool(self.due_on and self.latest_on and self.due_on > self.latest_on)

    @property
    def of(self) -> Any:
        """The post, campaign, idea or request it is for, or None."""
        return self.post or self.campaign or self.idea or self.request


class TaskNeed(OrgRow):
    """A task that waits until another is done."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="needs")
    needed = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="needed_by")

    class Meta:
        db_table = "task_need"
        constraints = [
            models.UniqueConstraint(fields=["task", "needed"], name="task_need_once"),
            models.CheckConstraint(condition=~Q(task=models.F("needed")), name="task_need_other"),
        ]


class Absence(OrgRow):
    """Days on which a member is away, both included; `cover` is who stands in. Never why."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="absences")
    cover = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "absence"
        ordering = ["first_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=models.F("first_on")), name="absence_in_order"
            )
        ]

from __future__ import annotations

from django.db import models

from unisono.kernel.rows import OrgRow
from unisono.rooms.content.models import Post, Revision, Variant
from unisono.rooms.people.models import Department, Member
from unisono.rooms.workflow.states import APPROVAL_REQUEST


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

from __future__ import annotations

from typing import Any

from django.db import models

from unisono.kernel.rows import OrgRow
from unisono.rooms.people.models import Member
from unisono.rooms.requests.models import Request


class Notice(OrgRow):
    """One thing one member is told. `kind` names the sentence; `link` is a path in the product.

    Urgent ones go out by e-mail too, where mail is set up; `mailed_at` says when that was settled.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    params: models.JSONField[Any] = models.JSONField(default=dict)
    link = models.CharField(max_length=255, blank=True)
    urgent = models.BooleanField(default=False)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice"
        ordering = ["-at"]
        indexes = [
            models.Index(
                fields=["member", "-at"],
                condition=models.Q(read_at=None),
                name="notice_unread",
            ),
            models.Index(
                fields=["at"],
                condition=models.Q(urgent=True, mailed_at=None),
                name="notice_unmailed",
            ),
        ]


class Mute(OrgRow):
    """A choosable notice that a member does not want; `choice` is one of those in `choices`."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="mutes")
    choice = models.CharField(max_length=40)

    class Meta:
        db_table = "mute"
        constraints = [models.UniqueConstraint(fields=["member", "choice"], name="mute_once")]


class Letter(OrgRow):
    """A mail to somebody who asked for content and has no account; one for each event at most.

    `facts` is what it says of that moment. `sent_at` is when the mail server was given it; set
    before, so that a lost worker costs a mail rather than doubling it. `failed_at` is when it was
    given up.
    """

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=40)
    event = models.UUIDField()
    facts: models.JSONField[Any] = models.JSONField(default=dict)
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "letter"
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "event"], name="letter_once")
        ]
        indexes = [
            models.Index(
                fields=["at"],
                condition=models.Q(sent_at=None, failed_at=None),
                name="letter_waiting",
            )
        ]

from __future__ import annotations

from typing import Any

from django.db import models

from unisono.kernel.rows import OrgRow
from unisono.rooms.people.models import Member


class CalendarLink(OrgRow):
    """An address at which a calendar program reads the plan as its owner sees it, until revoked.

    Only the digest of the address's secret is kept. `filters` are those of the calendar, as lists.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="calendar_links")
    name = models.CharField(max_length=80)
    filters: models.JSONField[Any] = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "calendar_link"
        ordering = ["revoked_at", "-made_at"]

    def __str__(self) -> str:
        return self.name


class SavedView(OrgRow):
    """How a member looks at the plan, by name. `shape` is the query of `page`, without a day."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    page = models.CharField(max_length=20)
    shape: models.JSONField[Any] = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "saved_view"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["member", "name"], name="saved_view_one_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

from __future__ import annotations

from typing import Any

from django.db import models

from unisono.kernel.rows import OrgRow
from unisono.rooms.content.models import Post
from unisono.rooms.imports.states import IMPORT_RUN
from unisono.rooms.people.models import Department, Member
from unisono.rooms.plan.models import Campaign


class DateOrder(models.TextChoices):
    """How dates such as 03/04/2026 are read; `auto` lets the file's other dates tell."""

    AUTO = "auto"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class ImportRun(OrgRow):
    """One file on its way into the plan.

    `mapping` names a field for each column in order ("" leaves the column out); `channels` holds
    the ids of the channels of rows that name none. `reached` is the last row that was dealt with.
    A `returned` file is an exported plan that comes back: its lines change posts instead of making
    them, and `posts_made` counts those. `problems` is a list of {row, column, level, sentence,
    value}, `left` of {post, title, why} for what an undo left where it is.
    """

    file_name = models.CharField(max_length=200)
    format = models.CharField(max_length=8)
    path = models.CharField(max_length=200, blank=True)
    rows = models.PositiveIntegerField()
    mapping: models.JSONField[Any] = models.JSONField(default=list)
    zone = models.CharField(max_length=60)
    date_order = models.CharField(max_length=4, choices=DateOrder.choices, default=DateOrder.AUTO)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.SET_NULL)
    channels: models.JSONField[Any] = models.JSONField(default=list)
    returned = models.BooleanField(default=False)
    state = IMPORT_RUN.field()
    reached = models.PositiveIntegerField(default=0)
    done_rows = models.PositiveIntegerField(default=0)
    posts_made = models.PositiveIntegerField(default=0)
    campaigns_made = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    problems: models.JSONField[Any] = models.JSONField(default=list)
    left: models.JSONField[Any] = models.JSONField(default=list)
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "import_run"
        ordering = ["-at"]
        constraints = [IMPORT_RUN.constraint()]

    def __str__(self) -> str:
        return self.file_name


class ImportedRow(OrgRow):
    """What one row of the file became. `version` is the post's as it was imported, `before` what a
    returned file changed of it."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="imported")
    number = models.PositiveIntegerField()
    post = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL)
    version = models.PositiveIntegerField(default=0)
    before: models.JSONField[Any] = models.JSONField(null=True)
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.SET_NULL)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "imported_row"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="imported_row_once")]

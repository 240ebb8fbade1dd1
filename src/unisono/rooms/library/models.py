from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from unisono.kernel.rows import OrgRow
from unisono.rooms.people.models import Department, Member


class Asset(OrgRow):
    """A media file, kept once per organization under the digest of its bytes."""

    name = models.CharField(max_length=160)
    alt = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    path = models.CharField(max_length=200)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.SET_NULL)
    credit = models.CharField(max_length=160, blank=True)
    usable_until = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    added_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "asset"
        ordering = ["-added_at"]
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "sha256"], name="asset_once")
        ]

    def __str__(self) -> str:
        return self.name


class Rendition(OrgRow):
    """A derived form of an asset, such as its thumbnail."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="renditions")
    kind = models.CharField(max_length=20)
    mime = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    path = models.CharField(max_length=200)

    class Meta:
        db_table = "rendition"
        constraints = [models.UniqueConstraint(fields=["asset", "kind"], name="rendition_once")]


class Tag(OrgRow):
    """A word the organization sorts by, the same for all it is put on."""

    name = models.CharField(max_length=40)

    class Meta:
        db_table = "tag"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("organization_id", Lower("name"), name="tag_once"),
        ]

    def __str__(self) -> str:
        return self.name

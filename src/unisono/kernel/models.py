from __future__ import annotations

from django.db import models

from unisono.kernel.rows import OrgRow


class Event(OrgRow):
    """One thing that happened. `seal` is for the chain of hashes that makes rewriting visible."""

    append_only = True

    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    by_kind = models.CharField(max_length=10)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    seal = models.BinaryField(null=True)

    class Meta:
        db_table = "event"
        indexes = [
            models.Index(fields=["organization_id", "subject_type", "subject_id"]),
            models.Index(fields=["organization_id", "-at"]),
        ]


class IdempotencyKey(OrgRow):
    """The answer already given to a create request of the API, kept for a day."""

    key = models.CharField(max_length=255)
    author_id = models.UUIDField()
    path = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "idempotency_key"
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "author_id", "key"],
                name="idempotency_key_once",
            )
        ]

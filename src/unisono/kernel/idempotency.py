"""The same create request twice is one creation and two equal answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from unisono.kernel.models import IdempotencyKey


def first_use(
    key: str, *, author: UUID | None, path: str, digest: str, now: datetime
) -> tuple[IdempotencyKey, bool]:
    """The key's row, and whether this request is the first to use it.

    A second request that comes while the first still runs waits here for its outcome: the unique
    constraint blocks until the first transaction ends.
    """
    author = author or UUID(int=0)
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(
                key=key, author_id=author, path=path, body_sha256=digest, made_at=now
            )
        return row, True
    except IntegrityError:
        return IdempotencyKey.objects.get(key=key, author_id=author), False


def remember(row: IdempotencyKey, *, status: int, answer: Any) -> None:
    """Keep the answer for repeats."""
    IdempotencyKey.objects.filter(pk=row.pk).update(status=status, answer=answer)


def forget_old(*, before: datetime) -> None:
    """Drop the organization's keys from before this instant."""
    IdempotencyKey.objects.filter(made_at__lt=before).delete()

"""Keeping proof."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.models import Attempt, Evidence, Publication


def keep(
    publication: Publication,
    attempt: Attempt | None,
    kind: str,
    body: Mapping[str, Any],
    *,
    by: Actor | None = None,
    now: datetime,
) -> Evidence:
    """Add one piece of proof; proof is never changed or taken away."""
    piece = made(publication.pk, attempt.pk if attempt else None, kind, body, now=now)
    piece.by = by.member if by else None
    piece.save(force_insert=True)
    return piece


def made(
    publication_id: UUID,
    attempt_id: UUID | None,
    kind: str,
    body: Mapping[str, Any],
    *,
    now: datetime,
) -> Evidence:
    """One piece of proof, not written yet."""
    text = json.dumps(dict(body), sort_keys=True, default=str)
    return Evidence(
        publication_id=publication_id,
        attempt_id=attempt_id,
        kind=kind,
        seen_at=now,
        body=json.loads(text),
        body_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )

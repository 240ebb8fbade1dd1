"""Keeping proof."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

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
    text = json.dumps(dict(body), sort_keys=True, default=str)
    return Evidence.objects.create(
        publication=publication,
        attempt=attempt,
        kind=kind,
        seen_at=now,
        body=json.loads(text),
        body_sha256=hashlib.sha256(text.encode()).hexdigest(),
        by=by.member if by else None,
    )

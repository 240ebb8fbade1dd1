"""Why a publication may not go out now: asked at the claim, and again before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.reasons import because
from unisono.rooms.publishing.stops import holds_on
from unisono.rooms.workflow.queries import cleared, is_cleared


def obstacles(rows: Sequence[Publication], now: datetime) -> dict[UUID, dict[str, Any]]:
    """What stops which of the rows: the columns to hold it with. Two queries where nothing does."""
    clear = set(
        Publication.objects.filter(
            is_cleared("revision", "variant__post"),
            # Once the post is out, its follow-ups go out as they were approved with it.
            Q(revision__digest=F("variant__digest")) | Q(part__gt=0),
            pk__in=[row.pk for row in rows],
            channel__state="connected",
            latest_at__gte=now,
        ).values_list("pk", flat=True)
    )
    held = holds_on(rows)
    return {
        row.pk: _reason(row, row.pk in held, now)
        for row in rows
        if row.pk in held or row.pk not in clear
    }


def _reason(row: Publication, held: bool, now: datetime) -> dict[str, Any]:
    if held:
        return because("on_hold")
    if not cleared(row.revision):
        return because("not_approved")
    if not row.part and row.revision.digest != row.variant.digest:
        return because("edited")
    if row.channel.state != "connected":
        return because(row.channel.state)
    return because("late", minutes=int((now - row.due_at).total_seconds() // 60))

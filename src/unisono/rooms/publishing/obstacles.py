"""Why a publication may not go out now: asked at the claim, and again before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Revision, Variant
from unisono.rooms.publishing import turns
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.reasons import because, late
from unisono.rooms.publishing.stops import holds_on
from unisono.rooms.workflow.queries import asked_and_agreed, cleared


def obstacles(rows: Sequence[Publication], now: datetime) -> dict[UUID, dict[str, Any]]:
    """What stops which of the rows: the columns to hold it with; three queries if nothing does.

    With a `next_at` among them the row is not held, but waits for its turn until it asks again.
    """
    asked = Publication.objects.filter(pk__in=[row.pk for row in rows], latest_at__gte=now)
    told = (
        asked.order_by()
        .annotate(
            frozen=Subquery(Revision.objects.filter(pk=OuterRef("revision_id")).values("digest")),
            stands=Subquery(Variant.objects.filter(pk=OuterRef("variant_id")).values("digest")),
            bound=turns.anything_waits(now),
            **asked_and_agreed("revision_id", "variant_id"),
        )
        .values_list(
            "pk",
            "channel_id",
            "part",
            "frozen",
            "stands",
            "asked",
            "agreed",
            "bound",
        )
    )
    channels = Channel.objects.filter(pk__in={row.channel_id for row in rows}, state="connected")
    connected = set(channels.order_by().values_list("pk", flat=True))
    clear = {
        pk: waits
        for pk, channel, part, frozen, stands, asked_for, agreed, waits in told
        # Once the post is out, its follow-ups go out as they were approved with it.
        if channel in connected and (part or frozen == stands) and (agreed or not asked_for)
    }
    held = holds_on(rows)
    stops = {
        row.pk: _reason(row, row.pk in held, now)
        for row in rows
        if row.pk in held or row.pk not in clear
    }
    bound = [pk for pk, waits in clear.items() if waits and pk not in stops]
    return stops | (turns.waits_on(bound, now) if bound else {})


def _reason(row: Publication, held: bool, now: datetime) -> dict[str, Any]:
    if held:
        return because("on_hold")
    if not cleared(row.revision):
        return because("not_approved")
    if not row.part and row.revision.digest != row.variant.digest:
        return because("edited")
    if row.channel.state != "connected":
        return because(row.channel.state)
    return late(row.due_at, now)

"""Whose turn it is to be read again. In a rush posts go first, and readings wait a little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from unisono.kernel import tenancy
from unisono.rooms.publishing.models import Publication, ReadAgain

RUSH = 20
"""So many posts due and not yet on their way are a rush."""
GIVING_WAY = timedelta(minutes=1)
"""So long at most a reading waits for posts to go out first; then it is done whatever goes on."""
AT_ONCE = 40
_A_TURN = 500

Clock = Callable[[], datetime]


def turns(readings: type[ReadAgain], *, now: Clock) -> Iterator[tuple[UUID, UUID, list[UUID]]]:
    """Organization, channel and keys of the rows whose time has come, the oldest first.

    The turns end where a rush begins.
    """
    first: dict[tuple[UUID, UUID], datetime | None] = {}
    due: dict[tuple[UUID, UUID], list[UUID]] = {}
    with tenancy.everywhere("readings are due in every organization"):
        rows = readings.objects.filter(next_at__lte=ripe(now())).order_by("next_at")
        told = rows.values_list("organization_id", "publication__channel", "pk", "next_at")
        for organization_id, channel_id, pk, at in told[:_A_TURN]:
            first.setdefault((organization_id, channel_id), at)
            due.setdefault((organization_id, channel_id), []).append(pk)
    for key, pks in due.items():
        asked = first[key]
        if asked is None or asked > ripe(now()):
            return
        yield *key, pks[:AT_ONCE]


def ripe(now: datetime) -> datetime:
    """What was to be read by this instant has its turn at `now`."""
    return now - GIVING_WAY if in_rush(now) else now


def in_rush(now: datetime) -> bool:
    """Whether many posts are due now and not yet on their way."""
    with tenancy.everywhere("a rush is one of the whole instance"):
        due = Publication.objects.filter(state="scheduled", next_at__lte=now)
        return len(due.values_list("pk")[:RUSH]) == RUSH

"""Whose turn it is to be read again. In a rush posts go first, and readings wait a little."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models.functions import Now

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


class GiveWay:
    """Lets what follows from publications wait while many are still going out.

    Nobody misses a figure or a notice for some seconds, and the machine has all its strength for
    what is due. A rush that lasts is waited for only once, from its beginning on.
    """

    def __init__(
        self,
        rush: Callable[[], bool],
        *,
        queue: str = "reactions",
        patience: float = 10.0,
        pause: float = 0.3,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rush, self._queue, self._patience, self._pause = rush, queue, patience, pause
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._since: float | None = None
        self._asked = -pause

    def __call__(self, queue: str) -> None:
        """Come back when the job of this queue may run."""
        while queue == self._queue and self._waits():
            self._sleep(self._pause)

    def _waits(self) -> bool:
        with self._lock:
            now = self._clock()
            if now - self._asked >= self._pause:
                self._asked = now
                begun = now if self._since is None else self._since
                self._since = begun if self._rush() else None
            return self._since is not None and now - self._since < self._patience


def going_out() -> bool:
    """Whether many posts are due or on their way at this moment, by the database's own clock."""
    with tenancy.everywhere("a rush is one of the whole instance"):
        due = Publication.objects.filter(state="scheduled", next_at__lte=Now())
        under_way = Publication.objects.filter(state="publishing")
        return any(len(rows.values_list("pk")[:RUSH]) == RUSH for rows in (due, under_way))


def in_rush(now: datetime) -> bool:
    """Whether many posts are due now and not yet on their way."""
    with tenancy.everywhere("a rush is one of the whole instance"):
        due = Publication.objects.filter(state="scheduled", next_at__lte=now)
        return len(due.values_list("pk")[:RUSH]) == RUSH

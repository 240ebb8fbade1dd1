"""What posts were counted at a stated age, and what like posts of a channel usually bring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from statistics import fmean, stdev
from uuid import UUID

from unisono.rooms.channels.models import Channel
from unisono.rooms.metrics.models import Sample, Watch
from unisono.rooms.publishing.models import Publication

LOOKED_BACK = timedelta(days=365)
LATELY = timedelta(weeks=8)
FEWEST = 8
"""Fewer counted posts than these say too little of how far posts differ."""

ASSUMED = 0.8
"""The spread taken where a channel says too little: of two like posts one brings about two and a
half times what the other does, as is common on social networks. A plan that rests on it says so."""

NARROWEST = 0.1
UNREAD = timedelta(days=2)
"""A count that has stood for so long after its age, with no other, is taken as it stands."""


@dataclass(frozen=True)
class Usual:
    """How `posts` earlier posts of a channel did: their `typical` count, the `spread` of its
    logarithm (assumed where they are too few), and how many go out `a_week`."""

    posts: int
    typical: float
    spread: float
    a_week: float

    @property
    def assumed(self) -> bool:
        return self.posts < FEWEST


def usual(channel: Channel, figure: str, hours: int, *, now: datetime) -> Usual:
    """What like posts of a channel bring, by its own counts of the last year."""
    sent = Publication.objects.filter(
        channel=channel, part=0, state="published", published_at__gt=now - LOOKED_BACK,
        published_at__lte=now,
    )  # fmt: skip
    out = {pk: at for pk, at in sent.values_list("pk", "published_at") if at}
    lately = sum(at > now - LATELY for at in out.values())
    logs = [log(count + 0.5) for count in counted(out, figure, hours, now=now).values()]
    spread = stdev(logs) if len(logs) >= FEWEST else ASSUMED
    typical = exp(fmean(logs)) if logs else 0.0
    return Usual(len(logs), typical, max(spread, NARROWEST), lately / (LATELY / timedelta(weeks=1)))


def counted(
    out: dict[UUID, datetime], figure: str, hours: int, *, now: datetime
) -> dict[UUID, int]:
    """Of publications, with the instants they went out, the counts at an age; those known by now.

    Between two readings it lies on the line that joins them. Two queries.
    """
    age = timedelta(hours=hours)
    ripe = {pk: at + age for pk, at in out.items() if at + age <= now}
    rows = Sample.objects.filter(publication__in=list(ripe), figure=figure, observed_at__lte=now)
    seen: dict[UUID, list[tuple[datetime, int]]] = {pk: [] for pk in ripe}
    for pk, at, value in rows.order_by("observed_at").values_list(
        "publication_id", "observed_at", "value"
    ):
        seen[pk].append((at, value))
    read = dict(
        Watch.objects.filter(publication__in=list(ripe)).values_list("publication_id", "sampled_at")
    )
    found = {}
    for pk, at in ripe.items():
        last = read.get(pk)
        settled = now >= at + UNREAD or (last is not None and last >= at)
        count = _at(seen[pk], at, settled=settled)
        if count is not None:
            found[pk] = count
    return found


def _at(readings: Iterable[tuple[datetime, int]], at: datetime, *, settled: bool) -> int | None:
    before: tuple[datetime, int] | None = None
    for seen, value in readings:
        if seen < at:
            before = seen, value
            continue
        if before is None:
            return value
        share = (at - before[0]) / (seen - before[0])
        return round(before[1] + share * (value - before[1]))
    # A reading that changed nothing is not kept.
    return before[1] if before and settled else None

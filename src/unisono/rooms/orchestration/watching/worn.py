"""The watcher of channels that post so often that a further post earns clearly less."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from unisono.rooms.channels.queries import channels
from unisono.rooms.orchestration import hearing
from unisono.rooms.orchestration.audience.wear import wear
from unisono.rooms.orchestration.models import Noticed, Signal
from unisono.rooms.orchestration.sights import Sight
from unisono.rooms.people.actors import Actor

KEPT_CHANCE, KEPT_SHARE = 0.02, 0.95
"""What was told is told as long as that much is still believed."""


def worn(by: Actor, now: datetime) -> Iterator[Sight]:
    """Channels whose posts tire one another, by their own counts."""
    known = hearing.learned(by, now=now)
    lasting = set(
        Signal.objects.filter(kind=Noticed.WORN, state="open").values_list("key", flat=True)
    )
    for channel in channels(by).exclude(state="disconnected"):
        if str(channel.pk) not in known.places:
            continue
        found = wear(known, str(channel.pk))
        if found is None:
            continue
        still = found.chance < KEPT_CHANCE and found.high < KEPT_SHARE
        if found.clear or (still and str(channel.pk) in lasting):
            told = {
                "channel": channel.name, "share": found.share, "low": found.low,
                "high": found.high, "posts": found.posts, "tired": found.tired,
                "a_week": round(found.a_week, 1),
            }  # fmt: skip
            subject = ("channel", channel.pk)
            yield Sight(Noticed.WORN, str(channel.pk), channel.department_id, subject, told)

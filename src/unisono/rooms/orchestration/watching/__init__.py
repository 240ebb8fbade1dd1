"""What is there to notice now: each watcher looks at one thing, and says what it sees.

A watcher sees the whole organization. What it sees it says again for as long as it lasts: that is
how a signal ends.
"""

from unisono.rooms.orchestration.sights import Watcher
from unisono.rooms.orchestration.timing import better_times
from unisono.rooms.orchestration.watching.campaigns import campaigns_end
from unisono.rooms.orchestration.watching.inbox import moods, topics
from unisono.rooms.orchestration.watching.planned import (
    collide,
    come_near,
    fall_behind,
    gaps,
    signed_out,
    stand_out,
    unasked,
)
from unisono.rooms.orchestration.watching.waiting import waiting
from unisono.rooms.orchestration.watching.worn import worn

__all__ = [
    "WATCHERS", "better_times", "campaigns_end", "collide", "come_near", "fall_behind", "gaps",
    "moods", "signed_out", "stand_out", "topics", "unasked", "waiting", "worn",
]  # fmt: skip

WATCHERS: tuple[Watcher, ...] = (
    collide,
    fall_behind,
    gaps,
    unasked,
    waiting,
    signed_out,
    come_near,
    stand_out,
    better_times,
    topics,
    moods,
    worn,
    campaigns_end,
)

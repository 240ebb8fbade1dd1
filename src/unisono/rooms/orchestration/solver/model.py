"""The planning problem and a plan, as arrays.

Time is counted in hours from the start of the plan, on a UTC grid: hour t lies in week t // 168,
and on a channel in local day (t + offset + 24) // 24. Values are whole numbers; 1,000 is one unit.

Sizes: n contents, m options, C channels, D departments, O objectives, W weeks, H hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

WEEK = 168
DAY = 24
NOWHERE = -1
"""The option of a content that has no place; also the predecessor of one that follows nobody."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What wants a place, each array [n]."""

    department: Ints
    objective: Ints
    penalty: Ints
    """What it costs to leave the content without a place."""
    earliest: Ints
    latest: Ints
    """First and last hour in which it may go out, both included."""
    exclusive: Ints
    """No other content on its channel within this many hours; 0 for an ordinary one."""
    after: Ints
    """The content that has to be out before it, or NOWHERE."""
    lag: Ints
    """Hours that have to lie between the two."""


@dataclass(frozen=True, kw_only=True)
class Channels:
    """Where contents go out, each array [C] unless said."""

    offset: Ints
    """Hours by which its wall clock is ahead of UTC, at least -24."""
    gap: Ints
    """Hours that lie at least between two contents; at least 1."""
    cross_gap: Ints
    """The same between contents of different departments."""
    daily_most: Ints
    weekly_most: Ints
    """[C, D]: most contents of a department in a week."""
    fatigue: Ints
    """[C, K]: what the k-th content of a local day costs; further ones cost nothing."""
    open: Flags
    """[C, H]: False in quiet hours and blackouts."""


@dataclass(frozen=True, kw_only=True)
class Objectives:
    """What contents earn for."""

    target: Ints
    """[O]: what is earned beyond it counts only `beyond` of its value."""
    quota: Ints
    """[O, W]: contents wanted in a week."""
    quota_penalty: int
    """What each missing one costs."""
    beyond: float


@dataclass(frozen=True, kw_only=True)
class Options:
    """Places a content may take, sorted by content; arrays [m] unless said."""

    content: Ints
    channel: Ints
    hour: Ints
    value: Ints
    number: Ints
    """The option's number in the instance as it was given; locks may add options without (-1)."""
    first: Ints
    """[n + 1]: the options of content i are first[i] to first[i + 1] - 1."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What stands already, as options; arrays [n]."""

    locked: Ints
    """Where a content is and stays, because it is out or a person wants it so; or NOWHERE."""
    approved: Ints
    """Where it was approved to go; or NOWHERE."""
    move_price: Ints
    """What it costs to have an approved content elsewhere, or nowhere."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """All of it. Arrays are never changed; a changed problem is a new one."""

    contents: Contents
    channels: Channels
    objectives: Objectives
    options: Options
    standing: Standing
    hours: int
    content_names: tuple[str, ...] = ()
    channel_names: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many contents there are."""
        return len(self.contents.penalty)

    @property
    def departments(self) -> int:
        return int(self.channels.weekly_most.shape[1])

    @property
    def weeks(self) -> int:
        """Weeks begun: those of the hours, and those that quotas are given for."""
        return max((self.hours + WEEK - 1) // WEEK, int(self.objectives.quota.shape[1]), 1)

    @cached_property
    def days(self) -> int:
        """Local days that an hour of the plan can lie in, on whatever channel."""
        most = int(self.channels.offset.max(initial=0))
        return int((self.hours + most + DAY) // DAY + 1)

    @cached_property
    def option_day(self) -> Ints:
        """The local day of each option."""
        offset = self.channels.offset[self.options.channel]
        return (self.options.hour + offset + DAY) // DAY

    @cached_property
    def size_of_fullest_day(self) -> int:
        """Locked contents on the fullest local day of a channel: it may be over its maximum."""
        locked = self.standing.locked[self.fixed]
        place = self.options.channel[locked] * self.days + self.option_day[locked]
        return int(np.bincount(place, minlength=1).max())

    @cached_property
    def circles(self) -> Flags:
        """Which contents follow each other in a circle, so that none of them can ever go out."""
        found = np.zeros(self.size, bool)
        seen = np.zeros(self.size, np.int64)
        for content in range(self.size):
            path, at = content + 1, content
            while at >= 0 and seen[at] == 0:
                seen[at] = path
                at = int(self.contents.after[at])
            # Back on the path that was just walked: from here on it goes round.
            while at >= 0 and seen[at] == path and not found[at]:
                found[at] = True
                at = int(self.contents.after[at])
        return found

    @cached_property
    def fixed(self) -> Flags:
        """Which contents never move."""
        return self.standing.locked >= 0


Assignment = Ints
"""[n]: the option that each content takes, or NOWHERE."""


def empty(problem: Problem) -> Assignment:
    """Nobody has a place but what is locked."""
    return problem.standing.locked.copy()


def moved(problem: Problem, assignment: Assignment) -> Flags:
    """[n]: which approved contents are not where they were approved to go."""
    approved = problem.standing.approved
    elsewhere: Flags = (approved >= 0) & (assignment != approved)
    return elsewhere

"""Samples: what was counted of a post, at what age, and what is known of the post.

A count is kept with the meaning its network gave it: when a network changes what it calls a view,
what was counted before is another figure and is not mixed in. Of the counts of one post the
oldest is the one learnt from; the younger ones tell how counts ripen (`aging`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np

from unisono.rooms.orchestration.audience.week import Array, Hours


@dataclass(frozen=True)
class Sample:
    """One count of one post on one channel.

    `zone` is where the channel's audience lives. `meaning` names the figure and the version of
    its meaning (“views/2”). `strength` is what is known beforehand of the content, in standard
    deviations, 0 as usual. `explored` marks a trial of the policy.
    """

    post: str
    channel: str
    network: str
    posted_at: datetime
    zone: str
    count: int
    observed_at: datetime
    meaning: str = "views/1"
    format: str = ""
    topic: str = ""
    strength: float = 0.0
    explored: bool = False

    @property
    def age(self) -> float:
        """Hours from the post to the count."""
        return (self.observed_at - self.posted_at).total_seconds() / 3600


@dataclass(frozen=True)
class Kept:
    """What is learnt from, and how many counts were left out and why."""

    samples: tuple[Sample, ...]
    """One for each post and channel, the oldest count; by channel and time."""
    ages: tuple[Sample, ...]
    """All counts with the meaning in force, for the ripening."""
    other_meaning: int = 0
    not_yet: int = 0


def newest_meaning(samples: Iterable[Sample]) -> dict[str, str]:
    """For each network the meaning that its latest post was counted with."""
    latest: dict[str, tuple[datetime, str]] = {}
    for sample in samples:
        mark = (sample.posted_at, sample.meaning)
        latest[sample.network] = max(latest.get(sample.network, mark), mark)
    return {network: meaning for network, (_, meaning) in latest.items()}


def keep(
    samples: Sequence[Sample], *, now: datetime, meanings: Mapping[str, str] | None = None
) -> Kept:
    """What may be learnt from at `now`. `meanings` by network; else what the newest post has."""
    known = [sample for sample in samples if sample.observed_at <= now]
    in_force = newest_meaning(known) | dict(meanings or {})
    ages = [sample for sample in known if sample.meaning == in_force[sample.network]]
    oldest: dict[tuple[str, str], Sample] = {}
    for sample in ages:
        mark = (sample.channel, sample.post)
        found = oldest.get(mark)
        if found is None or sample.observed_at > found.observed_at:
            oldest[mark] = sample
    ordered = sorted(oldest.values(), key=lambda one: (one.channel, one.posted_at, one.post))
    return Kept(tuple(ordered), tuple(ages), len(known) - len(ages), len(samples) - len(known))


@dataclass(frozen=True)
class Rows:
    """The samples of one channel as columns, each of length n, by time."""

    hours: Hours
    counts: Array
    offsets: Array
    """Logarithm of what is left after fatigue and of how ripe the count is."""
    weeks_ago: Array
    doubt: Array
    """Further variance of the logarithm, of the ripening and of holidays."""
    formats: Hours
    topics: Hours
    strengths: Array

    def __len__(self) -> int:
        return len(self.hours)

    def where(self, mask: object) -> Rows:
        """Those rows only."""
        index = np.asarray(mask)
        return Rows(*(getattr(self, name)[index] for name in self.__dataclass_fields__))


def by_channel(samples: Sequence[Sample]) -> dict[str, list[Sample]]:
    """The samples of each channel; they come ordered by channel and time."""
    found: dict[str, list[Sample]] = {}
    for sample in samples:
        found.setdefault(sample.channel, []).append(sample)
    assert all(a.posted_at <= b.posted_at for own in found.values() for a, b in pairwise(own))
    return found

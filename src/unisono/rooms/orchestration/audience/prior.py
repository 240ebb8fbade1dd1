"""What is known beforehand: the network's published curve, and when followers are online.

A post is seen by who comes online after it, the less the longer it lies: the audience that it
meets is the sum of the activity of the hours to come, fading over `lasting` hours. How long posts
last differs between networks and is not known beforehand, so several lengths are tried and weighed
by how well they explain what was counted. Where an audience is online, others post too: what pushes
a post down is the busyness of the feed, told by the network or else taken from the mean activity.

None of this is believed as it is: each is a column with a coefficient that is learnt, beginning
from the figures below (mean and standard deviation). What the columns leave is for the deviations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np

from unisono.rooms.orchestration.audience.week import HOURS, Array, Hours, centred

LASTING = (1.0, 2.0, 4.0, 8.0)
"""Hours over which a post fades from sight, each as likely beforehand."""

COLUMNS = ("course", "kind of day", "own day", "network beside activity", "activity", "busyness")
COEFFICIENTS = np.array(
    [[1.0, 0.25], [1.0, 0.2], [0.6, 0.25], [0.15, 0.2], [0.9, 0.2], [-0.3, 0.35]]
)
"""For each column the mean and the standard deviation of its coefficient beforehand.

The first three are the parts of the network's curve, for channels whose activity is not told: the
course of a day, how the weekend differs, and what is one weekday's own. A published curve is the
mean of many channels with an error: of what it says of a single weekday less is believed.
"""


class Basis(StrEnum):
    """What a belief rests on besides the samples."""

    ACTIVITY = "activity"
    NETWORK = "network"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Activity:
    """When followers of a channel are online: 168 relative numbers, local hours, and when asked."""

    online: Sequence[float]
    observed_at: datetime


@dataclass(frozen=True)
class Known:
    """What is known besides samples. Curves have 168 values; what is missing is not known.

    `curves` by network are logarithms of its usual response. `activities` by channel are all
    snapshots, so that a post is held against the audience of its time. `busy` by network is how
    many posts an hour its feeds get.
    """

    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    activities: Mapping[str, Sequence[Activity]] = field(default_factory=dict)
    busy: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def basis(self, channel: str, network: str) -> Basis:
        if self.activities.get(channel):
            return Basis.ACTIVITY
        return Basis.NETWORK if network in self.curves else Basis.NOTHING


def met(numbers: Array, lasting: float) -> Array:
    """Logarithm, about its mean, of what a post meets in the day after each hour.

    `numbers` are 168 for the hours of the week; a post fades over `lasting` hours.
    """
    after = np.arange(24)
    coming = numbers[(np.arange(HOURS)[:, None] + after) % HOURS]
    return centred(np.log(coming @ np.exp(-after / lasting)))


@dataclass(frozen=True)
class Asked:
    """The columns of one channel by hour of the week, as told by one snapshot of its activity.

    `curve` (168) is the network's; `met` is (lengths of sight, 168, 2): own activity and busyness.
    """

    curve: Array
    told: bool
    met: Array
    observed_at: datetime | None = None

    def rows(self, curve_hours: Hours, met_hours: Hours) -> Array:
        """The columns, n × (lengths of sight × `COLUMNS`), at hours of curve and activity."""
        made = np.zeros((len(curve_hours), len(LASTING), len(COLUMNS)))
        if self.told:
            made[:, :, 3] = self.curve[curve_hours][:, None]
        else:
            made[:, :, :3] = parts(self.curve)[curve_hours][:, None]
        made[:, :, 4:] = self.met[:, met_hours].transpose(1, 0, 2)
        return made.reshape(len(curve_hours), -1)


def parts(curve: Array) -> Array:
    """The parts of a curve (168), 168 × 3, whose sum it is: course, kind of day, own day."""
    days = curve.reshape(7, 24)
    free = np.arange(7) >= 5
    course = np.broadcast_to(days.mean(0), (7, 24))
    kinds = np.where(free[:, None], days[free].mean(0), days[~free].mean(0))
    return np.stack([course, kinds - course, days - kinds], axis=-1).reshape(HOURS, 3)


def asked(known: Known, network: str, channels: Sequence[str]) -> dict[str, list[Asked]]:
    """For each channel its columns for each snapshot of its activity, by time; at least one."""
    curve = centred(np.asarray(known.curves.get(network, np.zeros(HOURS)), dtype=float))
    none = Asked(curve, False, np.zeros((len(LASTING), HOURS, 2)))
    told = {one: known.activities[one] for one in channels if known.activities.get(one)}
    snapshots = {one: sorted(each, key=lambda told: told.observed_at) for one, each in told.items()}
    found: dict[str, list[Asked]] = {one: [none] for one in channels}
    for one, each in snapshots.items():
        found[one] = []
        for told_then in each:
            at = told_then.observed_at
            others = [_in_force(other, at) for other in snapshots.values()]
            busy = _busy(known, network, [_numbers(other.online) for other in others])
            own = _numbers(told_then.online)
            met_then = [np.stack([met(own, n), met(busy, n)], axis=1) for n in LASTING]
            found[one].append(Asked(curve, True, np.stack(met_then), at))
    return found


def _in_force(snapshots: Sequence[Activity], at: datetime) -> Activity:
    """The latest of some snapshots at a time; the first where none is so old."""
    before = [one for one in snapshots if one.observed_at <= at]
    return before[-1] if before else snapshots[0]


def _numbers(told: Sequence[float]) -> Array:
    """Numbers as told, mean 1; an hour without anybody is one with a few."""
    numbers = np.asarray(told, dtype=float)
    if numbers.shape != (HOURS,) or not np.isfinite(numbers).all() or numbers.mean() <= 0:
        raise ValueError("An activity has 168 finite numbers, not all of them zero.")
    numbers = numbers / numbers.mean()
    return np.asarray(np.maximum(numbers, 0.02))


def _busy(known: Known, network: str, online: Sequence[Array]) -> Array:
    """How busy the feed is by hour, mean 1; the geometric mean of the activities stands in."""
    if network in known.busy:
        return _numbers(known.busy[network])
    return np.asarray(np.exp(np.mean(np.log(online), axis=0)))

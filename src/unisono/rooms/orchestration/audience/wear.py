"""Wear: whether a channel posts so often that each further post earns clearly less, and how much.

What is assumed of fatigue (`fatigue`) is an assumption. Whether it holds on a channel is asked of
its own counts alone: how far its posts fall behind when others went out just before, beside the
hour, the format and the level of each. `strength` 1 means as assumed, 0 means not at all;
beforehand it is 0 give or take 1, so that little data claims little. Where every post at an hour
is a tired one, hour and tiredness cannot be told apart, and the range says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from scipy.stats import norm

from unisono.rooms.orchestration.audience.alone import CURVE, beside, evidence
from unisono.rooms.orchestration.audience.fatigue import Fatigue
from unisono.rooms.orchestration.audience.learning import Learned
from unisono.rooms.orchestration.audience.week import Array, basis

BEGINNING = datetime(2000, 1, 3, tzinfo=UTC)
LEAST_POSTS = 40
LEAST_TIRED = 12
TIRED = 0.85
"""A post that is assumed to keep less than this is one that follows others closely."""

RECENT_WEEKS = 4.0
SURE = 3.0
"""Standard deviations above no wear: a channel that has none says otherwise in one case of 700."""

CLEARLY = 0.85
"""What a further post keeps, at most, even at the upper end of its range."""


@dataclass(frozen=True)
class Wear:
    """A post that follows others as closely as those of the last weeks keeps `share` of what it
    would bring alone, with 80 % between `low` and `high`; learnt from `posts`, of which `tired`
    follow others closely. `a_week` is the pace of the last weeks."""

    share: float
    low: float
    high: float
    posts: int
    tired: int
    a_week: float
    chance: float
    """How often a channel without wear would look so worn."""

    @property
    def clear(self) -> bool:
        return self.chance < float(norm.sf(SURE)) and self.high < CLEARLY


def wear(learned: Learned, channel: str) -> Wear | None:
    """How worn a channel is; None with too few posts, or too few that follow others closely."""
    place = learned.places[channel]
    (one,) = (each for each in learned.fit.networks if each.network.name == place.network)
    (at,) = (n for n, each in enumerate(one.network.channels) if each.name == channel)
    read, rows = one.reads[at], one.network.channels[at].rows
    if len(rows) < LEAST_POSTS:
        return None
    order = np.argsort(-rows.weeks_ago)
    kept = np.ones(len(rows))
    kept[order] = _kept(place.fatigue, -rows.weeks_ago[order])
    tired, recent = kept < TIRED, rows.weeks_ago <= RECENT_WEEKS
    if tired.sum() < LEAST_TIRED or (tired & recent).sum() < LEAST_TIRED / 3:
        return None
    # The counts as they were: what `learning` took out for fatigue is put back.
    z, lost = read.z + np.log(kept), np.log(kept)
    hours = CURVE * read.own[:, : basis().shape[1]]
    design = np.concatenate([hours, beside(one, at), lost[:, None]], axis=1)
    _fit, mean, covariance = evidence(design, z, read.s)
    strength, doubt = float(mean[-1]), float(np.sqrt(covariance[-1, -1]))
    typical = float(lost[tired & recent].mean())
    reach = float(norm.ppf(0.9)) * doubt
    return Wear(
        float(np.exp(strength * typical)),
        float(np.exp((strength + reach) * typical)),
        float(np.exp((strength - reach) * typical)),
        len(rows),
        int(tired.sum()),
        float(recent.sum()) / RECENT_WEEKS,
        float(norm.sf(strength / doubt)),
    )


def _kept(fatigue: Fatigue, weeks: Array) -> Array:
    """What is assumed to be left of each post; `weeks` are in order, from any beginning."""
    return fatigue.kept([BEGINNING + timedelta(weeks=float(at)) for at in weeks])

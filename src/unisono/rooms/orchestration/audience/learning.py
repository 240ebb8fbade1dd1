"""Learning: from the samples of an organization to what is believed of each of its channels.

Everything is a function of samples, what is known beforehand, and the time: no state is kept and
no dice are thrown, so the same samples give the same belief.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np

from unisono.rooms.orchestration.audience import shifts
from unisono.rooms.orchestration.audience.aging import GREENEST, Ripening, ripening
from unisono.rooms.orchestration.audience.alone import Alone
from unisono.rooms.orchestration.audience.belief import Belief, Curve, NotEnough
from unisono.rooms.orchestration.audience.fatigue import USUAL, Fatigue
from unisono.rooms.orchestration.audience.fit import Fit, fit
from unisono.rooms.orchestration.audience.network import WEEK_SECONDS, ChannelRows, Network
from unisono.rooms.orchestration.audience.prior import Basis, Known, asked
from unisono.rooms.orchestration.audience.samples import Kept, Rows, Sample, by_channel, keep
from unisono.rooms.orchestration.audience.week import Array, hour_of_week, zone_of

HOLIDAY_DOUBT = 0.5
"""Further variance of a post on a holiday: that it is lived like a Sunday is a guess."""

LISTENING = 0.8
"""How noisy content is taken to be, of what it is, when hours are chosen for a channel whose
activity is not told. Who always takes what is best in expectation tries too little; who listens a
little too keenly sooner leaves what disappoints. Where activity is told, little is left to try.
What is shown, foretold and judged is the belief that takes noise for what it is.
"""


@dataclass(frozen=True)
class Place:
    """A channel that is to be learnt about, with or without samples."""

    channel: str
    network: str
    zone: str
    fatigue: Fatigue = USUAL
    holidays: Set[date] = frozenset()


@dataclass
class Learned:
    """What is believed of an organization's channels."""

    kept: Kept
    ripening: Mapping[str, Ripening]
    fit: Fit
    known: Known
    places: Mapping[str, Place]
    _beliefs: dict[tuple[str, str], Belief] = field(default_factory=dict)
    _alone: dict[str, Alone] = field(default_factory=dict)
    _keen: Fit | None = None

    def belief(self, channel: str, fmt: str = "") -> Belief:
        """The belief about a channel and format, however little it rests on; for planning."""
        mark = (channel, fmt)
        if mark not in self._beliefs:
            place = self.places[channel]
            basis = self.known.basis(channel, place.network)
            self._beliefs[mark] = self.fit.belief(place.network, channel, fmt, basis)
        return self._beliefs[mark]

    def promise(self, channel: str, fmt: str = "") -> Array:
        """What the policy chooses hours by: the expected response (168), listening keenly."""
        place = self.places[channel]
        basis = self.known.basis(channel, place.network)
        if basis is Basis.ACTIVITY:
            return self.belief(channel, fmt).worth
        if self._keen is None:
            networks = [one.network for one in self.fit.networks]
            self._keen = fit(networks, self.fit.moves, listening=LISTENING)
        return self._keen.belief(place.network, channel, fmt, basis).worth

    def alone(self, channel: str) -> Alone:
        """What the channel's own counts say by themselves; for claims."""
        if channel not in self._alone:
            self._alone[channel] = Alone.of(self.fit, self.places[channel].network, channel)
        return self._alone[channel]

    def curve(self, channel: str, fmt: str = "") -> Curve | NotEnough:
        """The belief as it may be shown: a curve with ranges, or that there is not enough."""
        return self.belief(channel, fmt).shown()


def learn(
    samples: Sequence[Sample],
    places: Sequence[Place],
    known: Known,
    *,
    now: datetime,
    meanings: Mapping[str, str] | None = None,
    laws: Mapping[str, Ripening] | None = None,
    watch: bool = True,
) -> Learned:
    """What the samples of an organization say at `now` about its `places`.

    `meanings` names by network the figure in force (`samples.keep`), `laws` how its counts ripen
    where that is known and need not be taken from them. With `watch` it is also asked
    whether the audience has moved (`shifts`).
    """
    kept = keep(samples, now=now, meanings=meanings)
    ripens = ripening(kept.ages) | dict(laws or {})
    networks = _networks(kept, ripens, places, known, now)
    found = fit(networks)
    if watch:
        found = shifts.followed(found)
    return Learned(kept, ripens, found, known, {place.channel: place for place in places})


def _networks(
    kept: Kept,
    laws: Mapping[str, Ripening],
    places: Sequence[Place],
    known: Known,
    now: datetime,
) -> list[Network]:
    own = by_channel(kept.samples)
    found = []
    for name in sorted({place.network for place in places}):
        here = sorted(
            (place for place in places if place.network == name), key=lambda one: one.channel
        )
        samples = [one for place in here for one in own.get(place.channel, [])]
        formats = sorted({one.format for one in samples} - {""})
        topics = sorted({one.topic for one in samples} - {""})
        told = asked(known, name, [place.channel for place in here])
        law = laws.get(name, Ripening())
        channels = tuple(
            ChannelRows(
                place.channel,
                _rows(own.get(place.channel, []), place, law, (formats, topics), now),
                told[place.channel],
                place.zone,
                now,
            )
            for place in here
        )
        found.append(Network(name, channels, tuple(formats), tuple(topics)))
    return found


def _rows(
    samples: Sequence[Sample],
    place: Place,
    law: Ripening,
    words: tuple[Sequence[str], Sequence[str]],
    now: datetime,
) -> Rows:
    """The samples of a channel as columns; those too green are left out, but tire the next."""
    formats, topics = ({word: n for n, word in enumerate(each)} for each in words)
    ages = np.array([one.age for one in samples], dtype=float)
    share = law.share(ages)
    tired = place.fatigue.kept([one.posted_at for one in samples])
    days = [one.posted_at.astimezone(zone_of(one.zone)).date() for one in samples]
    free = np.array([day in place.holidays for day in days], dtype=float)
    rows = Rows(
        np.array(
            [hour_of_week(one.posted_at, one.zone, place.holidays) for one in samples], dtype=int
        ),
        np.array([one.count for one in samples], dtype=float),
        np.log(tired) + np.log(share),
        np.array([(now - one.posted_at).total_seconds() / WEEK_SECONDS for one in samples]),
        law.doubt(ages) + HOLIDAY_DOUBT * free,
        np.array([formats.get(one.format, -1) for one in samples], dtype=int),
        np.array([topics.get(one.topic, -1) for one in samples], dtype=int),
        np.array([one.strength for one in samples], dtype=float),
    )
    return rows.where(np.flatnonzero(share >= GREENEST))

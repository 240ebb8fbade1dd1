"""Our policy in that world: it learns from counts, and from activity where it is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from tests.bench.audiences.world import AWAKE, GAP, HOURS, MOST_A_DAY, Channel, counts, tired, worth
from unisono.rooms.orchestration.audience.aging import Ripening
from unisono.rooms.orchestration.audience.learning import Place, learn
from unisono.rooms.orchestration.audience.policy import Choice, Limits, Trials, plan_week
from unisono.rooms.orchestration.audience.prior import Activity, Known
from unisono.rooms.orchestration.audience.samples import Sample

START = datetime(2026, 1, 5, tzinfo=UTC)
AT_ONCE = Ripening(lasting=0.001)
"""In this world a count is final as soon as it is there."""
KNOWN_SINCE = 4
"""The week from which what is foretold is held against what came."""


class Ours:
    """The channels of one organization, learnt about together, week by week."""

    def __init__(
        self,
        channels: Sequence[Channel],
        rngs: Sequence[np.random.Generator],
        *,
        with_activity: bool,
        trials: float = 1 / 16,
    ) -> None:
        self.channels, self.rngs, self.share = channels, rngs, trials
        self.with_activity = with_activity
        networks = {id(channel.network): n for n, channel in enumerate(channels)}
        self.names = [str(networks[id(channel.network)]) for channel in channels]
        self.places = [Place(str(n), name, "UTC") for n, name in enumerate(self.names)]
        self.curves = {
            name: channel.network.prior.tolist()
            for name, channel in zip(self.names, channels, strict=True)
        }
        self.activities: dict[str, list[Activity]] = {}
        self.samples: list[Sample] = []
        self.trials = [Trials(share=trials) for _ in channels]
        self.foretold = self.came = 0.0
        """What was foretold of posts once samples told a channel's level, and what they brought."""
        self.limits = Limits(allowed=AWAKE, gap_hours=GAP, daily_most=MOST_A_DAY)

    def run(self, weeks: int, shift_at: int | None) -> np.ndarray:
        """What each week earned, channels × weeks; the channels are left as they were found."""
        before = [(channel.audience, channel.response) for channel in self.channels]
        earned = np.zeros((len(self.channels), weeks))
        self._look(0)
        for week in range(weeks):
            if week == shift_at:
                for channel in self.channels:
                    channel.shift(3)
                self._look(week)
            earned[:, week] = self._week(week)
        for channel, (audience, response) in zip(self.channels, before, strict=True):
            channel.audience, channel.response = audience, response
        return earned

    def _look(self, week: int) -> None:
        """Ask when followers are online."""
        at = START + timedelta(weeks=week)
        for n, (channel, rng) in enumerate(zip(self.channels, self.rngs, strict=True)):
            online = np.exp(channel.activity(rng)).tolist()
            if self.with_activity:
                self.activities.setdefault(str(n), []).append(Activity(online, at))

    def _week(self, week: int) -> list[float]:
        monday = START + timedelta(weeks=week)
        known = Known(self.curves, self.activities)
        laws = dict.fromkeys(self.names, AT_ONCE)
        learned = learn(self.samples, self.places, known, now=monday, laws=laws)
        earned = []
        for n, (channel, rng) in enumerate(zip(self.channels, self.rngs, strict=True)):
            chosen = plan_week(
                learned.promise(str(n)),
                channel.a_week,
                limits=self.limits,
                trials=self.trials[n],
                lot=f"{n} {week}",
            )
            slots = np.array(chosen.hours)
            self.trials[n] = Trials(
                self.share,
                posts=self.trials[n].posts + len(slots),
                trials=self.trials[n].trials + sum(one.explored for one in chosen.choices),
            )
            earned.append(worth(channel.response, slots))
            if week >= KNOWN_SINCE:
                left = tired(slots)
                self.foretold += float((learned.belief(str(n)).counts[slots] * left).sum())
                self.came += float((channel.size * channel.response[slots] * left).sum())
            for choice, seen in zip(chosen.choices, counts(channel, slots, rng), strict=True):
                self._count(n, week, choice, int(seen))
        return earned

    def _count(self, n: int, week: int, choice: Choice, seen: int) -> None:
        """Keep what one post was counted with; in this world it is there when the week ends."""
        monday = START + timedelta(weeks=week)
        self.samples.append(
            Sample(
                post=f"{week}-{choice.hour}",
                channel=str(n),
                network=self.names[n],
                posted_at=monday + timedelta(hours=choice.hour),
                zone="UTC",
                count=seen,
                observed_at=monday + timedelta(hours=HOURS),
                explored=choice.explored,
            )
        )

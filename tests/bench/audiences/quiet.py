"""Quiet data: posts of ordinary strength, counted at several ages, in which nothing happens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from tests.bench.audiences.world import AWAKE, CONTENT, HOURS, Array
from unisono.rooms.orchestration.audience.aging import Ripening
from unisono.rooms.orchestration.audience.learning import Place
from unisono.rooms.orchestration.audience.samples import Sample

START = datetime(2026, 1, 5, tzinfo=UTC)
LAW = Ripening(lasting=10.0, shape=0.7)
AGES = (3.0, 8.0, 24.0, 72.0, 168.0)
A_WEEK = (5, 10, 14)


def places(channels: int) -> list[Place]:
    return [Place(str(n), str(n % 4), "UTC") for n in range(channels)]


def posts(
    seed: int,
    response: Array,
    *,
    channels: int,
    weeks: int,
    content: float = CONTENT,
    favourite: Array | None = None,
) -> list[list[Sample]]:
    """The counts of each post of some channels, by time; all answer to the hour alike.

    `favourite` (168) are the weights with which waking hours are chosen.
    """
    rng = np.random.default_rng(seed)
    hours = np.flatnonzero(AWAKE)
    weights = np.ones(len(hours)) if favourite is None else favourite[hours]
    found = []
    for n in range(channels):
        size = float(np.exp(rng.normal(5, 0.8)))
        for week in range(weeks):
            often = A_WEEK[n % 3]
            chosen = rng.choice(hours, often, replace=False, p=weights / weights.sum())
            for hour in np.sort(chosen):
                at = START + timedelta(hours=int(hour) + week * HOURS)
                strength = np.exp(rng.normal(-(content**2) / 2, content))
                rate = size * response[hour] * strength
                found.append(_counted(rng, f"{week}-{hour}", n, at, rate))
    return sorted(found, key=lambda counts: (counts[0].posted_at, counts[0].channel))


def _counted(
    rng: np.random.Generator, post: str, channel: int, at: datetime, rate: float
) -> list[Sample]:
    """One post's counts at `AGES`; some live longer than others."""
    law = Ripening(LAW.lasting * float(np.exp(rng.normal(0, 0.2))), LAW.shape)
    shares = np.concatenate([[0.0], law.share(np.array(AGES))])
    seen = np.cumsum(rng.poisson(rate * np.diff(shares)))
    return [
        Sample(
            post=post,
            channel=str(channel),
            network=str(channel % 4),
            posted_at=at,
            zone="UTC",
            count=int(count),
            observed_at=at + timedelta(hours=age),
        )
        for age, count in zip(AGES, seen, strict=True)
    ]


def all_of(history: Sequence[Sequence[Sample]]) -> list[Sample]:
    return [sample for counts in history for sample in counts]

"""How often a count that is looked at all the time is beyond what is usual, by chance alone.

A window of so many hours that ends now is looked at every few minutes. The expected number of times
in a month at which a count climbs to `k` is about T/w · (k − μ) · P(count = k), where μ is what is
expected and T/w how many windows a month has (Alm 1983, On the distribution of the scan statistic
of a Poisson process; Naus 1982). That is held against the budget of a month, divided by what is
looked at beside it (Bonferroni).
"""

from __future__ import annotations

from datetime import timedelta

MONTH = timedelta(days=30.4)

TOPICS_A_MONTH = 0.15
"""False alarms of growing topics that an organization may have in a month, all words together."""

MOODS_A_MONTH = 0.15
"""False alarms of a turning mood that a channel may have in a month."""


def climbs(count: float, expected: float, chance: float, window: timedelta) -> float:
    """How often a month a quiet count climbs to `count`, of which `chance` is the probability."""
    return (MONTH / window) * max(count - expected, 1.0) * chance

"""The statistics of experiments: honest however often one looks, and as strong as promised."""

from __future__ import annotations

from itertools import pairwise
from math import log1p

import numpy as np
import pytest

from unisono.rooms.experiments.statistics import sample
from unisono.rooms.experiments.statistics.drawing import drawn
from unisono.rooms.experiments.statistics.finding import Finding, Shown
from unisono.rooms.experiments.statistics.sequence import found

SPREAD, UPLIFT, RUNS = 0.6, 0.6, 600


def claims(effect: float, *, paired: bool = False, seed: int = 1) -> tuple[float, float]:
    """Of experiments with counts of posts, looked at after every post: how many claim a difference,
    and how many of their posts they took."""
    dice, planned = np.random.default_rng(seed), sample.needed(SPREAD, UPLIFT)
    claimed, took = 0, []
    for _run in range(RUNS):
        logs = dice.normal(np.log(80), SPREAD, (2, planned))
        logs[0] += effect
        counts = np.log(dice.poisson(np.exp(logs)) + 0.5)
        for posts in range(sample.LEAST, planned + 1):
            told = found(
                counts[0, :posts], counts[1, :posts],
                planned=planned, paired=paired, last=posts == planned,
            )  # fmt: skip
            if told and told.shown in (Shown.FIRST, Shown.SECOND):
                claimed += told.shown is (Shown.FIRST if effect > 0 else told.shown)
                break
        took.append(posts / planned)
    return claimed / RUNS, float(np.mean(took))


@pytest.mark.parametrize("paired", [False, True])
def test_looking_every_day_does_not_raise_false_alarms(paired: bool) -> None:
    alarms, _took = claims(0.0, paired=paired)
    assert alarms <= sample.ALARM


def test_the_planned_sample_shows_what_it_promises_and_strong_effects_sooner() -> None:
    power, _took = claims(log1p(UPLIFT))
    assert 0.75 <= power <= 0.9
    strong, took = claims(2 * log1p(UPLIFT), seed=2)
    assert strong > 0.99
    assert took < 0.75


def test_how_many_posts_are_needed() -> None:
    assert sample.needed(0.8, 0.1) > 1_000, "ten percent needs about 1,250 posts each way"
    assert sample.shows(60, 0.8) == pytest.approx(0.56, abs=0.05)
    assert sample.shows(sample.needed(0.8, 0.3), 0.8) == pytest.approx(0.3, abs=0.01)
    assert sample.shows(1, 0.8) == float("inf")
    assert (sample.weeks(48, 3), sample.weeks(48, 0)) == (32, 0)


def test_draws_are_balanced_and_can_be_checked() -> None:
    draws = [drawn("seed", n) for n in range(40)]
    assert draws == [drawn("seed", n) for n in range(40)] != [drawn("other", n) for n in range(40)]
    ahead = np.cumsum([1 if one else -1 for one in draws])
    assert set(ahead[3::4]) == {0}
    assert max(abs(ahead)) <= 2
    assert any(a == b for a, b in pairwise(draws))


def test_nothing_is_found_without_a_range_and_posts() -> None:
    assert found([1.0] * 4, [2.0] * 4, planned=20) is None
    for wrong in (
        (1.3, 1.4, 1.6, 20, 20, Shown.FIRST),
        (1.3, 1.1, float("inf"), 20, 20, Shown.FIRST),
        (1.3, 1.1, 1.6, 0, 20, Shown.FIRST),
        (1.3, 0.9, 1.6, 20, 20, Shown.FIRST),
    ):
        with pytest.raises(ValueError):
            Finding(*wrong)

"""What may mislead about good hours, and what is done against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from tests.bench.audiences import quiet, world
from tests.bench.audiences.ours import Ours
from tests.drill import quiet as drill
from unisono.rooms.orchestration.audience.judgement import (
    Better,
    Missing,
    NotShown,
    better_time,
    detectable,
)
from unisono.rooms.orchestration.audience.learning import Learned, learn
from unisono.rooms.orchestration.audience.prior import Known
from unisono.rooms.orchestration.audience.samples import Sample
from unisono.rooms.orchestration.audience.signals import LOOKS, Likes, Standing

WEEKS = 16
NOW = quiet.START + timedelta(weeks=WEEKS + 1)


@cache
def history(effect: bool) -> list[list[Sample]]:
    """Sixteen weeks of twelve channels for which the hour matters, or does not."""
    response = world.organization(40, world.Setting("base"))[3].response
    return quiet.posts(7, response if effect else np.ones(168), channels=12, weeks=WEEKS)


@cache
def learned(effect: bool) -> Learned:
    samples = quiet.all_of(history(effect))
    return learn(samples, quiet.places(12), Known(), now=NOW)


def hours_of_truth() -> tuple[int, int]:
    """The best and the worst waking hour where the hour matters."""
    response = world.organization(40, world.Setting("base"))[3].response
    waking = np.where(world.AWAKE, response, np.nan)
    return int(np.nanargmax(waking)), int(np.nanargmin(waking))


# The winner's curse


@pytest.mark.parametrize("told", [True, False])
def test_what_is_foretold_of_chosen_hours_is_what_they_bring(told: bool) -> None:
    """The hours chosen are those that look best; still they bring what was said."""
    channels = world.organization(300, world.Setting("base"))
    dice = [np.random.default_rng([300, n, 7]) for n in range(12)]
    ours = Ours(channels, dice, with_activity=told)
    ours.run(8, None)
    assert 0.95 <= ours.foretold / ours.came <= 1.05


def test_ranges_hold_what_they_say() -> None:
    """About 80 % of the hours lie within their range of 80 %."""
    response = world.organization(40, world.Setting("base"))[3].response
    truth = response / response[world.AWAKE].mean()
    inside = [
        ((curve.low <= truth) & (truth <= curve.high))[world.AWAKE].mean()
        for n in range(12)
        for curve in [learned(True).curve(str(n))]
    ]
    assert 0.7 <= np.mean(inside) <= 0.95


# Claims


def test_a_better_time_is_not_claimed_where_there_is_none() -> None:
    wrong = drill.claims(range(1), weeks=(8, 16), hours=range(8, 168, 7))
    assert wrong.channels == 24
    assert wrong.claimed <= 1


def test_a_better_time_is_claimed_where_the_counts_show_it() -> None:
    best, worst = hours_of_truth()
    said = {n: better_time(learned(True), str(n), best, worst) for n in range(12)}
    found = {n: one for n, one in said.items() if isinstance(one, Better)}
    assert len(found) >= 4
    for n, one in found.items():
        assert 1 < one.low < one.ratio < one.high
        assert one.bayes_factor >= 20
        assert one.posts == quiet.A_WEEK[n % 3] * WEEKS
        back = better_time(learned(True), str(n), worst, best)
        assert isinstance(back, NotShown)
        assert back.missing is Missing.DIFFERENCE


def test_a_claim_needs_posts_and_says_how_many_there_are() -> None:
    few = [counts for counts in history(True) if counts[0].channel == "0"][:20]
    found = learn(quiet.all_of(few), quiet.places(12), Known(), now=NOW)
    said = better_time(found, "0", *hours_of_truth())
    assert isinstance(said, NotShown)
    assert (said.missing, said.posts) == (Missing.POSTS, 20)
    assert said.low < said.ratio < said.high


def test_a_published_curve_alone_is_no_evidence() -> None:
    """The network says twice as much; the channel's own counts say nothing of the kind."""
    curve = np.where(np.arange(168) % 24 == 18, 0.7, 0.0).tolist()
    known = Known({str(n): curve for n in range(4)})
    found = learn(quiet.all_of(history(False)), quiet.places(12), known, now=NOW)
    for n in range(12):
        assert isinstance(better_time(found, str(n), 18, 9), NotShown)


def test_what_a_comparison_could_show_is_said() -> None:
    assert detectable(60, 0.8) == pytest.approx(0.505, abs=0.01)
    assert detectable(1_250, 0.8) == pytest.approx(0.094, abs=0.01)
    assert detectable(0, 0.8) == float("inf")


# Signals


def test_quiet_posts_raise_hardly_an_alarm() -> None:
    alarms = drill.alarms(range(1), weeks=20)
    assert alarms.months > 20
    assert alarms.rate <= 1


def of_channel(n: int) -> list[Sample]:
    """The counts of the last post of a channel where the hour does not matter."""
    return [counts for counts in history(False) if counts[0].channel == str(n)][-1]


@pytest.mark.parametrize(
    ("times", "expected"),
    [(30.0, Standing.ABOVE), (0.02, Standing.BELOW), (1.0, Standing.USUAL)],
)
def test_a_post_far_off_is_seen_at_its_first_look(times: float, expected: Standing) -> None:
    usual = learned(False).belief("2").counts.mean()
    law = learned(False).ripening["2"]
    counts = [
        replace(one, count=round(times * usual * float(law.share(np.array([one.age]))[0])))
        for one in of_channel(2)
    ]
    said = Likes(learned(False)).standing(counts)
    assert said.standing is expected
    assert said.low < said.expected < said.high
    assert said.posts == 14 * WEEKS
    if expected is Standing.ABOVE:
        assert said.age == LOOKS[0]


def test_a_post_of_a_channel_with_few_is_not_judged() -> None:
    few = [counts for counts in history(False) if counts[0].channel == "0"][:6]
    found = learn(quiet.all_of(few), quiet.places(12), Known(), now=NOW)
    said = Likes(found).standing(of_channel(0))
    assert (said.standing, said.posts) == (Standing.TOO_LITTLE, 6)

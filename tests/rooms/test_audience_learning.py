"""Learning when an audience listens: hours, samples, ripening, the belief, and the policy."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from tests.bench.audiences import quiet, world
from unisono.rooms.orchestration.audience import response as linear
from unisono.rooms.orchestration.audience import week
from unisono.rooms.orchestration.audience.aging import Ripening, ripening
from unisono.rooms.orchestration.audience.belief import AWAKE, Curve, NotEnough
from unisono.rooms.orchestration.audience.fatigue import Fatigue, left_of
from unisono.rooms.orchestration.audience.learning import Learned, Place, learn
from unisono.rooms.orchestration.audience.network import Move, later
from unisono.rooms.orchestration.audience.policy import Limits, Trials, plan_week
from unisono.rooms.orchestration.audience.prior import Activity, Basis, Known, met
from unisono.rooms.orchestration.audience.samples import Sample, keep

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
NOW = MONDAY + timedelta(weeks=20)
AT_ONCE = {"net": Ripening(lasting=0.001)}
EIGHT = 20
"""Monday 20:00, and below the hours of the week at eight in the evening."""
EVENINGS = np.arange(7) * 24 + EIGHT


def sample(n: int, hour: int, count: int, **more: Any) -> Sample:
    """The n-th post of a channel, one a day from the first Monday, at an hour of the day."""
    at = MONDAY + timedelta(days=n, hours=hour)
    known = {"post": f"{n}-{hour}", "channel": "one", "network": "net", "zone": "UTC"}
    return Sample(**{**known, "posted_at": at, "count": count, "observed_at": NOW, **more})


def evenings(posts: int, *, channel: str = "one", seed: int = 1, **more: Any) -> list[Sample]:
    """Posts at nine bring about 100, posts at eight in the evening about 200."""
    rng = np.random.default_rng(seed)
    return [
        sample(
            n,
            (9, EIGHT)[n % 2],
            int(rng.poisson((100, 200)[n % 2] * np.exp(rng.normal(0, 0.5)))),
            channel=channel,
            **more,
        )
        for n in range(posts)
    ]


def learnt(samples: Sequence[Sample], known: Known | None = None, **more: Any) -> Learned:
    channels = sorted({one.channel for one in samples} | {"one"})
    places = [Place(channel, "net", "UTC") for channel in channels]
    return learn(samples, places, known or Known(), now=NOW, laws=AT_ONCE, **more)


def shown(learned: Learned, channel: str = "one", fmt: str = "") -> Curve:
    found = learned.curve(channel, fmt)
    assert isinstance(found, Curve)
    return found


def of_evening(curve: Curve) -> float:
    """What an evening brings against a morning."""
    return float(curve.value[EVENINGS].mean() / curve.value[EVENINGS - 11].mean())


# Hours of the week


def test_an_hour_is_that_of_the_wall_before_and_after_a_clock_change() -> None:
    """Berlin changes on 29 March 2026; nine on the wall stays nine."""
    for utc, day in ((8, 28), (7, 29)):
        at = datetime(2026, 3, day, utc, 30, tzinfo=UTC)
        assert week.hour_of_week(at, "Europe/Berlin") % 24 == 9


def test_an_hour_that_the_clock_leaves_out_has_no_instant() -> None:
    spring = week.instants(date(2026, 3, 23), "Europe/Berlin")
    assert [hour for hour, at in enumerate(spring) if at is None] == [6 * 24 + 2]
    autumn = week.instants(date(2026, 10, 19), "Europe/Berlin")
    assert autumn[6 * 24 + 2] == datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert None not in autumn


def test_a_holiday_is_lived_like_a_sunday() -> None:
    labour = frozenset({date(2026, 5, 1)})
    at = datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert week.hour_of_week(at, "UTC", labour) == 6 * 24 + 10
    like = week.lived(date(2026, 4, 27), labour)
    assert like[4 * 24 + 10] == 6 * 24 + 10
    assert like[3 * 24 + 10] == 3 * 24 + 10


# Samples


def test_a_figure_whose_meaning_changed_is_not_mixed_with_the_old_one() -> None:
    old = [sample(n, 9, 900, meaning="views/1") for n in range(20)]
    new = [sample(n, 9, 10, meaning="views/2") for n in range(20, 40)]
    kept = keep([*old, *new], now=NOW)
    assert (len(kept.samples), kept.other_meaning) == (20, 20)
    assert {one.meaning for one in kept.samples} == {"views/2"}
    assert len(keep([*old, *new], now=NOW, meanings={"net": "views/1"}).samples) == 20


def test_the_oldest_count_of_a_post_is_learnt_from_and_none_of_the_future() -> None:
    early = sample(0, 9, 5, observed_at=MONDAY + timedelta(hours=12))
    ahead = sample(0, 9, 80, observed_at=NOW + timedelta(hours=1))
    late = replace(early, count=50, observed_at=NOW)
    kept = keep([late, ahead, early], now=NOW)
    assert [one.count for one in kept.samples] == [50]
    assert (len(kept.ages), kept.not_yet) == (2, 1)


def test_how_counts_ripen_is_taken_from_posts_counted_twice() -> None:
    history = quiet.posts(3, np.ones(168), channels=8, weeks=8)
    for law in ripening(quiet.all_of(history)).values():
        assert law.steps > 100
        ages = np.array([3.0, 24.0])
        assert law.share(ages) == pytest.approx(quiet.LAW.share(ages), abs=0.06)
    assert ripening([]) == {}


def test_a_young_count_is_not_taken_for_a_weak_post() -> None:
    law = Ripening(lasting=12.0, shape=1.0)
    full = evenings(40)
    young = [
        replace(
            one,
            count=round(one.count * float(law.share(np.array([9.0]))[0])),
            observed_at=one.posted_at + timedelta(hours=9),
        )
        if one.posted_at.hour == EIGHT
        else one
        for one in full
    ]
    places = [Place("one", "net", "UTC")]
    belief = learn(young, places, Known(), now=NOW, laws={"net": law}).belief("one")
    assert belief.mean[EVENINGS].mean() == pytest.approx(
        learnt(full).belief("one").mean[EVENINGS].mean(), abs=0.12
    )


def test_fatigue_is_that_of_the_posts_before() -> None:
    hours = np.array([9, 12, 33, 100])
    assert left_of(hours, Fatigue().between_hours()) == pytest.approx(world.tired(hours), abs=1e-3)
    times = [MONDAY, MONDAY + timedelta(hours=8)]
    assert Fatigue().kept(times) == pytest.approx([1, 1 - 0.35 / np.e])


# The belief


def test_the_arrow_is_the_dense_gaussian_process() -> None:
    """The elimination by channel gives what one large system would give."""
    samples = evenings(30) + evenings(12, channel="two", seed=2)
    found = learnt(samples, watch=False).fit
    (one,) = found.networks
    layout, spreads = one.network.layout, found.spreads
    index = layout.of_lasting(0)
    mean, variance = layout.believed(spreads, False)
    shared = np.concatenate([read.shared for read in one.reads])[:, index]
    z = np.concatenate([read.z for read in one.reads])
    s = np.concatenate([read.s for read in one.reads])
    own = np.full(one.reads[0].own.shape[1], spreads.untold)
    own[-1] = linear.LEVEL
    blocks = [read.own * own for read in one.reads]
    k = shared @ np.diag(variance) @ shared.T + np.diag(s)
    at = 0
    for each in blocks:
        k[at : at + len(each), at : at + len(each)] += each @ each.T
        at += len(each)
    missed = z - shared @ mean
    dense = -0.5 * (missed @ np.linalg.solve(k, missed) + np.linalg.slogdet(k)[1])
    done = one.eliminated(spreads).posterior(0)
    assert done.log_likelihood == pytest.approx(dense, abs=1e-6)
    rows, own_rows = one.reads[0].shared[:3], one.reads[0].own[:3]
    cross = rows[:, index] @ np.diag(variance) @ shared.T
    cross[:, : len(blocks[0])] += (own_rows * own) @ blocks[0].T
    found_mean, found_variance = done.at_rows(0, rows, own_rows)
    prior = np.diag(rows[:, index] @ np.diag(variance) @ rows[:, index].T)
    prior = prior + ((own_rows * own) ** 2).sum(1)
    assert found_mean == pytest.approx(
        rows[:, index] @ mean + cross @ np.linalg.solve(k, missed), abs=1e-6
    )
    assert found_variance == pytest.approx(
        prior - np.diag(cross @ np.linalg.solve(k, cross.T)), abs=1e-6
    )


def test_with_too_few_posts_there_is_no_curve_but_the_sample_and_what_planning_uses() -> None:
    few = evenings(6)
    assert learnt(few).curve("one") == NotEnough(6, 12, Basis.NOTHING)
    curves = {"net": np.linspace(0, 1, 168).tolist()}
    assert learnt(few, Known(curves)).curve("one") == NotEnough(6, 12, Basis.NETWORK)
    told = {"one": [Activity([1.0] * 168, MONDAY)]}
    assert learnt([], Known(curves, told)).curve("one") == NotEnough(0, 12, Basis.ACTIVITY)


def test_without_posts_the_belief_is_what_was_known_beforehand() -> None:
    """Of a published weekday's own less is believed than of the day's course and the weekend."""
    course = np.sin(np.arange(168) / 24 * 2 * np.pi)
    weekend = np.repeat([0.0, -0.5], [120, 48])
    tuesday = np.where(np.arange(168) // 24 == 1, 0.4, 0.0) - np.repeat([0.08, 0.0], [120, 48])
    known = Known({"net": (course + weekend + tuesday).tolist()})
    mean, _ = learnt([], known).belief("one").relative
    believed = course + weekend + 0.6 * tuesday
    assert mean == pytest.approx(believed - believed[AWAKE].mean(), abs=1e-6)


def test_what_is_shown_is_drawn_in_the_less_the_more_posts_there_are() -> None:
    little, much = shown(learnt(evenings(14))), shown(learnt(evenings(120)))
    assert 1.05 < of_evening(little) < of_evening(much) < 2.1
    assert of_evening(much) > 1.6
    assert (much.low <= much.value).all()
    assert (much.value <= much.high).all()
    assert np.median(much.high / much.low) < np.median(little.high / little.low)
    assert (much.posts, much.posts_by_hour.sum()) == (120, 120)


def test_one_lucky_post_is_no_best_hour() -> None:
    lucky = sample(3, 14, 5_000)
    curve = shown(learnt([*evenings(40), lucky]))
    assert curve.value[3 * 24 + 14] < 2 * np.median(curve.value[AWAKE])


def test_a_channel_without_posts_learns_from_its_network() -> None:
    others = [one for n in "abc" for one in evenings(80, channel=n, seed=ord(n))]
    belief = learnt(others).belief("one")
    assert belief.posts == 0
    assert belief.worth[EVENINGS].mean() > 1.25 * belief.worth[EVENINGS - 11].mean()


def test_formats_have_levels_and_curves_of_their_own() -> None:
    rng = np.random.default_rng(4)
    samples = [
        sample(n, hour, int(rng.poisson(mean * np.exp(rng.normal(0, 0.4)))), format=fmt)
        for n in range(120)
        for fmt, hour, mean in [
            [("text", 9, 100), ("text", 20, 100), ("video", 9, 150), ("video", 20, 400)][n % 4]
        ]
    ]
    found = learnt(samples)
    text, video = found.belief("one", "text"), found.belief("one", "video")
    assert video.counts[EVENINGS].mean() > 1.8 * text.counts[EVENINGS].mean()
    assert of_evening(shown(found, fmt="video")) > 1.2 * of_evening(shown(found, fmt="text"))
    assert isinstance(found.curve("one", "poll"), NotEnough)


def test_strong_content_at_good_hours_is_not_the_hours_merit() -> None:
    """Evenings bring twice as much, but only because what is strong was posted then."""
    plain = evenings(120)
    known = [replace(one, strength=1.0 if one.posted_at.hour == EIGHT else -1.0) for one in plain]
    mixed = [
        replace(one, post=f"m{n}", posted_at=one.posted_at + timedelta(hours=(11, -11)[n % 2]))
        for n, one in enumerate(known[:40])
    ]
    assert of_evening(shown(learnt([*known, *mixed]))) < 1.15 < of_evening(shown(learnt(plain)))


def test_what_an_audience_meets_is_before_its_peak() -> None:
    online = np.full(168, 1.0)
    online[EVENINGS] = 20.0
    seen = met(online, 4.0)
    assert seen[EVENINGS - 2].mean() > seen[EVENINGS + 1].mean()


def test_the_same_samples_give_the_same_belief_in_any_order() -> None:
    samples = evenings(60)
    first, second = learnt(samples).belief("one"), learnt(samples[::-1]).belief("one")
    assert (first.mean == second.mean).all()


def test_ten_thousand_samples_of_twenty_channels_take_less_than_two_seconds() -> None:
    rng = np.random.default_rng(0)
    places = [Place(str(n), str(n % 5), "Europe/Berlin") for n in range(20)]
    samples = [
        Sample(
            post=str(n),
            channel=str(n % 20),
            network=str(n % 20 % 5),
            posted_at=NOW - timedelta(hours=float(rng.uniform(24, 8760))),
            zone="Europe/Berlin",
            count=int(rng.poisson(60 * np.exp(rng.normal(0, 0.8)))),
            observed_at=NOW,
            format=("image", "video", "text")[n % 3],
        )
        for n in range(10_000)
    ]
    begun = time.process_time()
    found = learn(samples, places, Known(), now=NOW)
    beliefs = [found.belief(place.channel) for place in places]
    assert time.process_time() - begun < 2
    assert all(abs(belief.noise - 0.8) < 0.1 for belief in beliefs)


def test_learning_needs_no_django() -> None:
    told = "import sys; import unisono.rooms.orchestration.audience.signals"
    told += "; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0


# An audience that moves


def test_later_counts_the_moves_since() -> None:
    moves = [Move(6.0, 3), Move(2.0, -1)]
    assert later(moves, np.array([10.0, 4.0, 0.0, np.inf])).tolist() == [0, 3, 2, 2]


@pytest.mark.parametrize(("hours", "seed"), [(0, 5), (3, 6)])
def test_an_audience_that_comes_three_hours_later_is_followed(hours: int, seed: int) -> None:
    response = world.organization(40, world.Setting("base"))[0].response
    before = quiet.posts(seed, response, channels=12, weeks=8)
    moved = np.roll(response, hours)
    weeks = timedelta(weeks=8)
    since = [
        replace(one, post="s" + one.post, posted_at=one.posted_at + weeks, observed_at=at + weeks)
        for counts in quiet.posts(seed + 50, moved, channels=12, weeks=4)
        for one in counts[-1:]
        for at in [one.observed_at]
    ]
    now = quiet.START + timedelta(weeks=13)
    samples = quiet.all_of(before) + since
    moves = learn(samples, quiet.places(12), Known(), now=now).fit.moves
    assert bool(moves) == bool(hours)
    if moves:
        assert abs(moves[0].hours - 3) <= 1
        assert 4 <= moves[0].weeks_ago <= 6


# The policy


WORTH = np.exp(np.sin((np.arange(168) % 24 - 6) / 24 * 2 * np.pi))
DAYTIME = Limits(allowed=AWAKE, gap_hours=3, daily_most=2)


def test_a_week_keeps_the_rules_and_what_is_taken() -> None:
    limits = replace(DAYTIME, taken=(12, 60))
    plan = plan_week(WORTH, 9, limits=limits, trials=Trials(share=0.5), lot="a")
    every = sorted([*plan.hours, 12, 60])
    apart = np.diff([*every, every[0] + 168])
    assert (len(every), min(apart) >= 3) == (11, True)
    assert AWAKE[every].all()
    assert np.bincount(np.array(every) // 24).max() <= 2


def test_fewer_hours_than_posts_are_said() -> None:
    plan = plan_week(WORTH, 20, limits=replace(DAYTIME, daily_most=1))
    assert (len(plan.choices), plan.wanted) == (7, 20)


@pytest.mark.parametrize(("share", "most"), [(0.0, 0), (1 / 16, 32), (1 / 8, 65)])
def test_trials_never_exceed_their_share_and_are_marked(share: float, most: int) -> None:
    trials, marked = Trials(share=share), 0
    for number in range(52):
        plan = plan_week(WORTH, 10, limits=DAYTIME, trials=trials, lot=f"one {number}")
        tried = [one for one in plan.choices if one.explored]
        marked += len(tried)
        posts = trials.posts + 10
        assert marked <= share * posts
        for one in tried:
            assert 0 < one.chance <= 1
            assert one.instead_of not in (None, one.hour)
        trials = replace(trials, posts=posts, trials=marked)
    assert marked == most


def test_the_lot_is_the_same_when_asked_again_and_another_next_week() -> None:
    def drawn(lot: str) -> list[int]:
        return plan_week(WORTH, 8, limits=DAYTIME, trials=Trials(share=0.5), lot=lot).hours

    assert drawn("one 1") == drawn("one 1") != drawn("one 2")


def test_moving_posts_brings_more_than_taking_the_best_hours() -> None:
    from tests.bench.audiences.rivals import pick

    limits = Limits(allowed=AWAKE, gap_hours=3, daily_most=3)
    for channel in world.organization(11, world.Setting("base"))[:6]:
        ours = plan_week(channel.response, 14, limits=limits, trials=Trials(share=0)).hours
        theirs = pick(channel.response, 14)
        assert world.worth(channel.response, np.array(ours)) >= (
            world.worth(channel.response, theirs) - 1e-4
        )

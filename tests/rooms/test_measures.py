"""How objectives and key results stand: earned, counted, answered, reported; with those below."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.cast import NOW, Cast
from tests.screens import stories
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed
from unisono.networks.surveys import Online
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.engagement import actions as engagement
from unisono.rooms.metrics import actions as metrics
from unisono.rooms.metrics import jobs, queries
from unisono.rooms.metrics.coverage import Coverage, coverage
from unisono.rooms.metrics.models import ActivitySample, FollowerSample
from unisono.rooms.metrics.queries import Progress
from unisono.rooms.people.actors import system
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import key_results
from unisono.rooms.plan.models import KeyResult, Objective
from unisono.rooms.workflow import actions as workflow

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


def above(cast: Cast, **more: Any) -> Objective:
    values = {"name": "A house people trust", "metric": "reach", "target": 20_000, **more}
    return plan.set_objective(
        **{"starts_on": FIRST, "ends_on": LAST, **values}, by=cast.actor("admin"), now=NOW
    )


def judged(cast: Cast, metric: str, target: int, **more: Any) -> KeyResult:
    return key_results.add(
        more.pop("objective", cast.objective),
        name=metric.title(),
        metric=metric,
        target=target,
        by=cast.actor("admin"),
        now=NOW,
        **more,
    )


def stands(cast: Cast, measure: Objective | KeyResult, *, after: int = 0) -> Progress:
    now = NOW + timedelta(days=after)
    return queries.progress(cast.actor("viewer"), [measure], now=now)[measure.pk]


def test_what_is_earned_below_counts_above_once(cast: Cast) -> None:
    whole = above(cast)
    by = cast.actor("admin")
    same = ("name", "metric", "target", "why", "unit")
    again = plan.change_objective(
        cast.objective,
        **{name: getattr(cast.objective, name) for name in same},
        starts_on=FIRST, ends_on=LAST, department=cast.objective.department,
        parent=whole, owner=None, by=by, now=NOW,
    )  # fmt: skip
    stories.published(cast, views=1200)
    clicks = judged(cast, "engagement", 100, objective=whole)
    posts = judged(cast, "posts", 4, objective=whole)
    found = queries.progress(by, [whole, again, clicks, posts], now=NOW)
    assert (found[again.pk].value, found[again.pk].below) == (1200, 0)
    assert (found[whole.pk].value, found[whole.pk].below) == (1200, 1200)
    assert (found[clicks.pk].value, found[posts.pk].value) == (31, 1)
    assert queries.course(by, whole) == [(NOW.date(), 1200)]
    # What was earned outside the period of the one above is none of its own.
    assert stands(cast, above(cast, ends_on=date(2026, 2, 1))).value == 0


def test_followers_are_counted_once_a_day_and_channel(cast: Cast) -> None:
    by = system(cast.lumen)
    whole = above(cast, metric="followers", target=1500)
    one = judged(cast, "followers", 700, objective=whole, channel=cast.agora)
    assert (stands(cast, whole).standing, stands(cast, whole).share) == ("no_figure", 0)
    for days, agora, chirp in ((-30, 500, 500), (-10, 540, None), (0, 600, 620)):
        at = NOW + timedelta(days=days)
        assert metrics.wants_followers(cast.agora, by=by, now=at)
        metrics.record_followers(cast.agora, agora, by=by, now=at)
        metrics.record_followers(cast.chirp, chirp, by=by, now=at)
    assert not metrics.wants_followers(cast.agora, by=by, now=NOW + timedelta(hours=2))
    found = stands(cast, whole)
    assert (found.start, found.value, found.share) == (1000, 1220, 0.44)
    assert 1000 < found.pace < 1500 and found.standing == "behind"
    assert (stands(cast, one).start, stands(cast, one).value) == (500, 600)
    course = [total for _day, total in queries.course(by, whole)]
    assert course == [1000, 1040, 1220]


def test_a_response_time_is_the_median_and_is_kept_by_staying_below(cast: Cast) -> None:
    quick = judged(cast, "response", 30)
    slow = judged(cast, "response", 10)
    assert stands(cast, quick).standing == "no_figure"
    publication = stories.published(cast)
    for who, minutes in (("tom", 10), ("pauline", 20), ("jo", 200)):
        conversation = stories.asked(publication, who, "When?", cast=cast)
        by, later = cast.actor("editor"), stories.LATER + timedelta(minutes=minutes)
        engagement.close(conversation, by=by, now=later)
    engagement.reopen(conversation, by=by, now=later)
    engagement.close(conversation, by=by, now=later + timedelta(days=2))
    assert (stands(cast, quick).value, stands(cast, quick).standing) == (20, "on_course")
    assert (stands(cast, slow).standing, stands(cast, slow).share) == ("behind", 0.5)
    assert stands(cast, quick).pace_share is None
    assert stands(cast, quick, after=60).standing == "reached"
    sales = above(cast, metric="response", target=5, department=cast.departments["Sales"])
    assert stands(cast, sales).standing == "no_figure", "it was another department's post"


def test_a_report_that_comes_twice_is_one(cast: Cast) -> None:
    visits = judged(cast, "entered", 500, unit="visits")
    by = cast.actor("admin")

    def told(value: int, hours: int = 0) -> Any:
        at = NOW - timedelta(hours=hours)
        return key_results.enter_reading(visits, value=value, at=at, by=by, now=NOW)

    assert told(100, 3) == told(100, 3)
    with pytest.raises(Conflict, match="100"):
        told(120, 3)
    told(150, 1)
    told(90, 9)
    assert stands(cast, visits).value == 150, "the latest instant counts, not the latest arrival"
    assert stands(cast, cast.objective).value == 0
    with pytest.raises(Invalid, match="time to come"):
        told(1, -1)
    with pytest.raises(Conflict, match="measures this objective itself"):
        key_results.enter_reading(cast.objective, value=1, by=by, now=NOW)
    with pytest.raises(NotAllowed):
        key_results.enter_reading(visits, value=1, by=cast.actor("editor"), now=NOW)
    with pytest.raises(Invalid, match="one channel"):
        judged(cast, "reach", 5, channel=cast.agora)


def test_every_channel_is_asked_once_a_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "asked", lambda channel, question: (640, None))
    assert jobs.count_followers() == 3, "also that of the other house"
    assert jobs.count_followers() == 0
    assert set(FollowerSample.objects.values_list("followers", flat=True)) == {640}


def test_every_channel_is_asked_once_a_week_when_its_followers_are_online(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = tuple(float(hour) for hour in range(168))
    monkeypatch.setattr(jobs, "asked", lambda channel, question: (Online("UTC", numbers), None))
    assert jobs.survey_followers() == 3
    assert jobs.survey_followers() == 0
    row = ActivitySample.objects.filter(channel=cast.agora).get()
    assert (row.zone, tuple(row.online)) == ("UTC", numbers)
    by, monday = system(cast.lumen), datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    assert metrics.wants_activity(cast.agora, by=by, now=monday)
    metrics.record_activity(cast.agora, None, by=by, now=monday)
    metrics.record_activity(cast.agora, Online("UTC", numbers), by=by, now=monday)
    kept = ActivitySample.objects.get(channel=cast.agora, week=monday.date())
    assert kept.online == [], "what was told first stays"
    assert metrics.wants_activity(cast.agora, by=by, now=monday - timedelta(days=1))
    assert not metrics.wants_activity(cast.agora, by=by, now=monday + timedelta(days=6))


def test_coverage_says_how_many_posts_are_missing_and_from_how_many_it_knows(cast: Cast) -> None:
    by, marketing = cast.actor("admin"), cast.departments["Marketing"]

    def write(title: str, **more: Any) -> Post:
        return content.write_post(
            title=title, text=title, department=marketing, campaign=cast.campaign,
            channels=[cast.agora], by=by, now=NOW, **more,
        )  # fmt: skip

    def covered() -> Coverage:
        now = NOW + timedelta(days=4)
        found = coverage(by, stands(cast, cast.objective, after=4), now=now)
        assert found
        return found

    for number in range(4):
        stories.published(cast, write(f"Out {number}"), views=1000)
    early = covered()
    assert (early.average, early.sample, early.needed, early.gap) == (None, 4, None, None)
    stories.published(cast, write("Out 5"), views=1000)
    write("Some day")
    write("Soon", wall=datetime(2026, 3, 20, 9), zone="Europe/Paris")
    write("Too late", wall=datetime(2026, 4, 20, 9), zone="Europe/Paris")
    agreed = write("Agreed", wall=datetime(2026, 3, 21, 9), zone="Europe/Paris")
    for request in workflow.ask_approval(agreed, by=by, now=NOW):
        if request.state == "open":
            workflow.approve(request, by=by, now=NOW)
    found = covered()
    assert (found.lacks, found.average, found.sample, found.whose) == (5000, 1000, 5, "own")
    assert (found.scheduled, found.approved, found.drafted) == (0, 1, 1)
    assert found.undated == 2, "one of them is the post of the cast"
    assert (found.needed, found.gap) == (5, 3)
    other = above(cast, department=marketing)
    borrowed = coverage(by, stands(cast, other, after=4), now=NOW + timedelta(days=4))
    assert borrowed and (borrowed.sample, borrowed.whose) == (5, "department")
    assert coverage(by, stands(cast, cast.objective, after=60), now=NOW + timedelta(60)) is None
    assert coverage(by, stands(cast, judged(cast, "entered", 5)), now=NOW) is None

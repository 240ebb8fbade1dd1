"""The script holds together whatever the day and the hour on which the demo is started."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from unisono.demo import PASSWORD, PERSONAS, posts
from unisono.demo.company import quarter
from unisono.demo.pictures import painted
from unisono.demo.script import Script, read_script
from unisono.kernel import clock

NOWS = [
    datetime(2026, 1, 1, 0, 5, tzinfo=UTC) + timedelta(days=9 * step, hours=7 * step)
    for step in range(42)
]


@pytest.fixture(params=NOWS, ids=lambda now: f"{now:%a %d %b %H:%M}")
def script(request: pytest.FixtureRequest) -> Script:
    return read_script(request.param)


def test_every_step_of_a_post_comes_before_the_next(script: Script) -> None:
    house: Any = SimpleNamespace(script=script)
    for line in script.posts:
        times, due = posts.times_of(house, line), posts.due_of(house, line)
        assert times.written < times.asked < times.decided < script.now, line.title
        assert times.written > script.now - timedelta(days=110), line.title
        if line.state in ("published", "refused", "unsent", "unknown", "held"):
            assert due is not None
            assert times.decided + timedelta(minutes=20) < due < script.now, line.title
        elif line.state == "soon":
            assert due is None
        elif due is not None:
            assert due > script.now, line.title


def test_the_hold_is_placed_before_what_it_stops(script: Script) -> None:
    hold = script.company["hold"]
    placed = script.ago(-hold["day"])
    house: Any = SimpleNamespace(script=script)
    stopped = [line for line in script.posts if hold["keyword"] in line.text]
    assert [line.state for line in stopped] == ["held"]
    due = posts.due_of(house, stopped[0])
    assert due is not None
    assert due > placed


def test_the_opening_is_a_working_day_and_everybody_names_the_same(script: Script) -> None:
    (opening,) = [line for line in script.posts if line.title == "Store opening Lyon"]
    assert opening.wall is not None
    assert opening.wall.weekday() < 5
    (doors,) = [line for line in script.posts if line.title == "Lyon opening: the doors"]
    assert f"{opening.wall:%A} {opening.wall.day} {opening.wall:%B}" in doors.text
    assert not any("{" in line.text for line in script.posts)


def test_the_period_of_the_objectives_is_under_way(script: Script) -> None:
    first, last = quarter(script.today)
    share = (script.today - first).days / (last - first).days
    assert 0.3 < share < 0.7


def test_what_the_script_names_is_there() -> None:
    script = read_script(NOWS[0])
    company = script.company

    def keys(table: str) -> set[str]:
        return {entry["key"] for entry in company[table]}

    for line in script.posts:
        assert line.department in keys("department")
        assert set(line.channels) <= keys("channel")
        assert line.objective in keys("objective") | {""}
        assert line.campaign in keys("campaign") | {""}
        assert line.image in keys("image") | {""}
    titles = [line.title for line in script.posts]
    assert len(titles) == len(set(titles)) == 123
    assert {entry["post"] for entry in company["comment"]} <= set(titles)
    for entry in company["order"]:
        (first,) = [line for line in script.posts if line.title == entry["after"]]
        (second,) = [line for line in script.posts if line.title == entry["post"]]
        assert first.campaign == second.campaign
        assert first.wall
        assert second.wall == first.wall + timedelta(minutes=entry["minutes"])
    assert len(company["member"]) == len(PERSONAS)
    assert len(PASSWORD) >= 12
    assert len([line for line in script.posts if line.state == "soon"]) == len(posts.SOON)


def test_pictures_are_the_same_every_time() -> None:
    entry = read_script(NOWS[0]).company["image"][0]
    dark, middle, light = entry["colours"]
    first = painted(entry["scene"], (dark, middle, light), key=entry["key"])
    assert first == painted(entry["scene"], (dark, middle, light), key=entry["key"])
    assert first.startswith(b"\xff\xd8")


def test_days_are_those_of_the_house() -> None:
    late = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    assert read_script(late).today == clock.to_wall(late, "Europe/Paris").date()

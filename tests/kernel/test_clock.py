"""What a wall time means, all over the world."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from unisono.kernel.clock import (
    Kind,
    UnknownZone,
    WallTime,
    day_bounds,
    resolve,
    start_of_day,
    to_wall,
    zone_named,
    zone_names,
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


ZONES = sorted(zone_names())
WALLS = st.datetimes(wall("2020-01-01"), wall("2040-12-31"))


# --- the table of cases ---


@pytest.mark.parametrize(
    ("zone", "local", "shown"),
    [
        ("Europe/Paris", "2027-03-28T02:30", "2027-03-28T03:30"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-04T02:45"),
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-24T01:00"),
        ("America/Santiago", "2026-09-06T00:15", "2026-09-06T01:15"),
        ("America/Nuuk", "2027-03-27T23:30", "2027-03-28T00:30"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-31T12:00"),
    ],
)
def test_a_time_in_a_gap_moves_forward_by_the_gap(zone: str, local: str, shown: str) -> None:
    found = resolve(wall(local), zone)
    assert found.shifted
    assert not found.ambiguous
    assert to_wall(found.instant, zone) == wall(shown)
    assert resolve(wall(local), zone, fold=1) == found


@pytest.mark.parametrize(
    ("zone", "local", "first", "second"),
    [
        ("Europe/Paris", "2026-10-25T02:30", "2026-10-25T00:30", "2026-10-25T01:30"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45", "2026-04-04T15:15"),
    ],
)
def test_a_time_that_happens_twice_is_the_first(
    zone: str, local: str, first: str, second: str
) -> None:
    found = resolve(wall(local), zone)
    assert found.ambiguous
    assert not found.shifted
    assert found.instant == utc(first)
    assert resolve(wall(local), zone, fold=1).instant == utc(second)


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        ("Asia/Kathmandu", "2026-03-04T09:00", "2026-03-04T03:15"),
        ("Pacific/Chatham", "2026-03-05T09:00", "2026-03-04T19:15"),
        ("Pacific/Kiritimati", "2026-03-05T00:00", "2026-03-04T10:00"),
        ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00"),
        ("UTC", "2026-03-04T09:00", "2026-03-04T09:00"),
    ],
)
def test_plain_times(zone: str, local: str, instant: str) -> None:
    found = resolve(wall(local), zone)
    assert found.instant == utc(instant)
    assert not found.shifted
    assert not found.ambiguous
    assert found.instant.tzinfo is UTC


def test_rules_come_from_the_zone_database_and_not_from_a_fixed_offset() -> None:
    """Cairo took its summer time up again in 2023, after years without one."""
    offsets = {
        year: {
            resolve(wall(f"{year}-{month:02}-15T12:00"), "Africa/Cairo").instant.hour
            for month in range(1, 13)
        }
        for year in (2020, 2024)
    }
    assert offsets == {2020: {10}, 2024: {9, 10}}


def test_nine_in_the_morning_stays_nine_across_both_switches() -> None:
    for switch, hours in ((date(2027, 3, 28), 23), (date(2026, 10, 25), 25)):
        eve = wall(f"{switch}T09:00") - timedelta(days=1)
        before = resolve(eve, "Europe/Paris").instant
        after = resolve(eve + timedelta(days=1), "Europe/Paris").instant
        assert after - before == timedelta(hours=hours)
        assert to_wall(after, "Europe/Paris").hour == 9


# --- days ---


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("Europe/Paris", date(2026, 3, 4), "2026-03-03T23:00", 24),
        ("Europe/Paris", date(2027, 3, 28), "2027-03-27T23:00", 23),
        ("Europe/Paris", date(2026, 10, 25), "2026-10-24T22:00", 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), "2026-10-03T13:30", 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00", 24.5),
        ("Africa/Cairo", date(2026, 4, 24), "2026-04-23T22:00", 23),
        ("America/Santiago", date(2026, 9, 6), "2026-09-06T04:00", 23),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00", 0),
        ("Pacific/Apia", date(2011, 12, 29), "2011-12-29T10:00", 24),
    ],
)
def test_a_day_starts_at_its_first_instant_and_has_its_own_length(
    zone: str, day: date, start: str, hours: float
) -> None:
    assert start_of_day(day, zone) == utc(start)
    begin, end = day_bounds(day, zone)
    assert begin == utc(start)
    assert end - begin == timedelta(hours=hours)


@given(zone=st.sampled_from(ZONES), day=st.dates(date(2020, 1, 1), date(2040, 12, 31)))
@settings(max_examples=200, deadline=None)
def test_days_follow_each_other_without_a_hole(zone: str, day: date) -> None:
    begin, end = day_bounds(day, zone)
    assert begin < end
    assert end == day_bounds(day + timedelta(days=1), zone)[0]
    assert to_wall(begin, zone).date() == day
    assert to_wall(begin - timedelta(microseconds=1), zone).date() < day


# --- properties for every zone ---


@given(zone=st.sampled_from(ZONES), local=WALLS, fold=st.integers(0, 1))
@settings(max_examples=600, deadline=None)
def test_showing_and_resolving_again_is_the_same_instant(
    zone: str, local: datetime, fold: int
) -> None:
    found = resolve(local, zone, fold=fold)
    shown = to_wall(found.instant, zone)
    if found.shifted:
        assert local < shown
        assert shown - local <= timedelta(hours=26)
    else:
        assert shown == local
        assert resolve(shown, zone, fold=fold).instant == found.instant


@given(zone=st.sampled_from(ZONES), local=WALLS)
@settings(max_examples=300, deadline=None)
def test_a_search_through_the_offsets_finds_the_same(zone: str, local: datetime) -> None:
    """An independent reference: try every offset the zone knows around that day."""
    place = ZoneInfo(zone)
    near = [local.replace(tzinfo=UTC) + timedelta(hours=6 * step) for step in range(-9, 10)]
    offsets = {moment.astimezone(place).utcoffset() for moment in near}
    fitting = sorted(
        instant
        for offset in offsets
        if offset is not None
        and to_wall(instant := (local - offset).replace(tzinfo=UTC), zone) == local
    )
    found = resolve(local, zone)
    assert found.shifted == (not fitting)
    assert found.ambiguous == (len(fitting) > 1)
    if fitting:
        assert found.instant == fitting[0]
        assert resolve(local, zone, fold=1).instant == fitting[-1]


@given(
    zone=st.sampled_from(ZONES),
    instant=st.datetimes(wall("2020-01-01"), wall("2040-12-31"), timezones=st.just(UTC)),
)
@settings(max_examples=300, deadline=None)
def test_every_instant_is_one_of_the_two_its_display_means(zone: str, instant: datetime) -> None:
    shown = to_wall(instant, zone)
    assert shown.tzinfo is None
    assert shown.fold == 0
    assert instant in {resolve(shown, zone, fold=fold).instant for fold in (0, 1)}


@given(zone=st.sampled_from(ZONES), one=WALLS, other=WALLS)
@settings(max_examples=200, deadline=None)
def test_later_walls_far_enough_apart_are_later_instants(
    zone: str, one: datetime, other: datetime
) -> None:
    early, late = sorted((one, other))
    assume(late - early > timedelta(hours=27))
    assert resolve(early, zone).instant < resolve(late, zone).instant


def test_every_transition_in_every_zone_resolves() -> None:
    """Walks all zones by month and looks into each gap and overlap found on the way."""
    looked_into = 0
    for zone in ZONES:
        place = ZoneInfo(zone)
        moments = [datetime(2026 + n // 12, n % 12 + 1, 1, tzinfo=UTC) for n in range(18)]
        for before, after in pairwise(moments):
            if before.astimezone(place).utcoffset() == after.astimezone(place).utcoffset():
                continue
            while after - before > timedelta(minutes=1):
                middle = before + (after - before) / 2
                same = middle.astimezone(place).utcoffset() == before.astimezone(place).utcoffset()
                before, after = (middle, after) if same else (before, middle)
            for minutes in (-61, -31, -1, 0, 1, 31, 61):
                local = to_wall(after, zone) + timedelta(minutes=minutes)
                found = resolve(local, zone)
                assert found.shifted == (to_wall(found.instant, zone) != local)
            looked_into += 1
    assert looked_into > 200


# --- refusals ---


@pytest.mark.parametrize(
    "name",
    [
        "", "Europe/Pariss", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "localtime",
        "Factory", "europe", "Europe", ".", "CET\x00", "Europe/Paris ",
    ],
)  # fmt: skip
def test_an_unknown_zone_is_refused_in_a_sentence(name: str) -> None:
    for attempt in (
        lambda: resolve(wall("2026-03-04"), name),
        lambda: to_wall(utc("2026-03-04"), name),
        lambda: start_of_day(date(2026, 3, 4), name),
    ):
        with pytest.raises(UnknownZone, match="is not a time zone we know") as refused:
            attempt()
        assert refused.value.name == name


def test_a_wall_time_carries_no_zone() -> None:
    with pytest.raises(ValueError, match="carries no zone"):
        resolve(utc("2026-03-04T09:00"), "Europe/Paris")


def test_the_zones_people_choose_from_are_places() -> None:
    assert {"Europe/Paris", "America/Montreal", "Pacific/Chatham", "UTC"} <= zone_names()
    assert not [name for name in zone_names() if name.startswith(("Etc/", "posix/", "right/"))]
    assert all(zone_named(name) for name in zone_names())


def test_what_was_meant_is_a_value() -> None:
    meant = WallTime(wall("2026-03-04T09:00"), "Europe/Paris")
    assert meant.kind is Kind.WALL
    assert meant == WallTime(wall("2026-03-04T09:00"), "Europe/Paris", Kind.WALL)


@pytest.mark.parametrize("home", ["Asia/Tokyo", "America/St_Johns", "Pacific/Kiritimati"])
def test_the_computer_s_own_zone_changes_nothing(home: str) -> None:
    program = (
        "from datetime import date, datetime;"
        "from unisono.kernel.clock import resolve, start_of_day, to_wall;"
        "r = resolve(datetime(2027, 3, 28, 2, 30), 'Europe/Paris');"
        "print(r.instant.isoformat(), to_wall(r.instant, 'Asia/Kathmandu').isoformat(),"
        " start_of_day(date(2026, 4, 24), 'Africa/Cairo').isoformat())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "TZ": home, "PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == [
        "2027-03-28T01:30:00+00:00", "2027-03-28T07:15:00", "2026-04-23T22:00:00+00:00",
    ]  # fmt: skip

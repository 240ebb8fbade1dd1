"""The arithmetic of rules: against an independent implementation, and at the edges of the clock."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from dateutil import rrule
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from unisono.kernel import clock
from unisono.rooms.content.recurrence import (
    NTH,
    End,
    Rule,
    days,
    last_day,
    nth_weekday,
    slots,
)

DATES = st.dates(date(2020, 1, 1), date(2040, 12, 31))
INTERVALS = st.integers(1, 12)
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1)
ZONES = st.sampled_from(sorted(clock.zone_names()))


def first(rule: Rule, anchor: str, number: int) -> list[str]:
    return [day.isoformat() for day in islice(days(rule, date.fromisoformat(anchor)), number)]


def walls(rule: Rule, anchor: str, zone: str, count: int) -> list[datetime]:
    found = slots(rule, datetime.fromisoformat(anchor), zone, End(count=count))
    return [clock.to_wall(slot.at, zone) for slot in found]


def test_a_month_end_comes_back_from_the_anchor() -> None:
    assert first(Rule("month"), "2026-01-31", 13) == [
        "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30",
        "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31",
        "2027-01-31",
    ]  # fmt: skip
    assert first(Rule("month"), "2028-01-30", 3) == ["2028-01-30", "2028-02-29", "2028-03-30"]


def test_29_february_is_28_in_common_years() -> None:
    years = [day[5:] for day in first(Rule("year"), "2028-02-29", 9)]
    assert years == ["02-29", *["02-28"] * 3, "02-29", *["02-28"] * 3, "02-29"]


def test_weekly_days_begin_with_the_anchor() -> None:
    rule = Rule("week", 2, (0, 2, 4))
    assert first(rule, "2026-03-04", 5) == [
        "2026-03-04", "2026-03-06", "2026-03-16", "2026-03-18", "2026-03-20",
    ]  # fmt: skip


def test_the_last_friday_and_the_first_monday() -> None:
    assert first(Rule("month", 1, (4,), -1), "2026-01-01", 3) == [
        "2026-01-30", "2026-02-27", "2026-03-27",
    ]  # fmt: skip
    assert first(Rule("month", 1, (0,), 1), "2026-01-10", 2) == ["2026-02-02", "2026-03-02"]


def test_nth_weekdays_by_brute_force() -> None:
    for year in range(2000, 2100):
        for month in range(1, 13):
            length = monthrange(year, month)[1]
            every = [date(year, month, day) for day in range(1, length + 1)]
            for weekday in range(7):
                those = [day for day in every if day.weekday() == weekday]
                for nth in NTH:
                    wanted = those[nth - 1 if nth > 0 else nth]
                    assert nth_weekday(year, month, weekday, nth) == wanted


@settings(max_examples=300)
@given(anchor=DATES, interval=INTERVALS, weekdays=WEEKDAYS, nth=st.sampled_from(NTH))
def test_rules_agree_with_dateutil(
    anchor: date, interval: int, weekdays: set[int], nth: int
) -> None:
    start = datetime.combine(anchor, datetime.min.time())
    one = min(weekdays)
    pairs = [
        (Rule("day", interval), rrule.rrule(rrule.DAILY, start, interval, count=20)),
        (
            Rule("week", interval, tuple(weekdays)),
            rrule.rrule(rrule.WEEKLY, start, interval, count=20, byweekday=sorted(weekdays)),
        ),
        (
            Rule("month", interval, (one,), nth),
            rrule.rrule(
                rrule.MONTHLY, start, interval, count=20, byweekday=rrule.weekdays[one](nth)
            ),
        ),
    ]
    for rule, theirs in pairs:
        assert list(islice(days(rule, anchor), 20)) == [day.date() for day in theirs]
    for rule, step in ((Rule("month", interval), "months"), (Rule("year", interval), "years")):
        wanted = [anchor + relativedelta(**{step: n * interval}) for n in range(20)]
        assert list(islice(days(rule, anchor), 20)) == wanted


@settings(max_examples=200)
@given(
    anchor=st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31)),
    zone=ZONES,
    every=st.sampled_from(["day", "week", "month", "year"]),
)
def test_one_instant_a_period_in_order(anchor: datetime, zone: str, every: str) -> None:
    anchor = anchor.replace(second=0, microsecond=0)
    found = list(slots(Rule(every), anchor, zone, End(count=40)))
    instants = [slot.at for slot in found]
    assert instants == sorted(set(instants))
    for slot in found:
        shown = clock.to_wall(slot.at, zone)
        assert (shown == slot.wall) != slot.shifted
        assert shown.time() == anchor.time() or slot.shifted


def test_nine_stays_nine_over_both_changes_of_the_clocks() -> None:
    for start in ("2026-03-27T09:00", "2026-10-23T09:00"):
        found = walls(Rule("day"), start, "Europe/Paris", 5)
        assert {wall.hour for wall in found} == {9}
    (before, after) = list(
        slots(Rule("day"), datetime(2026, 3, 28, 9), "Europe/Paris", End(count=2))
    )
    assert after.at - before.at == timedelta(hours=23)


def test_a_time_the_clocks_skip_moves_forward_that_day_only() -> None:
    found = list(slots(Rule("day"), datetime(2027, 3, 27, 2, 30), "Europe/Paris", End(count=3)))
    assert [slot.shifted for slot in found] == [False, True, False]
    shown = [clock.to_wall(slot.at, "Europe/Paris").strftime("%H:%M") for slot in found]
    assert shown == ["02:30", "03:30", "02:30"]


def test_a_time_that_comes_twice_is_meant_once() -> None:
    found = list(slots(Rule("day"), datetime(2026, 10, 24, 2, 30), "Europe/Paris", End(count=3)))
    assert [slot.ambiguous for slot in found] == [False, True, False]
    assert found[1].at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("anchor", "zone", "shown"),
    [
        ("2026-10-04T02:15", "Australia/Lord_Howe", "02:45"),
        ("2026-04-24T00:00", "Africa/Cairo", "01:00"),
        ("2026-09-06T00:15", "America/Santiago", "01:15"),
    ],
)
def test_gaps_of_other_places(anchor: str, zone: str, shown: str) -> None:
    (slot,) = slots(Rule("day"), datetime.fromisoformat(anchor), zone, End(count=1))
    assert slot.shifted and clock.to_wall(slot.at, zone).strftime("%H:%M") == shown


def test_a_day_that_was_skipped_whole_has_no_occurrence() -> None:
    found = list(slots(Rule("day"), datetime(2011, 12, 29, 9), "Pacific/Apia", End(count=4)))
    assert [slot.day.day for slot in found] == [29, 31, 1]


def test_the_end_is_the_last_day_that_may_still_be_one() -> None:
    found = slots(Rule("week"), datetime(2026, 3, 5, 9), "UTC", End(until=date(2026, 3, 19)))
    assert [slot.day.day for slot in found] == [5, 12, 19]
    assert last_day(date(2028, 2, 29)) == date(2030, 2, 28)

"""Dates and times as people write them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from unisono.rooms.imports.dates import Moment, NotADate, order_of, read_moment, read_time

DAY = date(2026, 3, 11)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-11",
        "2026/03/11",
        "2026.3.11",
        "11/03/2026",
        "11.03.2026",
        "11-3-26",
        "11. 3. 2026",
        "11 March 2026",
        "Wed 11 March 2026",
        "mercredi 11 mars 2026",
        "11. März 2026",
        "Mittwoch, 11. März 2026",
        "Mar 11, 2026",
        "March 11th, 2026",
        "11th of March 2026",
    ],
)
def test_one_day_in_many_dresses(text: str) -> None:
    assert read_moment(text, "dmy") == Moment(DAY)


@pytest.mark.parametrize(
    ("text", "day"),
    [("1er février 2026", date(2026, 2, 1)), ("3 août 26", date(2026, 8, 3))],
)
def test_days_in_french(text: str, day: date) -> None:
    assert read_moment(text, "dmy").day == day


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-11T08:50",
        "2026-03-11 08:50:00",
        "11/03/2026 08:50",
        "11.03.2026, 8.50 Uhr",
        "11 mars 2026 à 8h50",
        "11 March 2026 8:50 am",
    ],
)
def test_day_and_time_in_one_cell(text: str) -> None:
    assert read_moment(text, "dmy") == Moment(DAY, time(8, 50))


def test_an_offset_makes_it_utc() -> None:
    assert read_moment("2026-03-11T08:50:00+01:00", "dmy") == Moment(DAY, time(7, 50), "UTC")
    assert read_moment("2026-03-11T08:50:00Z", "dmy") == Moment(DAY, time(8, 50), "UTC")


def test_a_spreadsheet_s_own_values() -> None:
    assert read_moment(datetime(2026, 3, 11), "dmy") == Moment(DAY)
    assert read_moment(datetime(2026, 3, 11, 8, 50), "dmy") == Moment(DAY, time(8, 50))
    assert read_moment(DAY, "dmy") == Moment(DAY)


@pytest.mark.parametrize(("order", "day"), [("dmy", date(2026, 4, 3)), ("mdy", date(2026, 3, 4))])
def test_the_order_decides_what_can_be_read_both_ways(order: str, day: date) -> None:
    assert read_moment("03/04/2026", order).day == day


def test_a_day_above_twelve_is_a_day_in_either_order() -> None:
    assert read_moment("25/03/2026", "mdy").day == read_moment("03/25/2026", "dmy").day


@pytest.mark.parametrize(
    "text", ["", "soon", "32/01/2026", "30/02/2026", "2026-13-01", "Q2", "11/2026", "week 12"]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(NotADate):
        read_moment(text, "dmy")


@pytest.mark.parametrize(
    ("cells", "order", "ambiguous"),
    [
        (["03/04/2026", "05/06/2026"], "dmy", True),
        (["03/04/2026", "25/06/2026"], "dmy", False),
        (["03/04/2026", "06/25/2026"], "mdy", False),
        (["03.04.2026"], "dmy", False),
        (["2026-03-04", None, datetime(2026, 3, 4)], "dmy", False),
        (["04/04/2026"], "dmy", False),
    ],
)
def test_the_column_tells_the_order(cells: list[object], order: str, ambiguous: bool) -> None:
    assert order_of(cells) == (order, ambiguous)


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("08:50", time(8, 50)),
        ("8h50", time(8, 50)),
        ("8.50 Uhr", time(8, 50)),
        ("14 Uhr", time(14, 0)),
        ("9h", time(9, 0)),
        ("2 pm", time(14, 0)),
        ("12:30 am", time(0, 30)),
        ("12 p.m.", time(12, 0)),
        ("08:50:30", time(8, 50)),
        (time(8, 50, 12), time(8, 50)),
        (datetime(1899, 12, 30, 8, 50), time(8, 50)),
        (0.5, time(12, 0)),
    ],
)
def test_times(cell: object, at: time) -> None:
    assert read_time(cell) == at


@pytest.mark.parametrize("cell", ["", "morning", "25:00", "8:75", "13 pm", 1.5])
def test_what_is_no_time(cell: object) -> None:
    with pytest.raises(NotADate):
        read_time(cell)

"""Rows as planned posts: what is taken over, what is refused with row and column."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from unisono.rooms.imports.columns import guess_mapping
from unisono.rooms.imports.names import Names
from unisono.rooms.imports.rows import (
    PlannedPost,
    RowResult,
    Settings,
    read_rows,
    reading_of_dates,
)
from unisono.rooms.imports.tables import Table, read_table

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
MARKETING, SALES, LUMEN, JOBS, TWIN = (uuid4() for _ in range(5))
PARIS = Settings("Europe/Paris", NOW, department=MARKETING)


@pytest.fixture
def names() -> Names:
    found = Names()
    found.departments.add(MARKETING, "Marketing")
    found.departments.add(SALES, "Sales")
    found.channels.add(LUMEN, "Maison Lumen", "lumen", "Sandbox")
    found.channels.add(JOBS, "Lumen, Jobs", "jobs", "Sandbox")
    found.objectives.add(TWIN, "Store visits Lyon")
    return found


def rows(text: str, names: Names, settings: Settings = PARIS) -> list[RowResult]:
    table = table_of(text)
    return list(read_rows(table, guess_mapping(table.headers), names, settings))


def table_of(text: str) -> Table:
    return read_table(text.encode(), "plan.csv")


def planned(result: RowResult) -> PlannedPost:
    assert result.planned is not None, result.problems
    return result.planned


def told(result: RowResult) -> list[tuple[str, str, str]]:
    return [(p.column, p.level, p.sentence) for p in result.problems]


def test_a_full_row(names: Names) -> None:
    (row,) = rows(
        "Datum;Uhrzeit;Titel;Text;Kanal;Kampagne;Abteilung;Sprache;Link;Hashtags;Ziel\n"
        "11.03.2026;08:50;Die Türen;Wir öffnen.;Maison Lumen;Lyon;sales;Deutsch;"
        "https://l.example;#Licht, Glas;store visits lyon\n",
        names,
    )
    post = planned(row)
    assert row.number == 2
    assert row.problems == ()
    assert (post.title, post.campaign, post.language) == ("Die Türen", "Lyon", "de")
    assert post.text == "Wir öffnen.\n\nhttps://l.example\n\n#Licht #Glas"
    assert (post.wall, post.zone) == (datetime(2026, 3, 11, 8, 50), "Europe/Paris")
    assert (post.department, post.channels, post.objective) == (SALES, (LUMEN,), TWIN)


def test_a_day_without_a_time_means_the_morning(names: Names) -> None:
    (row,) = rows("Date,Text\n2026-03-11,Hello\n", names)
    assert planned(row).wall == datetime(2026, 3, 11, 9, 0)
    assert planned(row).title == "Hello"


def test_without_a_date_it_is_undated(names: Names) -> None:
    (row,) = rows("Date,Time,Text\n,10:00,Hello\n", names)
    assert planned(row).wall is None
    assert [problem.level for problem in row.problems] == ["warn"]


def test_an_unreadable_date_leaves_the_row_out_and_no_other(names: Names) -> None:
    first, second = rows("Date,Text\n31/02/2026,One\n12/03/2026,Two\n", names)
    assert first.planned is None
    ((column, level, sentence),) = told(first)
    assert (first.number, column, level) == (2, "Date", "bad")
    assert "31/02/2026" in sentence
    assert planned(second).text == "Two"


def test_an_unknown_zone_is_told_with_its_name(names: Names) -> None:
    (row,) = rows("Date,Time zone,Text\n2026-03-11,Mars/Olympus,Hello\n", names)
    assert row.planned is None
    assert told(row)[0][0] == "Time zone"
    assert "Mars/Olympus" in told(row)[0][2]


def test_a_row_s_own_zone_wins(names: Names) -> None:
    (row,) = rows("Date,Time,Zone,Text\n2026-03-11,10:00,Asia/Kathmandu,Hello\n", names)
    assert planned(row).zone == "Asia/Kathmandu"


def test_a_past_date_is_a_warning_and_the_post_stays_undated(names: Names) -> None:
    (row,) = rows("Date,Text\n2026-03-03,Hello\n", names)
    assert planned(row).wall is None
    assert [problem.level for problem in row.problems] == ["warn"]


def test_a_time_that_the_clocks_skip_is_told(names: Names) -> None:
    (row,) = rows("Date,Time,Text\n2026-03-29,02:30,Hello\n", names)
    assert planned(row).wall == datetime(2026, 3, 29, 2, 30)
    assert [problem.level for problem in row.problems] == ["warn"]


@pytest.mark.parametrize(
    ("cell", "channels"),
    [
        ("lumen", (LUMEN,)),
        ("@lumen", (LUMEN,)),
        ("lumen / jobs", (LUMEN, JOBS)),
        ("Maison Lumen & jobs", (LUMEN, JOBS)),
        ('"Lumen, Jobs"', (JOBS,)),
        ("lumen und lumen", (LUMEN,)),
    ],
)
def test_channels_named_in_one_cell(names: Names, cell: str, channels: tuple[UUID, ...]) -> None:
    (row,) = rows(f"Text,Channels\nHello,{cell}\n", names)
    assert planned(row).channels == channels


def test_an_unknown_channel_comes_with_what_is_near(names: Names) -> None:
    (row,) = rows("Text,Channel\nHello,Maison Lumn\n", names)
    assert row.planned is None
    assert "Maison Lumen" in told(row)[0][2]
    assert row.problems[0].value == "Maison Lumn"


def test_a_name_of_several_channels_asks_for_more(names: Names) -> None:
    (row,) = rows("Text,Channel\nHello,Sandbox\n", names)
    assert row.planned is None
    assert "Maison Lumen" in told(row)[0][2]
    assert "Jobs" in told(row)[0][2]


def test_channels_of_the_run_stand_in(names: Names) -> None:
    (row,) = rows("Text\nHello\n", names, replace(PARIS, channels=(JOBS,)))
    assert planned(row).channels == (JOBS,)


def test_without_any_department_the_row_is_left_out(names: Names) -> None:
    (row,) = rows("Text\nHello\n", names, replace(PARIS, department=None))
    assert [problem.level for problem in row.problems] == ["bad"]


def test_neither_title_nor_text(names: Names) -> None:
    first, second = rows("Date,Title,Text\n2026-03-11,,\n2026-03-11,Doors,\n", names)
    assert first.planned is None
    assert planned(second).text == ""
    assert told(second)[0][:2] == ("Text", "warn")


def test_an_unknown_objective_or_language_is_only_a_warning(names: Names) -> None:
    (row,) = rows("Text,Objective,Language\nHello,World peace,Klingon\n", names)
    assert planned(row).objective is None
    assert [problem.level for problem in row.problems] == ["warn", "warn"]


def test_a_long_title_is_cut_and_told(names: Names) -> None:
    (row,) = rows(f"Title,Text\n{'a' * 400},Hello\n", names)
    assert len(planned(row).title) == 160
    assert told(row)[0][:2] == ("Title", "warn")


def test_dates_that_can_be_read_both_ways(names: Names) -> None:
    text = "Date,Text\n05/04/2026,One\n06/07/2026,Two\n"
    table = table_of(text)
    assert reading_of_dates(table, guess_mapping(table.headers)) == ("dmy", True)
    assert planned(rows(text, names)[0]).wall == datetime(2026, 4, 5, 9)
    american = replace(PARIS, date_order="mdy")
    assert planned(rows(text, names, american)[0]).wall == datetime(2026, 5, 4, 9)


def test_one_clear_date_tells_how_all_are_read(names: Names) -> None:
    text = "Date,Text\n05/04/2026,One\n12/25/2026,Two\n"
    assert planned(rows(text, names)[0]).wall == datetime(2026, 5, 4, 9)

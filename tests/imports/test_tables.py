"""Files as people's programs write them, made here and read back."""

from __future__ import annotations

import csv
import io
import time as stopwatch
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unisono.rooms.imports.columns import FIELDS, guess_mapping, normal
from unisono.rooms.imports.tables import Table, Unreadable, read_table

HEADER = ["Date", "Heure", "Titre", "Texte", "Réseau"]
FIRST = ["11/03/2026", "08:50", "L’ouverture", "Les portes s’ouvrent à Lyon : 400 m².", "lumen"]
SECOND = ["12/03/2026", "9h30", "Le four", 'Il dit « oui »,\net "non" ; à 1 200 °C', "lumen"]


def written(delimiter: str, *, rows: list[list[str]] | None = None, ends: str = "\r\n") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ends)
    writer.writerows(rows or [HEADER, FIRST, SECOND])
    return out.getvalue()


def cells(table: Table) -> list[list[object]]:
    return [list(line.cells) for line in table.lines]


def workbook(rows: list[list[object]], *, sheet: str = "Plan") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def calendar(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\n{event.strip()}\r\nEND:VEVENT\r\n" for event in events)
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n"
    return f"{head}{body}END:VCALENDAR\r\n".encode()


# --- CSV ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_in_every_dress(encoding: str, delimiter: str) -> None:
    table = read_table(written(delimiter).encode(encoding), "plan.csv")
    assert table.format == "csv"
    assert list(table.headers) == HEADER
    assert cells(table) == [FIRST, SECOND]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(encoding: str) -> None:
    assert cells(read_table(written(",").encode(encoding), "plan.txt")) == [FIRST, SECOND]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_of_three_systems(ends: str) -> None:
    table = read_table(written(";", ends=ends).encode(), "plan.csv")
    assert [line.number for line in table.lines] == [2, 3]


def test_the_hint_of_a_spreadsheet_is_not_a_row() -> None:
    table = read_table(b"sep=;\r\n" + written(";").encode(), "plan.csv")
    assert list(table.headers) == HEADER
    assert [line.number for line in table.lines] == [2, 3]


def test_rows_carry_the_number_a_spreadsheet_shows() -> None:
    rows = [["Plan du printemps"], [], HEADER, FIRST, [], [""] * 5, SECOND]
    table = read_table(written(",", rows=rows).encode(), "plan.csv")
    assert list(table.headers) == HEADER
    assert [line.number for line in table.lines] == [4, 7]


def test_commas_in_texts_do_not_hide_the_semicolons() -> None:
    rows = [["Titel", "Text"], ["Eins", "a, b, c, d"], ["Zwei", "e, f"], ["Drei", "g"]]
    assert cells(read_table(written(";", rows=rows).encode(), "plan.csv")) == rows[1:]


def test_short_and_long_rows_are_as_wide_as_the_widest() -> None:
    table = read_table(b"Title,Text\nOne\nTwo,words,more\n", "plan.csv")
    assert table.headers == ("Title", "Text", "")
    assert cells(table) == [["One", None, None], ["Two", "words", "more"]]


def test_one_column_is_a_table_too() -> None:
    table = read_table(b"Text\nBonjour Lyon\nGuten Tag, Berlin\n", "plan.csv")
    assert table.headers[0] == "Text"
    assert len(table.lines) == 2


def test_a_quotation_mark_that_never_closes_is_named() -> None:
    rows = "".join(f"t{n},x{n}\n" for n in range(500))
    with pytest.raises(Unreadable, match=r"[Nn]ear row \d+ a quotation mark"):
        read_table(f'Title,Text\nfirst,one\nsecond,"never closed\n{rows}'.encode(), "plan.csv")


# --- workbooks ---


def test_a_workbook_keeps_dates_and_times_as_such() -> None:
    made = workbook(
        [
            ["Date", "Time", "Title", "Text"],
            [date(2026, 3, 11), time(8, 50), "Doors", "We open"],
            [datetime(2026, 3, 12, 9, 30), timedelta(hours=9), "Furnace", 42],
        ]
    )
    table = read_table(made, "plan.xlsx")
    assert table.format == "xlsx"
    first, second = cells(table)
    assert first == [datetime(2026, 3, 11), time(8, 50), "Doors", "We open"]
    assert second == [datetime(2026, 3, 12, 9, 30), time(9), "Furnace", 42]


def test_a_workbook_s_rows_keep_their_numbers() -> None:
    made = workbook([["Our plan"], [], ["Title", "Text"], ["A", "a"], [], ["B", "b"]])
    assert [line.number for line in read_table(made, "plan.xlsx").lines] == [4, 6]


def test_the_first_visible_sheet_that_holds_something() -> None:
    book = openpyxl.Workbook()
    hidden, empty = book.active, book.create_sheet("Empty")
    full = book.create_sheet("Plan")
    assert hidden is not None
    assert empty.title == "Empty"
    hidden.append(["Title", "Text"])
    hidden.append(["hidden", "row"])
    hidden.sheet_state = "hidden"
    full.append(["Title", "Text"])
    full.append(["seen", "row"])
    out = io.BytesIO()
    book.save(out)
    assert cells(read_table(out.getvalue(), "plan.xlsx")) == [["seen", "row"]]


# --- calendars ---


@pytest.mark.parametrize(
    ("start", "cell", "zone"),
    [
        ("DTSTART:20260311T085000", datetime(2026, 3, 11, 8, 50), None),
        ("DTSTART:20260311T085000Z", datetime(2026, 3, 11, 8, 50), "UTC"),
        (
            "DTSTART;TZID=America/Montreal:20260311T085000",
            datetime(2026, 3, 11, 8, 50),
            "America/Montreal",
        ),
        (
            "DTSTART;TZID=Romance Standard Time:20260311T085000",
            datetime(2026, 3, 11, 8, 50),
            "Europe/Paris",
        ),
        (
            "DTSTART;TZID=/citadel.org/20210210_1/Europe/Berlin:20260311T085000",
            datetime(2026, 3, 11, 8, 50),
            "Europe/Berlin",
        ),
        (
            "DTSTART;TZID=Somewhere/Else:20260311T085000",
            datetime(2026, 3, 11, 8, 50),
            "Somewhere/Else",
        ),
        ("DTSTART;VALUE=DATE:20260311", date(2026, 3, 11), None),
        ("DTSTART:next tuesday", "next tuesday", None),
        ("COMMENT:no start", None, None),
    ],
)
def test_an_event_s_start_and_zone(start: str, cell: object, zone: str | None) -> None:
    table = read_table(calendar(f"SUMMARY:Doors\r\n{start}"), "plan.ics")
    assert table.format == "ics"
    assert table.lines[0].cells[2:4] == (cell, zone)
    assert guess_mapping(table.headers) == ["title", "text", "date", "zone", "tags", "link"]


def test_an_event_s_words() -> None:
    table = read_table(
        calendar(
            "SUMMARY:Doors\\, wide open\r\nDESCRIPTION:First line\\nsecond\r\n"
            "CATEGORIES:light,Lyon\r\nURL:https://lumen.example/lyon\r\nDTSTART:20260311T085000"
        ),
        "plan.ics",
    )
    (line,) = table.lines
    assert line.cells[:2] == ("Doors, wide open", "First line\nsecond")
    assert line.cells[4:] == ("light, Lyon", "https://lumen.example/lyon")


def test_cancelled_events_are_left_out_and_the_others_keep_their_number() -> None:
    table = read_table(calendar("SUMMARY:A\r\nSTATUS:CANCELLED", "SUMMARY:B"), "plan.ics")
    assert [(line.number, line.cells[0]) for line in table.lines] == [(2, "B")]


# --- what cannot be read ---


def damaged_workbook() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "not a workbook")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "plan.csv", "empty"),
        (b"\xff\xfe", "plan.csv", "empty"),
        (b" \r\n\r\n", "plan.csv", "empty"),
        (b"Title,Text\n", "plan.csv", "no rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "plan.xls", "old kind"),
        (damaged_workbook(), "plan.xlsx", "damaged"),
        (b"PK\x03\x04 and nothing else", "plan.xlsx", "damaged"),
        (b"Title,Text\na,b\n", "plan.xlsx", "not an XLSX"),
        (b"Title,Text\na,b\n", "plan.ics", "not a calendar"),
        (calendar(), "plan.ics", "no events"),
        (b"%PDF-1.7\n\x01\x02\x03", "plan.pdf", "this is another"),
        (b"a," * 200 + b"\n" + b"b," * 200 + b"c", "plan.csv", "more than 100 columns"),
        (b"Title,Text\n" + b"a,b\n" * 20_100, "plan.csv", "more than 20000 rows"),
        (bytes([120]) * (21 * 1024 * 1024), "plan.csv", "larger than 20 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(
    data: bytes, name: str, sentence: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read_table(data, name)
    assert sentence in refused.value.sentence
    assert refused.value.sentence.endswith(".")
    assert refused.value.field == "file"


@given(data=st.binary(max_size=400), name=st.sampled_from(["a.csv", "a.xlsx", "a.ics", "a"]))
@settings(max_examples=150, deadline=None)
def test_no_bytes_bring_it_down(data: bytes, name: str) -> None:
    for prefix in (b"", b"PK\x03\x04", b"BEGIN:VCALENDAR\r\n"):
        try:
            table = read_table(prefix + data, name)
        except Unreadable:
            continue
        assert {len(line.cells) for line in table.lines} == {len(table.headers)}


def test_five_thousand_rows_of_each_kind_are_read_within_seconds() -> None:
    rows = [
        ["11.03.2026", "08:50", f"Beitrag {n}", f"Licht, Glas und {n} Lampen. " * 20]
        for n in range(5000)
    ]
    header = ["Datum", "Uhrzeit", "Titel", "Text"]
    event = "SUMMARY:Post {n}\r\nDESCRIPTION:Words\r\nDTSTART;TZID=Europe/Paris:20260311T085000"
    for data, name in (
        (written(";", rows=[header, *rows]).encode(), "plan.csv"),
        (workbook([list(header), *map(list, rows)]), "plan.xlsx"),
        (calendar(*(event.replace("{n}", str(n)) for n in range(5000))), "plan.ics"),
    ):
        started = stopwatch.monotonic()
        assert len(read_table(data, name).lines) == 5000
        assert stopwatch.monotonic() - started < 6


# --- columns ---


@pytest.mark.parametrize(
    ("headers", "mapping"),
    [
        (["Date", "Time", "Channel", "Title", "Copy"], "date time channels title text"),
        (
            ["Publish date (CET)", "Post title", "Caption", "Alt text", "Image file", "Owner"],
            "date title text alt image -",
        ),
        (
            ["Date de publication", "Heure", "Réseaux sociaux", "Sujet", "Légende", "Mots-clés"],
            "date time channels title text tags",
        ),
        (
            ["Veröffentlichungsdatum", "Uhrzeit", "Kanäle", "Beitragstext", "Zeitzone", "Sprache"],
            "date time channels text zone language",
        ),
        (
            ["Kampagne", "Abteilung", "Ziel", "Titel", "Text", "Bild", "Alternativtext", "Status"],
            "campaign department objective title text image alt -",
        ),
        (["campagne", "SERVICE", "objectif", "lien", "texte"],
         "campaign department objective link text"),
        (["Title", "Title", "Remarks", ""], "title - - -"),
        (["Scheduled for", "Network", "Message", "Hashtags", "URL"],
         "date channels text tags link"),
    ],
)  # fmt: skip
def test_headers_are_recognised_in_three_languages(headers: list[str], mapping: str) -> None:
    assert guess_mapping(headers) == [name.strip("-") for name in mapping.split()]


def test_every_field_has_a_name_and_can_be_guessed() -> None:
    guessed = {name for field in FIELDS for name in guess_mapping([field])}
    assert set(FIELDS) <= guessed | {"alt", "zone"} | set(guess_mapping(["alt text", "tz"]))


def test_names_are_compared_without_accents_case_and_signs() -> None:
    assert normal("  Légende_du  POST ") == normal("legende du post")
    assert normal("Straße") == "strasse"

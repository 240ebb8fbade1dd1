"""The plan out and in again: nothing is lost, nothing changes unless the file says so."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.cast import NOW, Cast
from tests.rooms.test_content import picture
from unisono.kernel import jobs
from unisono.kernel.models import Event
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.exports import files, sheet
from unisono.rooms.exports.sheet import HEADERS, ROW, guarded, own_cell, own_text, unguarded
from unisono.rooms.imports import actions as imports
from unisono.rooms.imports.models import ImportRun
from unisono.rooms.library import actions as library
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.agenda import Filters
from unisono.rooms.workflow import actions as workflow

PARIS = "Europe/Paris"
NASTY = (
    "Plain",
    "=HYPERLINK(\"http://x\")",
    "'=already quoted",
    "-5 degrees; and “more”",
    "+33 6 00 00 00 00",
    "@everybody, look",
    "Two lines\n\nand a \"quote\", a comma; 👩‍🌾 ünïcode",
    "'",
    '""',
    "1,5",
    "2026-03-04",
    "TRUE",
)  # fmt: skip


def plan(cast: Cast) -> list[Post]:
    """Posts with everything a post can have, in texts that spreadsheets stumble over."""
    editor, made = cast.actor("editor"), []
    asset = library.add_asset(data=picture(), name="Door", alt="A door.", by=editor, now=NOW)
    for number, text in enumerate(NASTY):
        post = content.write_post(
            title=text.replace("\n", " ")[:60],
            text=text,
            follow_ups=["One.", text] if number % 3 == 0 else (),
            language=("en", "fr", "de")[number % 3],
            department=cast.departments["Marketing"],
            campaign=cast.campaign if number % 2 else None,
            channels=[cast.agora, cast.things["chirp"]][: number % 3],
            wall=datetime(2099, 3, 29, 2, 30) + timedelta(hours=number) if number % 4 else None,
            zone=PARIS if number % 4 else "",
            by=editor,
            now=NOW,
        )
        if number % 5 == 0:
            content.attach_image(post, asset, alt=text, by=editor, now=NOW)
        for variant in post.variants.filter(channel=cast.agora):
            content.adapt_variant(
                variant, text=text if number % 2 else "", follow_ups=[], by=editor, now=NOW
            )
        made.append(post)
    return made


def exported(actor: Actor, form: str = "csv", **how: Any) -> bytes:
    file = io.BytesIO()
    files.write(sheet.lines(actor, **how), form, file)
    return file.getvalue()


def edited(data: bytes, change: Any) -> bytes:
    """The file as a person saves it again who changed some cells."""
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    change(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, HEADERS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def brought_back(cast: Cast, data: bytes, name: str = "plan.csv") -> ImportRun:
    editor = cast.actor("editor")
    run = imports.upload(data=data, name=name, by=editor, now=NOW)
    assert run.returned
    imports.confirm(run, by=editor, now=NOW)
    jobs.run_pending(queue="imports")
    run.refresh_from_db()
    assert run.state == "done"
    return run


@pytest.mark.parametrize("text", NASTY)
def test_cells_come_back_as_they_were(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert own_text(own_cell(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@"))
    assert (own_text(own_cell(None)), own_text(own_cell(""))) == (None, "")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_out_and_in_again_makes_no_difference(cast: Cast, form: str) -> None:
    plan(cast)
    editor = cast.actor("editor")
    before, happened = list(sheet.lines(editor)), Event.objects.exclude(kind__startswith="import")
    count = happened.count()
    run = imports.upload(data=exported(editor, form), name=f"p.{form}", by=editor, now=NOW)
    report = imports.report(run, by=editor)
    assert (report.same, report.changes, report.problems) == (len(before), [], [])
    imports.confirm(run, by=editor, now=NOW)
    jobs.run_pending(queue="imports")
    assert list(sheet.lines(editor)) == before
    assert happened.count() == count


def test_everything_stands_in_the_file(cast: Cast) -> None:
    posts = plan(cast)
    rows = json.loads(exported(cast.actor("editor"), "json"))
    assert {row["post"] for row in rows} >= {str(post.pk) for post in posts}
    assert len({(row["post"], row["variant"]) for row in rows}) == len(rows)
    told = next(row for row in rows if row["title"] == NASTY[5])
    assert json.loads(told["pictures"])[0]["alt"] == NASTY[5]
    book = load_workbook(io.BytesIO(exported(cast.actor("editor"), "xlsx")))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {
        "s",
        "n",
        "inlineStr",
    }
    assert len(list(book.active.iter_rows())) == len(rows) + 1


def test_only_what_is_seen_and_asked_for_is_in_it(cast: Cast) -> None:
    plan(cast)
    titles = {line.cells["title"] for line in sheet.lines(cast.actor("editor"))}
    assert cast.things["other_post"].title not in titles
    narrow = Filters(campaigns=(cast.campaign.pk,), channels=(cast.agora.pk,))
    found = list(sheet.lines(cast.actor("editor"), filters=narrow))
    assert {(line.cells["campaign"], line.cells["channel"]) for line in found} == {
        (cast.campaign.name, cast.agora.name)
    }
    day = datetime.fromisoformat("2099-03-29T00:00+01:00")
    dated = list(
        sheet.lines(cast.actor("editor"), start=day, end=day + timedelta(hours=8), undated=False)
    )
    assert dated and {line.cells["date"] for line in dated} == {"2099-03-29"}


def test_what_was_changed_in_the_file_is_changed_here_and_can_be_undone(cast: Cast) -> None:
    posts = plan(cast)
    editor = cast.actor("editor")
    post = posts[5]
    variants = {v.channel_id: v for v in post.variants.all()}
    before = list(sheet.lines(editor))

    def change(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if str(post.pk) in row[ROW]:
                row["title"], row["campaign"] = "Another title", ""
                if row["channel"] == cast.agora.name:
                    row["own text"], row["time"] = "For Agora alone", "16:45"

    run = brought_back(cast, edited(exported(editor), change))
    assert (run.posts_made, run.rows_refused) == (1, 0), run.problems
    post.refresh_from_db()
    assert (post.title, post.campaign, post.text) == ("Another title", None, NASTY[5])
    agora = Variant.objects.get(pk=variants[cast.agora.pk].pk)
    assert (agora.text, agora.planned_wall[11:]) == ("For Agora alone", "16:45")
    imports.undo(run, by=editor, now=NOW)
    jobs.run_pending(queue="imports")
    assert list(sheet.lines(editor)) == before


def test_it_never_undoes_what_was_done_here_meanwhile(cast: Cast) -> None:
    posts = plan(cast)
    editor = cast.actor("editor")
    data = exported(editor)
    for post in posts[1:3]:
        variant = post.variants.first()
        assert variant
        content.adapt_variant(variant, text="Newer, here.", by=editor, now=NOW)

    def change(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if str(posts[1].pk) in row[ROW]:
                row["own text"] = "From the file."

    run = brought_back(cast, edited(data, change))
    assert (run.posts_made, run.rows_refused) == (0, 1)
    assert "changed here since" in run.problems[0]["sentence"]
    assert set(Variant.objects.filter(post__in=posts[1:3]).values_list("text", flat=True)) >= {
        "Newer, here."
    }


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("channel", "Chirp", "cannot be changed by a file"),
        ("campaign", "No such campaign", "We know no"),
        ("language", "it", "not a language"),
        ("own follow-ups", "one, two", "Write follow-ups as a list"),
        ("date", "someday", "not a date"),
        ("date", "2020-01-01", "passed"),
        ("zone", "Mars/Base", "zone"),
        (ROW, "", "new"),
    ],
)
def test_what_cannot_be_is_told_and_stops_nothing_else(
    cast: Cast, column: str, value: str, said: str
) -> None:
    posts = plan(cast)
    wrong, right = posts[1], posts[2]

    def change(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if str(right.pk) in row[ROW]:
                row["title"] = "Well changed"
            elif str(wrong.pk) in row[ROW]:
                row[column] = value

    run = brought_back(cast, edited(exported(cast.actor("editor")), change))
    assert run.posts_made == 1
    assert said in " ".join(problem["sentence"] for problem in run.problems)
    right.refresh_from_db()
    assert right.title == "Well changed"


def test_an_approved_post_that_a_file_changes_needs_a_new_approval(cast: Cast) -> None:
    post = plan(cast)[5]
    variant = post.variants.get(channel=cast.agora)
    editor = cast.actor("editor")
    workflow.ask_approval(post, by=editor, now=NOW)
    workflow.approve_post(post, by=cast.actor("approver"), now=NOW)
    jobs.run_pending()
    live = variant.publications.get(part=0)
    assert live.state == "scheduled"

    def change(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if str(post.pk) in row[ROW]:
                row["own text"] = "Other words."

    brought_back(cast, edited(exported(editor), change))
    jobs.run_pending()
    live.refresh_from_db()
    assert (live.state, live.reason_code) == ("held", "edited")

"""An editorial calendar from upload to undo, through the verbs and the worker's jobs."""

from __future__ import annotations

import time as stopwatch
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from unisono.kernel import jobs, tenancy
from unisono.kernel.models import Event
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed, NotFound
from unisono.rooms.channels import house
from unisono.rooms.channels.rules import Quiet, Rules
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.imports import actions as imports
from unisono.rooms.imports import command, queries
from unisono.rooms.imports.models import ImportRun
from unisono.rooms.imports.tables import Unreadable
from unisono.rooms.plan.models import Campaign
from unisono.rooms.workflow import actions as workflow

# Jobs read the clock themselves, so what they import must lie ahead of it.
AHEAD = datetime.now(UTC) + timedelta(days=400)
DAY = f"{AHEAD:%Y-%m-%d}"
PLAN = f"""Date;Time;Title;Text;Channel;Campaign;Status
{DAY};08:50;The doors;We open our doors.;lumen-agora, lumen-chirp;Autumn light;approved
{DAY};12:30;The glass;We blow glass.;lumen-agora;lyon opening;draft
{DAY};25:99;Wrong time;Text;lumen-agora;;
{DAY};10:00;Wrong channel;Text;lumen-agoro;;
;;Undated;Some day.;lumen-chirp;Autumn light;
"""


def uploaded(cast: Cast, text: str = PLAN, name: str = "plan.csv") -> ImportRun:
    return imports.upload(data=text.encode(), name=name, by=cast.actor("editor"), now=NOW)


def imported(cast: Cast, text: str = PLAN) -> ImportRun:
    run = uploaded(cast, text)
    imports.confirm(run, by=cast.actor("editor"), now=NOW)
    jobs.run_pending(queue="imports")
    run.refresh_from_db()
    return run


def test_a_file_is_ready_when_its_columns_are_recognised(cast: Cast) -> None:
    run = uploaded(cast)
    assert run.state == "ready"
    assert run.mapping == ["date", "time", "title", "text", "channels", "campaign", ""]
    assert (run.rows, run.format, run.zone) == (5, "csv", "Europe/Paris")
    assert run.department == cast.departments["Marketing"]
    assert Event.objects.filter(kind="import.uploaded", subject_id=run.pk).exists()


def test_an_admin_says_which_department(cast: Cast) -> None:
    admin = cast.actor("admin")
    run = imports.upload(data=PLAN.encode(), name="plan.csv", by=admin, now=NOW)
    assert run.state == "uploaded"
    with pytest.raises(Conflict):
        imports.confirm(run, by=admin, now=NOW)
    with pytest.raises(Invalid) as refused:
        imports.map_columns(run, mapping=run.mapping, by=admin, now=NOW)
    assert refused.value.field == "department"
    sales = cast.departments["Sales"]
    imports.map_columns(run, mapping=run.mapping, department=sales, by=admin, now=NOW)
    assert run.state == "ready"


def test_the_preview_names_row_and_column_and_writes_nothing(cast: Cast) -> None:
    posts = Post.objects.count()
    seen = imports.preview(uploaded(cast), by=cast.actor("editor"), now=NOW)
    assert (seen.good, seen.bad) == (3, 2)
    assert [(p.row, p.column, p.level) for p in seen.problems] == [
        (4, "Time", "bad"),
        (5, "Channel", "bad"),
    ]
    assert seen.new_campaigns == ("Autumn light",)
    assert seen.samples[2] == "The doors"
    assert not seen.ambiguous
    assert Post.objects.count() == posts


def test_an_over_long_text_is_a_warning_for_the_channel(cast: Cast) -> None:
    run = uploaded(cast, f"Title,Text,Channel\nLong,{'word ' * 80},lumen-chirp\n")
    (problem,) = imports.preview(run, by=cast.actor("editor"), now=NOW).problems
    assert problem.level == "warn"
    assert "300" in problem.sentence


def test_dates_that_can_be_read_both_ways_are_told(cast: Cast) -> None:
    run = uploaded(cast, "Date,Text\n05/04/2030,Hello\n")
    editor = cast.actor("editor")
    assert imports.preview(run, by=editor, now=NOW).ambiguous
    imports.map_columns(
        run,
        mapping=run.mapping,
        date_order="mdy",
        department=cast.departments["Marketing"],
        by=editor,
        now=NOW,
    )
    seen = imports.preview(run, by=editor, now=NOW)
    assert (seen.date_order, seen.ambiguous) == ("mdy", False)
    assert seen.first[0].planned.wall == datetime(2030, 5, 4, 9)  # type: ignore[union-attr]


def test_confirming_makes_campaigns_and_drafts(cast: Cast) -> None:
    run = imported(cast)
    assert (run.state, run.posts_made, run.campaigns_made, run.rows_refused) == ("done", 3, 1, 2)
    assert run.done_rows == run.rows == 5
    doors = Post.objects.get(title="The doors", text="We open our doors.")
    assert doors.campaign == Campaign.objects.get(name="Autumn light")
    assert doors.campaign.starts_on == doors.campaign.ends_on == AHEAD.date()
    assert doors.written_by == cast.members["editor"]
    assert {v.planned_wall for v in doors.variants.all()} == {f"{DAY}T08:50"}
    assert doors.variants.count() == 2
    assert Post.objects.get(title="The glass").campaign == cast.campaign
    undated = Variant.objects.get(post__title="Undated")
    assert undated.planned_at is None


def test_nothing_imported_is_scheduled_or_approved(cast: Cast) -> None:
    run = imported(cast)
    for row in run.imported.select_related("post"):
        assert row.post is not None
        assert not row.post.requests.exists()
        for variant in row.post.variants.all():
            assert not variant.publications.exists()


def test_wrong_rows_are_kept_with_row_and_column(cast: Cast) -> None:
    run = imported(cast)
    bad = [(p["row"], p["column"], p["value"]) for p in run.problems if p["level"] == "bad"]
    assert bad == [(4, "Time", "25:99"), (5, "Channel", "lumen-agoro")]


def test_a_time_against_a_house_rule_is_pencilled_in_and_told(cast: Cast) -> None:
    quiet = Rules("", quiet=(Quiet(time(8), time(9)),))
    house.set_rules(cast.agora, quiet, by=cast.actor("admin"), now=NOW)
    run = imported(cast)
    told = [(p["row"], p["sentence"]) for p in run.problems if p["level"] == "warn"]
    assert [row for row, _sentence in told] == [2]
    assert told[0][1].startswith("Lumen Agora: These are quiet hours")
    assert (run.posts_made, run.rows_refused) == (3, 2)


def test_the_file_goes_when_it_has_served(cast: Cast) -> None:
    run = uploaded(cast)
    path = run.path
    assert default_storage.exists(path)
    imports.confirm(run, by=cast.actor("editor"), now=NOW)
    jobs.run_pending(queue="imports")
    assert not default_storage.exists(path)
    run.refresh_from_db()
    with pytest.raises(Conflict):
        imports.preview(run, by=cast.actor("editor"), now=NOW)


def test_a_job_that_runs_twice_makes_nothing_twice(cast: Cast) -> None:
    from unisono.rooms.imports.jobs import import_rows

    run = imported(cast)
    posts = Post.objects.count()
    import_rows(organization=str(run.organization_id), run=str(run.pk))
    assert Post.objects.count() == posts


def test_an_import_that_broke_off_goes_on_where_it_stopped(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from unisono.rooms.imports import making

    monkeypatch.setattr(making, "BATCH", 2)
    run = uploaded(cast)
    imports.confirm(run, by=cast.actor("editor"), now=NOW)
    run.refresh_from_db()
    work = making.begin(run, now=NOW)
    assert work is not None
    assert making.make_batch(work, now=NOW)
    jobs.run_pending(queue="imports")
    run.refresh_from_db()
    assert (run.state, run.posts_made, run.done_rows) == ("done", 3, 5)


def test_confirming_twice_is_refused(cast: Cast) -> None:
    run = imported(cast)
    with pytest.raises(Conflict):
        imports.confirm(run, by=cast.actor("editor"), now=NOW)


def test_undo_removes_what_is_untouched_and_names_the_rest(cast: Cast) -> None:
    run = imported(cast)
    editor = cast.actor("editor")
    glass = Post.objects.get(title="The glass")
    doors = Post.objects.get(title="The doors", text="We open our doors.")
    content.adapt_variant(glass.variants.get(), text="Other words.", by=editor, now=NOW)
    workflow.write_comment(doors, text="Nice!", by=editor, now=NOW)
    imports.undo(run, by=editor, now=NOW)
    jobs.run_pending(queue="imports")
    run.refresh_from_db()
    assert run.state == "undone"
    assert Post.objects.get(title="Undated").removed_at is not None
    glass.refresh_from_db()
    assert glass.removed_at is None
    assert {left["title"] for left in run.left} == {"The glass", "The doors", "Autumn light"}
    assert all(left["why"] for left in run.left)
    assert Campaign.objects.get(name="Autumn light").archived_at is None


def test_a_batch_tells_open_pages_once_of_each_kind(cast: Cast) -> None:
    lines = [f"{DAY},Post {n},Words {n},lumen-agora" for n in range(60)]
    run = uploaded(cast, "\n".join(["Date,Title,Text,Channel", *lines]))
    with CaptureQueriesContext(connection) as made:
        imports.confirm(run, by=cast.actor("editor"), now=NOW)
        jobs.run_pending(queue="imports")
    run.refresh_from_db()
    assert run.posts_made == 60
    told = [query["sql"] for query in made if "pg_notify" in query["sql"]]
    assert sum("post.written" in sql for sql in told) == 1
    assert sum("import.progress" in sql for sql in told) == 1
    assert len(told) < 10


def test_undoing_what_was_never_frozen_calls_nothing_back(cast: Cast) -> None:
    run = imported(cast)
    imports.undo(run, by=cast.actor("editor"), now=NOW)
    jobs.run_pending(queue="imports")
    assert not Event.objects.filter(kind="variant.dropped").exists()


def test_undo_of_an_untouched_import_leaves_nothing(cast: Cast) -> None:
    before = Post.objects.filter(removed_at=None).count()
    run = imported(cast)
    imports.undo(run, by=cast.actor("editor"), now=NOW)
    jobs.run_pending(queue="imports")
    run.refresh_from_db()
    assert (run.state, run.left, run.posts_made, run.campaigns_made) == ("undone", [], 0, 0)
    assert Post.objects.filter(removed_at=None).count() == before
    assert Campaign.objects.get(name="Autumn light").archived_at is not None


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        (["date"] * 7, "mapping"),
        (["date", "", "", "", "", "", ""], "mapping"),
        (["text"], "mapping"),
        (["text", "nonsense", "", "", "", "", ""], "mapping"),
    ],
)
def test_a_mapping_that_makes_no_sense(cast: Cast, mapping: list[str], field: str) -> None:
    run = uploaded(cast)
    with pytest.raises(Invalid) as refused:
        imports.map_columns(run, mapping=mapping, by=cast.actor("editor"), now=NOW)
    assert refused.value.field == field


def test_an_unknown_zone_for_the_run(cast: Cast) -> None:
    run = uploaded(cast)
    with pytest.raises(Invalid) as refused:
        imports.map_columns(
            run,
            mapping=run.mapping,
            zone="Nowhere/Land",
            department=run.department,
            by=cast.actor("editor"),
            now=NOW,
        )
    assert refused.value.field == "zone"


def test_a_file_that_is_none(cast: Cast) -> None:
    with pytest.raises(Unreadable) as refused:
        uploaded(cast, "", "plan.xlsx")
    assert refused.value.field == "file"


def test_who_may_import(cast: Cast) -> None:
    for role in ("viewer", "contributor"):
        with pytest.raises(NotAllowed):
            imports.upload(data=PLAN.encode(), name="p.csv", by=cast.actor(role), now=NOW)
    run = uploaded(cast)
    with pytest.raises(NotAllowed):
        imports.confirm(run, by=cast.actor("sales_editor"), now=NOW)
    assert imports.preview(run, by=cast.actor("admin"), now=NOW).good == 3


def test_a_department_one_cannot_write_for_is_unknown(cast: Cast) -> None:
    run = uploaded(cast, "Text,Department\nHello,Sales\n")
    seen = imports.preview(run, by=cast.actor("editor"), now=NOW)
    assert (seen.good, seen.bad) == (0, 1)
    assert seen.problems[0].column == "Department"


def test_another_organization_s_import_is_not_there(cast: Cast) -> None:
    run = uploaded(cast)
    with tenancy.within(cast.other.pk), pytest.raises(NotFound):
        queries.run(cast.actor("stranger"), run.pk)
    assert queries.run(cast.actor("editor"), run.pk) == run


def test_the_command_line(cast: Cast, tmp_path: Path) -> None:
    path, said = tmp_path / "plan.csv", []
    path.write_text(PLAN)
    posts, runs = Post.objects.count(), ImportRun.objects.count()
    editor = cast.actor("editor")
    code = command.run(path, dry_run=True, by=editor, now=NOW, say=said.append)
    assert (code, Post.objects.count(), ImportRun.objects.count()) == (2, posts, runs)
    assert any(line.startswith("Row 4, Time: ") for line in said)
    assert command.run(path, by=editor, now=NOW, say=said.append) == 2
    assert Post.objects.count() == posts + 3
    assert said[-1] == "3 posts and 1 campaigns were made."
    with pytest.raises(Invalid):
        command.run(tmp_path / "none.csv", by=editor, now=NOW, say=said.append)


def test_five_thousand_rows_within_a_minute(cast: Cast) -> None:
    lines = [
        f"{DAY},{hour % 24:02}:{hour % 60:02},Post {hour},Text number {hour},lumen-agora,Big plan"
        for hour in range(5_000)
    ]
    run = uploaded(cast, "\n".join(["Date,Time,Title,Text,Channel,Campaign", *lines]))
    start = stopwatch.monotonic()
    imports.confirm(run, by=cast.actor("editor"), now=NOW)
    jobs.run_pending(queue="imports")
    seconds = stopwatch.monotonic() - start
    run.refresh_from_db()
    assert (run.state, run.posts_made, run.rows_refused) == ("done", 5_000, 0)
    # A minute on a machine of one's own; the tests share theirs.
    assert seconds < 180
    print(f"5,000 rows in {seconds:.1f} s")

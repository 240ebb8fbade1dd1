"""Series: ordinary posts made ahead; nothing late, nothing double, nothing unapproved."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.cast import NOW, Cast
from tests.rooms.test_content import picture
from unisono.kernel import jobs
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed
from unisono.rooms.content import actions as content
from unisono.rooms.content import jobs as content_jobs
from unisono.rooms.content import occurrences
from unisono.rooms.content.models import Occurrence, Post, Series, Variant
from unisono.rooms.content.recurrence import End, Rule
from unisono.rooms.content.series import (
    Pattern,
    Rhythm,
    change_series,
    end_series,
    make_series,
    repeat_post,
    skip,
)
from unisono.rooms.library import actions as library
from unisono.rooms.notifications.models import Notice
from unisono.rooms.notifications.sentences import sentence
from unisono.rooms.people import actions as people
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.agenda import agenda
from unisono.rooms.publishing.jobs import report
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow

PARIS = "Europe/Paris"
TUESDAY = datetime(2026, 3, 10, 9, 0)
WEEKLY = Rhythm(Rule("week", 1, (1,)), TUESDAY, PARIS, End(count=30))


def pattern(cast: Cast, **values: Any) -> Pattern:
    given = {
        "title": "Tuesday lamp",
        "text": "One lamp, one story.",
        "department": cast.departments["Marketing"],
        "channels": [cast.agora, cast.chirp],
        "campaign": cast.campaign,
    }
    return Pattern(**{**given, **values})


def made(cast: Cast, rhythm: Rhythm = WEEKLY, by: str = "editor", **values: Any) -> Series:
    return make_series(pattern(cast, **values), rhythm, by=cast.actor(by), now=NOW)


def days_of(series: Series, state: str = "made") -> list[str]:
    rows = series.occurrences.filter(state=state).order_by("day")
    return [row.day.isoformat() for row in rows]


def posts_of(series: Series) -> list[Post]:
    rows = Post.objects.filter(occurrence__series=series, removed_at=None)
    return list(rows.order_by("occurrence__day"))


def told(kind: str) -> list[str]:
    jobs.run_pending()
    rows = Notice.objects.filter(kind=kind).order_by("member__name")
    return [sentence(kind, row.params) for row in rows]


def test_the_posts_of_the_window_are_made_at_once(cast: Cast) -> None:
    editor = cast.actor("editor")
    asset = library.add_asset(data=picture(), name="lamp.png", alt="A lamp", by=editor, now=NOW)
    series = made(cast, images=[(asset, None)], words={cast.chirp.pk: "Short."})
    assert days_of(series) == [
        "2026-03-10", "2026-03-17", "2026-03-24", "2026-03-31",
        "2026-04-07", "2026-04-14", "2026-04-21", "2026-04-28",
    ]  # fmt: skip
    post = posts_of(series)[3]
    assert (post.title, post.written_by, post.campaign) == (
        "Tuesday lamp", cast.members["editor"], cast.campaign
    )  # fmt: skip
    assert [image.alt for image in post.images.all()] == ["A lamp"]
    texts = {v.channel_id: v.words for v in post.variants.all()}
    assert texts == {cast.agora.pk: "One lamp, one story.", cast.chirp.pk: "Short."}
    variant = post.variants.all()[0]
    assert (variant.planned_wall, variant.planned_zone) == ("2026-03-31T09:00", PARIS)
    # Summer time since the 29th: 9 o'clock stays 9 o'clock.
    assert variant.planned_at is not None and variant.planned_at.hour == 7
    before = {v.digest for v in Variant.objects.filter(post=post)}
    content._changed(post, NOW)
    assert {v.digest for v in Variant.objects.filter(post=post)} == before


def test_the_generator_run_twice_makes_nothing_double(cast: Cast) -> None:
    series = made(cast)
    robot, later = system(cast.lumen), NOW + timedelta(days=14)
    assert len(occurrences.extend(series, by=robot, now=later)) == 2
    assert occurrences.extend(series, by=robot, now=later) == []
    assert len(posts_of(series)) == 10
    assert occurrences.extend(series, by=robot, now=NOW) == [], "a clock that went back"


def test_the_table_itself_refuses_a_second_post_for_a_day(cast: Cast) -> None:
    series = made(cast)
    (slot, *_more) = occurrences.slots_of(series)
    with pytest.raises(IntegrityError), transaction.atomic():
        occurrences._make_all(series, [slot], by=system(cast.lumen), now=NOW)
    assert len(posts_of(series)) == 8


def test_the_job_rings_once_for_what_is_not_made_yet(cast: Cast) -> None:
    short = Rhythm(WEEKLY.rule, TUESDAY, PARIS, End(count=2))
    made(cast, short)
    series = made(cast)
    assert content_jobs.make_ahead() == 1
    content_jobs.make_ahead()
    # The machine's clock is months ahead of the cast's: what passed meanwhile is missed.
    jobs.run_pending()
    series.refresh_from_db()
    assert series.made_until > NOW + timedelta(days=100)


def test_what_passed_while_nothing_ran_is_reported_and_not_made(cast: Cast) -> None:
    series = made(cast)
    late = NOW + timedelta(days=90)
    found = occurrences.extend(series, by=system(cast.lumen), now=late)
    assert days_of(series, "missed") == ["2026-05-05", "2026-05-12", "2026-05-19", "2026-05-26",
                                         "2026-06-02"]  # fmt: skip
    assert all(row.at > late for row in found if row.state == "made")
    assert all(v.planned_at > NOW for v in Variant.objects.filter(post__occurrence__series=series))
    sentences = told("series.unmade")
    assert len(sentences) == len(set(Notice.objects.values_list("member", flat=True)))
    assert sentences[0].startswith("5 posts of the series “Tuesday lamp” were not made")
    again = occurrences.extend(series, by=system(cast.lumen), now=late)
    assert again == [] and len(told("series.unmade")) == len(sentences)


def test_a_post_that_was_not_ready_is_missed_once(cast: Cast) -> None:
    series = made(cast, by="contributor")
    first = posts_of(series)[0]
    due = series.occurrences.get(post=first).at
    assert report(cast.lumen.pk, now=due - timedelta(seconds=1)) == 0
    assert report(cast.lumen.pk, now=due) == 1
    assert report(cast.lumen.pk, now=due + timedelta(hours=1)) == 0
    assert days_of(series, "missed") == ["2026-03-10"]
    sentences = told("occurrence.missed")
    people = Notice.objects.filter(kind="occurrence.missed")
    names = {n.member.name for n in people}
    assert "Contributor" in names and "Editor" in names and "Viewer" not in names
    assert "“Tuesday lamp” of March 10, 2026" in sentences[0]
    assert not Publication.objects.exists()


def test_a_change_after_a_standstill_first_reports_what_was_missed(cast: Cast) -> None:
    editor = cast.actor("editor")
    short = Rhythm(Rule("day"), datetime(2026, 5, 3, 12), PARIS, End(count=9))
    series = made(cast, short)
    assert days_of(series) == []
    late = datetime.fromisoformat("2026-05-03T10:30:00+00:00")
    change_series(series, pattern=pattern(cast, text="New."), rhythm=short, by=editor, now=late)
    assert days_of(series, "missed") == ["2026-05-03"]
    assert len(posts_of(series)) == 8 and {p.text for p in posts_of(series)} == {"New."}
    assert told("occurrence.unmade")[0].startswith("“Tuesday lamp” of May 3, 2026 was not made")
    with pytest.raises(Invalid):
        change_series(
            series,
            pattern=pattern(cast),
            rhythm=Rhythm(Rule("day"), short.wall, PARIS, End(count=1)),
            by=editor,
            now=late,
        )


def test_the_generator_works_for_an_author_who_has_left(cast: Cast) -> None:
    series = made(cast)
    people.suspend(cast.members["editor"], by=cast.actor("admin"), now=NOW)
    occurrences.extend(series, by=system(cast.lumen), now=NOW + timedelta(days=14))
    assert len(posts_of(series)) == 10
    report(cast.lumen.pk, now=NOW + timedelta(days=7))
    assert told("occurrence.missed")
    names = Notice.objects.values_list("member__name", flat=True)
    assert "Editor" not in names and "Approver" in names


def test_what_is_scheduled_is_not_missed(cast: Cast) -> None:
    series = made(cast)
    asked = workflow.ask_approval_of_series(series, by=cast.actor("editor"), now=NOW)
    assert (len(asked.posts), len(asked.requests)) == (8, 16)
    workflow.approve_post(posts_of(series)[0], by=cast.actor("approver"), now=NOW)
    jobs.run_pending()
    due = series.occurrences.get(day=date(2026, 3, 10)).at
    assert Publication.objects.filter(state="scheduled", due_at=due).count() == 2
    assert report(cast.lumen.pk, now=due) == 0
    assert report(cast.lumen.pk, now=due + timedelta(days=7)) == 1, "the second, not agreed to"


def test_a_series_gets_nothing_past_its_approvers(cast: Cast) -> None:
    contributor = cast.actor("contributor")
    series = made(cast, by="contributor")
    post = posts_of(series)[0]
    with pytest.raises(NotAllowed):
        publishing.schedule_post(post, by=contributor, now=NOW)
    with pytest.raises(publishing.NotCleared):
        publishing.schedule_post(post, by=cast.actor("editor"), now=NOW)
    workflow.ask_approval_of_series(series, by=contributor, now=NOW)
    with pytest.raises(NotAllowed):
        workflow.approve_post(post, by=contributor, now=NOW)
    workflow.approve_post(post, by=cast.actor("approver"), now=NOW)
    jobs.run_pending()
    # The agreement is bound to the words that were read; those of the pattern reach it no more.
    change_series(
        series, pattern=pattern(cast, text="Other words."), rhythm=WEEKLY, by=contributor, now=NOW
    )
    post.refresh_from_db()
    assert post.text == "One lamp, one story."
    assert set(Publication.objects.values_list("state", flat=True)) == {"scheduled"}


@pytest.mark.parametrize("name", ["viewer", "sales_editor"])
def test_who_does_not_write_there_makes_and_changes_no_series(cast: Cast, name: str) -> None:
    series, actor = made(cast), cast.actor(name)
    for refused in (
        lambda: make_series(pattern(cast), WEEKLY, by=actor, now=NOW),
        lambda: repeat_post(cast.post, WEEKLY, by=actor, now=NOW),
        lambda: change_series(series, pattern=pattern(cast), rhythm=WEEKLY, by=actor, now=NOW),
        lambda: skip(series, day=date(2026, 3, 17), by=actor, now=NOW),
        lambda: end_series(series, by=actor, now=NOW),
        lambda: workflow.ask_approval_of_series(series, by=actor, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_approvers_hear_once_of_many_posts(cast: Cast) -> None:
    series = made(cast)
    workflow.ask_approval_of_series(series, note="As ever.", by=cast.actor("editor"), now=NOW)
    sentences = told("series.asked")
    assert sentences[0] == "Editor asks for your approval of 8 posts of “Tuesday lamp”."
    assert len(sentences) == Notice.objects.values("member").distinct().count()
    with pytest.raises(workflow.NothingToAsk):
        workflow.ask_approval_of_series(series, by=cast.actor("editor"), now=NOW)


def test_what_breaks_a_rule_keeps_the_others_from_nothing(cast: Cast) -> None:
    series = made(cast)
    bad = posts_of(series)[1]
    for variant in bad.variants.all():
        content.adapt_variant(variant, text="x" * 4000, by=cast.actor("editor"), now=NOW)
    asked = workflow.ask_approval_of_series(series, by=cast.actor("editor"), now=NOW)
    assert (len(asked.posts), asked.not_ready) == (7, [bad])
    broken = made(cast, title="Long", text="x" * 4000)
    with pytest.raises(content.NotReady):
        workflow.ask_approval_of_series(broken, by=cast.actor("editor"), now=NOW)


def test_a_change_reaches_only_what_nobody_touched(cast: Cast) -> None:
    editor = cast.actor("editor")
    series = made(cast)
    edited, moved, asked, *rest = posts_of(series)
    variant = edited.variants.get(channel=cast.chirp)
    content.adapt_variant(variant, text="By hand.", by=editor, now=NOW)
    publishing.move_post(moved, wall=datetime(2026, 3, 18, 11), zone=PARIS, by=editor, now=NOW)
    workflow.ask_approval(asked, by=editor, now=NOW)
    new = pattern(cast, title="Wednesday lamp", text="New words.", channels=[cast.agora])
    at_ten = Rhythm(WEEKLY.rule, datetime(2026, 3, 10, 10), PARIS, WEEKLY.end)
    counts = change_series(series, pattern=new, rhythm=at_ten, by=editor, now=NOW)
    assert (counts.followed, counts.removed, counts.made, counts.left) == (5, 0, 0, 3)
    for post in (edited, moved, asked):
        post.refresh_from_db()
        assert post.title == "Tuesday lamp" and post.text == "One lamp, one story."
    for post in rest:
        post.refresh_from_db()
        (variant,) = post.variants.filter(dropped_at=None)
        assert (post.title, variant.words, variant.planned_wall[11:]) == (
            "Wednesday lamp", "New words.", "10:00"
        )  # fmt: skip
    assert len(posts_of(series)) == 8


def test_a_new_rule_takes_back_what_it_no_longer_means(cast: Cast) -> None:
    editor = cast.actor("editor")
    series = made(cast)
    kept = posts_of(series)[0]
    workflow.ask_approval(kept, by=editor, now=NOW)
    skip(series, day=date(2026, 3, 24), by=editor, now=NOW)
    fortnight = Rhythm(Rule("week", 1, (1, 3)), TUESDAY, PARIS, End(until=date(2026, 3, 31)))
    counts = change_series(series, pattern=pattern(cast), rhythm=fortnight, by=editor, now=NOW)
    assert (counts.followed, counts.removed, counts.made, counts.left) == (2, 4, 3, 1)
    assert days_of(series) == [
        "2026-03-10", "2026-03-12", "2026-03-17", "2026-03-19", "2026-03-26", "2026-03-31",
    ]  # fmt: skip
    assert days_of(series, "skipped") == ["2026-03-24"]
    assert len(posts_of(series)) == 6


def test_a_change_started_from_an_older_copy_is_refused(cast: Cast) -> None:
    editor, series = cast.actor("editor"), made(cast)
    version = series.version
    change_series(series, pattern=pattern(cast), rhythm=WEEKLY, by=editor, now=NOW)
    with pytest.raises(content.Outdated):
        change_series(
            series, pattern=pattern(cast), rhythm=WEEKLY, version=version, by=editor, now=NOW
        )


def test_skipped_is_skipped(cast: Cast) -> None:
    editor, series = cast.actor("editor"), made(cast)
    row = skip(series, day=date(2026, 3, 17), by=editor, now=NOW)
    assert row.state == "skipped" and row.post is not None and row.post.removed_at
    assert skip(series, day=date(2026, 3, 17), by=editor, now=NOW) == row
    beyond = skip(series, day=date(2026, 5, 12), by=editor, now=NOW)
    assert beyond.post is None
    occurrences.extend(series, by=system(cast.lumen), now=NOW + timedelta(days=60))
    found = days_of(series)
    assert "2026-03-17" not in found and "2026-05-12" not in found and "2026-05-05" in found
    with pytest.raises(Invalid):
        skip(series, day=date(2026, 3, 18), by=editor, now=NOW)
    with pytest.raises(Conflict):
        skip(series, day=date(2026, 3, 10), by=editor, now=NOW + timedelta(days=10))


def test_a_removed_post_is_a_skipped_day(cast: Cast) -> None:
    editor, series = cast.actor("editor"), made(cast)
    content.remove_post(posts_of(series)[0], by=editor, now=NOW)
    assert days_of(series, "skipped") == ["2026-03-10"]
    assert report(cast.lumen.pk, now=NOW + timedelta(days=6)) == 0


def test_ending_takes_back_what_nobody_touched(cast: Cast) -> None:
    editor, series = cast.actor("editor"), made(cast)
    asked = posts_of(series)[0]
    workflow.ask_approval(asked, by=editor, now=NOW)
    counts = end_series(series, by=editor, now=NOW)
    assert (counts.removed, counts.left) == (7, 1)
    assert posts_of(series) == [asked]
    occurrences.extend(series, by=system(cast.lumen), now=NOW + timedelta(days=30))
    assert posts_of(series) == [asked]
    for refused in (
        lambda: end_series(series, by=editor, now=NOW),
        lambda: change_series(series, pattern=pattern(cast), rhythm=WEEKLY, by=editor, now=NOW),
    ):
        with pytest.raises(Conflict):
            refused()


def test_a_post_without_a_time_becomes_the_first(cast: Cast) -> None:
    editor = cast.actor("editor")
    series = repeat_post(cast.post, WEEKLY, by=editor, now=NOW)
    first = series.occurrences.get(day=date(2026, 3, 10))
    assert first.post == cast.post and len(posts_of(series)) == 8
    walls = {v.planned_wall for v in cast.post.variants.all()}
    assert walls == {"2026-03-10T09:00"}
    with pytest.raises(Conflict):
        repeat_post(cast.post, WEEKLY, by=editor, now=NOW)


def test_a_post_with_another_time_stays_what_it_is(cast: Cast) -> None:
    editor = cast.actor("editor")
    publishing.move_post(cast.post, wall=datetime(2026, 3, 6, 8), zone=PARIS, by=editor, now=NOW)
    series = repeat_post(cast.post, WEEKLY, by=editor, now=NOW)
    assert cast.post not in posts_of(series) and len(posts_of(series)) == 8
    assert series.title == cast.post.title


@pytest.mark.parametrize(
    ("field", "rhythm"),
    [
        ("ends", Rhythm(Rule("day"), TUESDAY, PARIS, End())),
        ("ends", Rhythm(Rule("day"), TUESDAY, PARIS, End(date(2026, 4, 1), 3))),
        ("count", Rhythm(Rule("day"), TUESDAY, PARIS, End(count=201))),
        ("count", Rhythm(Rule("month"), TUESDAY, PARIS, End(count=26))),
        ("until", Rhythm(Rule("day"), TUESDAY, PARIS, End(until=date(2026, 3, 9)))),
        ("until", Rhythm(Rule("day"), TUESDAY, PARIS, End(until=date(2028, 3, 11)))),
        ("until", Rhythm(Rule("day"), TUESDAY, PARIS, End(until=date(2027, 3, 9)))),
        ("until", Rhythm(Rule("week", 1, (4,)), TUESDAY, PARIS, End(until=date(2026, 3, 11)))),
        ("at", Rhythm(Rule("day"), datetime(2026, 3, 4, 9), PARIS, End(count=3))),
        ("at", Rhythm(Rule("day"), datetime(1, 1, 1), PARIS, End(count=3))),
        ("day", Rhythm(Rule("year"), datetime(9999, 12, 31, 23), PARIS, End(count=3))),
        ("zone", Rhythm(Rule("day"), TUESDAY, "Mars/Olympus", End(count=3))),
        ("every", Rhythm(Rule("hour"), TUESDAY, PARIS, End(count=3))),
        ("interval", Rhythm(Rule("day", 0), TUESDAY, PARIS, End(count=3))),
        ("weekdays", Rhythm(Rule("week", 1, (7,)), TUESDAY, PARIS, End(count=3))),
        ("nth", Rhythm(Rule("month", 1, (1,), 5), TUESDAY, PARIS, End(count=3))),
    ],
)
def test_a_rhythm_that_cannot_be_is_refused_at_its_field(
    cast: Cast, field: str, rhythm: Rhythm
) -> None:
    with pytest.raises(Invalid) as refused:
        made(cast, rhythm)
    assert refused.value.field == field
    assert not Series.objects.exists()


def test_a_series_needs_a_channel(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        made(cast, channels=[])
    assert refused.value.field == "channels"


def test_the_calendar_knows_the_series_of_an_item(cast: Cast) -> None:
    series = made(cast)
    items = agenda(cast.actor("viewer"), NOW, NOW + timedelta(days=8))
    assert {item.series_id for item in items} == {series.pk}


def test_everything_is_of_its_organization(cast: Cast) -> None:
    series = made(cast)
    assert set(Occurrence.objects.values_list("organization_id", flat=True)) == {cast.lumen.pk}
    assert series.organization_id == cast.lumen.pk

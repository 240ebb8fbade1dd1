"""Series on screen: the form with its dates, the page of one, and where they are reached from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.cast import NOW, Cast
from tests.pictures import png
from tests.screens.conftest import Browser, browser
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post, Series
from unisono.rooms.content.recurrence import End, Rule
from unisono.rooms.content.series import Pattern, Rhythm, make_series, skip
from unisono.rooms.library import actions as library
from unisono.screens.series.words import end_words, rule_words

EVE = datetime(2099, 3, 9, 9, tzinfo=UTC)
"""Ahead of the real clock, which the doors ask."""
RHYTHM = {
    "day": "2099-03-10",
    "at": "09:00",
    "zone": "Europe/Paris",
    "interval": "2",
    "every": "week",
    "weekdays": ["1", "3"],
    "ends": "count",
    "count": "5",
}


def form(cast: Cast, **values: Any) -> dict[str, Any]:
    return {
        "title": "Tuesday lamp",
        "text": "One lamp, one story.",
        "language": "en",
        "department": str(cast.departments["Marketing"].pk),
        "channels": [str(cast.agora.pk), str(cast.chirp.pk)],
        **RHYTHM,
        **values,
    }


@pytest.fixture
def series(cast: Cast) -> Series:
    pattern = Pattern(
        title="Tuesday lamp",
        text="One lamp, one story.",
        department=cast.departments["Marketing"],
        channels=[cast.agora, cast.chirp],
        campaign=cast.campaign,
    )
    rhythm = Rhythm(Rule("week"), datetime(2099, 3, 10, 9), "Europe/Paris", End(count=20))
    return make_series(pattern, rhythm, by=cast.actor("editor"), now=EVE)


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_series_is_made_in_one_form(cast: Cast, editor: Browser) -> None:
    assert "Make the series" in text_of(editor.get("/series/new/"))
    answer = editor.post("/series/new/", {**form(cast), "image": _file()})
    series = Series.objects.get()
    assert answer.headers["Location"] == f"/series/{series.pk}/"
    assert (series.rule, series.count) == (Rule("week", 2, (1, 3)), 5)
    assert [image.asset.name for image in series.images.all()] == ["lamp.png"]
    page = text_of(editor.get(answer.headers["Location"]))
    assert "Every 2 weeks on Tuesday and Thursday" in page
    assert "5 times" in page and "09:00" in page


def _file() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("lamp.png", png(), "image/png")


def test_what_was_typed_stays_when_something_is_wrong(cast: Cast, editor: Browser) -> None:
    answer = editor.post("/series/new/", form(cast, count="", title="Keep me", zone="Mars/Base"))
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Keep me" in page and "Mars/Base" in page and "One lamp, one story." in page
    assert "Say when the series ends" in page
    answer = editor.post("/series/new/", form(cast, zone="Mars/Base"))
    assert answer.status_code == 422 and "is not a time zone we know" in text_of(answer)
    gone = editor.post("/series/new/", form(cast, day="2020-03-10"))
    assert gone.status_code == 422 and "has passed already" in text_of(gone)
    assert not Series.objects.exists()


def test_the_dates_are_foretold_with_what_the_clocks_do(cast: Cast, editor: Browser) -> None:
    typed = {**RHYTHM, "every": "day", "interval": "1", "day": "2027-03-27", "at": "02:30"}
    page = text_of(editor.htmx("GET", "/series/dates/", typed))
    assert "Every day" in page
    assert "Sun 28 Mar 2027, 03:30 CEST" in page and "it goes out at 03:30" in page
    typed |= {"day": "2027-10-30", "count": "30"}
    page = text_of(editor.htmx("GET", "/series/dates/", typed))
    assert "the first is meant" in page and "and 20 more" in page
    typed |= {"every": "month", "day": "2027-01-31", "count": "4"}
    page = text_of(editor.htmx("GET", "/series/dates/", typed))
    assert "In shorter months it is the last day." in page and "30 Apr" in page
    assert "dates stand here" in text_of(editor.htmx("GET", "/series/dates/", {}))
    page = text_of(editor.htmx("GET", "/series/dates/", {**typed, "zone": "Mars/Base"}))
    assert "is not a time zone we know" in page


def test_a_post_is_repeated_from_its_composer(cast: Cast, editor: Browser) -> None:
    page = text_of(editor.get(f"/posts/{cast.post.pk}/"))
    assert f"/series/new/?post={cast.post.pk}" in page
    there = f"/series/new/?post={cast.post.pk}"
    assert "Repeat “The doors”" in text_of(editor.get(there))
    answer = editor.post(there, RHYTHM)
    series = Series.objects.get()
    assert answer.headers["Location"] == f"/series/{series.pk}/"
    assert series.text == cast.post.text
    page = text_of(editor.get(f"/posts/{cast.post.pk}/"))
    assert f"/series/{series.pk}/" in page and "One of a series" in page
    assert editor.post(there, RHYTHM).status_code == 422, "a post is in one series"


def test_the_page_tells_each_date_and_its_badge(
    cast: Cast, series: Series, editor: Browser
) -> None:
    first = Post.objects.filter(occurrence__series=series).order_by("occurrence__day")[0]
    variant = first.variants.first()
    content.adapt_variant(variant, text="By hand.", by=cast.actor("editor"), now=EVE)
    skip(series, day=date(2099, 3, 17), by=cast.actor("editor"), now=EVE)
    page = text_of(editor.get(f"/series/{series.pk}/"))
    assert "by hand" in page and "skipped" in page and "not made yet" in page
    assert "Ask for approval of" in page and "Skip Tue 24 Mar" in page
    part = editor.htmx("GET", f"/series/{series.pk}/")
    assert b"<html" not in part.content and b'id="occurrences"' in part.content


def test_skip_ask_and_end_from_the_page(cast: Cast, series: Series, editor: Browser) -> None:
    there = f"/series/{series.pk}"
    editor.post(f"{there}/skipping/", {"day": "2099-03-17"})
    assert series.occurrences.get(day="2099-03-17").state == "skipped"
    assert editor.post(f"{there}/skipping/", {"day": "soon"}).status_code == 422
    answer = editor.post(f"{there}/approvals/", {"note": "As ever"}, follow=True)
    assert "Approval asked for 8 posts." in text_of(answer)
    answer = editor.post(f"{there}/ending/", follow=True)
    page = text_of(answer)
    assert "The series has ended." in page and "8 posts that were edited" in page
    assert "End the series" not in page


def test_a_change_keeps_and_drops_images_and_own_words(
    cast: Cast, series: Series, editor: Browser
) -> None:
    by = cast.actor("editor")
    asset = library.add_asset(data=png(), name="lamp.png", alt="A lamp", by=by, now=NOW)
    rhythm = {"interval": "1", "weekdays": ["1"], "count": "20"}
    own = {f"words-{cast.chirp.pk}": "Short.", "version": "1"}
    there = f"/series/{series.pk}/edit/"
    page = text_of(editor.get(there))
    assert "Own text for Lumen Chirp" in page and "nobody touched follow the change" in page
    answer = editor.post(there, {**form(cast, **rhythm), **own, "image": _file()}, follow=True)
    assert "posts follow." in text_of(answer)
    post = Post.objects.filter(occurrence__series=series, removed_at=None).latest("occurrence__day")
    assert post.variants.get(channel=cast.chirp).words == "Short."
    assert post.images.count() == 1 and asset.pk
    stale = editor.post(there, form(cast, version="1", **rhythm))
    assert stale.status_code == 422 and "Somebody else changed this series" in text_of(stale)
    editor.post(there, form(cast, **rhythm))
    assert series.images.count() == 0


def test_a_list_of_follow_ups_is_written_in_the_form(
    cast: Cast, series: Series, editor: Browser
) -> None:
    """A button changes the list and saves nothing; what was typed beside it stays."""
    there, mine = f"/series/{series.pk}/edit/", str(cast.chirp.pk)
    typed = form(
        cast, version="1", interval="1", weekdays=["1"], count="20", title="Furnace", **{
            "parts-common": "1", "part-common-1": "Two", f"parts-{mine}": "0",
        }
    )  # fmt: skip
    added = editor.post(there, typed | {"act": "add:common"})
    page = text_of(added)
    assert added.status_code == 200 and 'name="part-common-2"' in page and "Furnace" in page
    series.refresh_from_db()
    assert series.title == "Tuesday lamp"
    moved = editor.post(
        there, typed | {"parts-common": "2", "part-common-2": "Three", "act": "up:common:2"}
    )
    assert text_of(moved).index("Three") < text_of(moved).index("> Two")
    own = {f"parts-{mine}": "1", f"part-{mine}-1": "First comment"}
    assert editor.post(there, typed | own).status_code == 302
    post = Post.objects.filter(occurrence__series=series, removed_at=None).first()
    assert post
    assert {v.channel.name: v.parts for v in post.variants.all()} == {
        "Lumen Agora": ["Two"], "Lumen Chirp": ["First comment"]
    }  # fmt: skip
    page = text_of(editor.get(f"/series/{series.pk}/"))
    assert "First comment" in page and "Two" in page
    # The common ones change, and what was equal to them follows; the other's own stays.
    again = typed | own | {"version": "2", "part-common-1": "Zwei"}
    editor.post(there, again | {f"parts-{cast.agora.pk}": "1", f"part-{cast.agora.pk}-1": "Two"})
    post.refresh_from_db()
    assert {v.channel.name: v.parts for v in post.variants.all()} == {
        "Lumen Agora": ["Zwei"], "Lumen Chirp": ["First comment"]
    }  # fmt: skip


def test_series_are_found_from_posts_campaigns_and_the_calendar(
    cast: Cast, series: Series, viewer: Browser
) -> None:
    assert "/series/" in text_of(viewer.get("/posts/"))
    campaign = text_of(viewer.get(f"/campaigns/{cast.campaign.pk}/"))
    assert f"/series/?campaign={cast.campaign.pk}" in campaign
    found = text_of(viewer.get(f"/series/?campaign={cast.campaign.pk}"))
    assert "Tuesday lamp" in found and "Every week on Tuesday" in found
    assert "No series here" in text_of(viewer.get("/series/?campaign=" + str(series.pk)))
    for view in ("month", "list"):
        assert "One of a series" in text_of(viewer.get(f"/calendar/?view={view}&day=2099-03-09"))


def test_who_only_reads_finds_no_buttons(cast: Cast, series: Series) -> None:
    page = text_of(browser(cast, "viewer").get(f"/series/{series.pk}/"))
    assert "Ask for approval of" not in page and "skipping" not in page and "ending" not in page


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Rule("day"), "Every day"),
        (Rule("day", 3), "Every 3 days"),
        (Rule("week", 1, (0, 2, 4)), "Every week on Monday, Wednesday, and Friday"),
        (Rule("month"), "Every month on day 31"),
        (Rule("month", 2, (4,), -1), "Every 2 months on the last Friday"),
        (Rule("year"), "Every year on 31 January"),
    ],
)
def test_rules_in_words(rule: Rule, said: str) -> None:
    assert rule_words(rule, date(2026, 1, 31)) == said


def test_ends_in_words() -> None:
    assert end_words(End(count=1)) == "1 time"
    assert end_words(End(until=date(2027, 3, 31))) == "until Wednesday 31 March 2027"

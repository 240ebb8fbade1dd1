"""The timeline: the calendar's agenda in lanes, and what is moved on it."""

from __future__ import annotations

import json
import random
import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from tests.cast import NOW, Cast
from tests.screens.conftest import Browser, browser
from tests.screens.test_calendar import DAY, PARIS, WALL, agreed, many, pencilled
from unisono.kernel.clock import start_of_day
from unisono.rooms.content import actions as content
from unisono.rooms.content import ideas
from unisono.rooms.content.models import Idea, Post, PostAudience, Variant
from unisono.rooms.content.queries import variants_of
from unisono.rooms.plan import audiences
from unisono.rooms.plan.models import CampaignAudience
from unisono.rooms.publishing import timeline as lanes
from unisono.rooms.publishing.agenda import Filters, agenda
from unisono.rooms.publishing.models import Publication
from unisono.screens.timeline import layout
from unisono.screens.timeline.window import ZOOMS, window

FIRST = {"day": "2099-02-01"}


def shown(browser: Browser, asked: dict[str, str]) -> str:
    return browser.htmx("get", reverse("timeline"), asked).text


def variants_on(page: str) -> set[UUID]:
    return {UUID(pk) for pk in re.findall(r'data-variant="([^"]+)"', page)}


def counted_on(page: str) -> int:
    return sum(int(n) for n in re.findall(r"data-grade[^>]*>(\d+)<", page))


# --- what it shows ---


def test_every_view_of_the_plan_shows_the_same_set(cast: Cast, viewer: Browser) -> None:
    """Whatever the filters: month, week, day, list and timeline show what one question answers."""
    pencilled(cast)
    many(cast, 6, days=1)
    Variant.objects.filter(post__title__startswith="Post").update(
        planned_at=datetime.fromisoformat("2099-03-11T08:50+01:00")
    )
    chance = random.Random(11)
    choices = {
        "department": [d.pk for d in cast.departments.values()],
        "channel": [cast.agora.pk, cast.chirp.pk],
        "campaign": [cast.campaign.pk],
        "objective": [cast.objective.pk],
        "state": ["draft", "approved"],
    }
    by = list(lanes.GROUPINGS)
    full = 0
    for turn in range(4):
        asked = {n: str(chance.choice(c)) for n, c in choices.items() if chance.random() < 0.3}
        sets = [
            set(
                re.findall(
                    r"Post \d|The doors",
                    viewer.htmx("get", reverse("calendar"), {**DAY, **asked, "view": view}).text,
                )
            )
            for view in ("month", "week", "day", "list")
        ]
        page = shown(viewer, {**DAY, **asked, "zoom": "week", "by": by[turn]})
        sets.append(set(re.findall(r"Post \d|The doors", page)))
        assert all(found == sets[0] for found in sets), asked
        full += bool(sets[0])
    assert full


def test_each_zoom_counts_what_the_agenda_answers(cast: Cast) -> None:
    many(cast, 14, days=9)
    agreed(cast)
    Publication.objects.update(state="held", reason_code="late")
    for filters in (Filters(), Filters(states=("draft",)), Filters(states=("held", "approved"))):
        for zoom, by in zip(ZOOMS, [*lanes.GROUPINGS, *lanes.GROUPINGS][: len(ZOOMS)], strict=True):
            around = window(zoom, date(2099, 2, 10), "en")
            start, end = (
                start_of_day(day, PARIS) for day in (around.first, around.last + timedelta(1))
            )
            found = agenda(cast.actor("viewer"), start, end, filters)
            line = lanes.timeline(
                cast.actor("viewer"), around.first, around.last, by=by, filters=filters
            )
            drawn = layout.laid_out(line.groups, around, PARIS)
            assert line.number == len(found), (zoom, filters)
            each = [lane for group in drawn for lane in group.lanes]
            summed = (
                sum(one.number for lane in each for one, *_rest in lane.densities)
                if around.counted
                else sum(len(lane.notes) + sum(m.number for m in lane.more) for lane in each)
            )
            assert summed == len(found), (zoom, filters)


def test_a_post_lies_in_the_lane_of_everybody_it_speaks_to(cast: Cast) -> None:
    agreed(cast)
    by = cast.actor("admin")
    parents, makers, nobody = (
        audiences.describe(name=name, by=by, now=NOW) for name in ("Parents", "Makers", "Nobody")
    )
    CampaignAudience.objects.create(campaign=cast.campaign, audience=nobody)
    for one in (parents, makers):
        PostAudience.objects.create(post=cast.post, audience=one)
    for last in (12, 91):
        first = date(2099, 3, 9)
        line = lanes.timeline(by, first, first + timedelta(last), by="audience")
        assert {group.name: group.number for group in line.groups} == {"Makers": 2, "Parents": 2}
    PostAudience.objects.all().delete()
    (group,) = lanes.timeline(by, first, first + timedelta(12), by="audience").groups
    assert (group.name, group.number) == ("Nobody", 2)


def test_a_year_is_counted_by_weeks_that_lead_to_their_fortnight(
    cast: Cast, viewer: Browser
) -> None:
    many(cast, 12, days=4)
    page = shown(viewer, {**FIRST, "zoom": "year"})
    assert counted_on(page) == 12
    assert 'class="note"' not in page
    (link, *_rest) = re.findall(r'class="timeline-density" href="([^"]+)"', page)
    assert "zoom=fortnight" in link
    assert viewer.get(link.replace("&amp;", "&")).text.count("Post ") >= 4


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("department", ("Marketing", "Lumen Agora", "Lumen Chirp")),
        ("campaign", ("Lyon opening", "Lumen Agora", "Lumen Chirp")),
        ("objective", ("Brand reach", "Lumen Agora", "Lumen Chirp")),
    ],
)
def test_lanes_are_channels_within_groups(
    by: str, names: tuple[str, ...], cast: Cast, viewer: Browser
) -> None:
    pencilled(cast)
    page = shown(viewer, {**DAY, "by": by})
    assert page.count('class="note"') == 2
    assert page.count('class="timeline-row timeline-lane"') == 2
    assert all(name in page for name in names)
    assert f'data-wall="{WALL:%Y-%m-%dT%H:%M}"' in page


def test_all_channels_can_be_shown_to_lay_something_on(cast: Cast, admin: Browser) -> None:
    page = shown(admin, {**DAY, "lanes": "all"})
    assert page.count('class="timeline-row timeline-lane"') == 2 * len(cast.departments)
    assert "Sales" in shown(admin, DAY)


def test_campaigns_key_dates_weekends_and_the_zone_are_there(cast: Cast, viewer: Browser) -> None:
    cast.campaign.starts_on, cast.campaign.ends_on = date(2099, 3, 1), date(2099, 3, 12)
    cast.campaign.save()
    page = viewer.get(reverse("timeline"), DAY).text
    stretch = page[page.index("timeline-stretch") :]
    assert 'data-x="0"' in stretch and f'data-w="{4 * 1440}"' in stretch and "data-early" in stretch
    assert cast.objective.name in stretch
    assert page.count("timeline-weekend") == 4
    assert PARIS in page


def test_notes_stand_at_their_minute_in_the_readers_zone(cast: Cast) -> None:
    pencilled(cast)
    member = cast.members["viewer"]
    member.zone = "Asia/Tokyo"
    member.save()
    page = shown(browser(cast, "viewer"), {**DAY, "zoom": "day"})
    assert f'data-x="{16 * 60 + 50}"' in page
    assert 'data-wall="2099-03-11T16:50"' in page


@pytest.mark.parametrize("zoom", ["fortnight", "year"])
def test_a_window_asks_a_constant_number_of_questions(
    zoom: str, cast: Cast, viewer: Browser, django_assert_max_num_queries: Any
) -> None:
    many(cast, 4)
    viewer.get(reverse("timeline"), {**FIRST, "zoom": zoom})
    counts = []
    for more in (0, 9):
        many(cast, more)
        with django_assert_max_num_queries(32) as asked:
            page = viewer.get(reverse("timeline"), {**FIRST, "zoom": zoom, "shelf": "1"})
        counts.append(len(asked))
        assert page.status_code == 200
    assert counts[0] == counts[1]


def test_forty_posts_a_day_can_be_read(cast: Cast, viewer: Browser) -> None:
    many(cast, 40, days=1)
    page = shown(viewer, FIRST)
    more = sum(int(n) for n in re.findall(r"timeline-more[^>]*>\+(\d+)<", page))
    assert more + page.count('class="note"') == 40
    assert page.count('class="note"') >= 2 * layout.ROWS["fortnight"]
    (link, *_rest) = re.findall(r'hx-get="([^"]*timeline/day/[^"]*)"', page)
    assert viewer.get(link.replace("&amp;", "&")).text.count("Post ") == 20
    assert shown(viewer, {**FIRST, "zoom": "day"}).count('class="note"') == 40


def test_what_needs_a_person_finds_its_place_first() -> None:
    assert layout.stacked([0, 1, 2], [2, 0, 1], width=10, most=1) == [None, None, 0]
    assert layout.stacked([0, 10, 5], [0, 1, 2], width=10, most=2) == [0, 0, 1]


@pytest.mark.parametrize(
    ("zoom", "first", "last"),
    [
        ("day", date(2026, 3, 11), date(2026, 3, 11)),
        ("week", date(2026, 3, 9), date(2026, 3, 15)),
        ("fortnight", date(2026, 3, 9), date(2026, 3, 22)),
        ("month", date(2026, 3, 1), date(2026, 3, 31)),
        ("quarter", date(2026, 1, 1), date(2026, 3, 31)),
        ("year", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_windows(zoom: str, first: date, last: date) -> None:
    around = window(zoom, date(2026, 3, 11), "en")
    assert (around.first, around.last) == (first, last)
    assert window(zoom, around.later, "en").first == last + timedelta(1)
    assert window(zoom, around.earlier, "en").last == first - timedelta(1)


def test_the_first_home_of_the_timeline_leads_to_it(cast: Cast, viewer: Browser) -> None:
    old = {"view": "timeline", **DAY, "lanes": "campaign", "state": "draft"}
    answer = viewer.get(reverse("calendar"), old)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/timeline/?day=2099-03-11&state=draft&by=campaign"
    odd = {"zoom": "decade", "by": "moon", "day": "soon", "department": "mine"}
    assert viewer.get(reverse("timeline"), odd).status_code == 200


# --- what is moved ---


def moved(who: Browser, *moves: dict[str, Any]) -> Any:
    return who.post(reverse("timeline.moves"), {"moves": json.dumps(list(moves))})


def wall_of(variant: Variant) -> str:
    return Variant.objects.get(pk=variant.pk).planned_wall


def test_a_note_moves_and_the_answer_takes_it_back(cast: Cast, editor: Browser) -> None:
    variant = pencilled(cast)[0]
    answer = moved(editor, {"variant": str(variant.pk), "wall": "2099-03-12T10:15"}).json()
    assert answer["moved"][0]["wall"] == wall_of(variant) == "2099-03-12T10:15"
    assert moved(editor, *answer["undo"]).status_code == 200
    assert wall_of(variant) == "2099-03-11T08:50"


def test_an_undo_does_not_undo_what_somebody_did_since(cast: Cast, editor: Browser) -> None:
    variant = pencilled(cast)[0]
    answer = moved(editor, {"variant": str(variant.pk), "wall": "2099-03-12T10:15"}).json()
    moved(editor, {"variant": str(variant.pk), "wall": "2099-03-13T10:15"})
    refused = moved(editor, *answer["undo"])
    assert refused.status_code == 409
    assert "in between" in refused.json()["refused"][0]["sentence"]
    assert wall_of(variant) == "2099-03-13T10:15"


def test_a_shift_moves_each_or_says_why_not(cast: Cast, editor: Browser) -> None:
    first, second = pencilled(cast)
    content.plan_variant(second, wall=None, zone=PARIS, by=cast.actor("editor"), now=NOW)
    asked = {"variant": [str(first.pk), str(second.pk)], "minutes": str(7 * 1440)}
    answer = editor.post(reverse("timeline.shift"), asked).json()
    assert wall_of(first) == "2099-03-18T08:50"
    (refused,) = answer["refused"]
    assert refused["variant"] == str(second.pk)
    assert refused["title"] == "The doors"
    moved(editor, *answer["undo"])
    assert wall_of(first) == "2099-03-11T08:50"


def test_a_shift_over_a_change_of_clocks_keeps_the_hour(cast: Cast, editor: Browser) -> None:
    (variant, _other) = pencilled(cast, datetime.fromisoformat("2099-03-25T08:50"))
    before = Variant.objects.get(pk=variant.pk).planned_at
    editor.post(reverse("timeline.shift"), {"variant": [str(variant.pk)], "minutes": "10080"})
    variant.refresh_from_db()
    assert variant.planned_wall == "2099-04-01T08:50"
    assert before and variant.planned_at
    assert variant.planned_at - before == timedelta(days=7) - timedelta(hours=1)


@pytest.mark.parametrize("door", ["moves", "shift"])
def test_a_contributor_moves_nothing_that_is_scheduled(door: str, cast: Cast) -> None:
    """Neither a drag nor a shift carries a post past an approval."""
    row = agreed(cast)[0]
    contributor = browser(cast, "contributor")
    answer = (
        moved(contributor, {"variant": str(row.variant_id), "wall": "2099-03-20T08:50"})
        if door == "moves"
        else contributor.post(
            reverse("timeline.shift"), {"variant": [str(row.variant_id)], "minutes": "60"}
        )
    )
    assert answer.status_code == 403
    assert answer.json()["refused"][0]["sentence"].endswith(".")
    row.refresh_from_db()
    assert (row.wall, row.state) == ("2099-03-11T08:50", "scheduled")


def third_channel(cast: Cast) -> Any:
    from tests.cast import connected

    return connected("lumen-second", "agora", by=cast.actor("admin"))


def test_a_note_moves_to_the_lane_of_another_channel_and_back(cast: Cast, editor: Browser) -> None:
    channel, variant = third_channel(cast), pencilled(cast)[0]
    content.adapt_variant(variant, text="Own words.", by=cast.actor("editor"), now=NOW)
    answer = moved(
        editor, {"variant": str(variant.pk), "wall": "2099-03-12T10:15", "channel": str(channel.pk)}
    ).json()
    fresh = next(v for v in variants_of(cast.post) if v.channel_id == channel.pk)
    assert (fresh.planned_wall, fresh.text) == ("2099-03-12T10:15", "Own words.")
    assert Variant.objects.get(pk=variant.pk).dropped_at
    moved(editor, *answer["undo"])
    variant.refresh_from_db()
    assert (variant.planned_wall, variant.text, variant.dropped_at) == (
        "2099-03-11T08:50", "Own words.", None,
    )  # fmt: skip


def test_what_was_approved_for_one_channel_goes_out_on_no_other(
    cast: Cast, editor: Browser
) -> None:
    channel, row = third_channel(cast), agreed(cast)[0]
    to = {"variant": str(row.variant_id), "wall": "2099-03-12T10:15", "channel": str(channel.pk)}
    refused = moved(editor, to)
    assert refused.status_code == 409
    assert "approved for" in refused.json()["detail"]
    row.refresh_from_db()
    assert (row.wall, row.state) == ("2099-03-11T08:50", "scheduled")
    marketing = cast.departments["Marketing"]
    marketing.approval_required = False
    marketing.save()
    assert moved(editor, to).status_code == 200
    assert Publication.objects.get(channel=channel).wall == "2099-03-12T10:15"


def test_a_post_goes_out_once_on_a_channel(cast: Cast, editor: Browser) -> None:
    variant = pencilled(cast)[0]
    there = next(v for v in variants_of(cast.post) if v.pk != variant.pk).channel_id
    refused = moved(
        editor, {"variant": str(variant.pk), "wall": "2099-03-12T10:15", "channel": str(there)}
    )
    assert refused.status_code == 409


@pytest.mark.parametrize("values", [{}, {"moves": "{"}, {"moves": '[{"wall": "soon"}]'}])
def test_unreadable_moves_are_refused(values: dict[str, str], editor: Browser) -> None:
    answer = editor.htmx("post", reverse("timeline.moves"), values)
    assert answer.status_code == 422
    assert answer.text.endswith(".")


# --- the shelf ---


def test_a_draft_is_laid_from_the_shelf_and_taken_back(cast: Cast, editor: Browser) -> None:
    page = editor.get(reverse("timeline"), {**DAY, "shelf": "1"}).text
    assert f'data-post="{cast.post.pk}"' in page
    assert f'data-idea="{cast.idea.pk}"' in page
    put = {"post": str(cast.post.pk), "wall": "2099-03-11T10:00"}
    answer = editor.post(reverse("timeline.place"), put).json()
    assert {v.planned_wall for v in variants_of(cast.post)} == {"2099-03-11T10:00"}
    assert f'data-post="{cast.post.pk}"' not in editor.get(reverse("timeline.shelf")).text
    moved(editor, *answer["undo"])
    assert {v.planned_wall for v in variants_of(cast.post)} == {""}


def test_a_draft_laid_on_a_new_channel_gets_it(cast: Cast, editor: Browser) -> None:
    channel = third_channel(cast)
    put = {"post": str(cast.post.pk), "wall": "2099-03-11T10:00", "channel": str(channel.pk)}
    answer = editor.post(reverse("timeline.place"), put).json()
    assert Variant.objects.get(channel=channel).planned_wall == "2099-03-11T10:00"
    moved(editor, *answer["undo"])
    assert channel.pk not in {v.channel_id for v in variants_of(cast.post)}


def test_an_idea_laid_on_a_lane_becomes_a_post_there(cast: Cast, editor: Browser) -> None:
    put = {"idea": str(cast.idea.pk), "wall": "2099-03-11T10:00", "channel": str(cast.agora.pk)}
    assert editor.post(reverse("timeline.place"), put).status_code == 200
    post = Post.objects.get(idea=cast.idea)
    (variant,) = variants_of(post)
    assert (variant.channel_id, variant.planned_wall) == (cast.agora.pk, "2099-03-11T10:00")
    assert Idea.objects.get(pk=cast.idea.pk).state == "developed"


def test_an_idea_of_nobody_becomes_the_post_of_the_lane(cast: Cast, editor: Browser) -> None:
    idea = ideas.capture(title="Nobody's", department=None, by=cast.actor("admin"), now=NOW)
    put = {"idea": str(idea.pk), "wall": "2099-03-11T10:00", "channel": str(cast.agora.pk)}
    assert editor.post(reverse("timeline.place"), put).status_code == 422
    mine = {**put, "department": str(cast.departments["Marketing"].pk)}
    assert editor.post(reverse("timeline.place"), mine).status_code == 200
    assert Post.objects.get(idea=idea).department == cast.departments["Marketing"]


def test_the_shelf_is_searched(cast: Cast, editor: Browser) -> None:
    found = editor.get(reverse("timeline.shelf"), {"q": "glassblowers"}).text
    assert "Meet the glassblowers" in found
    assert "The doors" not in found
    assert "No draft bears these words." in found


def test_what_belongs_to_no_living_campaign_lies_with_the_others(
    cast: Cast, viewer: Browser
) -> None:
    pencilled(cast)
    cast.campaign.archived_at = NOW
    cast.campaign.save()
    asked = {**DAY, "by": "campaign"}
    assert "Others" in shown(viewer, asked)
    group = {"by": "campaign", "group": str(lanes.OTHERS), "lane": str(cast.agora.pk)}
    assert viewer.get(reverse("timeline.day"), {**DAY, **group}).text.count("The doors") == 1

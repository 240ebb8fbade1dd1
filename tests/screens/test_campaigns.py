"""Campaigns: the cards, one campaign's page, its form."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from tests.screens import stories
from tests.screens.conftest import Browser
from unisono.rooms.content import actions as content
from unisono.rooms.content.queries import variants_of
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing.queries import Filters, agenda
from unisono.screens.calendar.grid import bundled
from unisono.screens.campaigns import strip

FORM = {
    "name": "Summer light",
    "brief": "Evenings, outdoors.",
    "starts_on": "2026-06-01",
    "ends_on": "2026-06-30",
}


def test_the_cards_count_posts_by_badge(cast: Cast, viewer: Browser) -> None:
    stories.published(cast)
    page = viewer.get("/campaigns/?period=all").content.decode()
    assert "Lyon opening" in page
    assert "Brand reach" in page
    assert "approved 1" not in page or "published" in page


def test_the_cards_ask_a_constant_number_of_questions(cast: Cast, viewer: Browser) -> None:
    viewer.get("/campaigns/?period=all")
    with CaptureQueriesContext(connection) as few:
        viewer.get("/campaigns/?period=all")
    for number in range(5):
        campaign = plan.open_campaign(
            name=f"Campaign {number}",
            starts_on=date(2026, 3, 1),
            ends_on=date(2026, 3, 9),
            department=cast.departments["Marketing"],
            objective=cast.objective,
            by=cast.actor("editor"),
            now=NOW,
        )
        content.write_post(
            title=f"Post {number}",
            department=cast.departments["Marketing"],
            campaign=campaign,
            channels=[cast.agora],
            by=cast.actor("editor"),
            now=NOW,
        )
    with CaptureQueriesContext(connection) as more:
        viewer.get("/campaigns/?period=all")
    assert len(more) == len(few)


def test_a_campaign_shows_brief_posts_and_timeline(cast: Cast, viewer: Browser) -> None:
    page = viewer.get(f"/campaigns/{cast.campaign.pk}/").content.decode()
    for words in ("Doors open on 11 March.", "The doors", "Timeline", "Brand reach"):
        assert words in page
    part = viewer.htmx("get", f"/campaigns/{cast.campaign.pk}/").content.decode()
    assert 'id="campaign-timeline"' in part
    assert "<html" not in part


def test_the_strip_places_a_note_by_its_day(cast: Cast) -> None:
    for variant in variants_of(cast.post):
        content.plan_variant(
            variant,
            wall=datetime.fromisoformat("2026-03-11T00:00"),
            zone="Europe/Paris",
            by=cast.actor("editor"),
            now=NOW,
        )
    start, end = (datetime.fromisoformat(f"2026-03-{day}T00:00+00:00") for day in ("01", "21"))
    items = agenda(cast.actor("viewer"), start, end, Filters(campaigns=(cast.campaign.pk,)))
    drawn = strip.draw(cast.campaign, bundled(items), "Europe/Paris", date(2026, 3, 4))
    (mark,) = drawn.marks
    assert mark.x == "50.00"
    assert len(mark.bundle.faces) == 2
    assert drawn.now == "17.50"
    assert [tick.day.day for tick in drawn.ticks] == [1, 8, 15]


def test_opening_and_changing_a_campaign(cast: Cast, editor: Browser) -> None:
    marketing = {"department": str(cast.departments["Marketing"].pk)}
    answer = editor.post("/campaigns/new/", {**FORM, **marketing})
    made = Campaign.objects.get(name="Summer light")
    assert answer.headers["Location"] == f"/campaigns/{made.pk}/"
    changed = {**FORM, **marketing, "name": "Summer nights", "objective": str(cast.objective.pk)}
    assert editor.post(f"/campaigns/{made.pk}/edit/", changed).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.objective) == ("Summer nights", cast.objective)
    editor.post(f"/campaigns/{made.pk}/archiving/")
    assert "Summer nights" not in editor.htmx("get", "/campaigns/?period=all").content.decode()
    assert "archived" in editor.get(f"/campaigns/{made.pk}/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ends_on": "2026-05-01"}, "The last day lies before the first."),
        ({"starts_on": "31.02.2026"}, "Enter a valid date."),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"department": "nowhere"}, "is not a valid"),
    ],
)
def test_bad_input_keeps_what_was_typed(
    wrong: dict[str, str], sentence: str, cast: Cast, editor: Browser
) -> None:
    marketing = {"department": str(cast.departments["Marketing"].pk)}
    answer = editor.post("/campaigns/new/", {**FORM, **marketing, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Evenings, outdoors." in answer.content.decode()

"""Campaigns: the cards, one campaign's page, its form."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page, expect

from tests.cast import NOW, Cast
from tests.screens import stories
from tests.screens.conftest import Browser, browser
from tests.screens.test_board import Answered
from tests.ui.conftest import chromium
from unisono.kernel.models import Event
from unisono.rooms.content import actions as content
from unisono.rooms.content.queries import variants_of
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import audiences
from unisono.rooms.plan.models import Audience, Campaign, CampaignTemplate
from unisono.rooms.publishing.agenda import Filters, agenda
from unisono.rooms.workflow import reactions
from unisono.screens.calendar.grid import bundled
from unisono.screens.campaigns import strip

__all__ = ["chromium"]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
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
    put_away = editor.htmx("get", "/campaigns/?period=archived&q=nights").content.decode()
    assert "Summer nights" in put_away
    page = editor.get(f"/campaigns/{made.pk}/").content.decode()
    assert "archived" in page and "/restoring/" in page and "New post in it" not in page
    editor.post(f"/campaigns/{made.pk}/restoring/")
    assert "Summer nights" in editor.htmx("get", "/campaigns/?period=all").content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ends_on": "2026-05-01"}, "The last day lies before the first."),
        ({"starts_on": "31.02.2026"}, "Enter a valid date."),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"department": "nowhere"}, "is not a valid"),
        ({"links": "ftp://x"}, "is not an address that begins with https://"),
        ({"utm_medium": "social"}, "Give a source as well"),
        ({"utm_source": "{who}"}, "These stand for something"),
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


def test_a_campaign_in_full_is_typed_shown_and_kept(cast: Cast) -> None:
    """What an editor of one department cannot see of it stays when they save."""
    admin, editor = browser(cast, "admin"), browser(cast, "editor")
    cooks = audiences.describe(
        name="Cooks", department=cast.departments["Marketing"], by=cast.actor("admin"), now=NOW
    )
    full = {
        **FORM, "department": str(cast.departments["Marketing"].pk), "goal": "Full house",
        "links": "https://lumen.example/x The page\nhttps://lumen.example/y", "budget": "4,000 €",
        "departments": [str(cast.departments["Sales"].pk)], "audiences": [str(cooks.pk)],
        "channels": [str(cast.agora.pk)], "objective": str(cast.objective.pk),
        "utm_source": "{network}", "utm_hosts": "own.example\nshop.example",
    }  # fmt: skip
    admin.post("/campaigns/new/", full)
    made = Campaign.objects.get(name="Summer light")
    assert made.links[0] == {"url": "https://lumen.example/x", "name": "The page"}
    page = admin.get(f"/campaigns/{made.pk}/").content.decode()
    for words in ("Full house", "The page", "4,000 €", "Cooks", "utm_source={network}", "Sales"):
        assert words in page
    assert f"?campaign={made.pk}&amp;audience={cooks.pk}" in page
    begun = editor.get(f"/posts/new/?campaign={made.pk}").content.decode()
    assert re.search(rf'value="{cast.agora.pk}"[^>]*checked', begun)
    form = editor.get(f"/campaigns/{made.pk}/edit/").content.decode()
    assert "shop.example" in form and "need approval again" in form
    again = {**full, "goal": "Fuller", "departments": [], "audiences": []}
    assert editor.post(f"/campaigns/{made.pk}/edit/", again).status_code == 302
    made.refresh_from_db()
    assert (made.goal, made.utm["hosts"]) == ("Fuller", ["own.example", "shop.example"])
    assert [d.name for d in made.departments.all()] == ["Sales"]
    assert not made.audiences.exists()


def test_the_list_is_narrowed(cast: Cast, editor: Browser) -> None:
    cooks = audiences.describe(
        name="Cooks", department=cast.departments["Marketing"], by=cast.actor("editor"), now=NOW
    )
    for query in (f"audience={cooks.pk}", f"owner={cast.members['viewer'].pk}", "q=nothing"):
        page = editor.get(f"/campaigns/?period=all&{query}").content.decode()
        assert "Lyon opening" not in page and "No campaign fits" in page
    cast.campaign.audiences.set([cooks])
    fits = f"period=all&audience={cooks.pk}&objective={cast.objective.pk}&q=lyon"
    page = editor.get(f"/campaigns/?{fits}").content.decode()
    assert "Lyon opening" in page and f"audience={cooks.pk}&amp;q=lyon" in page
    calendar = editor.get(f"/calendar/?audience={cooks.pk}").content.decode()
    assert "The doors" in calendar and "Cooks" in calendar
    assert editor.get(f"/due/?audience={cooks.pk}&campaign={cast.campaign.pk}").status_code == 200
    posts = editor.get(f"/posts/?audience={cooks.pk}").content.decode()
    assert "The doors" in posts


def test_a_composer_keeps_audiences_and_shows_the_tagged_link(cast: Cast, editor: Browser) -> None:
    cooks = audiences.describe(
        name="Cooks", department=cast.departments["Marketing"], by=cast.actor("editor"), now=NOW
    )
    post = cast.post
    there = {
        "title": post.title, "text": "Come: https://lumen.example/lyon", "language": "en",
        "department": post.department_id, "campaign": post.campaign_id, "version": post.version,
        "shows-audiences": "1", "audiences": [cooks.pk],
    }  # fmt: skip
    assert editor.htmx("post", f"/posts/{post.pk}/text/", there).status_code == 200
    assert list(post.audiences.all()) == [cooks]
    Campaign.objects.filter(pk=cast.campaign.pk).update(utm={"source": "{network}"})
    page = editor.get(f"/posts/{post.pk}/").content.decode()
    assert "https://lumen.example/lyon?utm_source=sandbox" in page
    assert "Come: https://lumen.example/lyon<" in page, "the text itself is as it was typed"
    less = {k: v for k, v in there.items() if k not in ("shows-audiences", "audiences")}
    editor.htmx("post", f"/posts/{post.pk}/text/", {**less, "version": post.version + 1})
    assert list(post.audiences.all()) == [cooks]


def test_a_template_of_our_own_is_written_step_by_step(cast: Cast, editor: Browser) -> None:
    there = "/campaigns/templates/new/"
    assert "Product launch in 12 steps" in editor.get("/campaigns/templates/").content.decode()
    assert 'value="A first hint"' in editor.get(f"{there}?of=product-launch").content.decode()
    said = {
        "name": "Lamp", "department": str(cast.departments["Marketing"].pk),
        "steps-TOTAL_FORMS": "1", "steps-INITIAL_FORMS": "0", "steps-0-title": "Hint",
        "steps-0-kind": "post", "steps-0-unit": "working", "steps-0-offset": "-3",
        "steps-0-at": "09:00", "steps-0-channels": [str(cast.chirp.pk)],
    }  # fmt: skip
    more = editor.post(there, {**said, "act": "add"})
    assert more.status_code == 200 and "Step 2" in more.content.decode()
    assert 'value="Hint"' in more.content.decode()
    wrong = editor.post(there, {**said, "steps-0-offset": "-999"})
    assert wrong.status_code == 422 and 'value="Hint"' in wrong.content.decode()
    bare = editor.post(there, {**said, "steps-0-gone": "on"})
    assert bare.status_code == 422 and "at least one step" in bare.content.decode()
    assert editor.post(there, {**said, "steps-TOTAL_FORMS": "x"}).status_code == 422
    assert editor.post(there, said).status_code == 302
    row = CampaignTemplate.objects.get()
    assert (row.steps[0]["offset"], row.steps[0]["channels"]) == (-3, [str(cast.chirp.pk)])
    days = f"/campaigns/templates/{row.pk}/days/"
    shown = editor.get(days, {"day": "2099-04-01", "move": "on"}).content.decode()
    assert "Hint" in shown and "27 Mar" in shown
    for day in ("", "soon", "9999-12-31", "0001-01-01"):
        assert editor.get(days, {"day": day}).status_code == 200


@pytest.mark.browser
def test_campaigns_by_mouse_and_by_keyboard(cast: Cast, chromium: str) -> None:
    """A template held by mouse, a campaign narrowed, copied and edited by keyboard; no page of it
    is wider than a phone, or hard to use without eyes."""
    client = Worked()
    client.force_login(cast.members["editor"].user, backend=BACKEND)
    answered = Answered(client)
    with ThreadPoolExecutor(1) as beside:
        driven = beside.submit(answered.drive, chromium, lambda page: _walk(page, cast))
        answered.until(driven)
        assert driven.result() == []
    assert Campaign.objects.get(name="Spring sale").posts.count() == 5
    copied = Campaign.objects.get(name="Summer sale")
    assert (copied.starts_on, copied.goal) == (date(2099, 6, 1), "Empty shelves")
    assert Audience.objects.get().name == "Cooks"


class Worked(Browser):
    """A browser beside whom a worker brings the news of campaigns at once."""

    def request(self, **request: Any) -> HttpResponse:
        answer = super().request(**request)
        for event in Event.objects.filter(kind="campaign.noted"):
            reactions.campaign_noted(event)
        return answer


def _walk(page: Page, cast: Cast) -> None:
    house = "http://testserver"
    page.goto(f"{house}/audiences/new/")
    _fits(page)
    page.get_by_label("Name").focus()
    page.keyboard.type("Cooks")
    page.keyboard.press("Enter")
    expect(page.locator("h2", has_text="Cooks")).to_be_visible()
    page.goto(f"{house}/campaigns/templates/")
    page.get_by_role("link", name="Use “Sale”").click()
    page.get_by_label("Name").fill("Spring sale")
    page.get_by_label("The day it is about").fill("2099-04-01")
    page.get_by_label("The day it is about").blur()
    expect(page.locator("#days")).to_contain_text("moved from")
    page.get_by_label("Lumen Agora").check()
    page.get_by_label("Cooks").check()
    _fits(page)
    page.get_by_role("button", name="Open the campaign").click()
    expect(page.locator("h1", has_text="Spring sale")).to_be_visible()
    expect(page.locator("#work-rows .row")).to_contain_text("due")
    page.get_by_role("button", name="Tick “").first.press("Enter")
    expect(page.locator("#work-rows .row[data-state=done]")).to_have_count(1)
    _fits(page)
    page.locator("summary[aria-label=More]").click()
    page.get_by_role("link", name="Edit").click()
    page.locator("summary", has_text="The brief in full").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Empty shelves")
    _fits(page)
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.locator("dd", has_text="Empty shelves")).to_be_visible()
    page.goto(page.url + "copy/")
    page.get_by_label("Name").fill("Summer sale")
    page.get_by_label("First day").fill("2099-06-01")
    page.keyboard.press("Enter")
    expect(page.locator("h1", has_text="Summer sale")).to_be_visible()
    page.goto(f"{house}/campaigns/?period=coming")
    page.get_by_label("Search campaigns").focus()
    page.keyboard.type("spring")
    page.keyboard.press("Enter")
    expect(page.locator("article.campaign")).to_have_count(1)
    _fits(page)


def _fits(page: Page) -> None:
    """On a phone as on a desk; and nothing axe would call serious."""
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
    page.set_viewport_size({"width": 1280, "height": 800})
    found = Axe().run(page).response["violations"]
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    assert [(v["id"], v["nodes"][0]["target"]) for v in serious] == [], page.url

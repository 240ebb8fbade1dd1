"""The screens of asking, triage, ideas, key dates and strategy in a real browser: by mouse, by the
keyboard alone, on a phone, and with nothing axe would complain of."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.cast import NOW, Cast
from tests.pictures import PDF
from tests.screens.conftest import Browser, browser
from tests.screens.test_board import Answered, chromium
from tests.screens.test_requests import form
from unisono.rooms.content import board, ideas
from unisono.rooms.content.models import Idea, IdeaComment
from unisono.rooms.plan.models import KeyDate, Objective
from unisono.rooms.requests import actions as requests
from unisono.rooms.requests import files
from unisono.rooms.requests.actions import Wish
from unisono.rooms.requests.follow import secret_of
from unisono.rooms.requests.models import Request

__all__ = ["chromium", "form"]
pytestmark = pytest.mark.browser
HERE = "http://testserver"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


def walked(client: Browser, chromium: str, walk: Callable[[Page], None]) -> Answered:
    """The walk through a browser, which finds no page that complains."""
    answered = Answered(client)
    with ThreadPoolExecutor(1) as beside:
        driven = beside.submit(answered.drive, chromium, walk)
        answered.until(driven)
        assert driven.result() == []
    return answered


AXE = Axe()


def sound(page: Page) -> None:
    """Nothing axe complains of, and nothing wider than a phone."""
    found = AXE.run(page, context="main").response["violations"]
    assert [(v["id"], v["nodes"][0]["target"]) for v in found] == [], page.url
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
    page.set_viewport_size(DESK)  # type: ignore[arg-type]


def typed(page: Page, *said: str) -> None:
    """Each into the control that has the focus, and on to the next."""
    for text in said:
        if text:
            page.keyboard.type(text)
        page.keyboard.press("Tab")


def asked(cast: Cast) -> Request:
    wish = Wish("A film", "For the fair.", "Rita", "rita@lumen.example", language="en")
    row, _secret = requests.make(
        wish, department=cast.departments["Marketing"], sending=uuid4(), by=cast.actor("admin"),
        now=NOW,
    )  # fmt: skip
    files.add(row, data=PDF, name="Brief", by=cast.actor("admin"), now=NOW)
    return row


def test_asking_and_following_without_an_account(cast: Cast, form: str, chromium: str) -> None:
    def walk(page: Page) -> None:
        page.goto(f"{HERE}{form}")
        sound(page)
        page.locator("#id_title").focus()
        typed(page, "Two artisans", "Whoever can blow glass.")
        page.locator("#id_name").focus()
        typed(page, "Rita", "nowhere@")
        page.locator("#id_email").press("Enter")
        # The browser's own check; without it the server says it, and keeps the words.
        page.eval_on_selector("form.form", "form => form.noValidate = true")
        page.get_by_role("button", name="Send the request").press("Enter")
        expect(page.locator("#id_email_error")).to_be_visible()
        expect(page.locator("#id_reason")).to_have_value("Whoever can blow glass.")
        sound(page)
        page.locator("#id_email").fill("rita@lumen.example")
        page.get_by_role("button", name="Send the request").click()
        expect(page.get_by_role("status")).to_contain_text("waits for an answer")
        sound(page)

    walked(Browser(), chromium, walk)
    assert Request.objects.get().title == "Two artisans"


def test_what_is_asked_back_is_answered(cast: Cast, chromium: str) -> None:
    row = asked(cast)
    requests.ask_back(row, question="Who speaks in it?", by=cast.actor("editor"), now=NOW)

    def walk(page: Page) -> None:
        page.goto(f"{HERE}/asked/{secret_of(row.pk).reveal()}/")
        sound(page)
        page.locator("#id_text").focus()
        typed(page, "Our glassblower.")
        page.keyboard.press("Enter")
        expect(page.locator("body")).to_contain_text("You answered:")
        expect(page.locator("#id_text")).to_have_count(0)
        sound(page)

    walked(Browser(), chromium, walk)


def test_triage_by_mouse_and_by_keyboard(cast: Cast, chromium: str) -> None:
    row = asked(cast)

    def walk(page: Page) -> None:
        page.goto(f"{HERE}/requests/")
        sound(page)
        page.get_by_role("link", name="A film").press("Enter")
        sound(page)
        expect(page.get_by_role("link", name="Brief.pdf")).to_be_visible()
        page.get_by_label("Question, as the requester reads it").focus()
        typed(page, "Who speaks in it?")
        page.keyboard.press("Enter")
        expect(page.locator(".comment-item")).to_contain_text("Who speaks in it?")
        page.get_by_label("Promised for").fill("2020-01-01")
        page.get_by_label("A word to the requester").fill("Gladly.")
        page.get_by_role("button", name="Promise", exact=True).click()
        expect(page.locator("#id_on_error")).to_contain_text("lies ahead")
        expect(page.get_by_label("A word to the requester")).to_have_value("Gladly.")
        page.get_by_label("Promised for").fill("2099-01-01")
        page.get_by_role("button", name="Promise", exact=True).press("Enter")
        expect(page.locator(".facts")).to_contain_text("Promised for")
        page.goto(f"{HERE}/requests/forms/")
        sound(page)

    walked(browser(cast, "manager"), chromium, walk)
    row.refresh_from_db()
    assert (row.state, row.answer) == ("promised", "Gladly.")


def test_an_idea_and_a_sign_in_that_ended(cast: Cast, chromium: str) -> None:
    board.tag(cast.idea, ["Glass"], by=cast.actor("editor"), now=NOW)
    other = ideas.capture(title="A lamp", by=cast.actor("editor"), now=NOW)
    client = browser(cast, "editor")
    there = f"{HERE}/ideas/{cast.idea.pk}/"

    def walk(page: Page) -> None:
        page.goto(f"{HERE}/ideas/")
        sound(page)
        page.goto(there)
        sound(page)
        page.locator("#comment-text").focus()
        page.keyboard.type("Which workshop?")
        session = client.cookies.pop(settings.SESSION_COOKIE_NAME)
        page.get_by_role("button", name="Comment", exact=True).click()
        expect(page.locator("input[type=password]")).to_be_visible()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.value
        page.goto(there)
        expect(page.locator("#comment-text")).to_have_value("Which workshop?")
        page.locator("#comment-text").press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".comment-item")).to_contain_text("Which workshop?")
        expect(page.locator("#comment-text")).to_have_value("")
        page.get_by_text("Merge into another idea").press("Enter")
        page.locator("#merge-into").select_option(label="A lamp")
        page.get_by_role("button", name="Merge", exact=True).press("Enter")
        expect(page.locator("h1")).to_contain_text("A lamp")

    walked(client, chromium, walk)
    cast.idea.refresh_from_db()
    assert cast.idea.merged_into == other and IdeaComment.objects.count() == 1


def test_columns_and_sources(cast: Cast, chromium: str) -> None:
    ideas.capture(title="A lamp", by=cast.actor("editor"), now=NOW)

    def walk(page: Page) -> None:
        page.goto(f"{HERE}/ideas/columns/")
        sound(page)
        page.get_by_label("Column 1", exact=False).first.fill("Ready")
        page.get_by_role("button", name="Save").press("Enter")
        expect(page.locator(".form-problem")).to_contain_text("same name")
        page.locator("#id_name_0").fill("Drawer")
        page.locator("#id_name_0").press("Enter")
        expect(page.locator(".board-head").first).to_contain_text("Drawer")
        page.goto(f"{HERE}/ideas/sources/")
        sound(page)

    walked(browser(cast, "manager"), chromium, walk)
    assert Idea.objects.get(title="A lamp").column.name == "Drawer"  # type: ignore[union-attr]


def test_key_dates(cast: Cast, chromium: str) -> None:
    def walk(page: Page) -> None:
        page.goto(f"{HERE}/key-dates/")
        sound(page)
        page.locator("#add-country").select_option("FR")
        page.locator("#add-country").press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("body")).to_contain_text("Assumption Day")
        page.goto(f"{HERE}/key-dates/new/")
        page.locator("#id_name").focus()
        page.keyboard.type("The atelier opened")
        page.locator("#id_on").fill("2099-05-01")
        page.locator("#id_lead_days").fill("900")
        page.eval_on_selector("form.form", "form => form.noValidate = true")
        page.get_by_role("button", name="Save").press("Enter")
        expect(page.locator("#id_lead_days_error")).to_be_visible()
        expect(page.locator("#id_name")).to_have_value("The atelier opened")
        sound(page)
        page.locator("#id_lead_days").fill("20")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("h1")).to_contain_text("Key dates")

    walked(browser(cast, "admin"), chromium, walk)
    assert KeyDate.objects.get().name == "The atelier opened"


def test_an_objective_is_made_and_reported_on(cast: Cast, chromium: str) -> None:
    today = NOW.date()

    def walk(page: Page) -> None:
        page.goto(f"{HERE}/strategy/")
        sound(page)
        page.locator("header").get_by_role("link", name="New objective").press("Enter")
        page.locator("#id_name").focus()
        typed(page, "Hire artisans", "The workshop grows.", "12")
        page.locator("#id_metric").select_option("entered")
        page.locator("#id_starts_on").fill(f"{today - timedelta(days=1)}")
        page.locator("#id_ends_on").fill(f"{today - timedelta(days=9)}")
        page.get_by_role("button", name="Set the objective").press("Enter")
        expect(page.locator("#id_ends_on_error")).to_be_visible()
        expect(page.locator("#id_why")).to_have_value("The workshop grows.")
        sound(page)
        page.locator("#id_ends_on").fill("2099-12-31")
        page.get_by_role("button", name="Set the objective").click()
        page.get_by_label("Total so far").focus()
        typed(page, "5")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("5 of 12")
        sound(page)
        page.get_by_role("link", name="One page").press("Enter")
        expect(page.get_by_role("button", name="Print")).to_be_visible()
        sound(page)

    walked(browser(cast, "admin"), chromium, walk)
    assert Objective.objects.get(name="Hire artisans").target == 12

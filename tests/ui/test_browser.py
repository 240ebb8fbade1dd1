"""The kit in a real browser: both themes, both sizes, pointer and keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.ui.urls import MOVES
from unisono.ui.kit_page import PARTS

pytestmark = pytest.mark.browser
LISTENER = (
    '<body hx-get="/refreshed" hx-trigger="live:publication from:body" hx-swap="none" data-was'
)
NOTE = ".note[data-move-url]"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])


def page_of(browser: Browser, troubles: list[str], **options: Any) -> Page:
    page = browser.new_context(**options).new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    return page


@pytest.mark.parametrize(
    ("scheme", "parts"), [("light", list(PARTS)), ("dark", ["components", "desk", "composer"])]
)
def test_the_parts_are_accessible_and_keep_the_content_policy(
    browser: Browser, served: str, scheme: Any, parts: list[str]
) -> None:
    troubles: list[str] = []
    page = page_of(browser, troubles, viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    axe, found = Axe(), {}
    for part in parts:
        page.goto(f"{served}/ui/{part}")
        answer = axe.run(page).response
        assert answer["passes"]
        found[part] = [(v["id"], v["nodes"][0]["target"]) for v in answer["violations"]]
    assert {part: rules for part, rules in found.items() if rules} == {}
    assert troubles == []


def test_no_part_is_wider_than_a_phone(browser: Browser, served: str) -> None:
    page = page_of(browser, [], viewport={"width": 390, "height": 844}, has_touch=True)
    widths = {}
    for part in PARTS:
        page.goto(f"{served}/ui/{part}")
        widths[part] = page.evaluate("document.documentElement.scrollWidth")
    assert {part: width for part, width in widths.items() if width > 390} == {}


def test_a_note_is_dragged_to_another_day(browser: Browser, served: str) -> None:
    MOVES.clear()
    page = page_of(browser, [], viewport={"width": 1440, "height": 900})
    page.goto(f"{served}/ui/calendar")
    note = page.locator(NOTE).first
    title = note.locator(".note-title").inner_text()
    target = page.locator(".calendar-cell").nth(2)
    note.drag_to(target)
    day = target.get_attribute("data-day")
    page.wait_for_function("document.querySelector('#announcer').textContent !== ''")
    assert [move["day"] for move in MOVES] == [day]
    assert "time" not in MOVES[0]
    assert title in target.inner_text()
    assert page.url.endswith("/ui/calendar")


def test_a_note_is_carried_by_keyboard_and_put_back_when_refused(
    browser: Browser, served: str
) -> None:
    MOVES.clear()
    page = page_of(browser, [], viewport={"width": 1440, "height": 900})
    page.goto(f"{served}/ui/week")
    note = page.locator(NOTE, has_text="Behind the glass")
    before = note.evaluate("note => note.closest('.calendar-cell').dataset.hour")
    note.focus()
    for key in ("m", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.locator(".toast", has_text="This channel is full at that hour.").wait_for()
    assert MOVES[0]["time"] == "13:30"
    assert note.evaluate("note => note.closest('.calendar-cell').dataset.hour") == before == "12"


def test_the_palette_finds_a_place(browser: Browser, served: str) -> None:
    page = page_of(browser, [])
    page.goto(f"{served}/ui")
    page.keyboard.press("Control+k")
    page.keyboard.type("strat")
    page.locator(".palette-option", has_text="Strategy").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/strategy")


def test_the_theme_is_kept(browser: Browser, served: str) -> None:
    page = page_of(browser, [], viewport={"width": 1440, "height": 900})
    page.goto(f"{served}/ui")
    page.locator(".side-foot summary").click()
    page.locator("[data-set-theme=dark]").click()
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_news_of_the_stream_reaches_the_page_and_a_lost_one_refreshes_it(
    browser: Browser, served: str
) -> None:
    page = page_of(browser, [])
    asked: list[str] = []

    def with_stream(route: Route) -> None:
        body = route.fetch().text().replace("<body", LISTENER, 1)
        route.fulfill(body=body.replace("<title>", '<meta name="live" content="/live"><title>', 1))

    def stream(route: Route) -> None:
        news = (
            'retry: 50\n\ndata: {"kind": "publication.published"}\n\n'
            if not asked
            else "retry: 50\n\n"
        )
        asked.append(route.request.url)
        route.fulfill(body=news, content_type="text/event-stream")

    page.route("**/live", stream)
    page.route("**/refreshed", lambda route: route.fulfill(body="again", content_type="text/html"))
    page.route("**/ui/desk", with_stream)
    with page.expect_request("**/refreshed"):
        page.goto(f"{served}/ui/desk")
    with page.expect_request("**/refreshed"):
        page.wait_for_timeout(10)
    assert len(asked) >= 2


def test_typed_text_survives_a_page_that_was_left(browser: Browser, served: str) -> None:
    page = page_of(browser, [])
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{served}/ui/composer")
    page.get_by_role("tab", name="Common text").click()
    page.locator("#v0 textarea").fill("Typed, never saved")
    page.reload()
    page.locator(".toast").wait_for()
    assert page.locator("#v0 textarea").input_value() == "Typed, never saved"

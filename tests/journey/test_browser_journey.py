"""One content's whole way in a real browser, against Unisono's own processes and a real network:
objective, campaign, idea, post, variants, image, approval, calendar, delivery, figures, answers,
and the objective that has moved."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.house.running import Running
from tests.journey.on_the_timeline import works_on_the_timeline
from tests.journey.people import PATIENCE, Person
from tests.pictures import png
from tests.servers.fixtures import Server

pytestmark = [pytest.mark.browser, pytest.mark.processes]

PARIS = ZoneInfo("Europe/Paris")
COMMON = "On Wednesday we open our doors in Lyon: 400 m² of light, a workshop, the spring lamps."
SHORT = "Doors open in Lyon on Wednesday. Come and see the light."
ALT = "A glass lamp glowing amber in a dark workshop"
SOON = 2 * 60_000
"""Milliseconds until a post planned for the next minute is out, on a busy machine."""


def today() -> datetime:
    return datetime.now(PARIS).replace(tzinfo=None)


def page_of(browser: Browser) -> Page:
    return browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Europe/Paris"
    ).new_page()


def test_from_an_objective_to_its_progress(
    browser: Browser, unisono: Running, lively_server: Server, tmp_path: Path
) -> None:
    lea = Person(page_of(browser), unisono.address)
    paul = Person(page_of(browser), unisono.address)
    lea.sets_up("Maison Lumen", "Léa Bertrand", "lea@lumen.example")
    lea.connects(lively_server.url, "maison-lumen", "agora")
    lea.connects(lively_server.url, "lumen-short", "chirp")
    paul.joins(lea.invites("paul@lumen.example", "approver"), "Paul Approver")

    _plans(lea)
    post = _writes(lea, tmp_path)
    _carries_on_the_calendar(lea)
    works_on_the_timeline(lea, today() + timedelta(days=1))
    _approves(lea, paul)
    _goes_out(lea, post)
    _is_answered(lea)

    lea.go("/strategy/")
    lea.page.get_by_role("link", name="Brand reach").first.click()
    told = lea.page.locator("main").inner_text()
    assert re.search(r"[1-9][\d,]* (of|/) 2,000", told), told
    assert (lea.troubles, paul.troubles) == ([], [])


def _plans(lea: Person) -> None:
    first, last = today(), today() + timedelta(days=60)
    window = (f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}")
    lea.sets_objective("Brand reach", "Marketing", *window)
    lea.opens_campaign("Lyon opening", "Brand reach", "Marketing", *window)
    lea.has_idea("The doors", "We open our doors.", "Lyon opening")
    lea.develops("The doors", "Marketing")


def _writes(lea: Person, folder: Path) -> str:
    """Common words, shorter ones for one network, an image with its alt text, and a time."""
    page = lea.page
    lea.writes("Light. " * 60)
    expect(lea.tab("lumen-short")).to_contain_text("/ 300")
    lea.writes(COMMON)
    lea.writes_for("lumen-short", SHORT)
    expect(page.locator(".editor:not([hidden])")).to_contain_text("has its own text")
    expect(page.locator("#panel")).to_contain_text(SHORT)
    picture = folder / "lamp.png"
    picture.write_bytes(png())
    lea.adds_image(picture, ALT)
    expect(page.locator("#panel img")).to_have_attribute("alt", ALT)
    expect(page.locator("#checks")).to_contain_text("Serves “Brand reach”.")
    lea.means(today().replace(hour=10, minute=30) + timedelta(days=1))
    lea.press("Ask for approval")
    expect(page.locator("#progress .chip", has_text="in review")).to_have_count(2)
    return page.url


def _carries_on_the_calendar(lea: Person) -> None:
    """A note is carried an hour further with the keyboard alone; the server keeps it."""
    day = today() + timedelta(days=1)
    lea.go(f"/calendar/?view=week&day={day:%Y-%m-%d}")
    note = lea.page.locator(".note", has_text="The doors")
    note.focus()
    lea.page.keyboard.press("m")
    lea.page.keyboard.press("ArrowDown")
    with lea.page.expect_response(re.compile("/time/")) as answer:
        lea.page.keyboard.press("Enter")
    assert answer.value.status == 204
    lea.page.reload()
    expect(lea.page.locator(".note", has_text="The doors")).to_contain_text("11:30")


def _approves(lea: Person, paul: Person) -> None:
    """Paul reads exactly what would go out; Léa's open calendar follows his answer by itself."""
    day = today() + timedelta(days=1)
    lea.go(f"/calendar/?day={day:%Y-%m-%d}")
    lea.page.evaluate("window.neverReloaded = true")
    note = lea.page.locator(".note", has_text="The doors")
    expect(note).to_have_attribute("data-state", "in_review")

    paul.go("/approvals/")
    card = paul.page.locator(".approval", has_text="The doors")
    for words in (COMMON, SHORT):
        expect(card).to_contain_text(words)
    expect(card.locator("img").first).to_have_attribute("alt", ALT)
    paul.press("Approve", card.locator(".approval-decide"))
    expect(paul.page.locator("main")).to_contain_text("Nothing is in review")

    # For an instant one channel is scheduled and the other not yet: then they are two notes.
    waiting = lea.page.locator('.note:not([data-state="scheduled"])', has_text="The doors")
    expect(waiting).to_have_count(0, timeout=PATIENCE)
    expect(note).to_have_attribute("data-state", "scheduled")
    assert lea.page.evaluate("window.neverReloaded")


def _is_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    bad = [(v["id"], [n["html"] for n in v["nodes"]]) for v in found
           if v["impact"] in ("serious", "critical")]  # fmt: skip
    assert bad == []


def _goes_out(lea: Person, post: str) -> None:
    """Moved to the coming minute, it is delivered while one watches."""
    lea.go(post)
    lea.means((today() + timedelta(seconds=70)).replace(second=0, microsecond=0))
    lea.go("/calendar/")
    lea.page.evaluate("window.neverReloaded = true")
    note = lea.page.locator(".note[data-state=published]", has_text="The doors")
    expect(note).to_have_count(1, timeout=SOON)
    assert lea.page.evaluate("window.neverReloaded")
    note.click()
    lea.page.wait_for_url(re.compile("/publications/"))


def _is_answered(lea: Person) -> None:
    """The receipt fills with figures and the audience's words; the network shows what was sent."""
    page = lea.page
    expect(page.locator("#publication")).to_contain_text("Paul Approver")
    expect(page.locator("#publication .stat").first).to_contain_text(
        re.compile("[1-9]"), timeout=SOON
    )
    expect(page.locator("#publication .message").first).to_be_visible(timeout=SOON)
    there = page.locator("#publication a[target=_blank]").first.get_attribute("href")
    assert there
    page.goto(there)
    expect(page.locator("body")).to_contain_text("Lyon")
    expect(page.locator("body img").first).to_have_attribute("alt", ALT)

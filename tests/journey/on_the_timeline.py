"""What a person does on the timeline: by pointer, then all of it by keyboard alone."""

from __future__ import annotations

import re
from datetime import datetime

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.journey.people import Person

DONE = re.compile("/timeline/(moves|shift|place)/")


def works_on_the_timeline(lea: Person, day: datetime) -> None:
    """“The doors” stand at 11:30 on two channels, before and after; an idea gets its time."""
    lea.has_idea("Thoughts on glass", "", "Lyon opening")
    lea.go(f"/timeline/?zoom=day&day={day:%Y-%m-%d}&shelf=1")
    notes = lea.page.locator(".timeline-lane .note", has_text="The doors")
    expect(notes).to_have_count(2)
    assert serious(lea.page) == []
    _by_pointer(lea.page, notes.first)
    _by_keyboard(lea.page, notes.first)
    _together(lea.page, notes)
    _from_the_shelf(lea.page)


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']} {v['nodes'][0]['target']}" for v in found if v["impact"] != "minor"]


def stands_at(note: Locator, clock: str) -> None:
    expect(note).to_have_attribute("data-wall", re.compile(f"T{clock}$"))


def _by_pointer(page: Page, note: Locator) -> None:
    """Dragged two hours further, with the time said on the way; taken back by Ctrl and Z."""
    note.scroll_into_view_if_needed()
    box, track = note.bounding_box(), page.locator(".timeline-ruler .timeline-track").bounding_box()
    assert box and track
    x, y = box["x"] + 20, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y)
    page.mouse.move(x + track["width"] / 12, y)
    expect(page.locator(".timeline-when")).to_contain_text("13:30")
    with page.expect_response(DONE):
        page.mouse.up()
    stands_at(note, "13:30")
    with page.expect_response(DONE):
        page.keyboard.press("Control+z")
    stands_at(note, "11:30")


def _by_keyboard(page: Page, note: Locator) -> None:
    """Picked up, put back by Escape; picked up again, carried half an hour, put down."""
    note.focus()
    for key in ("Space", "ArrowRight", "Escape"):
        page.keyboard.press(key)
    expect(page.locator("#announcer")).to_contain_text("stays where it was")
    stands_at(note, "11:30")
    for key in ("Space", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator("#announcer")).to_contain_text("12:00")
    with page.expect_response(DONE):
        page.keyboard.press("Enter")
    stands_at(note, "12:00")
    expect(note).to_be_focused()
    with page.expect_response(DONE):
        page.keyboard.press("Control+z")
    stands_at(note, "11:30")


def _together(page: Page, notes: Locator) -> None:
    """Both selected and moved in one go, and taken back by the toast."""
    notes.first.focus()
    for key in ("x", "ArrowDown", "x"):
        page.keyboard.press(key)
    expect(page.locator("#timeline-selected")).to_have_text("2 posts selected")
    with page.expect_response(DONE):
        page.get_by_role("button", name="An hour later").click()
    for n in (0, 1):
        stands_at(notes.nth(n), "12:30")
    with page.expect_response(DONE):
        page.locator(".toast-act").last.click()
    for n in (0, 1):
        stands_at(notes.nth(n), "11:30")
    page.keyboard.press("Escape")
    expect(page.locator("#timeline-selection")).to_be_hidden()


def _from_the_shelf(page: Page) -> None:
    """An idea is laid on a lane with two keys."""
    card = page.locator(".timeline-shelf .note", has_text="Thoughts on glass")
    card.focus()
    page.keyboard.press("Space")
    with page.expect_response(DONE):
        page.keyboard.press("Enter")
    expect(page.locator(".timeline-lane .note", has_text="Thoughts on glass")).to_have_count(1)
    expect(card).to_have_count(0)

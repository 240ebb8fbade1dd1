"""The calendar, its kept views, its ways out and a series, by mouse and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.screens.conftest import browser
from tests.screens.test_board import Answered
from tests.screens.test_calendar import pencilled
from tests.ui.conftest import chromium
from unisono.rooms.content.models import Post, Series, Variant
from unisono.rooms.content.recurrence import End, Rule
from unisono.rooms.content.series import Pattern, Rhythm, make_series
from unisono.rooms.exports import links, saved_views

__all__ = ["chromium"]
pytestmark = pytest.mark.browser

HOUSE = "http://testserver"
EVE = datetime(2099, 3, 9, 9, tzinfo=UTC)


def walked(cast: Cast, chromium: str, who: str, walk: Callable[[Page], None]) -> None:
    answered = Answered(browser(cast, who))
    with ThreadPoolExecutor(1) as beside:
        driven = beside.submit(answered.drive, chromium, walk)
        answered.until(driven)
        assert driven.result() == []


def fits(page: Page) -> None:
    """Nothing axe would call serious, and no wider than a phone."""
    found = Axe().run(page).response["violations"]
    assert [
        (v["id"], v["nodes"][0]["target"]) for v in found if v["impact"] in ("serious", "critical")
    ] == []
    size = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert size
    page.set_viewport_size(size)


def reach(page: Page, name: str, role: str = "button") -> None:
    """Tab until the thing of that name has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    expect(wanted).to_be_visible()
    for _turn in range(60):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"“{name}” cannot be reached by Tab.")


def test_a_view_is_kept_by_mouse_and_shared_by_keyboard(cast: Cast, chromium: str) -> None:
    def walk(page: Page) -> None:
        page.goto(f"{HOUSE}/calendar/?view=list&day=2099-03-11")
        page.locator("summary", has_text="More filters").click()
        page.get_by_label("State:").select_option("draft")
        # A chosen filter stands in the row.
        expect(page.locator(".filters form > .filter", has_text="State:")).to_be_visible()
        page.locator("summary", has_text="Views").click()
        page.get_by_role("link", name="Keep this view").click()
        page.get_by_label("Name").fill("All drafts")
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(page.locator("summary", has_text="All drafts")).to_be_visible()
        fits(page)
        page.goto(f"{HOUSE}/calendar/views/")
        page.locator(".rows a").first.focus()
        reach(page, "Share")
        page.keyboard.press("Enter")
        expect(page.locator(".row", has_text="All drafts")).to_contain_text("for everybody")
        fits(page)
        page.goto(f"{HOUSE}/calendar/")
        page.locator("summary", has_text="Views").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_label("State:")).to_have_value("draft")

    pencilled(cast)
    walked(cast, chromium, "editor", walk)
    (view,) = saved_views.seen(cast.actor("viewer"))
    assert (view.name, view.shared, view.shape["state"]) == ("All drafts", True, ["draft"])


def test_the_ways_out_by_mouse_and_by_keyboard(cast: Cast, chromium: str) -> None:
    def walk(page: Page) -> None:
        page.goto(f"{HOUSE}/calendar/?view=month")
        page.get_by_role("link", name="Export", exact=True).click()
        expect(page.get_by_role("link", name="PDF")).to_be_visible()
        page.get_by_label("Name").focus()
        page.keyboard.type("Phone")
        page.keyboard.press("Enter")
        expect(page.locator(".secret")).to_contain_text(".ics")
        fits(page)
        reach(page, "Revoke")
        page.keyboard.press("Enter")
        expect(page.locator(".row", has_text="Phone")).to_contain_text("closed")
        page.get_by_label("Name").fill("Wall")
        page.get_by_role("button", name="Make a calendar link").click()
        expect(page.locator(".secret")).to_be_visible()

    walked(cast, chromium, "editor", walk)
    found = {link.name: link.revoked_at is None for link in links.of(cast.actor("editor"))}
    assert found == {"Phone": False, "Wall": True}


def test_week_day_and_list_by_mouse_and_by_keyboard(cast: Cast, chromium: str) -> None:
    def walk(page: Page) -> None:
        page.goto(f"{HOUSE}/calendar/?view=week&day=2099-03-11")
        note = page.locator(".note", has_text="The doors").first
        # By keyboard: a day later, at the same minute.
        note.focus()
        for key in ("m", "ArrowRight", "Enter"):
            page.keyboard.press(key)
        expect(page.locator('.calendar-cell[data-day="2099-03-12"] .note')).to_have_count(1)
        fits(page)
        # By mouse: back, two hours later.
        cell = page.locator('.calendar-cell[data-day="2099-03-11"][data-hour="10"]')
        page.locator(".note", has_text="The doors").first.drag_to(cell)
        expect(cell.locator(".note")).to_have_count(1)
        page.locator('.segments a:text-is("Day")').focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("Wed 11 Mar")
        expect(page.locator(".note", has_text="The doors")).to_have_count(1)
        fits(page)
        page.get_by_role("link", name="Later").click()
        expect(page.locator("h1")).to_contain_text("Thu 12 Mar")
        page.get_by_role("link", name="Earlier").press("Enter")
        page.locator('.segments a:text-is("List")').click()
        expect(page.locator(".agenda-item")).not_to_have_count(0)
        fits(page)

    pencilled(cast)
    walked(cast, chromium, "editor", walk)
    planned = Variant.objects.filter(post=cast.post).values_list("planned_wall", flat=True)
    assert set(planned) == {"2099-03-11T10:50"}


@pytest.fixture
def series(cast: Cast) -> Series:
    pattern = Pattern(
        title="Tuesday lamp", text="One lamp.", department=cast.departments["Marketing"],
        channels=[cast.agora, cast.chirp],
    )  # fmt: skip
    rhythm = Rhythm(Rule("week"), datetime(2099, 3, 10, 9), "Europe/Paris", End(count=4))
    return make_series(pattern, rhythm, by=cast.actor("editor"), now=EVE)


def test_a_series_by_keyboard_and_by_mouse(cast: Cast, series: Series, chromium: str) -> None:
    def walk(page: Page) -> None:
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{HOUSE}/series/{series.pk}/")
        expect(page.locator("#occurrences .row")).to_have_count(4)
        fits(page)
        page.locator("#occurrences a").first.focus()
        reach(page, "Skip Tue 10 Mar")
        page.keyboard.press("Enter")
        expect(page.locator("#occurrences")).to_contain_text("skipped")
        # By keyboard: a follow-up for all, and the series is saved with it.
        page.goto(f"{HOUSE}/series/{series.pk}/edit/")
        page.get_by_label("Text", exact=False).first.focus()
        reach(page, "Add a follow-up")
        page.keyboard.press("Enter")
        part = page.get_by_label("Text of part 2", exact=True)
        expect(part).to_be_focused()
        page.keyboard.type("The second part")
        page.locator("summary", has_text="Lumen Chirp").focus()
        page.keyboard.press("Enter")
        fits(page)
        page.get_by_label("Title").press("Enter")
        expect(page.locator("#toasts")).to_contain_text("The series is changed.")
        expect(page.locator(".series-parts")).to_contain_text("The second part")
        page.locator("summary[aria-label=More]").click()
        page.get_by_role("button", name="End the series").click()
        expect(page.locator("#toasts")).to_contain_text("The series has ended.")

    walked(cast, chromium, "editor", walk)
    series.refresh_from_db()
    assert (series.state, series.follow_ups) == ("ended", ["The second part"])
    assert not Post.objects.filter(occurrence__series=series, removed_at=None).exists()

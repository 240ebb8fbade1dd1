"""The board of ideas on screen; once by mouse and keyboard in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright

import unisono.ui
from tests.cast import NOW, Cast
from tests.screens import stories
from tests.screens.conftest import Browser, browser
from tests.ui.conftest import chromium
from unisono.rooms.content import board, ideas, queries
from unisono.rooms.content.models import Idea

__all__ = ["chromium"]
DIST = Path(unisono.ui.__file__).with_name("dist")
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def test_the_board_is_narrowed_and_votes_come_back(cast: Cast, editor: Browser) -> None:
    board.tag(cast.idea, ["Glass"], by=cast.actor("editor"), now=NOW)
    (tag,) = queries.tags(cast.actor("editor"))
    ideas.capture(title="A lamp", by=cast.actor("editor"), now=NOW)
    tagged = editor.htmx("get", f"/ideas/?tag={tag.pk}").content.decode()
    mine = editor.htmx("get", "/ideas/?mine=1").content.decode()
    assert ("glassblowers" in tagged, "A lamp" in tagged) == (True, False)
    assert ("glassblowers" in mine, "A lamp" in mine) == (False, True)
    voted = editor.htmx("post", f"/ideas/{cast.idea.pk}/vote/", {"wanted": "1"})
    assert 'aria-pressed="true"' in voted.content.decode()
    assert "Glass" in editor.get("/ideas/").content.decode()


def test_columns_are_renamed_in_their_place(cast: Cast, admin: Browser) -> None:
    before = queries.columns(cast.actor("admin"))
    said = {f"order_{at}": str(at + 1) for at in range(8)}
    said |= {"name_0": "In", "name_1": "", "name_2": "Go", "name_3": "Later", "order_2": "1"}
    said |= {"order_0": "2"}
    assert admin.post("/ideas/columns/", said).status_code == 302
    after = queries.columns(cast.actor("admin"))
    assert [c.name for c in after] == ["Go", "In", "Later"]
    assert after[1].pk == before[0].pk
    twice = admin.post("/ideas/columns/", said | {"name_2": "in"})
    assert twice.status_code == 422 and "same name" in twice.content.decode()


def test_an_ideas_page_shows_what_lies_on_it(cast: Cast, editor: Browser) -> None:
    there = f"/ideas/{cast.idea.pk}/"
    editor.post(f"{there}comments/", {"text": "Which workshop?"})
    editor.post(f"{there}tags/", {"tags": "Glass, Lyon"})
    other = ideas.capture(title="A lamp", by=cast.actor("editor"), now=NOW)
    assert (
        editor.post(f"/ideas/{other.pk}/merging/", {"into": str(cast.idea.pk)}).status_code == 302
    )
    page = editor.get(there).content.decode()
    assert "Which workshop?" in page and "Glass, Lyon" in page and "is part of this idea" in page
    assert there in editor.get(f"/ideas/{other.pk}/").content.decode()


def test_the_clipper_keeps_nothing_by_looking(cast: Cast, editor: Browser) -> None:
    found = {"url": "https://glass.example/", "title": "Blown", "text": "<b>By hand</b>"}
    page = editor.get("/ideas/clip/", found).content.decode()
    assert "https://glass.example/" in page and "&lt;b&gt;By hand" in page
    assert "javascript:alert" not in editor.get(
        "/ideas/clip/", {"url": "javascript:alert(1)"}
    ).content.decode().replace("Address", "")
    assert Idea.objects.filter(source="clip").count() == 0
    made = editor.post("/ideas/clip/", {"title": "Blown", "source_name": "Blown glass"})
    assert made.status_code == 201 and Idea.objects.get(source="clip").source_name == "Blown glass"
    anonymous = browser(cast).get("/ideas/clip/", found)
    assert anonymous.status_code == 302 and "glass.example" in anonymous.headers["Location"]
    offered = editor.get("/ideas/sources/").content.decode()
    assert 'href="javascript:' in offered and "/ideas/clip/" in offered


def test_a_message_becomes_an_idea_once(cast: Cast, editor: Browser) -> None:
    talk = stories.asked(stories.published(cast), "tom", "Do you repair lamps?", cast=cast)
    message = talk.messages.get()
    places = {editor.post(f"/messages/{message.pk}/idea/").headers["Location"] for _ in range(2)}
    made = Idea.objects.get(origin=message.pk)
    assert places == {f"/ideas/{made.pk}/"} and made.note == "Do you repair lamps?"
    assert f"#{talk.pk}" in editor.get(f"/ideas/{made.pk}/").content.decode()


@pytest.mark.browser
def test_ideas_are_moved_by_mouse_and_by_keyboard(cast: Cast, chromium: str) -> None:
    ideas.capture(title="A lamp", by=cast.actor("editor"), now=NOW)
    answered = Answered(browser(cast, "editor"))
    with ThreadPoolExecutor(1) as beside:
        driven = beside.submit(answered.drive, chromium, _moves)
        answered.until(driven)
        assert driven.result() == []
    assert Idea.objects.get(title="A lamp").column.name == "Ready"  # type: ignore[union-attr]


def _moves(page: Page) -> None:
    page.goto("http://testserver/ideas/")
    columns, lamp = page.locator(".board-column"), page.locator(".board-card", has_text="A lamp")
    lamp.drag_to(columns.nth(1))
    expect(page.locator("#announcer")).to_contain_text("Explore")
    lamp.focus()
    for key in ("m", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#announcer")).to_contain_text("now on Ready")
    for key in ("m", "ArrowLeft", "Escape"):
        page.keyboard.press(key)
    expect(columns.nth(2)).to_contain_text("A lamp")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


class Answered:
    """A browser in a thread of its own, whose calls are answered in the test's transaction."""

    def __init__(self, client: Browser) -> None:
        self.client = client
        self.calls: Queue[tuple[Any, Queue[Any]]] = Queue()

    def drive(self, path: str, work: Callable[[Page], None]) -> list[str]:
        """What the pages complained of meanwhile."""
        troubles: list[str] = []
        with sync_playwright() as playwright:
            chrome = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            page = chrome.new_page(viewport={"width": 1280, "height": 800})
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.route("**/*", self._route)
            work(page)
            chrome.close()
        return troubles

    def until(self, done: Future[Any]) -> None:
        """Answer until the browser has finished."""
        while not done.done():
            try:
                asked, reply = self.calls.get(timeout=0.05)
            except Empty:
                continue
            path, method, body, kind, htmx = asked
            answer = self.client.generic(
                method,
                path,
                body,
                content_type=kind,
                headers=htmx or ({"X-Requested-With": "fetch"} if method == "POST" else {}),
            )
            told = ("Content-Type", "HX-Redirect", "HX-Trigger")
            kept = {name: answer.headers[name] for name in told if name in answer.headers}
            status, content = answer.status_code, answer.content
            if where := answer.headers.get("Location"):
                # A redirect of an answer that is made up here would be looked up in the network.
                status, content = 200, f'<meta http-equiv="refresh" content="0;url={where}">'
            reply.put((status, content, kept))

    def _route(self, route: Route) -> None:
        asked = urlsplit(route.request.url)
        name = asked.path.split("/")[-1].split(".")
        file = DIST / f"{name[0]}.{name[-1]}"
        if asked.path == "/live" or (asked.path.startswith("/static/") and not file.exists()):
            route.fulfill(status=204)
        elif asked.path.startswith("/static/"):
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        else:
            reply: Queue[Any] = Queue()
            path = f"{asked.path}?{asked.query}"
            htmx = {"HX-Request": "true"} if "hx-request" in route.request.headers else {}
            kind = route.request.headers.get("content-type", "application/x-www-form-urlencoded")
            body = route.request.post_data_buffer or b""
            asking = (path, route.request.method, body, kind, htmx)
            self.calls.put((asking, reply))
            status, content, kept = reply.get(timeout=20)
            route.fulfill(status=status, body=content, headers=kept)

"""Every page there is, in a real browser: a screen reader gets along with it, and at the width of
a desk and of a phone nothing is cut off, wider than the screen, or on top of something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, sync_playwright

from tests import layout
from tests.cast import Cast
from tests.screens.conftest import browser
from tests.screens.permissions import Row, known, module_of
from tests.screens.test_board import DIST
from tests.screens.test_board import TYPES as PLAIN
from tests.ui.conftest import chromium
from unisono.screens.table import FAMILIES

__all__ = ["chromium"]

TYPES = {**PLAIN, ".woff2": "font/woff2"}
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
HOST = "http://testserver"


@pytest.mark.browser
def test_every_page_is_accessible_and_laid_out(cast: Cast, chromium: str) -> None:
    pages = dict(page for family in FAMILIES for page in _pages(family, cast))
    assert len(pages) > 80
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        found = _flaws(chrome, pages)
        chrome.close()
    assert not found, "\n".join(found)


def _pages(family: str, cast: Cast) -> Iterator[tuple[str, bytes]]:
    """Each page of the family as an admin gets it, by its path."""
    module = module_of(family)
    with transaction.atomic():
        more = getattr(module, "things", lambda cast: {})(cast)
        things = known(cast, more)
        client = browser(cast, "admin")
        for row in getattr(module, "ROWS", ()):
            if row.method == "GET" and row.expected["admin"] == 200:
                yield from _page(client, row, things)
        transaction.set_rollback(True)


def _page(client: Any, row: Row, things: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    path = row.path(things)
    answer = client.get(path, row.values(things))
    whole = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming
    if whole and b"<html" in answer.content:
        yield path, answer.content


def _flaws(chrome: Chromium, pages: dict[str, bytes]) -> list[str]:
    """What is wrong with the pages, a line for each flaw."""

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(HOST).split("?")[0]
        file = _built(path)
        if path in pages:
            route.fulfill(body=pages[path], content_type="text/html; charset=utf-8")
        elif file.suffix in TYPES and file.exists():
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        else:
            route.fulfill(status=204)

    page = chrome.new_page(viewport=DESK)  # type: ignore[arg-type]
    page.route("**/*", serve)
    axe = Axe()
    found = []
    for path in pages:
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        page.goto(f"{HOST}{path}")
        found += [f"{path}: {flaw}" for flaw in _of(page, axe)]
    return found


def _of(page: Page, axe: Axe) -> list[str]:
    violations = axe.run(page).response["violations"]
    found = [f"{v['id']}: {v['nodes'][0]['target']}" for v in violations]
    found += [f"desk: {flaw}" for flaw in layout.flaws(page)]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return found + [f"phone: {flaw}" for flaw in layout.flaws(page)]


def _built(path: str) -> Path:
    """The built file of a static address, which has its contents' mark in its name."""
    name = path.split("/")[-1].split(".")
    folder = DIST / "fonts" if name[-1] == "woff2" else DIST
    return folder / f"{name[0]}.{name[-1]}"

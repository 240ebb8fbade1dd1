"""A browser, the whole of Unisono as it is started by people, and the pretend network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.house import running as house
from tests.house.running import Running
from tests.servers.fixtures import lively_server

__all__ = ["lively_server"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
BUILT = Path(__file__).parents[2] / "src/unisono/ui/dist/app.css"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; without one the journey is skipped, except where CI must have it."""
    missing = "no Chromium here" if not CHROMIUM else "" if BUILT.exists() else "no front end built"
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"The journey must run in a browser: {missing}.")
    if missing:
        pytest.skip(f"The journey in a browser is skipped: {missing}.")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture(scope="module")
def unisono() -> Iterator[Running]:
    """A fresh installation that may speak to servers on this machine."""
    with house.folder() as data, house.up(data, UNISONO_ALLOW_PRIVATE_ADDRESSES="1") as tree:
        yield tree

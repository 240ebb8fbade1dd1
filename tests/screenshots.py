"""`make screenshots`: every screen of the demonstration company, light and dark, at three sizes.

Takes them from the demonstration at UNISONO_URL, else starts one of its own on a scratch folder.
Writes ./screenshots/<size>-<theme>/<screen>.png; a screen that is not there is named and skipped.
What is laid out badly is told, see `tests.layout`.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests import layout
from tests.house.running import ROOT, environment, folder, free_port

FOLDER = ROOT / "screenshots"
SIZES = {"desktop": (1440, 900), "wide": (1920, 1080), "phone": (390, 844)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PATIENCE = 300
ID = r"[0-9a-f-]{36}/"


@dataclass(frozen=True)
class Screen:
    """A page, or with `find` where its first fitting link leads, and `then` from there on; a
    visitor is not signed in."""

    name: str
    path: str
    find: str = ""
    then: str = ""
    signed_in: bool = True


SCREENS = (
    Screen("desk", "/"),
    Screen("proposals", "/proposals/"),
    Screen("proposals-noticed", "/proposals/?view=noticed"),
    Screen("autopilot", "/proposals/autopilot/"),
    Screen("experiments", "/experiments/"),
    Screen("experiment-new", "/experiments/new/?kind=times"),
    Screen("experiment-wordings", "/experiments/new/?kind=variants"),
    Screen("experiment", "/experiments/", find=rf"/experiments/{ID}$"),
    Screen("experiment-done", "/experiments/?state=done", find=rf"/experiments/{ID}$"),
    Screen("plans", "/plans/"),
    Screen("plan", "/plans/", find=rf"/plans/{ID}$"),
    Screen("timeline-plan", "/plans/", find=r"/timeline/\?plan="),
    Screen("work", "/work/"),
    Screen("tasks", "/work/tasks/"),
    Screen("task", "/work/tasks/", find=rf"/work/tasks/{ID}$"),
    Screen("work-load", "/work/load/"),
    Screen("work-risks", "/work/risks/"),
    Screen("work-plan", "/settings/work/"),
    Screen("strategy", "/strategy/"),
    Screen("objective", "/strategy/", find=rf"/objectives/{ID}$"),
    Screen("objective-new", "/objectives/new/"),
    Screen("objective-report", "/strategy/", find=rf"/objectives/{ID}$", then="report/"),
    Screen("ideas", "/ideas/"),
    Screen("idea", "/ideas/", find=rf"/ideas/{ID}$"),
    Screen("idea-sources", "/ideas/sources/"),
    Screen("idea-columns", "/ideas/columns/"),
    Screen("requests", "/requests/"),
    Screen("requests-promised", "/requests/?state=promised"),
    Screen("request", "/requests/", find=rf"/requests/{ID}$"),
    Screen("request-done", "/requests/?state=done", find=rf"/requests/{ID}$"),
    Screen("request-forms", "/requests/forms/"),
    Screen("campaigns", "/campaigns/"),
    Screen("campaign", "/campaigns/", find=rf"/campaigns/{ID}$"),
    Screen("campaign-new", "/campaigns/new/"),
    Screen("campaign-templates", "/campaigns/templates/"),
    Screen("campaign-template", "/campaigns/templates/product-launch/"),
    Screen("audiences", "/audiences/"),
    Screen("kits", "/kits/"),
    Screen("kits-closed", "/kits/?state=closed"),
    Screen("kit", "/kits/", find=rf"/kits/{ID}$"),
    Screen("kit-making", "/kits/", find=rf"/kits/{ID}making/$"),
    Screen("calendar-month", "/calendar/"),
    Screen("calendar-week", "/calendar/?view=week"),
    Screen("calendar-day", "/calendar/?view=day"),
    Screen("calendar-list", "/calendar/?view=list"),
    Screen("timeline", "/timeline/"),
    Screen("timeline-week", "/timeline/?zoom=week&shelf=1"),
    Screen("timeline-month", "/timeline/?zoom=month"),
    Screen("timeline-year", "/timeline/?zoom=year"),
    Screen("timeline-audience", "/timeline/?by=audience"),
    Screen("export", "/calendar/out/?view=month"),
    Screen("saved-views", "/calendar/views/?page=calendar&view=week"),
    Screen("collisions", "/collisions/"),
    Screen("key-dates", "/key-dates/"),
    Screen("key-date-new", "/key-dates/new/"),
    Screen("posts", "/posts/"),
    Screen("post-new", "/posts/new/"),
    Screen("series", "/series/"),
    Screen("series-new", "/series/new/"),
    Screen("composer", "/approvals/", find=rf"/posts/{ID}$"),
    Screen("approvals", "/approvals/"),
    Screen("publication", "/calendar/?view=month", find=rf"/publications/{ID}$"),
    Screen("queue", "/queue/"),
    Screen("due", "/due/"),
    Screen("due-decisions", "/due/decisions/"),
    Screen("holds", "/holds/"),
    Screen("hold-resume", "/holds/", find=rf"/holds/{ID}resume/$"),
    Screen("conversations", "/conversations/"),
    Screen("notices", "/notices/"),
    Screen("automations", "/automations/"),
    Screen("automation", "/automations/", find=rf"/automations/{ID}$"),
    Screen("automation-new", "/automations/new/?recipe=help"),
    Screen("automation-edit", "/automations/", find=rf"/automations/{ID}$", then="edit/"),
    Screen("library", "/library/"),
    Screen("channels", "/channels/"),
    Screen("channel", "/channels/", find=rf"/channels/{ID}$"),
    Screen("channel-new", "/channels/new/"),
    Screen("people", "/people/"),
    Screen("import", "/import/"),
    Screen("settings", "/settings/"),
    Screen("account", "/account/email/"),
    Screen("not-found", "/nowhere/"),
    Screen("sign-in", "/account/login/", signed_in=False),
)
ABROAD = {"fr": "french", "de": "german"}
"""The languages besides English, and what their folders are called."""


def main() -> int:
    wanted = set(sys.argv[1:])
    with _demonstration() as address, sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        screens = [s for s in SCREENS if not wanted or s.name in wanted]
        missing = _all(browser, address, screens)
    for line in sorted(missing):
        print(line)
    print(f"Pictures are in {FOLDER}.")
    return 0


def _all(browser: Browser, address: str, screens: list[Screen]) -> set[str]:
    missing: set[str] = set()
    for size, (width, height) in SIZES.items():
        for theme in THEMES:
            options: dict[str, Any] = {
                "viewport": {"width": width, "height": height},
                "color_scheme": theme,
                "has_touch": size == "phone",
            }
            missing |= _pictures(browser, address, screens, f"{size}-{theme}", options)
    for language, name in ABROAD.items():
        width, height = SIZES["desktop"]
        options = {
            "viewport": {"width": width, "height": height},
            "locale": f"{language}-{language.upper()}",
        }
        _pictures(browser, address, screens, f"desktop-{name}", options, language=language)
    return missing


def _pictures(
    browser: Browser,
    address: str,
    screens: list[Screen],
    group: str,
    options: dict[str, Any],
    language: str = "",
) -> set[str]:
    """One picture of each screen, as a visitor first, then as the demonstration's first person."""
    target = FOLDER / group
    target.mkdir(parents=True, exist_ok=True)
    missing = set()
    context = browser.new_context(**options)
    page = context.new_page()
    for screen in sorted(screens, key=lambda s: s.signed_in):
        if screen.signed_in and not context.cookies(address):
            page.goto(f"{address}/demo/")
            if language:
                _speak(page, address, language)
        if _show(page, address, screen):
            page.screenshot(path=target / f"{screen.name}.png")
            for flaw in layout.flaws(page):
                print(f"{group}/{screen.name}: {flaw}", flush=True)
        else:
            missing.add(f"{screen.name} is not there ({screen.path}).")
        if not screen.signed_in:
            context.clear_cookies()
    if language:
        _speak(page, address, "en")
    context.close()
    return missing


def _show(page: Page, address: str, screen: Screen) -> bool:
    answer = page.goto(f"{address}{screen.path}")
    if screen.find:
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        fits = [link for link in links if re.search(screen.find, link)]
        if not fits:
            return False
        answer = page.goto(f"{address}{fits[0]}{screen.then}")
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    there = answer is not None and answer.status != 404
    return there or screen.name == "not-found"


def _speak(page: Page, address: str, language: str) -> None:
    """Switch the member's language by the switch every page has."""
    page.goto(f"{address}/")
    with page.expect_navigation():
        page.evaluate(
            """language => {
                const button = document.querySelector(`button[name=language][value=${language}]`);
                button.form.requestSubmit(button);
            }""",
            language,
        )


@contextmanager
def _demonstration() -> Iterator[str]:
    given = os.environ.get("UNISONO_URL", "").rstrip("/")
    if given:
        yield given
        return
    port, sandbox = free_port(), free_port()
    with folder() as data, (data / "demo.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "unisono", "demo", "--port", str(port)],
            env=environment(data, UNISONO_SANDBOX_PORT=str(sandbox)),
            stdout=log,
            stderr=log,
            cwd=ROOT,
        )
        try:
            _wait(process, f"http://127.0.0.1:{port}", data / "demo.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"The demonstration did not start:\n{log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit("The demonstration was not ready in time.")


if __name__ == "__main__":
    raise SystemExit(main())

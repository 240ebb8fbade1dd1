"""The screens of experiments: planned with what that takes, changed, stopped, and what they say."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.cast import NOW, Cast
from tests.rooms.test_experiments import planned, running
from tests.screens.conftest import Browser, browser
from tests.screens.test_board import chromium
from tests.screens.test_intake_browser import HERE, sound, walked
from unisono.rooms.experiments import actions
from unisono.rooms.experiments.models import Experiment
from unisono.rooms.experiments.statistics.finding import Finding, Shown

__all__ = ["chromium"]


@pytest.fixture
def manager(cast: Cast) -> Browser:
    return browser(cast, "manager")


def said(cast: Cast, **more: Any) -> dict[str, Any]:
    """A plan as the form sends it."""
    hours = {"weekdays_0": [0, 1], "from_hour_0": 8, "to_hour_0": 11}
    late = {"weekdays_1": [0, 1], "from_hour_1": 17, "to_hour_1": 20}
    return {
        "question": "Do mornings?", "department": cast.departments["Marketing"].pk,
        "channel": cast.agora.pk, "figure": "views", "hours": 72, "uplift": 50, "planned": 10,
        "label_0": "Mornings", "label_1": "Evenings", **hours, **late, **more,
    }  # fmt: skip


def test_before_the_first_it_says_what_it_is_for(
    cast: Cast, manager: Browser, viewer: Browser
) -> None:
    page = manager.get("/experiments/").content.decode()
    assert "No experiments yet" in page and "/experiments/new/" in page
    assert "/experiments/new/" not in viewer.get("/experiments/").content.decode()
    planned(cast)
    assert "Do mornings bring more?" in viewer.get("/experiments/?state=planned").content.decode()
    done = viewer.get("/experiments/?state=done").content.decode()
    assert "No experiments in this state" in done


def test_what_was_typed_stays_when_it_is_refused(cast: Cast, manager: Browser) -> None:
    there = "/experiments/new/?kind=times"
    refused = manager.post(there, said(cast, from_hour_1=10, question="Only for you"))
    page = refused.content.decode()
    assert refused.status_code == 422 and "These hours overlap" in page
    assert 'value="Only for you"' in page and 'value="Evenings"' in page
    assert len(re.findall(r'name="weekdays_1"[^>]*checked', page)) == 2
    assert manager.post(there, said(cast, uplift="much")).status_code == 422
    assert not Experiment.objects.exists()
    manager.post(there, said(cast))
    row = Experiment.objects.get()
    edit = f"/experiments/{row.pk}/edit/"
    assert 'value="Do mornings?"' in manager.get(edit).content.decode()
    refused = manager.post(edit, said(cast, question="Do noons?", planned="2"))
    assert refused.status_code == 422 and 'value="Do noons?"' in refused.content.decode()
    manager.post(edit, said(cast, question="Do noons?", label_0="Noons"))
    row.refresh_from_db()
    assert row.question == "Do noons?" and row.arms.first().label == "Noons"
    manager.post(f"/experiments/{row.pk}/start/")
    assert manager.get(edit).headers["Location"] == f"/experiments/{row.pk}/"


def test_who_stops_it_says_why(cast: Cast, manager: Browser, viewer: Browser) -> None:
    row = running(cast)
    there = f"/experiments/{row.pk}/"
    refused = manager.post(f"{there}stop/", {"reason": " "})
    assert refused.status_code == 422 and "Say why it ends" in refused.content.decode()
    manager.post(f"{there}stop/", {"reason": "The campaign is over."})
    page = viewer.get(there).content.decode()
    assert "The campaign is over." in page and "stopped before a post was counted" in page


def test_an_answer_comes_with_its_range_and_its_posts(cast: Cast, viewer: Browser) -> None:
    row = running(cast)
    found = Finding(1.3, 1.1, 1.6, 24, 23, Shown.FIRST)
    actions.conclude(row, found, by=cast.actor("manager"), now=NOW)
    page = viewer.get(f"/experiments/{row.pk}/").content.decode()
    sentence = (
        "“Mornings” brings about 1.3 times as many views as “Evenings”, likely between 1.1 and 1.6"
        " times (24 and 23 posts). That is shown."
    )
    assert sentence in page and f'aria-label="{sentence}"' in page
    assert "Prefer “Mornings”" in page and "/queue/#channel-" in page
    assert sentence in viewer.get("/experiments/?state=done").content.decode()


@pytest.mark.browser
def test_what_it_takes_is_told_while_one_chooses(cast: Cast, chromium: str) -> None:
    def walk(page: Page) -> None:
        page.goto(f"{HERE}/experiments/new/?kind=times")
        sample = page.locator("#sample")
        expect(sample).to_contain_text("To show 25 percent more")
        page.get_by_label("Smallest difference").fill("100")
        expect(sample).to_contain_text("To show 100 percent more")
        page.get_by_label("Posts each way").fill("6")
        expect(sample).to_contain_text("With the 6 posts each way you chose")
        page.get_by_label("What do you want to know?").fill("Do mornings bring more?")
        for number, name in enumerate(("Mornings", "Evenings")):
            page.locator(f"[name=label_{number}]").fill(name)
        sound(page)
        page.get_by_role("button", name="Plan it").press("Enter")
        page.get_by_role("button", name="Start it").press("Enter")
        expect(page.locator("main")).to_contain_text("no post is counted yet")
        sound(page)

    walked(browser(cast, "manager"), chromium, walk)
    assert Experiment.objects.get().state == "running"

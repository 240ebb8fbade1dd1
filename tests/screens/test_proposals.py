"""The page of proposals and the desk's part of it, also by mouse and by keyboard alone."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.cast import NOW, Cast
from tests.rooms.test_autopilot import moves
from tests.rooms.test_orchestration import an_ask, by, draft
from tests.screens.conftest import Browser, browser
from tests.screens.test_board import Answered
from tests.ui.conftest import chromium
from unisono.rooms.orchestration import noticing
from unisono.rooms.orchestration.models import Mandate, Proposal
from unisono.rooms.orchestration.watching import unasked
from unisono.rooms.workflow import actions as workflow
from unisono.screens.doors import now

__all__ = ["chromium"]


def test_what_is_noticed_proposed_and_decided_has_its_place(cast: Cast, editor: Browser) -> None:
    proposal = an_ask(cast)
    offered = editor.get("/proposals/").content.decode()
    assert "Ask for approval of “Nobody was asked” now" in offered
    assert "5 decisions in half a year" in offered
    assert (
        "nobody was asked to approve it" in editor.get("/proposals/?view=noticed").content.decode()
    )
    editor.post(f"/proposals/{proposal.pk}/decline/", {"reason": "We wait."})
    assert "Ask for approval of" not in editor.get("/proposals/").content.decode()
    decided = editor.get("/proposals/?view=decided").content.decode()
    assert "Put aside" in decided and "We wait." in decided


def test_what_stands_against_it_is_said_and_the_offer_stays(cast: Cast, editor: Browser) -> None:
    proposal = an_ask(cast)
    workflow.ask_approval(proposal.post, by=cast.actor("editor"), now=NOW)
    answer = editor.post(f"/proposals/{proposal.pk}/accept/", follow=True)
    assert "approved or in review already" in answer.content.decode()
    proposal.refresh_from_db()
    assert proposal.state == "offered"


def test_a_refused_time_is_said_where_it_was_typed(cast: Cast, editor: Browser) -> None:
    (proposal,) = moves(cast, 1)
    at = f"/proposals/{proposal.pk}/accept/"
    assert "Another time…" in editor.get("/proposals/").content.decode()
    answer = editor.post(at, {"day": "2020-03-09", "time": "16:20"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "This time has passed already." in page
    assert 'value="2020-03-09"' in page and 'value="16:20"' in page and "Europe/Paris" in page
    assert "not a day and a time" in editor.post(at, {"day": "soon"}).content.decode()
    day = (now() + timedelta(days=3)).date().isoformat()
    done = editor.post(at, {"day": day, "time": "16:20"}, follow=True)
    assert done.status_code == 200
    decided = editor.get("/proposals/?view=decided").content.decode()
    assert "Accepted with another time. Proposed was" in decided
    proposal.refresh_from_db()
    assert proposal.wall == f"{day}T16:20"


def test_who_may_only_look_sees_no_buttons(cast: Cast, viewer: Browser) -> None:
    an_ask(cast)
    page = viewer.get("/proposals/").content.decode()
    assert "Nobody was asked" in page and "/accept/" not in page


def test_an_autopilot_is_bold_only_where_that_is_ticked(cast: Cast) -> None:
    manager = browser(cast, "manager")
    at = f"/proposals/autopilot/{cast.departments['Marketing'].pk}/"
    bounds = {"kinds": ["move"], "a_day": "2", "from_hour": "8", "to_hour": "18"}
    page = manager.post(at, bounds, follow=True).content.decode()
    assert "Also moves to hours that are only likely better" in page
    assert not Mandate.objects.get(state="given").bold
    page = manager.post(at, {**bounds, "bold": "on"}, follow=True).content.decode()
    assert Mandate.objects.get(state="given").bold
    assert "Trials: 0 of" not in page
    page = manager.post(at, {**bounds, "trials_one_in": "3"}).content.decode()
    assert "Choose one trial in 4 to 100 posts" in page and 'value="3"' in page
    page = manager.post(at, {**bounds, "bold": "on", "trials_one_in": "8"}, follow=True)
    page = page.content.decode()
    assert Mandate.objects.get(state="given").trials_one_in == 8
    assert "Trials: 0 of" in page
    (box,) = re.findall(r'<input type="checkbox" name="bold"[^>]*checked', page)
    assert box


@pytest.mark.browser
def test_by_mouse_and_by_keyboard(cast: Cast, chromium: str) -> None:
    an_ask(cast)
    draft(cast, "Nor here", wall=datetime(2026, 3, 6, 12))
    noticing.notice(by=by(cast), now=NOW, watchers=[unasked])
    noticing.propose(by=by(cast), now=NOW)
    answered = Answered(browser(cast, "editor"))
    with ThreadPoolExecutor(1) as beside:
        driven = beside.submit(answered.drive, chromium, _walk)
        answered.until(driven)
        assert driven.result() == []
    states = dict(Proposal.objects.values_list("post__title", "state"))
    assert states == {"Nobody was asked": "undone", "Nor here": "declined"}


def _walk(page: Page) -> None:
    axe = Axe()
    page.goto("http://testserver/proposals/")
    assert axe.run(page).response["violations"] == []
    page.get_by_role("button", name="Accept Ask for approval of “Nobody was asked” now").click()
    expect(page.get_by_text("Nobody was asked")).to_have_count(0)
    page.locator("summary", has_text="Nor here").press("Enter")
    page.get_by_placeholder("Reason (optional)").press_sequentially("Not now")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is proposed now")).to_be_visible()
    page.get_by_role("link", name="Decided").press("Enter")
    expect(page.get_by_text("Not now")).to_be_visible()
    assert axe.run(page).response["violations"] == []
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("Undone")).to_be_visible()

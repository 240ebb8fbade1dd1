"""The pages of plans: asked for, looked at, accepted and undone; on the timeline; in a browser."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.rooms.test_plans import PARIS, known, mornings, moves
from tests.screens.conftest import Browser, browser
from tests.screens.test_board import Answered
from tests.ui.conftest import chromium
from unisono.kernel.clock import to_wall
from unisono.rooms.content import actions as content
from unisono.rooms.orchestration.models import Plan
from unisono.rooms.orchestration.plans import actions, working
from unisono.rooms.workflow import actions as workflow

__all__ = ["chromium", "known"]


def ahead(cast: Cast) -> Plan:
    """A plan of two posts some days from now, drawn now: the pages ask the real clock."""
    now = timezone.now()
    for days in (3, 4):
        wall = to_wall(now + timedelta(days=days), PARIS).replace(hour=9, minute=0)
        content.write_post(
            title=f"In {days} days", text="Light.", department=cast.departments["Marketing"],
            channels=[cast.agora], wall=wall.replace(second=0, microsecond=0), zone=PARIS,
            by=cast.actor("editor"), now=now,
        )  # fmt: skip
    marketing = cast.departments["Marketing"]
    plan = actions.draw(departments=[marketing], effort=0.2, by=cast.actor("editor"), now=now)
    working.work(cast.lumen.pk, plan.pk, now=now)
    plan.refresh_from_db()
    assert len(moves(plan)) == 2
    return plan


def test_a_plan_is_asked_for_and_waited_for(cast: Cast, editor: Browser) -> None:
    mornings(cast, 9)
    assert "No plan yet" in editor.get("/plans/").content.decode()
    page = editor.post(
        "/plans/", {"weeks": "3", "freedom": "little", "within": "week"}, follow=True
    )
    assert "The best times are being looked for" in page.content.decode()
    plan = Plan.objects.get()
    assert (plan.weeks, plan.freedom, plan.departments) == (
        3, "little", [str(cast.departments["Marketing"].pk)],
    )  # fmt: skip
    wrong = editor.post("/plans/", {"weeks": "9", "freedom": "little", "within": "week"})
    assert wrong.status_code == 422


def test_moves_are_accepted_and_undone_on_the_page(known: Cast, editor: Browser) -> None:
    plan = ahead(known)
    at = f"/plans/{plan.pk}/"
    page = editor.get(at).content.decode()
    assert "It is believed, not shown, to bring about" in page and "Accept all" in page
    first, second = moves(plan)
    editor.post(f"{at}taking/", {"moves": str(first.pk)})
    first.variant.refresh_from_db()
    second.variant.refresh_from_db()
    assert first.variant.planned_at == first.at and second.variant.planned_at == second.was_at
    page = editor.post(f"{at}undoing/", {"all": "1"}, follow=True).content.decode()
    assert "1 post was moved" in page
    first.variant.refresh_from_db()
    assert first.variant.planned_at == first.was_at
    assert "Accept all" not in browser(known, "viewer").get(at).content.decode()


def test_an_urgent_post_is_what_a_plan_is_drawn_anew_for(cast: Cast, editor: Browser) -> None:
    now, by = timezone.now(), cast.actor("editor")
    plan = actions.draw(departments=[cast.departments["Marketing"]], by=by, now=now)
    working.work(cast.lumen.pk, plan.pk, now=now)
    post = content.write_post(
        title="Recall", text="Light.", department=cast.departments["Marketing"],
        channels=[cast.agora], by=by, now=now,
    )  # fmt: skip
    at = f"/plans/{plan.pk}/"
    assert "Recall" not in editor.get(at).content.decode()
    (request,) = workflow.ask_approval(post, by=by, now=now)
    workflow.approve(request, by=cast.actor("approver"), now=now)
    assert "Recall" in editor.get(at).content.decode()
    assert editor.post(f"{at}again/", {"first": "2026-12-10T09:00"}).status_code == 422
    editor.post(f"{at}again/", {"urgent": str(post.pk)})
    anew = Plan.objects.get(before=plan)
    working.work(cast.lumen.pk, anew.pk, now=now)
    (move,) = moves(anew)
    assert move.post == post and move.forced
    assert move.at - now < timedelta(days=1)


@pytest.mark.browser
def test_on_the_timeline_by_keyboard(known: Cast, chromium: str) -> None:
    plan = ahead(known)
    first = moves(plan)[0]
    answered = Answered(browser(known, "editor"))

    def walk(page: Page) -> None:
        page.goto(f"http://testserver/timeline/?plan={plan.pk}&day={first.at:%Y-%m-%d}")
        ghost = page.locator(".timeline-ghost").first
        expect(ghost).to_be_visible()
        ghost.focus()
        ghost.press("Enter")
        accept = page.locator("#timeline-more").get_by_role("button", name="Accept")
        expect(accept).to_be_visible()
        accept.press("Enter")
        expect(page.locator(".timeline-ghost")).to_have_count(1)

    with ThreadPoolExecutor(1) as beside:
        driven = beside.submit(answered.drive, chromium, walk)
        answered.until(driven)
        assert driven.result() == []
    assert plan.moves.filter(state="taken").count() == 1

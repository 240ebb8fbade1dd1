"""My work, tasks on posts, workload, risks and the plan; all screens once in a real browser."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.screens.conftest import Browser, browser
from tests.screens.test_board import Answered
from tests.ui.conftest import chromium
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import timing
from unisono.rooms.workflow import actions as workflow
from unisono.rooms.workflow import tasks
from unisono.rooms.workflow.models import Absence, Task, WorkPlan
from unisono.rooms.workflow.tasks import Due

__all__ = ["chromium"]


def task(cast: Cast, title: str, days: int | None = None, owner: str = "editor") -> Task:
    at = timezone.now()
    due = None if days is None else Due((at + timedelta(days)).date(), zone="Europe/Paris")
    return tasks.add(
        title=title,
        department=cast.departments["Marketing"],
        owner=cast.members[owner] if owner else None,
        due=due,
        by=cast.actor("admin"),
        now=at,
    )


def at_risk(cast: Cast) -> None:
    """The cast's post goes out the day after tomorrow, and has everything ahead of it."""
    soon = timezone.now() + timedelta(days=2)
    publishing.move_post(
        cast.post, wall=datetime(soon.year, soon.month, soon.day, 9), zone="Europe/Paris",
        by=cast.actor("manager"), now=timezone.now(),
    )  # fmt: skip
    timing.plan_work(cast.post, by=cast.actor("editor"), now=timezone.now())


def test_my_work_is_ticked_off_from_the_list(cast: Cast, editor: Browser) -> None:
    late, soon = task(cast, "Late", -2), task(cast, "Soon", 200)
    task(cast, "Somebody else's", 1, owner="viewer")
    task(cast, "Anybody's", 1, owner="")
    page = editor.get("/work/").content.decode()
    assert page.index("Overdue") < page.index(">Late<") < page.index("Later") < page.index(">Soon<")
    assert "Somebody else" not in page and "Take “Anybody" in page
    said = {"to": "done", "part": "mine"}
    answer = editor.htmx("post", f"/work/tasks/{late.pk}/state/", said)
    ticked = answer.content.decode()
    assert answer.status_code == 200 and ">Late<" not in ticked
    assert re.search(rf'id="tick-{soon.pk}"[^>]*autofocus', ticked), "the keyboard goes on there"
    assert "is done" in answer.headers["HX-Trigger"]
    plain = editor.post(f"/work/tasks/{soon.pk}/state/", said)
    assert plain.status_code == 302 and Task.objects.filter(state="done").count() == 2
    assert editor.post(f"/work/tasks/{soon.pk}/state/", {"to": "nowhere"}).status_code == 422


def test_a_task_is_written_and_nothing_typed_is_lost(cast: Cast, editor: Browser) -> None:
    said = {"title": "Call", "days": "2", "on": "2099-03-11", "time": "17:00", "note": "At noon."}
    wrong = editor.post("/work/tasks/new/", said | {"zone": "Mars/Olympus"})
    assert wrong.status_code == 422 and "At noon." in wrong.content.decode()
    assert editor.post("/work/tasks/new/", said | {"on": ""}).status_code == 422
    of = {"campaign": str(cast.campaign.pk)}
    there = editor.post("/work/tasks/new/", said | of).headers["Location"]
    page = editor.get(there).content.decode()
    assert "Lyon opening" in page and "17:00" in page
    other = task(cast, "Print")
    assert editor.post(f"{there}needs/", {"needed": str(other.pk)}).status_code == 302
    row = Task.objects.get(title="Call")
    circle = editor.post(f"/work/tasks/{other.pk}/needs/", {"needed": str(row.pk)})
    assert circle.status_code == 422 and "neither could ever begin" in circle.content.decode()
    assert editor.get("/work/tasks/new/", {"post": "x"}).status_code == 404
    assert "Call" in editor.get("/work/tasks/", {"owner": "nobody"}).content.decode()


def test_a_post_shows_its_work_and_why_it_is_at_risk(cast: Cast, editor: Browser) -> None:
    card = f"/work/posts/{cast.post.pk}/"
    assert f'hx-get="{card}"' in editor.get(f"/posts/{cast.post.pk}/").content.decode()
    assert "Plan the work" in editor.get(card).content.decode()
    added = editor.htmx("post", card, {"title": "Ask the mayor", "on": "2099-03-11"})
    assert "Ask the mayor" in added.content.decode()
    row = Task.objects.get(title="Ask the mayor")
    me = {"owner": str(cast.members["editor"].pk), "part": "post"}
    given = editor.htmx("post", f"/work/tasks/{row.pk}/owner/", me).content.decode()
    assert re.search(rf'value="{cast.members["editor"].pk}" selected', given)
    wrong = editor.htmx("post", card, {"title": "Ask her too", "on": "tomorrow"})
    assert wrong.status_code == 422 and 'value="Ask her too"' in wrong.content.decode()
    at_risk(cast)
    assert "working day" in editor.get(card).content.decode()
    assert cast.post.title in editor.get("/work/risks/").content.decode()
    assert editor.htmx("post", f"{card}plan/", {"act": "drop"}).status_code == 200
    assert Task.objects.filter(post=cast.post, state="dropped").count() == 4
    campaign = f"/work/campaigns/{cast.campaign.pk}/"
    assert campaign in editor.get(f"/campaigns/{cast.campaign.pk}/").content.decode()
    assert "Cake" in editor.htmx("post", campaign, {"title": "Cake"}).content.decode()


def test_work_is_given_to_others_and_absences_are_noted(cast: Cast, editor: Browser) -> None:
    row = task(cast, "Soon", 3)
    me = cast.members["editor"].pk
    assert f"/work/people/{me}/" in editor.get("/work/load/").content.decode()
    said = {"owner": str(cast.members["viewer"].pk), "part": "person", "of": str(me)}
    given = editor.post(f"/work/tasks/{row.pk}/owner/", said)
    assert given.headers["Location"] == f"/work/people/{me}/"
    row.refresh_from_db()
    assert row.owner == cast.members["viewer"]
    days = {"first_on": "2099-03-11", "last_on": "2099-03-10"}
    assert editor.post(f"/work/people/{me}/absences/", days).status_code == 422
    editor.post(f"/work/people/{me}/absences/", days | {"last_on": "2099-03-12"})
    (away,) = Absence.objects.all()
    assert "11 Mar" in editor.get(f"/work/people/{me}/").content.decode()
    assert editor.post(f"/work/absences/{away.pk}/end/").status_code == 302


def test_the_plan_is_rearranged_before_it_is_kept(cast: Cast, admin: Browser) -> None:
    page = admin.get("/settings/work/").content.decode()
    keys = re.findall(r'name="step" value="([^"]+)"', page)
    assert keys == ["draft", "picture", "review", "schedule"]
    said = {"step": ["draft", "review"], "name-draft": "Write", "days-draft": "3",
            "rule-draft": "writer", "name-review": "Read", "days-review": "1",
            "rule-review": "approver", "after-review": ["draft"], "country": "FR"}  # fmt: skip
    up = admin.post("/settings/work/", said | {"act": "up:review"}).content.decode()
    assert up.index('value="Read"') < up.index('value="Write"')
    assert not WorkPlan.objects.exists()
    wrong = admin.post("/settings/work/", said | {"days-draft": "many", "act": "save"})
    assert wrong.status_code == 422 and 'value="Write"' in wrong.content.decode()
    assert admin.post("/settings/work/", said | {"act": "save"}).status_code == 302
    plan = WorkPlan.objects.get()
    assert [(s.name, s.days, s.after) for s in plan.steps.all()] == [
        ("Write", 3, []), ("Read", 1, ["draft"]),
    ]  # fmt: skip


@pytest.mark.browser
def test_every_screen_by_mouse_and_by_keyboard(cast: Cast, chromium: str) -> None:
    for title in ("First", "Second", "Third"):
        task(cast, title, 200, owner="manager")
    at_risk(cast)
    workflow.ask_approval(cast.post, by=cast.actor("admin"), now=timezone.now())
    answered = Answered(browser(cast, "manager"))
    with ThreadPoolExecutor(1) as beside:
        driven = beside.submit(
            answered.drive, chromium, lambda page: _walk(page, str(cast.post.pk))
        )
        answered.until(driven)
        assert driven.result() == []
    assert Task.objects.get(title="First").state == "done"
    assert Task.objects.get(title="Second").state == "done"
    assert Task.objects.get(title="By keyboard").post_id == cast.post.pk


def _walk(page: Page, post: str) -> None:
    _ticks(page)
    axe = Axe()
    for path in ("/work/tasks/", "/work/risks/", "/work/load/", "/settings/work/"):
        page.goto(f"http://testserver{path}")
        _is_sound(page, axe)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Add a step").press("Enter")
    expect(page.locator(".work-step")).to_have_count(5)
    page.goto("http://testserver/work/load/")
    page.get_by_role("link", name="Manager").first.click()
    expect(page.locator("#absences-title")).to_be_visible()
    _is_sound(page, axe)
    page.get_by_role("link", name="Third").click()
    expect(page.locator("#needs")).to_be_visible()
    _is_sound(page, axe)
    page.goto(f"http://testserver/posts/{post}/")
    page.locator("#work summary").press("Enter")
    page.locator("#task-title").press_sequentially("By keyboard")
    page.keyboard.press("Enter")
    expect(page.locator("#work-rows")).to_contain_text("By keyboard")
    _is_sound(page, axe, "#work")


def _ticks(page: Page) -> None:
    """The first by mouse; then the keyboard stands on the next, and Enter ticks it."""
    page.goto("http://testserver/work/")
    _is_sound(page, Axe())
    page.get_by_role("button", name="Tick “First”").click()
    expect(page.get_by_role("button", name="Tick “Second”")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Tick “Third”")).to_be_focused()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 800})


def _is_sound(page: Page, axe: Axe, within: str = "main") -> None:
    found = axe.run(page, context=within).response["violations"]
    assert [(v["id"], v["nodes"][0]["target"]) for v in found] == [], page.url

"""A drop that breaks a house rule, in a real browser: ways out by mouse and by keyboard alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from wsgiref.simple_server import make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.sessions.models import Session
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.cast import NOW, PASSWORD, Cast, connected
from tests.rooms.test_series_at_once import _clear
from tests.screens.conftest import Browser
from tests.ui.conftest import Quiet as QuietHandler
from tests.ui.conftest import Server, chromium
from unisono.kernel import tenancy
from unisono.kernel.secrets import Secret
from unisono.rooms.channels import house
from unisono.rooms.channels.rules import Quiet, Rules
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.people import actions as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.models import Department
from unisono.rooms.publishing import actions as publishing

__all__ = ["chromium"]
pytestmark = pytest.mark.browser

PARIS = "Europe/Paris"
WEEK = "/calendar/?view=week&day=2099-03-11"


class Closing(Server):
    """Ends the connection to the database that each thread has made."""

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            connection.close()


@dataclass
class Served:
    """Where the house answers, its admin's session, and the post that is moved."""

    address: str
    session: str
    post: str


@pytest.fixture
def served(chromium: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[Served]:
    """A house with two posts an hour apart on a channel that asks for it, committed and served."""
    with django_db_blocker.unblock():
        admin = people.found_organization(
            name="Crowded House",
            zone=PARIS,
            language="en",
            admin_email="admin@crowded.example",
            admin_name="Cora Crowded",
            password=Secret(PASSWORD),
            departments=[("Marketing", "violet")],
            now=NOW,
        )
        user = admin.member.user  # type: ignore[union-attr]
        with tenancy.within(admin.organization.pk):
            post = _planned(admin)
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        application = StaticFilesHandler(WSGIHandler())
        server = make_server("127.0.0.1", 0, application, Closing, handler_class=QuietHandler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Served(f"http://127.0.0.1:{server.server_port}", session, post)
        server.shutdown()
        thread.join()
        server.server_close()
        Session.objects.filter(pk=session).delete()
        _clear(admin.organization.pk, user.pk)


def _planned(by: Actor) -> str:
    department = Department.objects.get()
    people.change_department(
        department,
        name="Marketing",
        hue="violet",
        parent=None,
        approval_required=False,
        by=by,
        now=NOW,
    )
    channel = connected("crowded-agora", "agora", by=by)
    house.set_rules(channel, Rules("", gap_minutes=60), by=by, now=NOW)
    for title, hour in (("First", 10), ("Second", 14)):
        post = content.write_post(
            title=title, text=title, department=department, channels=[channel], by=by, now=NOW
        )
        wall = datetime(2099, 3, 11, hour, 0 if hour == 10 else 30)
        variant = post.variants.get()
        publishing.schedule_variant(variant, wall=wall, zone=PARIS, by=by, now=NOW)
    return str(post.pk)


def note(page: Page, title: str) -> Locator:
    return page.locator(".note", has_text=title)


def cell(page: Page, hour: int) -> Locator:
    return page.locator(f'.calendar-cell[data-day="2099-03-11"][data-hour="{hour:02d}"]')


def serious(page: Page) -> list[Any]:
    found = Axe().run(page).response["violations"]
    return [
        (v["id"], v["nodes"][0]["target"]) for v in found if v["impact"] in ("serious", "critical")
    ]


def test_a_drop_that_collides_offers_ways_out(served: Served, chromium: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 1200}, locale="en-GB")
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": served.session, "url": served.address}]
        )
        page = context.new_page()
        page.goto(served.address + WEEK)

        # By mouse: 14:30 is dropped on ten o'clock, that is on 10:30.
        note(page, "Second").drag_to(cell(page, 10))
        dialog = page.get_by_role("dialog", name="This time breaks a house rule")
        expect(dialog).to_contain_text("30 min from “First” (Marketing)")
        expect(cell(page, 14)).to_contain_text("Second")
        assert serious(page) == []
        dialog.get_by_role("button", name="Next free time").click()
        expect(note(page, "Second")).to_contain_text("11:00")
        assert page.url.endswith(WEEK)

        # By keyboard alone: an hour up collides, and the way before is taken.
        note(page, "Second").focus()
        for key in ("m", "ArrowUp", "Enter"):
            page.keyboard.press(key)
        before = dialog.get_by_role("button", name="Last free time before")
        before.wait_for()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(note(page, "Second")).to_be_focused()
        for key in ("m", "ArrowUp", "Enter"):
            page.keyboard.press(key)
        before.wait_for()
        for _turn in range(6):
            if before.evaluate("button => button === document.activeElement"):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(note(page, "Second")).to_contain_text("09:00")

        # In the composer it is said while the time is typed, before anything is kept.
        page.goto(f"{served.address}/posts/{served.post}/")
        page.locator('#when [name="time"]').fill("10:20")
        check = page.locator("#time-check")
        expect(check).to_contain_text("20 min from “First” (Marketing)")
        assert serious(page) == []
        check.get_by_text("Plan it at this time nevertheless").press("Enter")
        check.get_by_label("Reason").fill("Press day")
        check.get_by_role("button", name="Plan it nevertheless").press("Enter")
        expect(page.locator("#progress")).to_contain_text("10:20")

        page.goto(f"{served.address}/collisions/?day=2099-03-05")
        expect(page.locator("main")).to_contain_text("Planned so on purpose: Press day")
        assert serious(page) == []
        page.get_by_role("button", name="Next free time").press("Enter")
        expect(page.locator("main")).to_contain_text("Nothing collides in these weeks")
        browser.close()


def test_a_post_begun_on_a_day_is_kept_and_told_what_is_against_its_hour(
    cast: Cast, editor: Browser
) -> None:
    house.set_rules(
        cast.agora, Rules("", quiet=(Quiet(time(8), time(11)),)), by=cast.actor("admin"), now=NOW
    )
    data = {
        "title": "Begun on a day",
        "text": "Light.",
        "language": "en",
        "channels": [str(cast.agora.pk)],
        "department": str(cast.departments["Marketing"].pk),
        "day": "2099-03-11",
    }
    assert editor.post(reverse("post.new"), data).status_code == 302
    post = Post.objects.get(title="Begun on a day")
    assert post.variants.get().planned_wall == "2099-03-11T09:00"

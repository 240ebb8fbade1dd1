"""The queue, a post's turn in its composer, and what waits on its receipt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.cast import NOW, Cast
from tests.screens.conftest import browser
from tests.screens.permissions.posts import agreed
from tests.screens.test_board import Answered
from tests.ui.conftest import chromium
from unisono.rooms.channels import slots
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import order
from unisono.rooms.publishing.models import PostOrder, Publication

__all__ = ["chromium"]

PARIS = "Europe/Paris"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def slotted(cast: Cast) -> Cast:
    """The professional feed has a slot every day at nine."""
    slots.add_slots(cast.agora, range(7), at=time(9), zone=PARIS, by=cast.actor("admin"), now=NOW)
    return cast


def second(cast: Cast) -> Post:
    return content.write_post(
        title="For everybody", text="All.", department=cast.departments["Marketing"],
        campaign=cast.campaign, channels=[cast.agora], by=cast.actor("admin"), now=NOW,
    )  # fmt: skip


def test_an_undated_post_fills_a_gap_with_one_click(slotted: Cast) -> None:
    post, editor = agreed(slotted, "How to hang a lamp"), browser(slotted, "editor")
    page = editor.get("/queue/").content.decode()
    assert "How to hang a lamp" in page
    assert "7 slots a week" in page
    assert "lasts" in page
    way = page.split('name="way"')[1].split('value="')[1].split('"')[0]
    sent = {"variant": str(post.variants.get().pk), "zone": PARIS, "way": way}
    assert editor.post("/queue/fill/", sent).status_code == 302
    row = Publication.objects.get(variant__post=post)
    assert (row.wall[11:], row.due_at) == ("09:00", datetime.fromisoformat(way))
    assert "Nothing waits for a time" in editor.get("/queue/").content.decode()
    assert editor.post("/queue/fill/", {**sent, "way": "soon"}).status_code == 422


def test_slots_that_cannot_be_are_named_and_what_was_typed_stays(cast: Cast) -> None:
    admin, path = browser(cast, "admin"), f"/channels/{cast.agora.pk}/slots/"
    bad = admin.post(path, {"at": "09:10", "zone": "Mars/Olympus", "weekday": ["0", "3"]})
    assert bad.status_code == 422
    page = bad.content.decode()
    assert "is not a time zone we know" in page
    assert page.count("checked") == 2
    assert 'value="Mars/Olympus"' in page
    assert admin.post(path, {"at": "09:10", "zone": PARIS}).status_code == 422
    assert admin.post(path, {"at": "09:10", "zone": PARIS, "weekday": "0"}).status_code == 302


def test_the_composer_offers_the_next_free_slot(slotted: Cast) -> None:
    post, editor = second(slotted), browser(slotted, "editor")
    page = editor.get(f"/posts/{post.pk}/").content.decode()
    assert "Next free slot:" in page
    way = page.split('name="way"')[1].split('value="')[1].split('"')[0]
    variant = post.variants.get()
    sent = {"variant": str(variant.pk), "zone": PARIS, "way": way}
    assert editor.post(f"/posts/{post.pk}/time/", sent, headers=HTMX).status_code == 200
    variant.refresh_from_db()
    assert variant.planned_at == datetime.fromisoformat(way)


def test_the_order_is_set_in_the_composer_and_offers_ways_out(cast: Cast) -> None:
    post, editor = second(cast), browser(cast, "editor")
    for one, at in ((cast.post, "10:00"), (post, "10:10")):
        wall = datetime.fromisoformat(f"2099-03-11T{at}")
        publishing.move_post(one, wall=wall, zone=PARIS, by=cast.actor("editor"), now=NOW)
    path = f"/posts/{post.pk}/order/"
    wanted = {"after": str(cast.post.pk), "minutes": "30"}
    refused = editor.post(path, wanted, headers=HTMX)
    assert refused.status_code == 422
    assert "too early to be 30 min after" in refused.content.decode()
    assert 'name="along"' in refused.content.decode()
    kept = editor.post(path, {**wanted, "along": "1"}, headers=HTMX)
    assert "After “The doors”" in kept.content.decode()
    assert post.variants.get().planned_wall == "2099-03-11T10:30"
    early = {"day": "2099-03-11", "time": "10:05", "zone": PARIS, "variant": "all"}
    answer = editor.post(f"/posts/{post.pk}/time/", early, headers=HTMX).content.decode()
    assert "“The doors” goes out first" in answer
    assert 'value="2099-03-11T09:30:00+00:00"' in answer
    note = editor.get("/calendar/?view=week&day=2099-03-11").content.decode()
    assert note.count("After “The doors”") == 2  # on the note as a title, and for readers
    moved = editor.post(
        f"/calendar/variants/{cast.post.variants.first().pk}/time/", {"day": "2099-03-12"},
        headers={"X-Requested-With": "fetch"},
    )  # fmt: skip
    assert (moved.status_code, moved.headers["X-Along"]) == (409, "1")
    assert moved.content.decode().startswith("“For everybody” goes out 30 min after this")
    editor.post(path, {"wipe": "1"}, headers=HTMX)
    assert not PostOrder.objects.exists()


def test_a_receipt_says_what_it_waits_for_and_sends_it_anyway(cast: Cast) -> None:
    post = agreed(cast, "Agreed")
    row = publishing.schedule_variant(
        post.variants.get(), wall=datetime.fromisoformat("2099-03-11T10:00"), zone=PARIS,
        by=cast.actor("editor"), now=NOW,
    )  # fmt: skip
    wall = datetime.fromisoformat("2099-03-11T12:00")
    order.embargo(post, wall=wall, zone=PARIS, by=cast.actor("editor"), now=NOW)
    path = f"/publications/{row.pk}/"
    assert 'id="anyway"' not in browser(cast, "editor").get(path).content.decode()
    manager = browser(cast, "manager")
    page = manager.get(path).content.decode()
    assert "Embargo" in page
    assert 'id="anyway"' in page
    assert manager.post(f"{path}anyway/", {"why": "It is out by mail."}).status_code == 302
    assert "It is out by mail." in manager.get(path).content.decode()


def test_a_refused_move_offers_what_would_do_without_scripts(cast: Cast) -> None:
    post, editor = agreed(cast, "Agreed"), browser(cast, "editor")
    row = publishing.schedule_variant(
        post.variants.get(), wall=datetime.fromisoformat("2099-03-11T13:00"), zone=PARIS,
        by=cast.actor("editor"), now=NOW,
    )  # fmt: skip
    wall = datetime.fromisoformat("2099-03-11T12:00")
    order.embargo(post, wall=wall, zone=PARIS, by=cast.actor("editor"), now=NOW)
    path = f"/publications/{row.pk}/time/"
    refused = editor.post(path, {"day": "2099-03-11", "time": "11:00", "zone": PARIS})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "There is an embargo: the earliest time is Wed 11 Mar, 12:00" in page
    way = page.split('name="way"')[1].split('value="')[1].split('"')[0]
    kept = {"day": "2099-03-11", "time": "11:00", "zone": PARIS, "way": way}
    assert editor.post(path, kept).status_code == 302
    row.refresh_from_db()
    assert row.wall == "2099-03-11T12:00"


@pytest.mark.browser
def test_the_queue_and_an_order_by_mouse_and_by_keyboard(cast: Cast, chromium: str) -> None:
    lamps = [agreed(cast, f"How to hang a lamp, part {n}") for n in (1, 2)]
    after = second(cast)
    answered = Answered(browser(cast, "admin"))
    with ThreadPoolExecutor(1) as beside:
        driven = beside.submit(
            answered.drive, chromium, lambda page: _walk(page, cast, str(after.pk))
        )
        answered.until(driven)
        assert driven.result() == []
    assert Publication.objects.filter(variant__post__in=lamps, wall__endswith="T08:50").count() == 2
    assert PostOrder.objects.get(post=after).after_id == cast.post.pk


def _walk(page: Page, cast: Cast, after: str) -> None:
    page.goto("http://testserver/queue/")
    card = page.locator(f"#channel-{cast.agora.pk}")
    card.get_by_text("Weekly slots").press("Enter")
    for day in card.get_by_role("checkbox").all():
        day.press("Space")
    card.get_by_label("Time", exact=True).fill("08:50")
    card.get_by_label("Time", exact=True).press("Enter")
    expect(card.get_by_text("7 slots a week")).to_be_visible()
    assert _faults(page, "main") == []
    card.get_by_text("Fill it").first.click()
    card.get_by_role("button", name="How to hang a lamp, part 1").first.click()
    expect(page.locator("main")).not_to_contain_text("part 1")
    card.get_by_text("Fill it").first.press("Enter")
    card.get_by_role("button", name="How to hang a lamp, part 2").first.press("Enter")
    expect(page.get_by_text("Nothing waits for a time")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"http://testserver/posts/{after}/")
    turn = page.locator("#turn")
    turn.get_by_text("Let it follow another post").press("Enter")
    turn.get_by_label("Goes out after").select_option(label=cast.post.title)
    turn.get_by_role("button", name="Keep this order").press("Enter")
    expect(turn).to_contain_text(f"After “{cast.post.title}”")
    assert _faults(page, "#turn") == []


def _faults(page: Page, within: str) -> list[str]:
    found = Axe().run(page, context=within).response["violations"]
    return [f"{one['id']} {one['nodes'][0]['target']}" for one in found]

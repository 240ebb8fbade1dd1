"""What a house rule refuses on the timeline, and its ways out; an idea laid there goes back."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.api.conftest import Program, program
from tests.cast import NOW, Cast
from tests.screens.conftest import Browser, browser
from tests.screens.permissions.publications import scheduled
from tests.screens.test_board import Answered
from tests.screens.test_collisions import PARIS, WAYS, draft, first_at_ten
from tests.ui.conftest import chromium
from unisono.kernel.refusals import Conflict
from unisono.rooms.content import actions as content
from unisono.rooms.content import ideas
from unisono.rooms.content.models import Idea, Post, Variant
from unisono.rooms.content.queries import variants_of
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.models import Override
from unisono.rooms.workflow import actions as workflow

__all__ = ["chromium", "program"]


def pencilled(cast: Cast, title: str, wall: str) -> Variant:
    (variant,) = variants_of(draft(cast, title))
    at = datetime.fromisoformat(wall)
    return content.plan_variant(variant, wall=at, zone=PARIS, by=cast.actor("editor"), now=NOW)


def moved(who: Browser, *moves: Any) -> Any:
    return who.post(reverse("timeline.moves"), {"moves": json.dumps(moves)})


def wall_of(variant: Variant) -> str:
    return Variant.objects.get(pk=variant.pk).planned_wall


def test_a_refused_move_names_ways_that_can_be_sent_again(cast: Cast) -> None:
    first_at_ten(cast)
    variant = pencilled(cast, "Second", "2099-03-12T10:20")
    manager = browser(cast, "manager")
    answer = moved(manager, {"variant": str(variant.pk), "wall": "2099-03-11T10:20"})
    assert answer.status_code == 409
    (refused,) = answer.json()["refused"]
    assert [way["wall"] for way in refused["ways"]] == WAYS
    assert refused["ways"][0]["at"] == "2099-03-11T11:00" and refused["may_override"]
    assert "20 min from" in refused["sentences"][0]
    way = {**refused["move"], "wall": WAYS[0], "zone": PARIS}
    assert moved(manager, way).status_code == 200 and wall_of(variant) == WAYS[0]
    why = {**refused["move"], "anyway": "Press day"}
    assert moved(manager, why).status_code == 200 and wall_of(variant) == "2099-03-11T10:20"
    assert Override.objects.get().reason == "Press day"


def test_a_draft_that_changes_its_lane_keeps_to_the_rules_there(
    cast: Cast, editor: Browser
) -> None:
    first_at_ten(cast)
    post = content.write_post(
        title="Short", text="x", department=cast.departments["Marketing"], channels=[cast.chirp],
        wall=datetime(2099, 3, 11, 10, 20), zone=PARIS, by=cast.actor("editor"), now=NOW,
    )  # fmt: skip
    (variant,) = variants_of(post)
    there = {"wall": "2099-03-11T10:20", "channel": str(cast.agora.pk)}
    (refused,) = moved(editor, {"variant": str(variant.pk), **there}).json()["refused"]
    assert refused["move"]["channel"] == str(cast.agora.pk)
    assert not refused["may_override"]
    assert moved(editor, {**refused["move"], "wall": WAYS[1]}).status_code == 200
    (variant,) = variants_of(post)
    assert (variant.channel_id, variant.planned_wall) == (cast.agora.pk, WAYS[1])


def test_an_idea_laid_against_a_rule_stays_an_idea_and_can_be_laid_beside(
    cast: Cast, editor: Browser
) -> None:
    first_at_ten(cast)
    put = {"idea": str(cast.idea.pk), "wall": "2099-03-11T10:20", "channel": str(cast.agora.pk)}
    answer = editor.post(reverse("timeline.place"), put)
    assert answer.status_code == 409 and not Post.objects.filter(idea=cast.idea).exists()
    (refused,) = answer.json()["refused"]
    assert refused["title"] == cast.idea.title and refused["move"] is None
    assert [way["wall"] for way in refused["ways"]] == WAYS
    assert editor.post(reverse("timeline.place"), put | {"wall": WAYS[0]}).status_code == 200


def test_an_idea_that_was_laid_goes_back_to_where_it_lay(cast: Cast, editor: Browser) -> None:
    lay = (cast.idea.column_id, cast.idea.place)
    put = {"idea": str(cast.idea.pk), "wall": "2099-03-11T10:00", "channel": str(cast.agora.pk)}
    answer = editor.post(reverse("timeline.place"), put).json()
    back = moved(editor, *answer["undo"])
    assert back.status_code == 200 and back.json()["undo"] == []
    idea = Idea.objects.get(pk=cast.idea.pk)
    assert (idea.state, idea.column_id, idea.place) == ("captured", *lay)
    assert not Post.objects.filter(idea=idea, removed_at=None).exists()
    # Once more, and now somebody works on it: it stays.
    again = editor.post(reverse("timeline.place"), put).json()
    post = Post.objects.get(idea=idea, removed_at=None)
    with pytest.raises(Conflict):
        ideas.take_back(Idea.objects.get(pk=idea.pk), by=cast.actor("editor"), now=NOW)
    workflow.write_comment(post, text="Lovely", by=cast.actor("editor"), now=NOW)
    assert moved(editor, *again["undo"]).status_code == 409
    post.comments.all().delete()
    (variant,) = variants_of(post)
    content.adapt_variant(variant, text="Mine", by=cast.actor("editor"), now=NOW)
    assert "worked on" in moved(editor, *again["undo"]).json()["refused"][0]["sentence"]
    assert Post.objects.get(pk=post.pk).removed_at is None


def test_the_api_tells_the_ways_out_of_each(cast: Cast, program: Any) -> None:
    row = first_at_ten(cast)
    variant = pencilled(cast, "Second", "2099-03-12T10:20")
    editor: Program = program("manager")
    move = {"variant_id": str(variant.pk), "wall": "2099-03-11T10:20", "zone": PARIS}
    (outcome,) = editor("POST", "/timeline/moves", {"moves": [move]}).json()["outcomes"]
    assert outcome["problem"]["code"] == "collides"
    assert [way["wall"] for way in outcome["problem"]["data"]["ways_out"]] == WAYS
    moved_on = editor("POST", "/timeline/moves", {"moves": [{**move, "anyway": "Press day"}]})
    assert moved_on.json()["outcomes"][0]["done"]
    other = scheduled(cast, "Other")
    ten = datetime(2099, 3, 12, 10)
    publishing.retime(other, wall=ten, zone=PARIS, by=cast.actor("admin"), now=NOW)
    choice = {"publication_id": str(row.pk), "way": "retime", "wall": "2099-03-12T10:30"}
    decided = editor("POST", "/publications/decisions", {"choices": [choice]})
    (outcome,) = decided.json()["outcomes"]
    assert outcome["problem"]["data"]["findings"][0]["rule"] == "gap"
    assert outcome["problem"]["data"]["ways_out"]
    why = {"choices": [{**choice, "why": "Both of them"}]}
    assert editor("POST", "/publications/decisions", why).json()["outcomes"][0]["done"]


@pytest.mark.browser
def test_ways_out_by_keyboard_and_by_mouse(cast: Cast, chromium: str) -> None:
    """One note by keyboard, two together by mouse, each with its own ways; a reason; an undo."""
    first_at_ten(cast)
    one = pencilled(cast, "Second", "2099-03-12T10:00")
    two = pencilled(cast, "Third", "2099-03-12T12:00")
    answered = Answered(browser(cast, "manager"))
    with ThreadPoolExecutor(1) as beside:
        driven = beside.submit(answered.drive, chromium, lambda page: _walk(page))
        answered.until(driven)
        assert driven.result() == []
    assert wall_of(one) == "2099-03-11T10:00"
    assert Override.objects.get().reason == "Press day"
    assert wall_of(two) == "2099-03-11T12:00"


def _walk(page: Page) -> None:
    page.goto("http://testserver/timeline/?zoom=week&day=2099-03-11")
    note = page.locator(".timeline-lane .note", has_text="Second")
    dialog = page.get_by_role("dialog", name="This time breaks a house rule")
    # By keyboard: a day earlier lies on the first.
    note.focus()
    for key in ("Space", "Shift+ArrowLeft", "Enter"):
        page.keyboard.press(key)
    expect(dialog).to_contain_text("0 min from “First” (Marketing)")
    expect(dialog.get_by_role("button", name="Next free time")).to_be_focused()
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(note).to_be_focused()
    for key in ("Space", "Shift+ArrowLeft", "Enter", "Enter"):
        if key == "Enter" and dialog.count():
            expect(dialog.get_by_role("button", name="Next free time")).to_be_focused()
        page.keyboard.press(key)
        if key == "Enter":
            page.wait_for_timeout(50)
    expect(page.locator("#toasts")).to_contain_text("11 Mar, 11:00")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Undone.")
    # By mouse: both a day earlier; the one goes, the other is asked for a reason.
    note.click(modifiers=["Control"])
    page.locator(".timeline-lane .note", has_text="Third").click(modifiers=["Control"])
    page.get_by_role("button", name="A day earlier").click()
    expect(dialog.locator("form")).to_have_count(1)
    expect(page.locator("#toasts")).to_contain_text("1 post moved")
    dialog.get_by_text("Plan it at this time nevertheless").click()
    dialog.get_by_label("Reason").fill("Press day")
    dialog.get_by_role("button", name="Plan it nevertheless").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("“Second” is now at Wed 11 Mar")

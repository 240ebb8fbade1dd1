"""The screens of rules: built from blocks, tried, switched on, followed and taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.rooms.test_automation import COMMENT, TASK, rule_of, write
from tests.screens.conftest import Browser, browser
from tests.screens.test_board import chromium
from tests.screens.test_intake_browser import HERE, sound, walked
from unisono.kernel import jobs
from unisono.rooms.automation.models import Rule, RuleStep
from unisono.rooms.workflow.models import Task
from unisono.screens.automations.recipes import RECIPES

__all__ = ["chromium"]


@pytest.fixture
def manager(cast: Cast) -> Browser:
    return browser(cast, "manager")


def told(cast: Cast, **more: Any) -> dict[str, Any]:
    """A form as a browser sends it."""
    return {
        "name": "Look at doors", "department": str(cast.departments["Marketing"].pk),
        "trigger": "post.written", "every": "all", "an_hour": "20", "a_day": "100",
        "fact": ["title"], "is": ["contains"], "value": ["doors"], "to": [""],
        "act": ["task"], "text": ["Look at it"], "member": [""], "days": ["2"], **more,
    }  # fmt: skip


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_rule_is_made_tried_switched_on_and_followed(cast: Cast, manager: Browser) -> None:
    assert "No rules yet" in words(manager.get("/automations/"))
    write(cast, "Old doors", now=timezone.now())
    wrong = manager.post("/automations/new/", told(cast, text=[""], days=["3"]))
    assert wrong.status_code == 422 and "Write something for each act" in words(wrong)
    assert 'value="doors"' in words(wrong) and 'value="Look at doors"' in words(wrong)
    tried = manager.post("/automations/new/", told(cast, do="try"))
    assert "would have run" in words(tried) and not Rule.objects.exists()
    made = manager.post("/automations/new/", told(cast))
    rule = Rule.objects.get()
    where = made.headers["Location"]
    assert (where, rule.state) == (f"/automations/{rule.pk}/", "off")
    page = words(manager.get(where))
    assert "if Title contains “doors”, then create the task “Look at it”, due in 2 days" in page
    manager.post(f"{where}switch/", {"on": "1"})
    write(cast, "New doors")
    jobs.run_pending()
    page = words(manager.get(where))
    assert "New doors" in page and "Take back" in page
    assert "1 run this week" in words(manager.get("/automations/"))
    manager.post(f"/automations/acts/{RuleStep.objects.get().pk}/undo/")
    assert Task.objects.get(title="Look at it").state == "dropped"
    again = manager.post(f"/automations/acts/{RuleStep.objects.get().pk}/undo/", follow=True)
    assert "nothing left to take back" in words(again)
    changed = manager.post(f"{where}edit/", told(cast, name="Doors", act=["comment"]))
    assert changed.status_code == 302 and Rule.objects.get().acts[0]["act"] == "comment"
    manager.post(f"{where}switch/", {"on": "0"})
    manager.post(f"{where}removal/")
    assert manager.get(where).status_code == 404


def test_rows_come_and_go_and_what_was_typed_stays(cast: Cast, manager: Browser) -> None:
    said = told(cast, value=["half a wo"], name="")
    more = words(manager.post("/automations/parts/", {**said, "do": "add-act"}))
    assert more.count('name="act"') == 2 and 'value="half a wo"' in more
    less = words(manager.post("/automations/parts/", {**said, "do": "remove-condition-0"}))
    assert 'name="fact"' not in less and "half a wo" not in less
    # A trigger that does not tell the title asks for what it does tell, and keeps the act's words.
    other = {**said, "trigger": "channel.needs_sign_in"}
    assert "Look at it" in words(manager.post("/automations/parts/", other))
    # Without scripts the whole page comes, with nothing refused yet.
    whole = manager.post("/automations/new/", {**said, "do": "add-condition"})
    assert whole.status_code == 200 and words(whole).count('name="fact"') == 2
    odd = {"trigger": "nonsense", "fact": ["x"], "act": ["y"], "do": "remove-act-99"}
    assert manager.post("/automations/parts/", odd).status_code == 200


@pytest.mark.parametrize("recipe", [one.key for one in RECIPES])
def test_each_recipe_makes_a_rule(cast: Cast, manager: Browser, recipe: str) -> None:
    page = manager.get(f"/automations/new/?recipe={recipe}")
    builder = page.context["builder"]
    rows = {key: [one[key] for one in builder.conditions] for key in ("fact", "is", "value", "to")}
    done = {key: [one[key] for one in builder.acts] for key in ("act", "text", "member", "days")}
    first = {key: value for key, value in builder.form.initial.items() if key not in rows}
    made = manager.post("/automations/new/", {**first, **rows, **done})
    assert made.status_code == 302, made.context["form"].errors


def test_who_only_sees_reads(cast: Cast, viewer: Browser) -> None:
    rule = rule_of(cast, acts=[TASK, COMMENT])
    page = words(viewer.get(f"/automations/{rule.pk}/"))
    assert "Switch off" not in page and "Look at it" in page
    assert "New rule" not in words(viewer.get("/automations/"))


@pytest.mark.browser
def test_the_builder_by_keyboard(cast: Cast, chromium: str) -> None:
    write(cast, "Doors", now=timezone.now())

    def walk(page: Page) -> None:
        page.goto(f"{HERE}/automations/")
        sound(page)
        page.get_by_role("link", name="New rule").press("Enter")
        page.get_by_role("button", name="Add a condition").press("Enter")
        expect(page.get_by_label("What is asked")).to_be_focused()
        page.get_by_label("What is asked").select_option("title")
        expect(page.get_by_label("How", exact=True)).to_contain_text("contains the word")
        page.get_by_label("Words").fill("doors")
        page.get_by_label("Title", exact=True).fill("Look at it")
        expect(page.locator("#rule-words")).to_contain_text("create the task “Look at it”")
        page.get_by_role("button", name="Add something to do").press("Enter")
        page.get_by_role("button", name="Remove act 2").press("Enter")
        expect(page.get_by_role("button", name="Add something to do")).to_be_focused()
        expect(page.get_by_label("Title", exact=True)).to_have_value("Look at it")
        page.get_by_label("Name").fill("Doors")
        sound(page)
        page.get_by_role("button", name="Try it on the last 30 days").press("Enter")
        expect(page.locator("main")).to_contain_text("would have run")
        sound(page)
        page.get_by_role("button", name="Save, switched off").press("Enter")
        page.get_by_role("button", name="Switch on").first.press("Enter")
        expect(page.locator("main")).to_contain_text("It waits for what fits")
        sound(page)

    walked(browser(cast, "manager"), chromium, walk)
    rule = Rule.objects.get()
    assert (rule.state, rule.conditions[0]["value"]) == ("on", "doors")

"""Every door of ideas, requests, key dates and strategy that takes words gives them back when it
says no, with the sentence that says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from importlib import import_module
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.cast import NOW, Cast
from tests.pictures import png
from tests.screens.conftest import browser
from tests.screens.permissions import ideas, key_dates, requests, strategy
from unisono.rooms.content import ideas as content
from unisono.rooms.requests import actions as asking
from unisono.screens.access import PUBLIC

LONG = "Seen on the tram. "
NEVER = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Door:
    """`said` is what is sent, `kept` what must come back, `why` a piece of the sentence."""

    name: str
    said: dict[str, Any]
    kept: tuple[str, ...]
    why: str
    pk: str = ""
    on: str = ""
    meanwhile: Callable[[Cast, dict[str, Any]], None] = field(default=lambda cast, things: None)

    def __str__(self) -> str:
        beside = "" if self.meanwhile.__name__ == "<lambda>" else f", {self.meanwhile.__name__}"
        return f"{self.name}: {self.why}{beside}"


def dropped(cast: Cast, things: dict[str, Any]) -> None:
    content.drop(cast.idea, by=cast.actor("admin"), now=NOW)


def answered(cast: Cast, things: dict[str, Any]) -> None:
    asking.refuse(things["asked_for"], reason="No.", by=cast.actor("admin"), now=NOW)


WORDS = {"title": "", "note": LONG, "link": "https://glass.example/"}
NAMES = {"name_0": "Drawer", "name_1": "drawer", **{f"order_{at}": str(at + 1) for at in range(8)}}
WISH = {"title": "A film", "reason": LONG, "name": "Rita", "email": "nowhere", "wish": "In Lyon"}
DATE = {"name": "", "on": "2099-05-01", "note": LONG, "lead_days": "17"}
PREPARED = {"what": "write", "title": "Come", "note": LONG, "day": "2099-03-20", "time": "09:41"}
AIM = {"name": "Readers of our letter", "why": LONG, "metric": "reach", "target": "1234"}
AIM |= {"starts_on": "2026-03-31", "ends_on": "2026-03-01"}
RESULT = {"name": "Those who visit", "metric": "entered", "target": "0", "unit": "persons"}
BACKWARDS = "The last day lies before the first."
OVER = "it has moved on in the meantime"

DOORS = [
    Door("ideas", WORDS, (LONG, "https://glass.example/"), "required"),
    Door("idea", WORDS, (LONG, "https://glass.example/"), "required", "idea"),
    Door("idea", WORDS, (LONG,), "required", "idea", meanwhile=dropped),
    Door("idea", WORDS | {"title": "A", "note": "n" * 10_001}, ("n" * 10_001,), "10000", "idea"),
    Door("idea.columns", NAMES, ("Drawer", '"drawer"'), "Two columns have the same name."),
    Door("idea.clip", WORDS | {"source_name": "Blown"}, (LONG, '"Blown"'), "required"),
    Door("idea.sources", {"url": "no address", "every_hours": "24"}, ("no address",), "valid URL"),
    Door("idea.development", {"department": NEVER, "channels": ["agora"]}, (), "valid", "idea"),
    Door("idea.place", {"column": NEVER}, (), "no such column", "idea"),
    Door("idea.place", {"column": "column"}, (), "not on the board", "idea", meanwhile=dropped),
    Door("idea.comments", {"text": "c" * 5_001}, ("c" * 5_001,), "5000", "idea"),
    Door("idea.comments", {"text": " "}, (), "required", "idea"),
    Door("idea.tags", {"tags": "glass, " + "t" * 41}, ("glass, " + "t" * 41,), "40", "idea"),
    Door("idea.merging", {"into": NEVER}, (), "not open any more", "idea"),
    Door("idea.merging", {"into": "another"}, (), "Only open ideas", "idea", meanwhile=dropped),
    Door("request.forms", {"name": "f" * 81}, ("f" * 81,), "80"),
    Door("request.promise", {"on": "2020-01-01", "note": LONG}, (LONG, "2020-01-01"),
         "lies ahead", "asked_for"),
    Door("request.promise", {"on": "2099-01-01", "note": "w" * 4_001}, ("w" * 4_001, "2099-01-01"),
         "4000", "asked_for"),
    Door("request.promise", {"on": "2099-01-01", "note": LONG}, (LONG, "2099-01-01"), OVER,
         "asked_for", meanwhile=answered),
    Door("request.refusal", {"reason": "r" * 4_001}, ("r" * 4_001,), "4000", "asked_for"),
    Door("request.refusal", {"reason": LONG}, (LONG,), OVER, "asked_for", meanwhile=answered),
    Door("request.questions", {"question": "q" * 4_001}, ("q" * 4_001,), "4000", "asked_for"),
    Door("request.questions", {"question": LONG}, (LONG,), "settled", "asked_for",
         meanwhile=answered),
    Door("request.department", {"department": NEVER}, (), "valid choice", "asked_for"),
    Door("request.post", {"department": NEVER}, (), "valid choice", "asked_for"),
    Door("key_dates.countries", {"countries": ["FR", "XX"]}, (), "“XX” are not known"),
    Door("key_date.new", DATE, (LONG, "2099-05-01", '"17"'), "required"),
    Door("key_date.edit", DATE, (LONG, "2099-05-01", '"17"'), "required", "fair"),
    Door("key_date.edit", DATE | {"name": "Ball", "lead_days": "900"}, ("Ball", LONG, '"900"'),
         "365", "fair"),
    Door("key_date.preparation", PREPARED, (LONG, "Come", "09:41"), "Choose the department",
         "fair_day", "2099-03-20"),
    Door("key_date.preparation", PREPARED | {"department": "marketing"}, (LONG, "Come", "09:41"),
         "Choose a channel", "fair_day", "2099-03-20"),
    Door("objective.new", AIM, (AIM["name"], LONG, '"1234"'), BACKWARDS),
    Door("objective.edit", AIM, (AIM["name"], LONG, '"1234"'), BACKWARDS, "objective"),
    Door("objective.readings", {"value": "-7"}, ('"-7"',), "greater than or equal", "hires"),
    Door("key_result.new", RESULT, (RESULT["name"], "persons"), "above zero", "objective"),
    Door("key_result.edit", RESULT, (RESULT["name"], "persons"), "above zero", "visits"),
    Door("key_result.readings", {"value": "-7"}, ('"-7"',), "greater than or equal", "visits"),
    Door("post.alignment", {"objective": NEVER}, (), "no such objective", "post"),
]  # fmt: skip

NOTHING_TYPED = {
    "idea.dropping", "idea.return", "idea.vote", "idea.image", "feed.stopping", "feed.resuming",
    "feed.entry.idea", "feed.entry.passing", "request.form.closing", "request.end", "request.idea",
    "request.file.removal", "key_date.removal", "objective.archiving", "key_result.removal",
}  # fmt: skip
"""Buttons that carry no words."""
ELSEWHERE = {"idea.images", "request.files"}
"""Files, in the tests below and in `test_request_files`."""
FAMILIES = {"ideas": ideas, "requests": requests, "key_dates": key_dates, "strategy": strategy}


def test_no_door_is_left_out() -> None:
    posted = {
        name
        for family in FAMILIES
        for name, access in import_module(f"unisono.screens.{family}.urls").ACCESS.items()
        if "POST" in access.methods and access.methods["POST"] != PUBLIC
    }
    assert posted - NOTHING_TYPED - ELSEWHERE == {door.name for door in DOORS}


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_typed_text_comes_back(door: Door, cast: Cast) -> None:
    things = {"idea": cast.idea, "objective": cast.objective, "post": cast.post}
    things |= {"marketing": cast.departments["Marketing"], "agora": cast.agora}
    things |= _family(door.name).things(cast)
    door.meanwhile(cast, things)
    said = {name: _id(value, things) for name, value in door.said.items()}
    where = {"pk": things[door.pk].pk} if door.pk else {}
    path = reverse(door.name, kwargs=where | ({"on": door.on} if door.on else {}))
    answer = browser(cast, "admin").post(path, said)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert door.why in page
    assert [text for text in door.kept if text not in page] == []


def test_choices_come_back(cast: Cast) -> None:
    admin, idea = browser(cast, "admin"), cast.idea
    chosen = {"department": NEVER, "channels": [str(cast.agora.pk)]}
    for path in (
        f"/ideas/{idea.pk}/development/",
        f"/requests/{requests.things(cast)['asked_for'].pk}/post/",
    ):
        page = admin.post(path, chosen).content.decode()
        ticked = page[page.index(f'value="{cast.agora.pk}"') :]
        assert "checked" in ticked[: ticked.index(">")]


def test_a_file_that_is_refused_is_named_and_the_others_are_kept(cast: Cast) -> None:
    files = [SimpleUploadedFile("lamp.png", png()), SimpleUploadedFile("notes.txt", b"words")]
    answer = browser(cast, "editor").post(f"/ideas/{cast.idea.pk}/images/", {"image": files})
    page = answer.content.decode()
    assert answer.status_code == 422 and "notes.txt" in page and "not an image" in page
    assert [row.asset.name for row in cast.idea.ideaimage_set.all()] == ["lamp.png"]


def test_a_sign_in_that_ended_leads_back_to_the_form(cast: Cast, anonymous: Any) -> None:
    where = f"/ideas/{cast.idea.pk}/"
    lost = anonymous.post(
        f"{where}comments/", {"text": LONG}, headers={"Referer": f"http://testserver{where}?a=1"}
    )
    assert lost.headers["Location"].endswith(f"next=%2Fideas%2F{cast.idea.pk}%2F%3Fa%3D1")
    for elsewhere in ("https://else.example/ideas/", f"http://testserver{where}comments/"):
        lost = anonymous.post(f"{where}comments/", {}, headers={"Referer": elsewhere})
        assert "next=" not in lost.headers["Location"]


def _family(name: str) -> Any:
    return next(
        module
        for family, module in FAMILIES.items()
        if name in import_module(f"unisono.screens.{family}.urls").ACCESS
    )


def _id(value: Any, things: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_id(one, things) for one in value]
    return str(things[value].pk) if value in things else value

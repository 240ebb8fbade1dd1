"""Series by the API: made, read, changed, skipped, asked about, ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.api.conftest import Program
from tests.cast import Cast
from unisono.kernel import tenancy
from unisono.rooms.content.models import Series

Programs = Callable[..., Program]
FIRST = timezone.now().date() + timedelta(days=10)
"""The API asks the real clock."""


@pytest.fixture
def body(cast: Cast) -> dict[str, Any]:
    return {
        "title": "Daily lamp",
        "text": "One lamp.",
        "department_id": str(cast.departments["Marketing"].pk),
        "channel_ids": [str(cast.agora.pk), str(cast.chirp.pk)],
        "texts": {str(cast.chirp.pk): "Lamp."},
        "every": "day",
        "interval": 2,
        "wall": f"{FIRST}T09:00",
        "zone": "Europe/Paris",
        "count": 5,
    }


def test_a_series_from_the_first_call_to_its_end(
    cast: Cast, program: Programs, body: dict[str, Any]
) -> None:
    editor = program("editor")
    made = editor("POST", "/series", body)
    assert made.status_code == 201
    series = made.json()
    assert (series["every"], series["count"], series["state"]) == ("day", 5, "running")
    there = f"/series/{series['id']}"
    assert editor("GET", "/series").json()["items"] == [editor("GET", there).json()]
    items = editor("GET", f"{there}/occurrences").json()["items"]
    days = sorted(items, key=lambda item: item["day"])
    assert len(days) == 5 and {day["state"] for day in days} == {"made"}
    post = editor("GET", f"/posts/{days[0]['post_id']}").json()
    assert post["series_id"] == series["id"] and post["state"] == "draft"
    assert editor("GET", "/posts").json()["items"][0]["series_id"] == series["id"]

    day = (FIRST + timedelta(days=2)).isoformat()
    skipped = editor("POST", f"{there}/occurrences/{day}/skip").json()
    assert (skipped["state"], skipped["post_id"]) == ("skipped", None)
    change = {"title": "Lamp of the day", "wall": f"{FIRST}T10:30", "version": series["version"]}
    changed = editor("PATCH", there, change).json()
    assert (changed["followed"], changed["left"]) == (4, 0)
    assert changed["series"]["text"] == "One lamp." and changed["series"]["count"] == 5
    assert editor("PATCH", there, change).status_code == 409, "an older version"
    moved = editor("GET", f"/posts/{days[0]['post_id']}").json()
    assert {v["planned_wall"] for v in moved["variants"]} == {f"{FIRST}T10:30"}
    assert {v["text"] for v in moved["variants"]} == {None, "Lamp."}

    asked = editor("POST", f"{there}/approvals", {"note": "As ever"})
    assert asked.status_code == 201 and len(asked.json()["approval_ids"]) == 8
    assert editor("POST", f"{there}/approvals", {}).status_code == 409
    ended = editor("POST", f"{there}/end").json()
    assert (ended["series"]["state"], ended["removed"], ended["left"]) == ("ended", 0, 4)


def test_follow_ups_and_a_channels_own(cast: Cast, program: Programs, body: dict[str, Any]) -> None:
    editor, chirp = program("editor"), str(cast.chirp.pk)
    told = {"follow_ups": ["Two"], "own_follow_ups": {chirp: ["First comment"]}}
    series = editor("POST", "/series", body | told).json()
    assert series["follow_ups"] == ["Two"]
    assert {p["channel_id"]: p["follow_ups"] for p in series["channels"]}[chirp] == [
        "First comment"
    ]

    def parts() -> list[list[str] | None]:
        items = editor("GET", f"/series/{series['id']}/occurrences").json()["items"]
        post = editor("GET", f"/posts/{items[0]['post_id']}").json()
        return [post["follow_ups"], *sorted(v["follow_ups"] or [] for v in post["variants"])]

    assert parts() == [["Two"], [], ["First comment"]]
    there = f"/series/{series['id']}"
    assert editor("PATCH", there, {"text": "Lamps."}).json()["series"]["follow_ups"] == ["Two"]
    editor("PATCH", there, {"follow_ups": [], "own_follow_ups": {chirp: None}})
    assert parts() == [[], [], []]


def test_one_end_takes_the_others_place(
    cast: Cast, program: Programs, body: dict[str, Any]
) -> None:
    editor = program("editor")
    there = f"/series/{editor('POST', '/series', body).json()['id']}"
    until = (FIRST + timedelta(days=5)).isoformat()
    empty = {"every": None, "title": None, "interval": None, "channel_ids": None}
    assert editor("PATCH", there, empty).status_code == 200, "null elsewhere: as it is"
    changed = editor("PATCH", there, {"until": until}).json()
    assert (changed["series"]["until"], changed["series"]["count"]) == (until, None)
    assert (changed["followed"], changed["removed"]) == (3, 2)


def test_a_post_is_repeated(cast: Cast, program: Programs, body: dict[str, Any]) -> None:
    rhythm = {name: body[name] for name in ("every", "wall", "zone", "count")}
    made = program("contributor")("POST", "/series", {"post_id": str(cast.post.pk), **rhythm})
    assert made.status_code == 201 and made.json()["title"] == "The doors"
    assert Series.objects.get().occurrences.order_by("day")[0].post == cast.post


def test_dates_are_foretold(cast: Cast, program: Programs) -> None:
    rule = {"every": "month", "wall": "2027-01-31T09:00", "zone": "Europe/Paris", "count": 3}
    found = program("editor")("POST", "/series/dates", rule).json()
    assert [row["day"] for row in found] == ["2027-01-31", "2027-02-28", "2027-03-31"]
    gap = {**rule, "every": "day", "wall": "2027-03-27T02:30"}
    assert [row["shifted"] for row in program("editor")("POST", "/series/dates", gap).json()] == [
        False, True, False,
    ]  # fmt: skip


def test_what_cannot_be_is_refused_at_its_field(
    cast: Cast, program: Programs, body: dict[str, Any]
) -> None:
    editor = program("editor")
    wrong = {
        "zone": {"zone": "Mars/Base"},
        "ends": {"count": None},
        "channels": {"channel_ids": []},
        "title": {"title": " "},
        "department_id": {"department_id": None},
        "wall": {"wall": f"{FIRST}T09:00+01:00"},
        "at": {"wall": "2020-01-01T09:00"},
    }
    for field, value in wrong.items():
        answer = editor("POST", "/series", {**body, **value})
        assert answer.status_code == 422, field
        assert field in answer.content.decode()
    assert not Series.objects.exists()


def test_who_may_not_may_not(cast: Cast, program: Programs, body: dict[str, Any]) -> None:
    there = f"/series/{program('editor')('POST', '/series', body).json()['id']}"
    day = date.isoformat(FIRST)
    with tenancy.within(cast.other.pk):
        other = program("stranger")
    for caller, status in ((program("viewer"), 403), (other, 404)):
        for method, path, sent in (
            ("PATCH", there, {"title": "Mine"}),
            ("POST", f"{there}/end", None),
            ("POST", f"{there}/occurrences/{day}/skip", None),
            ("POST", f"{there}/approvals", {}),
        ):
            assert caller(method, path, sent).status_code == status, path
    assert program("viewer")("POST", "/series", body).status_code == 403
    assert other("GET", there).status_code == 404
    assert program("editor", "read")("POST", f"{there}/end").status_code == 403

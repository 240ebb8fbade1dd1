"""The timeline by API: the window's lanes, and many posts moved in one go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.conftest import Program
from tests.cast import Cast
from tests.screens.test_calendar import agreed, pencilled
from unisono.rooms.content.models import Variant

Programs = Callable[..., Program]
MARCH = {"first": "2099-03-09", "last": "2099-03-22"}


def titles(answer: Any) -> list[str]:
    return [
        item["title"]
        for group in answer["groups"]
        for lane in group["lanes"]
        for item in lane["items"]
    ]


def test_the_lanes_of_a_window(cast: Cast, program: Programs) -> None:
    pencilled(cast)
    answer = program("viewer")("GET", "/timeline", MARCH).json()
    assert (answer["zone"], answer["counted"], answer["number"]) == ("Europe/Paris", False, 2)
    assert titles(answer) == ["The doors", "The doors"]
    (marketing,) = answer["groups"]
    assert {lane["channel"] for lane in marketing["lanes"]} == {"Lumen Agora", "Lumen Chirp"}
    assert marketing["lanes"][0]["items"][0]["wall"] == "2099-03-11T08:50:00"
    one = {**MARCH, "channel_id": str(cast.agora.pk), "by": "campaign"}
    assert titles(program("viewer")("GET", "/timeline", one).json()) == ["The doors"]
    assert titles(program("sales_editor")("GET", "/timeline", MARCH).json()) == []


def test_a_year_is_counted(cast: Cast, program: Programs) -> None:
    pencilled(cast)
    year = {"first": "2099-01-01", "last": "2099-12-31"}
    answer = program("viewer")("GET", "/timeline", year).json()
    assert answer["counted"] and answer["number"] == 2 and titles(answer) == []
    (density,) = answer["groups"][0]["lanes"][0]["densities"]
    assert (density["first"], density["number"]) == ("2099-03-05", 1)
    for odd in ({"first": "2099-01-01", "last": "2100-12-31"}, {**year, "last": "2098-01-01"}):
        assert program("viewer")("GET", "/timeline", odd).status_code == 422


def test_a_shift_is_undone_by_its_own_answer(cast: Cast, program: Programs) -> None:
    variants = pencilled(cast)
    editor = program("editor")
    body = {"variant_ids": [str(v.pk) for v in variants], "minutes": 1440}
    outcomes = editor("POST", "/timeline/shift", body).json()["outcomes"]
    assert {one["wall"] for one in outcomes} == {"2099-03-12T08:50"}
    back = {"moves": [one["back"] for one in outcomes]}
    assert all(o["done"] for o in editor("POST", "/timeline/moves", back).json()["outcomes"])
    assert set(Variant.objects.values_list("planned_wall", flat=True)) >= {"2099-03-11T08:50"}


@pytest.mark.parametrize("door", ["shift", "moves"])
def test_the_api_asks_for_the_same_rights(door: str, cast: Cast, program: Programs) -> None:
    row = agreed(cast)[0]
    body = (
        {"variant_ids": [str(row.variant_id)], "minutes": 60}
        if door == "shift"
        else {"moves": [{"variant_id": str(row.variant_id), "wall": "2099-03-20T08:50:00"}]}
    )
    for name, code in (("contributor", "not_allowed"), ("sales_editor", "not_found")):
        (outcome,) = program(name)("POST", f"/timeline/{door}", body).json()["outcomes"]
        assert not outcome["done"]
        assert outcome["problem"]["code"] == code
    (outcome,) = program("editor", "read")("POST", f"/timeline/{door}", body).json()["outcomes"]
    assert outcome["problem"]["code"] == "not_allowed"
    row.refresh_from_db()
    assert row.wall == "2099-03-11T08:50"

"""House rules, free times and collisions by API; a refusal says what and where else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.api.conftest import Program
from tests.cast import Cast
from tests.screens.permissions.publications import scheduled

Programs = Callable[..., Program]
FIRST = "2099-03-11T08:50"
"""When `scheduled` plans."""


def rules(cast: Cast) -> dict[str, Any]:
    return {
        "gap_minutes": 60,
        "quiet": [{"starts": "20:00", "ends": "07:00", "weekdays": [0, 1, 2, 3, 4]}],
        "blackouts": [{"name": "Stocktaking", "first": "2099-03-12", "last": "2099-03-12"}],
        "shares": [{"department_id": str(cast.departments["Sales"].pk), "percent": 40}],
    }


def test_rules_are_set_and_read(cast: Cast, program: Programs) -> None:
    path = f"/channels/{cast.agora.pk}/rules"
    assert program("viewer")("GET", path).json()["gap_minutes"] == 0
    told = program("admin")("PUT", path, rules(cast)).json()
    assert told == program("viewer")("GET", path).json()
    assert told["zone"] == "Europe/Paris" and told["quiet"][0]["starts"] == "20:00:00"
    assert program("editor")("PUT", path, rules(cast)).status_code == 403
    bad = program("admin")("PUT", path, {"zone": "Mars/Olympus"})
    assert (bad.status_code, bad.json()["field"]) == (422, "zone")


def test_a_collision_is_told_with_ways_out_and_overridden(cast: Cast, program: Programs) -> None:
    program("admin")("PUT", f"/channels/{cast.agora.pk}/rules", rules(cast))
    first, second = scheduled(cast, "First"), None
    editor = program("editor")
    from_ten = {"wall": "2099-03-11T10:30", "zone": "Europe/Paris"}
    assert editor("PATCH", f"/publications/{first.pk}", from_ten).status_code == 200
    second = scheduled(cast, "Second")
    near = {"wall": "2099-03-11T10:45", "zone": "Europe/Paris"}
    refused = editor("PATCH", f"/publications/{second.pk}", near)
    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (409, "urn:unisono:problem:collides")
    (finding,) = problem["data"]["findings"]
    assert (finding["rule"], finding["limit"]) == ("gap", 60)
    assert finding["other_variant_id"] == str(first.variant_id)
    walls = [way["wall"] for way in problem["data"]["ways_out"]]
    assert walls == ["2099-03-11T11:30", "2099-03-11T09:30", "2099-03-13T10:45"]
    put = editor("PUT", f"/variants/{second.variant_id}/time", near)
    assert put.json()["type"] == problem["type"]

    asked = near | {"override_reason": "Press day"}
    assert editor("PATCH", f"/publications/{second.pk}", asked).status_code == 403
    assert program("manager")("PATCH", f"/publications/{second.pk}", asked).status_code == 200
    proof = editor("GET", f"/publications/{second.pk}/receipt").json()["override"]
    assert (proof["rules"], proof["reason"]) == (["gap"], "Press day")
    window = {"start": "2099-03-01T00:00:00Z", "end": "2099-04-01T00:00:00Z"}
    (one,) = program("viewer")("GET", "/collisions", window).json()
    assert (one["title"], one["override_reason"]) == ("Second", "Press day")
    assert len(one["ways_out"]) == 3
    way = {name: one["ways_out"][0][name] for name in ("wall", "zone")}
    assert editor("PATCH", f"/publications/{second.pk}", way).status_code == 200
    assert editor("GET", "/collisions", window).json() == []
    assert editor("GET", "/collisions", window | {"end": window["start"]}).status_code == 422


def test_free_times_are_asked_of_the_same_rules(cast: Cast, program: Programs) -> None:
    program("admin")("PUT", f"/channels/{cast.agora.pk}/rules", rules(cast))
    row = scheduled(cast, "First")
    near = [row.due_at + timedelta(minutes=n) for n in (30, 60)]
    asked = {
        "department_id": str(cast.departments["Marketing"].pk),
        "at": [at.isoformat() for at in near],
    }
    found = program("viewer")("GET", f"/channels/{cast.agora.pk}/free", asked).json()
    assert found == {"free": [near[1].isoformat().replace("+00:00", "Z")]}

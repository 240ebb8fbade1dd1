"""Key results by the API: set, reported on, changed, removed."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.conftest import Program
from tests.cast import Cast

Programs = Callable[..., Program]


def test_a_program_reports_a_figure(cast: Cast, program: Programs) -> None:
    manager, there = program("manager"), f"/objectives/{cast.objective.pk}/key-results"
    made = manager("POST", there, {"name": "Visits", "metric": "entered", "target": 500})
    assert made.status_code == 201, made.content
    at = f"/key-results/{made.json()['id']}"
    report = {"value": 120, "at": "2026-03-04T09:00:00Z"}
    first, second = (manager("POST", f"{at}/readings", report) for _time in range(2))
    assert first.status_code == 201 and first.json() == second.json()
    assert first.json()["pushed"] is True
    assert manager("POST", f"{at}/readings", {**report, "value": 9}).status_code == 409
    naive = manager("POST", f"{at}/readings", {**report, "at": "2026-03-04T09:00:00"})
    assert naive.status_code == 422
    assert manager("GET", f"{at}/readings").json()["items"] == [first.json()]
    (shown,) = manager("GET", there).json()
    assert (shown["progress"]["value"], shown["progress"]["known"]) == (120, True)
    coverage = manager("GET", f"/objectives/{cast.objective.pk}/coverage")
    assert coverage.json() == [], "its period is over"
    changed = manager("PATCH", at, {"target": 100}).json()
    assert (changed["target"], changed["progress"]["standing"]) == (100, "reached")
    assert program("viewer")("PATCH", at, {"target": 1}).status_code == 403
    assert program("manager", "read")("POST", f"{at}/readings", report).status_code == 403
    assert program("sales_editor")("GET", there).status_code == 404
    assert manager("DELETE", at).status_code == 204
    assert manager("GET", there).json() == []

"""Plans, as programs see them."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.conftest import Program
from tests.cast import NOW, Cast
from tests.rooms.test_plans import drawn, known, mornings
from unisono.rooms.orchestration.models import Plan

__all__ = ["known"]
Programs = Callable[..., Program]


def test_a_program_asks_for_a_plan_and_follows_it(cast: Cast, program: Programs) -> None:
    told = {"department_ids": [str(cast.departments["Marketing"].pk)], "weeks": 3}
    assert program("contributor")("POST", "/plans", told).status_code == 403
    editor = program("editor")
    assert editor("POST", "/plans", told | {"department_ids": []}).status_code == 422
    made = editor("POST", "/plans", told)
    assert made.status_code == 202
    assert made.json()["state"] == "asked"
    at = f"/plans/{made.json()['id']}"
    assert editor("POST", f"{at}/drop").json()["state"] == "dropped"
    assert editor("POST", f"{at}/redraw", {}).status_code == 422
    gone = {"closed": [{"first": "2026-12-10T00:00:00Z", "until": "2026-12-11T00:00:00Z"}]}
    assert editor("POST", f"{at}/redraw", gone).json()["before_id"] == made.json()["id"]
    assert Plan.objects.count() == 2


def test_a_program_reads_the_evidence_of_moves_and_is_told_of_refusals(
    known: Cast, program: Programs
) -> None:
    mornings(known, 9, 10)
    plan, editor = drawn(known), program("editor")
    told = editor("GET", f"/plans/{plan.pk}").json()
    assert len(told["moves"]) == 2
    first = told["moves"][0]
    assert first["low"] < first["expected"] < first["high"]
    assert (first["sample"], first["shown"], first["state"]) == (5, False, "offered")
    assert "believed, not shown" in first["reason"]
    chosen = {"move_ids": [first["id"]]}
    assert program("viewer")("POST", f"/plans/{plan.pk}/accept", chosen).status_code == 403
    assert program("sales_editor")("GET", f"/plans/{plan.pk}").status_code == 404
    # The times of the cast are over by now: the verb says so, and nothing is lost.
    (outcome,) = editor("POST", f"/plans/{plan.pk}/accept", chosen).json()["outcomes"]
    assert outcome["done"] is False
    assert outcome["problem"]["detail"]
    assert plan.asked_at == NOW

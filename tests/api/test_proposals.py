"""Signals and proposals, as programs see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.api.conftest import Program
from tests.cast import Cast
from tests.rooms.test_autopilot import moves
from tests.rooms.test_orchestration import an_ask
from unisono.api.calls import now

Programs = Callable[..., Program]


def test_a_program_reads_the_evidence_and_decides(cast: Cast, program: Programs) -> None:
    proposal, editor = an_ask(cast), program("editor")
    (listed,) = editor("GET", "/proposals").json()["items"]
    assert listed["id"] == str(proposal.pk)
    assert listed["evidence"] == {
        "figure": "hours", "expected": 6.0, "low": proposal.low, "high": proposal.high,
        "sample": 5, "basis": "department",
    }  # fmt: skip
    assert "5 decisions" in listed["reason"]
    (signal,) = editor("GET", "/signals").json()["items"]
    assert (signal["id"], signal["kind"]) == (listed["signal_id"], "late")
    assert "nobody was asked to approve it" in signal["sentence"]
    at = f"/proposals/{proposal.pk}"
    assert program("viewer")("POST", f"{at}/accept").status_code == 403
    assert program("editor", "read")("POST", f"{at}/accept").status_code == 403
    assert editor("POST", f"{at}/accept").json()["state"] == "accepted"
    assert editor("POST", f"{at}/accept").status_code == 409
    assert editor("GET", "/proposals").json()["items"] == []
    assert editor("POST", f"{at}/undo").json()["state"] == "undone"
    assert program("sales_editor")("GET", at).status_code == 404


def test_a_program_takes_another_time(cast: Cast, program: Programs) -> None:
    (move,) = moves(cast, 1)
    at, editor = f"/proposals/{move.pk}/accept", program("editor")
    refused = editor("POST", at, {"wall": "2020-03-09T16:00"})
    assert refused.status_code == 422 and "passed already" in refused.content.decode()
    assert editor("POST", at, {"wall": "2099-03-09T16:00+02:00"}).status_code == 422
    day = (now() + timedelta(days=3)).date().isoformat()
    done = editor("POST", at, {"wall": f"{day}T16:00", "zone": "Europe/Berlin"}).json()
    assert (done["wall"], done["zone"]) == (f"{day}T16:00", "Europe/Berlin")
    assert done["data"]["edited"]["wall"] == move.wall


def test_a_program_puts_one_aside_with_a_reason(cast: Cast, program: Programs) -> None:
    at, editor = f"/proposals/{an_ask(cast).pk}", program("editor")
    assert editor("POST", f"{at}/decline", {"reason": "x" * 501}).status_code == 422
    done = editor("POST", f"{at}/decline", {"reason": "We wait."}).json()
    assert (done["state"], done["declined_because"]) == ("declined", "We wait.")
    (listed,) = editor("GET", "/proposals?state=declined").json()["items"]
    assert listed["decided_at"]


def test_a_program_gives_bounds_and_locks_a_post(cast: Cast, program: Programs) -> None:
    manager, at = program("manager"), f"/departments/{cast.departments['Marketing'].pk}/mandate"
    bounds = {"kinds": ["move", "ask"], "a_day": 2, "from_hour": 9, "to_hour": 17, "bold": True,
              "trials_one_in": 8}  # fmt: skip
    assert program("editor")("PUT", at, bounds).status_code == 403
    assert manager("PUT", at, {**bounds, "kinds": []}).status_code == 422
    assert manager("PUT", at, bounds).json()["kinds"] == ["move", "ask"]
    assert manager("PUT", at, {**bounds, "trials_one_in": 3}).status_code == 422
    names = ("a_day", "bold", "trials_one_in")
    given = [tuple(row[name] for name in names) for row in manager("GET", "/mandates").json()]
    assert given == [(2, True, 8)]
    assert manager("DELETE", at).status_code == 204
    assert manager("GET", "/mandates").json() == []
    lock = f"/posts/{cast.post.pk}/lock"
    assert program("viewer")("PUT", lock, {}).status_code == 403
    assert manager("PUT", lock, {"reason": "Agreed by law"}).status_code == 204
    assert cast.post.__class__.objects.get(pk=cast.post.pk).lock.reason == "Agreed by law"
    assert manager("DELETE", lock).status_code == 204

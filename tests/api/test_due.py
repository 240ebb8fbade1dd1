"""Due and late by API, deciding about many, holds with their impact and their resumption."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.api.conftest import Program
from tests.cast import NOW, SOON, Cast
from tests.screens.permissions.publications import scheduled
from unisono.kernel.states import advance
from unisono.rooms.channels.models import Channel
from unisono.rooms.people.actors import system
from unisono.rooms.publishing.models import Hold, Publication
from unisono.rooms.publishing.reasons import because
from unisono.rooms.publishing.states import PUBLICATION

Programs = Callable[..., Program]
FAR = "2099-05-01T07:30:00"


def late(cast: Cast, title: str, reason: str = "late") -> Publication:
    row = scheduled(cast, title)
    advance(row, PUBLICATION, "held", by=system(cast.lumen), now=SOON)
    why = because(reason, minutes=130) if reason == "late" else because(reason)
    Publication.objects.filter(pk=row.pk).update(due_at=NOW, **why)
    return row


def test_due_says_why_and_what_to_do(cast: Cast, program: Programs) -> None:
    rows = [late(cast, f"Late {n}") for n in range(3)]
    editor = program("editor")
    first = editor("GET", "/publications/due", {"limit": 2}).json()
    assert first["counts"] == {"person": 3}
    item = first["items"][0]
    assert (item["group"], item["code"], item["state"]) == ("person", "late", "held")
    assert item["acts"] == ["send", "retime", "drop"]
    assert item["zone"] == "Europe/Paris"
    assert item["wall"] == "2026-03-04T10:00:00"
    assert item["late_seconds"] > 130 * 60
    rest = editor("GET", "/publications/due", {"limit": 2, "cursor": first["next"]}).json()
    assert rest["next"] is None
    ids = [one["publication_id"] for one in first["items"] + rest["items"]]
    assert sorted(ids) == sorted(str(row.pk) for row in rows)
    assert editor("GET", "/publications/due", {"group": "risk"}).json()["items"] == []
    chirp = {"channel_id": str(cast.chirp.pk)}
    assert editor("GET", "/publications/due", chirp).json()["items"] == []
    assert editor("GET", "/publications/due", {"cursor": "?"}).status_code == 422
    assert program("viewer")("GET", "/publications/due").json()["items"][0]["acts"] == []
    assert program("sales_editor")("GET", "/publications/due").json()["items"] == []


def test_many_are_decided_each_for_itself(cast: Cast, program: Programs) -> None:
    rows = [late(cast, f"Late {n}") for n in range(4)]
    ids = [str(row.pk) for row in rows]
    body: dict[str, Any] = {
        "choices": [
            {"publication_id": ids[0], "way": "drop"},
            {"publication_id": ids[1], "way": "retime", "wall": "2001-01-01T00:00:00"},
        ],
        "spread": {
            "publication_ids": ids[2:],
            "start": FAR,
            "zone": "Europe/Paris",
            "every_minutes": 20,
        },
    }
    answer = program("editor")("POST", "/publications/decisions", body)
    assert answer.status_code == 200, answer.content
    found = answer.json()["outcomes"]
    assert [one["done"] for one in found] == [True, False, True, True]
    assert found[1]["problem"]["code"] == "invalid"
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["cancelled", "held", "scheduled", "scheduled"]
    assert [row.wall for row in rows[2:]] == ["2099-05-01T07:30", "2099-05-01T07:50"]
    reads = program("editor", "read")
    one = {"choices": [{"publication_id": ids[1], "way": "drop"}]}
    (refused,) = reads("POST", "/publications/decisions", one).json()["outcomes"]
    assert refused["problem"]["code"] == "not_allowed"


def test_a_hold_by_api_from_its_impact_to_its_end(cast: Cast, program: Programs) -> None:
    ahead = scheduled(cast, "Ahead")
    manager = program("manager")
    target = {"department_id": str(cast.departments["Marketing"].pk)}
    impact = manager("POST", "/holds/impact", target).json()
    assert (impact["total"], impact["unseen"]) == (1, 0)
    assert impact["posts"][0]["title"] == "Ahead"
    assert not Hold.objects.exists()
    hold = manager("POST", "/holds", {**target, "why": "Recall"}).json()
    stopped, left = late(cast, "Stopped", "on_hold"), late(cast, "Left", "on_hold")
    held = manager("GET", f"/holds/{hold['id']}/impact").json()
    assert sorted(post["late"] for post in held["posts"]) == [False, True, True]
    choice = {"publication_id": str(stopped.pk), "way": "send"}
    done = manager("POST", f"/holds/{hold['id']}/resume", {"choices": [choice]}).json()
    assert done["hold"]["lifted_at"]
    assert (done["released"], done["waiting"]) == (0, 1)
    assert done["outcomes"][0]["state"] == "scheduled"
    for row in (ahead, stopped, left):
        row.refresh_from_db()
    assert [row.state for row in (ahead, stopped, left)] == ["scheduled", "scheduled", "held"]
    assert manager("POST", f"/holds/{hold['id']}/resume", {}).status_code == 409
    assert program("editor")("POST", f"/holds/{hold['id']}/resume", {}).status_code == 403


def test_a_channel_says_when_its_sign_in_runs_out(cast: Cast, program: Programs) -> None:
    Channel.objects.filter(pk=cast.agora.pk).update(expires_at=NOW, failing_since=NOW)
    found = program("viewer")("GET", f"/channels/{cast.agora.pk}").json()
    assert found["expires_at"] == found["failing_since"] == "2026-03-04T09:00:00Z"
    assert found["renews_itself"] is False

"""The API: the whole journey, tokens and scopes, problems, pages and idempotency."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api.conftest import Program
from tests.cast import Cast
from tests.rooms.test_content import picture
from unisono.kernel import jobs
from unisono.networks.contract import Published
from unisono.rooms.publishing import claims, ledger
from unisono.rooms.publishing.models import Publication

Programs = Callable[..., Program]


def test_the_description_is_openapi_31(db: None) -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            assert call["summary"], (path, method)


def test_from_idea_to_receipt(cast: Cast, program: Programs) -> None:
    editor, approver = program("editor"), program("approver")
    marketing = str(cast.departments["Marketing"].pk)
    idea = editor("POST", "/ideas", {"title": "Meet the glassblowers", "department_id": marketing})
    assert idea.status_code == 201
    post = editor(
        "POST",
        f"/ideas/{idea.json()['id']}/posts",
        {"department_id": marketing, "channel_ids": [str(cast.agora.pk)]},
    ).json()
    changed = editor(
        "PATCH",
        f"/posts/{post['id']}",
        {"text": "Forty years of breath.", "objective_id": str(cast.objective.pk)},
    )
    assert changed.json()["title"] == "Meet the glassblowers"
    (variant,) = post["variants"]
    refused = editor("POST", f"/variants/{variant['id']}/publications", {"now": True})
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:unisono:problem:not_cleared"
    (asked,) = editor("POST", f"/posts/{post['id']}/approvals", {}).json()
    assert (
        approver("POST", f"/approvals/{asked['id']}/decision", {"outcome": "approved"}).status_code
        == 200
    )
    sent = editor("POST", f"/variants/{variant['id']}/publications", {"now": True})
    assert sent.status_code == 201
    now = timezone.now()
    (errand,) = claims.claim_due(worker="w", now=now)
    ledger.settle(errand, Published("r-1", "http://x/r-1"), now=now)
    jobs.run_pending()
    proof = editor("GET", f"/publications/{sent.json()['id']}/receipt").json()
    assert proof["publication"]["state"] == "published"
    assert proof["approved_digest"] == asked["revision_digest"]
    assert [a["by_name"] for a in proof["approvals"]] == [approver_name(cast)]
    assert editor("GET", f"/publications/{sent.json()['id']}/figures").json()["totals"] == {}


def test_a_thread_by_api(cast: Cast, program: Programs) -> None:
    editor, approver = program("editor"), program("approver")
    wish = {
        "title": "The furnace",
        "text": "One",
        "follow_ups": ["Two"],
        "department_id": str(cast.departments["Marketing"].pk),
        "channel_ids": [str(cast.agora.pk)],
    }
    post = editor("POST", "/posts", wish).json()
    assert post["follow_ups"] == ["Two"]
    (variant,) = post["variants"]
    assert variant["follow_ups"] is None
    adapted = editor("PATCH", f"/variants/{variant['id']}", {"follow_ups": ["Deux", ""]}).json()
    assert (adapted["text"], adapted["follow_ups"]) == (None, ["Deux", ""])
    (told,) = (
        f for f in editor("GET", f"/variants/{variant['id']}/checks").json() if f["level"] == "bad"
    )
    assert told["field"] == "follow_ups"
    editor("PATCH", f"/variants/{variant['id']}", {"follow_ups": None})
    changed = editor("PATCH", f"/posts/{post['id']}", {"follow_ups": ["Two", "Three"]}).json()
    assert changed["follow_ups"] == ["Two", "Three"]
    assert editor("PATCH", f"/posts/{post['id']}", {"title": "T"}).json()["follow_ups"]
    (asked,) = editor("POST", f"/posts/{post['id']}/approvals", {}).json()
    approver("POST", f"/approvals/{asked['id']}/decision", {"outcome": "approved"})
    (frozen,) = editor("GET", f"/variants/{variant['id']}/revisions").json()["items"]
    assert frozen["follow_ups"] == ["Two", "Three"]
    sent = editor("POST", f"/variants/{variant['id']}/publications", {"now": True}).json()
    assert (sent["part"], sent["parts"]) == (0, 3)
    proof = editor("GET", f"/publications/{sent['id']}/receipt").json()
    assert [(row["part"], row["next_at"] is None) for row in proof["chain"]] == [
        (0, False), (1, True), (2, True),
    ]  # fmt: skip
    second = editor("GET", f"/publications/{proof['chain'][1]['id']}/receipt").json()
    assert second["text"] == "Two"
    rows = editor("GET", "/publications?part=0").json()["items"]
    assert [row["id"] for row in rows] == [sent["id"]]
    too_many = editor("PATCH", f"/posts/{post['id']}", {"follow_ups": ["more"] * 25})
    assert too_many.status_code == 422


def approver_name(cast: Cast) -> str:
    return f"{cast.members['approver'].name} · test"


def test_without_a_token(program: Programs) -> None:
    answer = program("")("GET", "/posts")
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_scopes_bound_the_issuer(cast: Cast, program: Programs) -> None:
    reader = program("admin", "read")
    assert reader("GET", "/posts").status_code == 200
    answer = reader("POST", "/ideas", {"title": "No"})
    assert answer.status_code == 403
    assert answer.json()["data"] == {"capability": "write"}


def test_a_token_never_exceeds_its_issuer(cast: Cast, program: Programs) -> None:
    answer = program("contributor")("POST", "/objectives", {
        "name": "X", "metric": "reach", "target": 1,
        "starts_on": "2026-01-01", "ends_on": "2026-02-01",
    })  # fmt: skip
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path", ["/posts/{other_post}", "/channels/{other_channel}", "/departments/{other_department}"]
)
def test_other_organizations_do_not_exist(cast: Cast, program: Programs, path: str) -> None:
    path = path.format(**{name: thing.pk for name, thing in cast.things.items()})
    assert program("admin")("GET", path).status_code == 404


def test_bad_input_names_its_field(cast: Cast, program: Programs) -> None:
    editor = program("editor")
    for body, field in (
        ({"title": "", "department_id": str(cast.departments["Marketing"].pk)}, "title"),
        ({"title": "x" * 161, "department_id": str(cast.departments["Marketing"].pk)}, "title"),
        ({"title": "T", "department_id": str(cast.other_department.pk)}, "department_id"),
        ({"title": "T", "department_id": "nonsense"}, "department_id"),
    ):
        answer = editor("POST", "/posts", body)
        assert (answer.status_code, answer.json()["field"]) == (422, field), body


def test_times_are_wall_times_in_a_known_zone_ahead(cast: Cast, program: Programs) -> None:
    editor = program("editor")
    variant = editor("GET", f"/posts/{cast.post.pk}").json()["variants"][0]["id"]
    ahead = (timezone.now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    for body, field in (
        ({"wall": ahead, "zone": "Europe/Lyon"}, "zone"),
        ({"wall": "2020-01-01T09:00"}, "at"),
        ({"wall": "2030-01-01T09:00+02:00"}, "wall"),
    ):
        answer = editor("PUT", f"/variants/{variant}/time", body)
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    answer = editor("PUT", f"/variants/{variant}/time", {"wall": ahead})
    assert answer.json()["planned_zone"] == "Europe/Paris"


def test_an_edit_on_an_old_version_is_refused(cast: Cast, program: Programs) -> None:
    editor = program("editor")
    version = editor("GET", f"/posts/{cast.post.pk}").json()["version"]
    assert (
        editor("PATCH", f"/posts/{cast.post.pk}", {"text": "A", "version": version}).status_code
        == 200
    )
    late = editor("PATCH", f"/posts/{cast.post.pk}", {"text": "B", "version": version})
    assert (late.status_code, late.json()["type"]) == (409, "urn:unisono:problem:outdated")


def test_pages_go_on_with_their_cursor(cast: Cast, program: Programs) -> None:
    editor = program("editor")
    for number in range(5):
        editor("POST", "/ideas", {"title": f"Idea {number}"})
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        answer = editor("GET", "/ideas", {"limit": 2, "cursor": cursor}).json()
        seen += [item["title"] for item in answer["items"]]
        cursor = answer["next"]
    assert len(seen) == len(set(seen)) == 6
    assert editor("GET", "/ideas", {"cursor": "???"}).status_code == 422


def test_the_same_key_creates_once(cast: Cast, program: Programs) -> None:
    editor = program("editor")
    first = editor("POST", "/ideas", {"title": "Once"}, Idempotency_Key="k-1")
    again = editor("POST", "/ideas", {"title": "Once"}, Idempotency_Key="k-1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    other = editor("POST", "/ideas", {"title": "Twice"}, Idempotency_Key="k-1")
    assert (other.status_code, other.json()["type"]) == (422, "urn:unisono:problem:key_reused")


def test_a_refused_creation_may_be_tried_again_with_its_key(cast: Cast, program: Programs) -> None:
    editor = program("editor")
    assert editor("POST", "/ideas", {"title": ""}, Idempotency_Key="k-2").status_code == 422
    assert editor("POST", "/ideas", {"title": "Now"}, Idempotency_Key="k-2").status_code == 201


def test_secrets_are_not_answered(cast: Cast, program: Programs) -> None:
    text = json.dumps(program("admin")("GET", "/channels").json())
    assert "sandbox-token" not in text
    assert "v1|" not in text


def test_a_hold_by_api_stops_what_is_due(cast: Cast, program: Programs) -> None:
    manager: Any = program("manager")
    refused = manager("POST", "/holds", {"why": "everything"})
    assert refused.status_code == 403, "a manager of one department cannot stop the whole company"
    marketing = str(cast.departments["Marketing"].pk)
    hold = manager("POST", "/holds", {"department_id": marketing, "why": "Recall"}).json()
    assert manager("DELETE", f"/holds/{hold['id']}").json()["lifted_at"]
    assert Publication.objects.count() == 0


def test_a_plan_comes_in_by_api(cast: Cast, program: Programs) -> None:
    editor = program("editor")
    plan = SimpleUploadedFile("plan.csv", b"Title,Text,Date\nLamp,Light.,2031-03-11\nX,Y,never\n")
    made = editor.client.post("/api/v1/imports", {"file": plan})
    assert made.status_code == 201, made.content
    run = made.json()["id"]
    outlook = editor("GET", f"/imports/{run}/preview").json()
    assert (outlook["good"], outlook["bad"]) == (1, 1)
    assert outlook["problems"][0]["row"] == 3
    assert editor("POST", f"/imports/{run}/confirmation").status_code == 200
    jobs.run_pending()
    after = editor("GET", f"/imports/{run}").json()
    assert (after["state"], after["posts_made"]) == ("done", 1)
    assert editor("POST", f"/imports/{run}/undoing").json()["state"] == "undoing"


def test_images_come_in_with_their_alt_text(cast: Cast, program: Programs) -> None:
    editor = program("editor")
    image = SimpleUploadedFile("lamp.png", picture())
    made = editor.client.post("/api/v1/assets", {"file": image, "alt": "A lamp"})
    assert made.status_code == 201, made.content
    body = {"asset_id": made.json()["id"]}
    attached = editor("POST", f"/posts/{cast.post.pk}/images", body).json()
    assert attached["alt"] == "A lamp"
    bad = SimpleUploadedFile("lamp.png", b"no image")
    refused = editor.client.post("/api/v1/assets", {"file": bad})
    assert (refused.status_code, refused.json()["field"]) == (422, "file")

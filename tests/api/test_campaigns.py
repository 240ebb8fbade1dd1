"""Campaigns, audiences and templates by the API."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.conftest import Program
from tests.cast import Cast

Programs = Callable[..., Program]


def test_audiences_are_kept_by_a_program(cast: Cast, program: Programs) -> None:
    editor, marketing = program("editor"), str(cast.departments["Marketing"].pk)
    cooks = {"name": "Cooks", "languages": ["fr"], "zone": "Europe/Paris"}
    assert editor("POST", "/audiences", cooks).status_code == 403
    made = editor("POST", "/audiences", cooks | {"department_id": marketing})
    assert made.status_code == 201, made.content
    at = f"/audiences/{made.json()['id']}"
    assert editor("POST", "/audiences", cooks | {"department_id": marketing}).status_code == 409
    refused = editor("PATCH", at, {"zone": "Paris"})
    assert (refused.status_code, refused.json()["field"]) == (422, "zone")
    changed = editor("PATCH", at, {"interests": "ovens", "name": None}).json()
    assert (changed["name"], changed["interests"], changed["languages"]) == (
        "Cooks",
        "ovens",
        ["fr"],
    )
    assert editor("DELETE", at).status_code == 204
    assert editor("GET", "/audiences").json()["items"] == []
    assert len(editor("GET", "/audiences?archived=true").json()["items"]) == 1
    assert editor("POST", f"{at}/restore").json()["archived_at"] is None
    assert program("viewer")("PATCH", at, {"name": "x"}).status_code == 403
    post = f"/posts/{cast.post.pk}"
    theirs = {"audience_ids": [made.json()["id"]]}
    assert editor("PATCH", post, theirs).json()["audience_ids"] == theirs["audience_ids"]
    assert (
        editor("PATCH", post, {"title": "Doors"}).json()["audience_ids"] == theirs["audience_ids"]
    )
    found = editor("GET", f"/posts?audience_id={made.json()['id']}").json()["items"]
    assert [one["title"] for one in found] == ["Doors"]
    csv = editor("GET", f"/plan/export?audience_id={made.json()['id']}")
    assert b"Doors" in b"".join(csv.streaming_content)
    assert editor("PATCH", post, {"audience_ids": []}).json()["audience_ids"] == []


def test_a_campaign_in_full(cast: Cast, program: Programs) -> None:
    editor, marketing = program("editor"), str(cast.departments["Marketing"].pk)
    full = {
        "name": "Lyon, the party", "starts_on": "2099-03-20", "ends_on": "2099-03-31",
        "department_id": marketing, "goal": "Full house", "tone": "Warm", "budget": "4,000 €",
        "links": [{"url": "https://lumen.example/lyon", "name": "The page"}],
        "utm": {"source": "{network}", "medium": "social", "hosts": ["own.example"]},
        "channel_ids": [str(cast.agora.pk)], "objective_id": str(cast.objective.pk),
        "department_ids": [str(cast.departments["Sales"].pk)],
    }  # fmt: skip
    assert editor("POST", "/campaigns", full).json()["field"] == "department_ids"
    answer = program("admin")("POST", "/campaigns", full)
    assert answer.status_code == 201, answer.content
    made = answer.json()
    at = f"/campaigns/{made['id']}"
    assert (made["status"], made["code"], made["goal"]) == (
        "planned",
        "lyon-the-party",
        "Full house",
    )
    assert made["utm"]["source"] == "{network}" and made["utm"]["replace"] is False
    assert made["channel_ids"] == full["channel_ids"]
    assert program("sales_editor")("GET", at).json()["name"] == "Lyon, the party"
    assert program("sales_editor")("PATCH", at, {"name": "Ours"}).status_code == 403
    refused = editor("PATCH", at, {"utm": {"source": "{who}"}})
    assert (refused.status_code, refused.json()["field"]) == (422, "utm_source")
    changed = editor("PATCH", at, {"utm": None, "tone": None, "channel_ids": []}).json()
    assert (changed["utm"], changed["tone"], changed["channel_ids"]) == (None, "", [])
    assert (changed["goal"], changed["budget"]) == ("Full house", "4,000 €")
    assert editor("PATCH", at, {"audience_ids": [made["id"]]}).json()["field"] == "audience_ids"
    asked = "/campaigns?status=planned&text=party"
    assert [one["id"] for one in editor("GET", asked).json()["items"]] == [made["id"]]
    assert editor("GET", "/campaigns?status=dreaming").status_code == 422
    assert editor("DELETE", at).status_code == 204
    assert editor("GET", asked).json()["items"] == []
    assert editor("GET", "/campaigns?status=archived").json()["items"][0]["status"] == "archived"
    assert editor("POST", f"{at}/restore").json()["status"] == "planned"


def test_how_a_campaign_stands_and_its_copy(cast: Cast, program: Programs) -> None:
    editor, at = program("editor"), f"/campaigns/{cast.campaign.pk}"
    stands = editor("GET", f"{at}/progress").json()
    assert (stands["posts"], stands["stages"]["drafted"]) == (1, 1)
    (served,) = stands["served"]
    assert (served["name"], served["earned"], served["progress"]["value"]) == ("Brand reach", 0, 0)
    copied = editor("POST", f"{at}/clone", {"name": "Again", "starts_on": "2099-04-01"})
    assert copied.status_code == 201, copied.content
    assert copied.json()["ends_on"] == "2099-04-20"
    posts = editor("GET", f"/posts?campaign_id={copied.json()['id']}").json()["items"]
    assert [post["title"] for post in posts] == ["The doors"]
    kept = editor("POST", f"{at}/template", {"name": "Doors", "day": "2026-03-11"})
    assert kept.status_code == 201 and kept.json()["steps"][0]["unit"] == "undated"
    assert program("viewer")("POST", f"{at}/clone", {"name": "x", "starts_on": "2099-04-01"})\
        .status_code == 403  # fmt: skip


def test_a_program_holds_a_campaign_after_a_template(cast: Cast, program: Programs) -> None:
    editor, marketing = program("editor"), str(cast.departments["Marketing"].pk)
    found = editor("GET", "/campaign-templates").json()
    assert next(one["key"] for one in found if one["built_in"]) == "product-launch"
    dates = editor("POST", "/campaign-templates/sale/dates", {"day": "2099-04-01"}).json()
    assert [one["wall"][:10] for one in dates if one["moved"]] == ["2099-03-27"]
    steps = [{"title": "Hint", "offset": -3, "unit": "working"}, {"title": "Day", "at": "18:30"}]
    mine = {"name": "Lamp", "steps": steps, "department_id": marketing}
    made = editor("POST", "/campaign-templates", mine)
    assert made.status_code == 201, made.content
    at = f"/campaign-templates/{made.json()['key']}"
    wrong = editor("PATCH", at, {"steps": [{"title": "x", "at": "25:00"}]})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "steps")
    assert editor("PATCH", at, {"note": "Quiet."}).json()["steps"][0]["title"] == "Hint"
    held = {
        "name": "The lamp", "day": "2099-04-01", "department_id": marketing,
        "channel_ids": [str(cast.agora.pk)], "zone": "Asia/Tokyo",
    }  # fmt: skip
    answer = editor("POST", f"{at}/campaign", held)
    assert answer.status_code == 201, answer.content
    posts = editor("GET", f"/posts?campaign_id={answer.json()['campaign_id']}").json()["items"]
    assert {post["variants"][0]["planned_wall"] for post in posts} == {
        "2099-03-27T09:00", "2099-04-01T18:30"
    }  # fmt: skip
    assert posts[0]["variants"][0]["planned_zone"] == "Asia/Tokyo"
    assert editor("POST", f"{at}/campaign", held | {"zone": "Tokyo"}).status_code == 422
    assert editor("PATCH", "/campaign-templates/sale", {"name": "x"}).status_code == 404
    assert program("contributor")("POST", f"{at}/campaign", held).status_code == 403
    assert editor("DELETE", at).status_code == 204
    assert editor("GET", at).status_code == 404

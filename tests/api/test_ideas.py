"""Ideas, feeds and requests by the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.conftest import Program
from tests.cast import NOW, Cast
from tests.pictures import PDF, png
from unisono.kernel import tenancy
from unisono.rooms.feeds import actions as feeds
from unisono.rooms.feeds.reading import Entry, Reading
from unisono.rooms.library import actions as library
from unisono.rooms.people.actors import system

Programs = Callable[..., Program]


def test_the_board_by_the_api(cast: Cast, program: Programs) -> None:
    editor = program("editor")
    asset = library.add_asset(data=png(), name="lamp.png", by=cast.actor("editor"), now=NOW)
    made: dict[str, Any] = editor("POST", "/ideas", {"title": "A lamp"}).json()
    there = f"/ideas/{made['id']}"
    inbox, explore, _ready = editor("GET", "/ideas/columns").json()
    assert made["column_id"] == inbox["id"]
    moved = editor("PUT", f"{there}/place", {"column_id": explore["id"]}).json()
    assert moved["column_id"] == explore["id"]
    wrong = editor("PUT", f"{there}/place", {"column_id": made["id"]})
    assert wrong.status_code == 422
    assert editor("PUT", f"{there}/vote").json()["votes"] == 1
    assert editor("PUT", f"{there}/tags", ["Light"]).json()["tags"] == ["Light"]
    assert editor("POST", f"{there}/comments", {"text": "Yes."}).status_code == 201
    assert len(editor("GET", f"{there}/comments").json()["items"]) == 1
    held = editor("POST", f"{there}/assets", {"asset_id": str(asset.pk)}).json()
    assert held["asset_ids"] == [str(asset.pk)]
    into = {"into_id": str(cast.idea.pk)}
    joined = editor("POST", f"{there}/merge", into).json()
    assert (joined["votes"], joined["tags"]) == (1, ["Light"])
    assert editor("GET", there).json()["merged_into_id"] == str(cast.idea.pk)
    assert editor("POST", f"{there}/return").json()["state"] == "captured"
    assert editor("DELETE", f"{there}/assets/{asset.pk}").status_code == 204
    assert editor("DELETE", f"{there}/vote").json()["votes"] == 0
    columns = [{"id": inbox["id"], "name": "In"}, {"name": "Out"}]
    assert editor("PUT", "/ideas/columns", columns).status_code == 403
    assert [c["name"] for c in program("manager")("PUT", "/ideas/columns", columns).json()] == [
        "In",
        "Out",
    ]


def test_feeds_and_requests_by_the_api(cast: Cast, program: Programs) -> None:
    editor = program("editor")
    feed = editor("POST", "/feeds", {"url": "https://glass.example/feed"}).json()
    with tenancy.within(cast.lumen.pk):
        row = feeds.Feed.objects.get(pk=feed["id"])
        news = Reading("Glass", [Entry("1", "Blown", "", "", None)])
        feeds.take_in(row, news, etag="", modified="", by=system(cast.lumen), now=NOW)
    (entry,) = editor("GET", "/feed-entries").json()["items"]
    made = editor("POST", f"/feed-entries/{entry['id']}/idea").json()
    assert (made["source"], made["source_name"]) == ("feed", "Glass")
    assert editor("DELETE", f"/feeds/{feed['id']}").status_code == 204

    body = {"title": "Two artisans", "reason": "Lyon", "name": "Rita", "email": "r@lumen.example"}
    body["department_id"] = str(cast.departments["Marketing"].pk)
    asked = program("viewer")("POST", "/requests", body).json()
    assert "/asked/" in asked["follow"]
    there = f"/requests/{asked['id']}"
    assert program("viewer")("GET", there).status_code == 403
    assert program("sales_editor")("GET", there).status_code == 404
    assert editor("POST", f"{there}/promise", {"on": "2099-03-12"}).json()["state"] == "promised"
    sales = {"department_id": str(cast.departments["Sales"].pk)}
    assert program("admin")("PUT", f"{there}/department", sales).status_code == 200
    assert editor("GET", there).status_code == 404, "it is another department's now"
    back = {"department_id": body["department_id"]}
    assert program("admin")("PUT", f"{there}/department", back).status_code == 200
    idea = editor("POST", f"{there}/idea").json()
    assert idea["request_id"] == asked["id"]
    assert editor("POST", f"{there}/refusal", {"reason": ""}).status_code == 422
    assert editor("POST", f"{there}/end").json()["state"] == "done"
    assert editor("GET", "/requests", {"state": "done"}).json()["items"][0]["id"] == asked["id"]
    form = program("manager")("POST", "/intake-forms", {"name": "For all"}).json()
    assert "/ask/" in form["address"]
    assert "address" not in program("manager")("GET", "/intake-forms").json()["items"][0]


def test_files_and_questions_of_requests_by_the_api(cast: Cast, program: Programs) -> None:
    editor, viewer = program("editor"), program("viewer")
    wish = {
        "title": "A film",
        "reason": "For the fair.",
        "name": "Rita",
        "email": "r@lumen.example",
    }
    made = editor("POST", "/requests", wish).json()
    there = f"/requests/{made['id']}"
    paper = SimpleUploadedFile("Plan.pdf", PDF)
    added = editor.client.post(f"/api/v1{there}/files", {"file": paper})
    assert added.status_code == 201 and added.json()["mime"] == "application/pdf"
    wrong = editor.client.post(f"/api/v1{there}/files", {"file": SimpleUploadedFile("a.pdf", b"x")})
    assert wrong.status_code == 422
    (file,) = editor("GET", there).json()["files"]
    got = editor("GET", f"{there}/files/{file['id']}")
    assert b"".join(got.streaming_content) == PDF
    assert viewer("GET", f"{there}/files/{file['id']}").status_code == 403
    asked = editor("POST", f"{there}/questions", {"question": "By when?"}).json()
    assert [word["text"] for word in asked["words"]] == ["By when?"]
    idea = editor("POST", f"{there}/idea").json()
    (behind,) = viewer("GET", f"/ideas/{idea['id']}/files").json()
    assert viewer("GET", f"/ideas/{idea['id']}/files/{behind['id']}").status_code == 200
    assert editor("DELETE", f"{there}/files/{file['id']}").status_code == 204
    assert editor("GET", f"{there}/files/{file['id']}").status_code == 404

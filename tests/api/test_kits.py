"""Share kits by the API: all that the screens do, with the same permissions."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.conftest import Program
from tests.cast import Cast
from tests.rooms.test_kits import PERSON, approved
from tests.screens.conftest import Browser

Programs = Callable[..., Program]


def test_a_kit_by_the_api(cast: Cast, program: Programs) -> None:
    post, editor, viewer = approved(cast, picture=True), program("editor"), program("viewer")
    (offer,) = editor("GET", f"/posts/{post.pk}/kit-texts").json()
    assert offer["out"] is False and offer["pictures"] == 1
    assert viewer("GET", f"/posts/{post.pk}/kit-texts").status_code == 403
    body = {"post_id": str(post.pk), "revision_ids": [offer["revision_id"]], "note": "Our day."}
    assert viewer("POST", "/kits", body).status_code == 403
    assert program("editor", "read")("POST", "/kits", body).status_code == 403
    wrong = editor("POST", "/kits", body | {"revision_ids": [str(post.pk)]})
    assert wrong.status_code == 422 and wrong.json()["field"] == "revisions"
    made = editor("POST", "/kits", body)
    assert made.status_code == 201, made.content
    at = f"/kits/{made.json()['id']}"
    assert viewer("GET", at).status_code == 404
    changed = editor("PATCH", at, {"title": "Our doors"}).json()
    assert (changed["title"], changed["note"]) == ("Our doors", "Our day.")
    for method, path, data in (
        ("POST", "/opening", None),
        ("POST", "/sendings", {"member_ids": []}),
        ("POST", "/invites", {"name": "The shop"}),
        ("GET", "/figures", None),
    ):
        assert viewer(method, f"{at}{path}", data).status_code in (403, 404), path
    assert editor("POST", f"{at}/opening").json()["state"] == "open"
    assert [one["id"] for one in viewer("GET", "/kits", {"state": "open"}).json()["items"]]
    assert viewer("GET", "/kits", {"state": "lost"}).status_code == 422

    viewer("PUT", f"{at}/own-links")
    shared = viewer("GET", f"{at}/sharing").json()
    assert shared["own_links"] and shared["link"] in shared["texts"][0]["text"]
    assert shared["pictures"][0]["alt"] == "A blue door"
    assert viewer("GET", f"{at}/pictures/0").status_code == 200
    assert viewer("GET", f"{at}/pictures/7").status_code == 404
    assert viewer("POST", f"{at}/parts", {"did": "shared"}).status_code == 204
    code = shared["link"].rpartition("/")[2]
    assert Browser().get(f"/s/{code}", headers={"user-agent": PERSON}).status_code == 302
    sent = editor("POST", f"{at}/sendings", {"member_ids": [str(cast.members["viewer"].pk)],
                  "department_ids": [str(cast.departments["Marketing"].pk)]})  # fmt: skip
    assert sent.json() == {"sent": 5}
    figures = editor("GET", f"{at}/figures").json()
    assert (figures["members"]["shared"], figures["members"]["opened"]) == (1, 0)
    assert (figures["visits"], figures["sent_to"]) == (1, 5)
    assert figures["sharers"] == [{"name": "Viewer", "visits": 1}]
    assert viewer("DELETE", f"{at}/own-links").status_code == 204

    invite = editor("POST", f"{at}/invites", {"name": "The shop"}).json()
    where = "/kit/" + invite["address"].split("/kit/")[1]
    assert Browser().get(where).status_code == 200
    (listed,) = editor("GET", f"{at}/invites").json()["items"]
    assert "address" not in listed
    assert editor("DELETE", f"{at}/invites/{invite['id']}").status_code == 204
    assert Browser().get(where).status_code == 404
    assert editor("POST", f"{at}/closing").json()["state"] == "closed"
    assert editor("POST", f"{at}/opening").status_code == 409

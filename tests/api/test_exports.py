from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from tests.api.conftest import Program, program
from tests.cast import Cast

__all__ = ["program"]


def test_the_plan_as_a_file(cast: Cast, program: Callable[..., Program]) -> None:
    viewer = program("viewer")
    answer = viewer("GET", "/plan/export?format=json")
    assert answer.status_code == 200
    assert cast.post.title in b"".join(answer).decode()
    paper = b"".join(viewer("GET", "/plan/export?format=pdf"))
    assert paper.startswith(b"%PDF-")
    assert viewer("GET", "/plan/export?format=exe").status_code == 422


def test_calendar_links(cast: Cast, program: Callable[..., Program]) -> None:
    viewer = program("viewer")
    made = viewer("POST", "/calendar-links", {"name": "Wall", "channel_id": [str(cast.agora.pk)]})
    assert made.status_code == 201
    told = made.json()
    assert told["filters"] == {"channels": [str(cast.agora.pk)]}
    path = "/calendar/links/" + told["url"].rpartition("/")[2]
    assert Client(HTTP_HOST="127.0.0.1:8400").get(path).status_code == 200
    (listed,) = viewer("GET", "/calendar-links").json()
    assert "url" not in listed
    assert viewer("DELETE", f"/calendar-links/{told['id']}").status_code == 204
    assert Client(HTTP_HOST="127.0.0.1:8400").get(path).status_code == 404


def test_saved_views(cast: Cast, program: Callable[..., Program]) -> None:
    viewer, editor = program("viewer"), program("editor")
    asked = {"name": "Mine", "page": "calendar", "shape": {"view": ["week"]}}
    made = viewer("POST", "/saved-views", asked)
    assert made.status_code == 201
    where = f"/saved-views/{made.json()['id']}"
    assert editor("GET", "/saved-views").json() == []
    assert viewer("PATCH", where, {"shared": True}).json()["shared"] is True
    assert [view["name"] for view in editor("GET", "/saved-views").json()] == ["Mine"]
    assert editor("DELETE", where).status_code == 403
    assert viewer("DELETE", where).status_code == 204
    assert viewer("DELETE", where).status_code == 404

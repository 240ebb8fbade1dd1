"""Rules by the API: made, tried, switched on, followed, and taken back."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.conftest import Program
from tests.cast import NOW, Cast
from unisono.kernel import jobs
from unisono.rooms.content import actions as content
from unisono.rooms.workflow.models import Task

Programs = Callable[..., Program]


def test_a_rule_by_the_api(cast: Cast, program: Programs) -> None:
    manager, viewer = program("manager"), program("viewer")
    marketing = cast.departments["Marketing"]
    assert "post.written" in viewer("GET", "/rules/catalogue").json()["triggers"]
    body = {
        "name": "Look at doors",
        "department_id": str(marketing.pk),
        "trigger": "post.written",
        "conditions": [{"fact": "title", "is": "contains", "value": "doors"}],
        "acts": [{"act": "task", "text": "Look at it"}],
    }
    assert program("editor")("POST", "/rules", body).status_code == 403
    wrong = manager("POST", "/rules", body | {"acts": []})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "acts")
    made = manager("POST", "/rules", body)
    assert made.status_code == 201 and made.json()["state"] == "off", made.content
    at = f"/rules/{made.json()['id']}"
    assert manager("PATCH", at, {"name": "Doors"}).json()["name"] == "Doors"
    assert viewer("GET", f"{at}/trial").status_code == 200
    assert viewer("POST", f"{at}/on").status_code == 403
    assert manager("POST", f"{at}/on").json()["state"] == "on"
    content.write_post(
        title="Doors", text="Soon.", department=marketing, by=cast.actor("editor"), now=NOW
    )
    jobs.run_pending(NOW)
    (run,) = viewer("GET", f"{at}/runs").json()["items"]
    (step,) = run["steps"]
    assert (run["title"], run["facts"], step["state"]) == ("Doors", {"title": "Doors"}, "done")
    assert viewer("POST", f"/rules/steps/{step['id']}/undo").status_code == 403
    assert manager("POST", f"/rules/steps/{step['id']}/undo").json()["state"] == "undone"
    assert Task.objects.get(title="Look at it").state == "dropped"
    assert manager("POST", f"{at}/off").json()["state"] == "off"
    assert manager("DELETE", at).status_code == 204
    assert viewer("GET", at).status_code == 404

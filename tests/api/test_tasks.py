"""Tasks, work plans, absences and what is at risk, as programs see them."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.conftest import Program
from tests.cast import Cast

Programs = Callable[..., Program]


def test_a_program_works_a_task_off(cast: Cast, program: Programs) -> None:
    editor, marketing = program("editor"), str(cast.departments["Marketing"].pk)
    said = {"title": "Call", "department_id": marketing, "due_on": "2099-03-11",
            "due_time": "17:00", "owner_id": str(cast.members["contributor"].pk)}  # fmt: skip
    made = editor("POST", "/tasks", said)
    assert made.status_code == 201, made.content
    assert (made.json()["zone"], made.json()["due_at"]) == ("Europe/Paris", "2099-03-11T16:00:00Z")
    at = f"/tasks/{made.json()['id']}"
    about = {"title": "Print", "campaign_id": str(cast.campaign.pk)}
    other = editor("POST", "/tasks", about).json()
    assert other["department_id"] == marketing
    assert editor("PUT", f"{at}/needs/{other['id']}").status_code == 204
    circle = editor("PUT", f"/tasks/{other['id']}/needs/{made.json()['id']}")
    assert circle.status_code == 422 and "neither could ever begin" in circle.json()["detail"]
    assert editor("GET", at).json()["blocked"] is True
    assert editor("GET", f"{at}/needs").json()[0]["needed_id"] == other["id"]
    assert editor("DELETE", f"{at}/needs/{other['id']}").status_code == 204
    changed = editor("PATCH", at, {"due_on": None, "days": 3}).json()
    assert (changed["due_at"], changed["days"], changed["title"]) == (None, 3, "Call")
    assert editor("PUT", f"{at}/owner", {"owner_id": None}).json()["owner_id"] is None
    assert editor("POST", f"{at}/state", {"state": "in_progress"}).json()["state"] == "in_progress"
    mine = editor("GET", "/my-work").json()
    assert [row["id"] for row in mine["tasks"]] == [made.json()["id"]]
    assert program("editor", "read")("POST", f"{at}/state", {"state": "done"}).status_code == 403
    assert editor("POST", f"{at}/state", {"state": "done"}).json()["done_at"]
    assert editor("POST", f"{at}/state", {"state": "done"}).status_code == 409
    listed = editor("GET", f"/tasks?campaign_id={cast.campaign.pk}").json()["items"]
    assert [row["title"] for row in listed] == ["Print"]
    two = {**about, "idea_id": str(cast.idea.pk)}
    assert editor("POST", "/tasks", two).status_code == 422
    assert program("sales_editor")("GET", at).status_code == 404


def test_work_is_planned_and_absences_and_risks_are_told(cast: Cast, program: Programs) -> None:
    manager, marketing = program("manager"), str(cast.departments["Marketing"].pk)
    plan = manager("GET", f"/work-plan?department_id={marketing}").json()
    assert (plan["own"], [s["key"] for s in plan["steps"]]) == (
        False, ["draft", "picture", "review", "schedule"],
    )  # fmt: skip
    said = {"steps": [*plan["steps"], {"name": "Translate", "after": ["draft"]}], "country": "DE"}
    kept = manager("PUT", f"/work-plan?department_id={marketing}", said)
    assert kept.status_code == 200 and kept.json()["own"] and len(kept.json()["steps"]) == 5
    wrong = {"steps": [{"name": "A", "key": "a", "after": ["a"]}]}
    assert manager("PUT", f"/work-plan?department_id={marketing}", wrong).status_code == 422
    assert program("editor")("PUT", "/work-plan", said).status_code == 403
    made = manager("POST", f"/posts/{cast.post.pk}/work")
    assert made.status_code == 201 and len(made.json()) == 5
    assert {row["due_on"] for row in made.json()} == {None}
    assert manager("GET", "/at-risk").json() == []

    away = {"member_id": str(cast.members["editor"].pk), "first_on": "2099-12-01",
            "last_on": "2099-12-11", "cover_id": str(cast.members["manager"].pk)}  # fmt: skip
    noted = program("editor")("POST", "/absences", away)
    assert noted.status_code == 201, noted.content
    assert program("contributor")("POST", "/absences", away).status_code == 403
    assert len(manager("GET", "/absences").json()["items"]) == 1
    loads = manager("GET", f"/workload?department_id={marketing}").json()
    assert {one["name"] for one in loads} >= {"Editor", "Ada Admin"}
    assert all(len(one["weeks"]) == 6 for one in loads)
    assert manager("DELETE", f"/absences/{noted.json()['id']}").status_code == 204
    assert manager("DELETE", f"/posts/{cast.post.pk}/work").status_code == 204
    assert manager("DELETE", f"/work-plan?department_id={marketing}").status_code == 204

    assert manager("PUT", "/notice-choices", {"wanted": ["task.freed"]}).json() == ["task.freed"]
    assert manager("PUT", "/notice-choices", {"wanted": ["nothing"]}).status_code == 422
    assert manager("GET", "/notice-choices").json() == ["task.freed"]

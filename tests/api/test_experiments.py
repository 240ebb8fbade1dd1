"""Experiments by the API: all that the screens do, with the same permissions."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.conftest import Program
from tests.cast import Cast
from tests.rooms.test_orchestration import draft

Programs = Callable[..., Program]


def test_an_experiment_by_the_api(cast: Cast, program: Programs) -> None:
    manager, editor, viewer = program("manager"), program("editor"), program("viewer")
    days = [0, 1, 2, 3, 4]
    body = {
        "kind": "times", "question": "Mornings?", "planned": 5,
        "department_id": str(cast.departments["Marketing"].pk), "channel_id": str(cast.agora.pk),
        "arms": [
            {"label": "Mornings", "weekdays": days, "from_hour": 8, "to_hour": 11},
            {"label": "Evenings", "weekdays": days, "from_hour": 17, "to_hour": 20},
        ],
    }  # fmt: skip
    assert editor("POST", "/experiments", body).status_code == 403
    assert manager("POST", "/experiments", body | {"uplift": 0}).json()["field"] == "uplift"
    made = manager("POST", "/experiments", body)
    assert made.status_code == 201, made.content
    at = f"/experiments/{made.json()['id']}"
    assert viewer("GET", at).json()["state"] == "planned"
    asked = f"/experiments/sample?channel_id={cast.agora.pk}&uplift=0.5&planned=9"
    told = manager("GET", asked).json()
    assert told["assumed"] and told["needed"] > told["planned"] == 10
    assert "To show 50 percent more" in told["sentences"][0]
    assert manager("GET", f"{asked}&hours=0").json()["field"] == "hours"
    assert editor("GET", asked).status_code == 403
    assert editor("PATCH", at, {"question": "Noons?"}).status_code == 403
    changed = manager("PATCH", at, {"question": "Noons?", "uplift": 0.5}).json()
    assert (changed["question"], changed["planned"]) == ("Noons?", 6)
    assert [arm["label"] for arm in changed["arms"]] == ["Mornings", "Evenings"]
    assert manager("PATCH", at, {"planned": None}).json()["planned"] > 20
    assert editor("POST", f"{at}/start").status_code == 403
    assert manager("POST", f"{at}/start").json()["state"] == "running"
    variant = draft(cast, "One").variants.get()
    said = {"variant_id": str(variant.pk)}
    assert viewer("POST", f"{at}/posts", said).status_code == 403
    added = editor("POST", f"{at}/posts", said)
    assert added.status_code == 201, added.content
    assert added.json()[0]["arm"] in ("Mornings", "Evenings")
    (trial,) = viewer("GET", f"{at}/posts").json()
    assert editor("DELETE", f"{at}/posts/{trial['id']}?reason=Urgent").status_code == 204
    assert manager("POST", f"{at}/stop", {"reason": ""}).status_code == 422
    assert manager("POST", f"{at}/stop", {"reason": "Enough"}).json()["state"] == "stopped"
    (listed,) = viewer("GET", "/experiments?state=stopped").json()["items"]
    assert listed["reason"] == "Enough" and listed["finding"] is None
    assert program("sales_editor")("GET", at).status_code == 404

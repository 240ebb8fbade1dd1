"""Key dates by the API: what lies ahead, own dates, countries, something prepared."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.conftest import Program
from tests.cast import Cast

Programs = Callable[..., Program]
YEAR = "/key-dates?first=2099-01-01&last=2099-12-31"


def test_a_program_keeps_and_prepares_a_date(cast: Cast, program: Programs) -> None:
    manager, marketing = program("manager"), str(cast.departments["Marketing"].pk)
    fair = {"name": "Fair", "on": "2099-03-20", "yearly": True, "department_id": marketing}
    made = manager("POST", "/key-dates", fair)
    assert made.status_code == 201, made.content
    at = f"/key-dates/{made.json()['id']}"
    (day,) = manager("GET", f"{YEAR}&kind=company").json()
    assert (day["on"], day["key_date_id"]) == ("2099-03-20", made.json()["id"])
    there, on = f"/key-dates/{day['id']}", {"on": day["on"]}
    idea = manager("POST", f"{there}/idea", on)
    assert idea.status_code == 201 and idea.json()["post_id"] is None
    wanted = {**on, "department_id": marketing, "wall": "2099-03-20T10:00", "channel_ids": []}
    assert manager("POST", f"{there}/post", wanted).status_code == 422
    post = manager("POST", f"{there}/post", {**wanted, "channel_ids": [str(cast.agora.pk)]})
    assert post.status_code == 201 and post.json()["post_id"]
    assert manager("GET", f"{YEAR}&kind=company").json()[0]["prepared"] == 2
    assert manager("POST", f"{there}/idea", {"on": "2099-03-21"}).status_code == 404
    assert program("sales_editor")("GET", f"{YEAR}&kind=company").json() == []
    assert program("viewer")("POST", "/key-dates", fair).status_code == 403
    assert manager("PATCH", at, {"yearly": False}).json()["yearly"] is False
    assert manager("DELETE", at).status_code == 204
    assert manager("GET", f"{YEAR}&kind=company").json() == []


def test_the_countries_that_matter_are_chosen(cast: Cast, program: Programs) -> None:
    admin = program("admin")
    assert admin("PUT", "/key-date-countries", {"countries": ["de", "FR"]}).json() == ["DE", "FR"]
    assert admin("PUT", "/key-date-countries", {"countries": ["QQ"]}).status_code == 422
    assert program("editor")("PUT", "/key-date-countries", {"countries": []}).status_code == 403
    french = admin("GET", f"{YEAR}&language=fr&kind=holiday").json()
    assert {"2099-07-14"} <= {one["on"] for one in french}
    assert {code for one in french for code in one["countries"]} == {"FR"}
    assert admin("GET", "/key-dates/nearing").status_code == 200
    assert admin("GET", "/key-dates?first=9999-12-31").json() == []
    assert admin("GET", "/key-dates?first=2000-01-01&last=2099-01-01").status_code == 422

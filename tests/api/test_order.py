"""Order, embargoes and the queue by API."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.conftest import Program
from tests.cast import NOW, Cast
from tests.screens.permissions.posts import agreed
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post

Programs = Callable[..., Program]
FAR = "2099-05-01T07:30:00"


def second(cast: Cast) -> Post:
    return content.write_post(
        title="For everybody",
        text="All.",
        department=cast.departments["Marketing"],
        campaign=cast.campaign,
        channels=[cast.agora],
        by=cast.actor("editor"),
        now=NOW,
    )


def test_a_post_follows_another_and_its_times_are_kept(cast: Cast, program: Programs) -> None:
    editor, post = program("editor"), second(cast)
    path = f"/posts/{post.pk}/order"
    assert editor("GET", path).json()["after_id"] is None
    body = {"after_id": str(cast.post.pk), "minutes": 30}
    found = editor("PUT", path, body).json()
    assert (found["minutes"], found["stuck"], found["out"]) == (30, "unplanned", False)
    for variant in cast.post.variants.all():
        assert editor("PUT", f"/variants/{variant.pk}/time", {"wall": FAR}).status_code == 200
    assert editor("GET", path).json()["earliest"] == "2099-05-01T06:00:00Z"
    mine = post.variants.get()
    refused = editor("PUT", f"/variants/{mine.pk}/time", {"wall": FAR})
    assert refused.status_code == 422
    assert refused.json()["type"].endswith("too_early")
    assert refused.json()["data"]["ways_out"] == ["2099-05-01T06:00:00+00:00"]
    on_time = {"wall": "2099-05-01T08:00:00"}
    assert editor("PUT", f"/variants/{mine.pk}/time", on_time).status_code == 200
    leader = cast.post.variants.first()
    late = {"wall": "2099-05-01T09:00:00"}
    conflict = editor("PUT", f"/variants/{leader.pk}/time", late)
    assert (conflict.status_code, conflict.json()["type"][-9:]) == (409, "followers")
    assert conflict.json()["data"]["followers"] == [str(post.pk)]
    moved = editor("PUT", f"/variants/{leader.pk}/time", {**late, "along": True})
    assert moved.status_code == 200
    mine.refresh_from_db()
    assert mine.planned_wall == "2099-05-01T09:30"
    assert editor("DELETE", path).status_code == 204
    assert program("editor", "read")("PUT", path, body).status_code == 403


def test_embargoes_are_placed_and_lifted(cast: Cast, program: Programs) -> None:
    editor = program("editor")
    for path in (f"/posts/{cast.post.pk}/embargo", f"/campaigns/{cast.campaign.pk}/embargo"):
        placed = editor("PUT", path, {"wall": FAR, "zone": "Europe/Paris"})
        assert placed.json()["until"] == "2099-05-01T05:30:00Z"
    told = editor("GET", f"/posts/{cast.post.pk}/order").json()
    assert told["embargo"]
    assert told["campaign_embargo"]
    for path in (f"/posts/{cast.post.pk}/embargo", f"/campaigns/{cast.campaign.pk}/embargo"):
        assert program("contributor")("DELETE", path).status_code == 403
        assert editor("DELETE", path).status_code == 204


def test_what_waits_is_sent_anyway_with_a_reason(cast: Cast, program: Programs) -> None:
    editor, post = program("editor"), agreed(cast, "Agreed")
    variant = post.variants.get()
    made = editor("POST", f"/variants/{variant.pk}/publications", {"wall": FAR}).json()
    later = {"wall": "2099-05-01T09:00:00"}
    assert editor("PUT", f"/posts/{post.pk}/embargo", later).status_code == 200
    path = f"/publications/{made['id']}/anyway"
    assert editor("POST", path, {"why": "Now."}).status_code == 403
    manager = program("manager")
    assert manager("POST", path, {"why": ""}).status_code == 422
    assert manager("POST", path, {"why": "It is out by mail."}).json()["state"] == "scheduled"
    again = {"publication_id": made["id"], "way": "anyway", "why": "Once more."}
    (outcome,) = manager("POST", "/publications/decisions", {"choices": [again]}).json()["outcomes"]
    assert outcome["problem"]["code"] == "conflict"


def test_slots_and_the_queue(cast: Cast, program: Programs) -> None:
    admin, editor = program("admin"), program("editor")
    path = f"/channels/{cast.agora.pk}/slots"
    body = {"weekdays": [0, 4], "at": "09:00"}
    assert editor("POST", path, body).status_code == 403
    made = admin("POST", path, body).json()
    assert [(slot["weekday"], slot["at"], slot["zone"]) for slot in made] == [
        (0, "09:00", "Europe/Paris"),
        (4, "09:00", "Europe/Paris"),
    ]
    assert admin("DELETE", f"/slots/{made[0]['id']}").status_code == 204
    assert len(editor("GET", path).json()) == 1
    post = agreed(cast, "Agreed")
    (found,) = editor("GET", "/queue", {"channel_id": str(cast.agora.pk)}).json()
    assert (found["ready"], found["a_week"], len(found["gaps"])) == (1, 1, 3)
    (waiting,) = editor("GET", "/queue/undated").json()["items"]
    assert waiting["post_id"] == str(post.pk)
    offers = editor("GET", f"/variants/{waiting['variant_id']}/free-slots").json()
    assert [offer["at"] for offer in offers] == [gap["at"][0] for gap in found["gaps"]]
    warn = f"/channels/{cast.agora.pk}/queue-warning"
    assert admin("PUT", warn, {"days": 9}).status_code == 204
    assert editor("GET", "/queue").json()[0]["warn_days"] in (3, 9)

"""What has to be approved goes out by no door before it is: neither its writer's nor anybody's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse

from tests.api.conftest import Program, program
from tests.cast import NOW, Cast
from tests.rooms.test_series import made
from tests.screens.conftest import browser
from tests.screens.test_calendar import PARIS, pencilled
from tests.screens.test_timeline import moved
from unisono.kernel import jobs
from unisono.rooms.publishing.models import Publication

__all__ = ["program"]

LATER = {"wall": "2099-03-12T10:15", "zone": PARIS}


def screens(cast: Cast, name: str) -> Iterator[tuple[str, Any]]:
    """Each door of the screens, and what it answers."""
    variant, other = cast.post.variants.order_by("pk")
    client, pk = browser(cast, name), str(variant.pk)
    publications = reverse("post.publications", args=[cast.post.pk])
    for when in ("now", "planned"):
        yield f"form, {when}", client.post(publications, {"when": when})
    form = {"day": "2099-03-12", "time": "10:15", "zone": PARIS}
    yield "composer", client.post(reverse("post.time", args=[cast.post.pk]), form)
    yield "drag", client.post(reverse("variant.time", args=[pk]) + f"?also={other.pk}", form)
    yield "timeline", moved(client, {"variant": pk, "wall": LATER["wall"]})
    shift = {"variant": [pk, str(other.pk)], "minutes": "60"}
    yield "bulk", client.post(reverse("timeline.shift"), shift)
    slot = {"variant": pk, "zone": PARIS, "way": "2099-03-12T09:15:00+00:00"}
    yield "queue", client.post(reverse("queue.fill"), slot)
    for then in ("schedule", "now"):
        way = {"variant": pk, "way": LATER["wall"], "zone": PARIS, "then": then}
        yield f"way out, {then}", client.post(reverse("collision.way"), way)
    anyway = {**way, "override": "1", "reason": "Now.", "wall": LATER["wall"]}
    yield "way out, nevertheless", client.post(reverse("collision.way"), anyway)


def programs(cast: Cast, call: Program) -> Iterator[tuple[str, Any]]:
    """Each door of the API, and what it answers."""
    variant = cast.post.variants.order_by("pk")[0]
    yield "all of it", call("POST", f"/posts/{cast.post.pk}/publications", {})
    for body in (LATER, {"now": True}, {**LATER, "override_reason": "Now."}):
        yield "one channel", call("POST", f"/variants/{variant.pk}/publications", body)
    yield "time", call("PUT", f"/variants/{variant.pk}/time", LATER)
    move = {"variant_id": str(variant.pk), **LATER}
    yield "many", call("POST", "/timeline/moves", {"moves": [move]})


@pytest.mark.parametrize("name", ["contributor", "editor", "admin"])
def test_no_door_leads_past_an_approval(
    name: str, cast: Cast, program: Callable[..., Program]
) -> None:
    pencilled(cast)
    doors = {**dict(screens(cast, name)), **dict(programs(cast, program(name)))}
    if name != "contributor":
        # Occurrences of a series are drafts like any other.
        made(cast, by=name)
    jobs.run_pending(NOW)
    assert not Publication.objects.exists()
    codes = {door: one.status_code for door, one in doors.items()}
    assert set(codes.values()) <= {200, 204, 302, 403, 409, 422}, codes
    scheduling = [door for door in codes if door.startswith(("form", "queue", "all", "one"))]
    assert {codes[door] for door in scheduling} <= {403, 409, 422}, codes

"""House rules on the screens: setting them, seeing what collides, and the ways out."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.urls import reverse

from tests.cast import NOW, Cast
from tests.screens.conftest import Browser, browser
from tests.screens.permissions.publications import scheduled
from unisono.rooms.channels import house
from unisono.rooms.channels.queries import rules_of
from unisono.rooms.channels.rules import Quiet, Rules
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.models import Override, Publication

PARIS = "Europe/Paris"
NEAR = {"day": "2099-03-11", "time": "10:20", "zone": PARIS}
"""Near to the first post, which goes out at ten."""
WAYS = ["2099-03-11T11:00", "2099-03-11T09:00", "2099-03-12T10:20"]


def first_at_ten(cast: Cast) -> Publication:
    house.set_rules(cast.agora, Rules("", gap_minutes=60), by=cast.actor("admin"), now=NOW)
    row = scheduled(cast, "First")
    ten = datetime(2099, 3, 11, 10)
    return publishing.retime(row, wall=ten, zone=PARIS, by=cast.actor("admin"), now=NOW)


def draft(cast: Cast, title: str = "Second", by: str = "editor") -> Post:
    return content.write_post(
        title=title,
        text="Light.",
        department=cast.departments["Marketing"],
        channels=[cast.agora],
        by=cast.actor(by),
        now=NOW,
    )


def told(answer: Any) -> str:
    return str(answer.content.decode())


def test_rules_are_set_on_a_page_that_loses_nothing_typed(cast: Cast, admin: Browser) -> None:
    path = reverse("channel.rules", args=[cast.agora.pk])
    sales = f"share-{cast.departments['Sales'].pk}"
    data = {
        "gap_minutes": "60",
        sales: "40",
        "zone": PARIS,
        "quiet-0-starts": "22:00",
        "quiet-0-ends": "",
        "quiet-0-weekdays": ["0", "1"],
        "dark-0-name": "Stocktaking",
        "dark-0-first": "2099-03-12",
        "dark-0-last": "",
    }
    bad = admin.post(path, data)
    assert bad.status_code == 422
    assert "Say both hours" in told(bad) and 'value="Stocktaking"' in told(bad)
    assert admin.post(path, data | {"quiet-0-ends": "07:00"}).status_code == 302
    rules = rules_of(cast.agora)
    assert rules and rules.shares == {cast.departments["Sales"].pk: 40}
    assert rules.quiet == (Quiet(time(22), time(7), frozenset({0, 1})),)
    page = told(browser(cast, "viewer").get(reverse("channel", args=[cast.agora.pk])))
    for sentence in (
        "Two posts are at least 60 min apart.",
        "Sales may have 40 % of a month&#x27;s posts.",
        "Quiet from 22:00 to 07:00, beginning on Mon and Tue.",
        "No posts on Thu 12 Mar: Stocktaking.",
    ):
        assert sentence in page
    assert path not in page
    assert 'value="22:00"' in told(admin.get(path))


def test_the_composer_says_it_before_saving_and_keeps_what_was_typed(
    cast: Cast, editor: Browser
) -> None:
    first_at_ten(cast)
    post = draft(cast)
    check = reverse("collision.check", args=[post.pk])
    seen = told(editor.htmx("GET", check, NEAR))
    assert "20 min from “First” (Marketing)" in seen
    assert all(f'value="{way}"' in seen for way in WAYS)
    assert 'name="override"' not in seen
    assert "keeps to the house rules" in told(editor.htmx("GET", check, NEAR | {"time": "12:00"}))

    where = reverse("post.time", args=[post.pk])
    refused = editor.htmx("POST", where, NEAR)
    assert refused.status_code == 422
    assert 'value="10:20"' in told(refused) and f'value="{WAYS[0]}"' in told(refused)
    assert editor.htmx("POST", where, NEAR | {"way": WAYS[0]}).status_code == 200
    assert Variant.objects.get(post=post).planned_wall == WAYS[0]


def test_a_manager_plans_it_nevertheless_once_a_reason_is_given(cast: Cast) -> None:
    first_at_ten(cast)
    post, manager = draft(cast), browser(cast, "manager")
    where = reverse("post.time", args=[post.pk])
    without = manager.htmx("POST", where, NEAR | {"override": "1", "reason": " "})
    assert without.status_code == 422 and "Say why" in told(without)
    assert manager.post(where, NEAR | {"override": "1", "reason": "Press day"}).status_code == 302
    assert Override.objects.get().reason == "Press day"
    page = told(manager.get(reverse("post", args=[post.pk])))
    assert "Planned against a house rule: Press day" in page
    listed = told(browser(cast, "viewer").get(reverse("collisions") + "?day=2099-03-05"))
    assert "Planned so on purpose: Press day" in listed and WAYS[0] not in listed


def test_a_drop_is_refused_with_a_dialog_and_the_ways_out(cast: Cast, editor: Browser) -> None:
    first_at_ten(cast)
    (variant,) = draft(cast).variants.all()
    where = reverse("variant.time", args=[variant.pk])
    moved = {"day": "2099-03-11", "time": "10:20"}
    fetch = {"X-Requested-With": "fetch", "Referer": "http://testserver/calendar/?view=week"}
    refused = editor.post(where, moved, headers=fetch)
    assert refused.status_code == 409
    assert told(refused).strip().startswith("<dialog")
    assert 'name="back" value="/calendar/?view=week"' in " ".join(told(refused).split())
    form = {"variant": str(variant.pk), "way": WAYS[1], "zone": PARIS}
    taken = editor.post(reverse("collision.way"), form | {"back": "/calendar/?view=week"})
    assert taken.headers["Location"] == "/calendar/?view=week"
    variant.refresh_from_db()
    assert variant.planned_wall == WAYS[1]
    astray = editor.post(reverse("collision.way"), form | {"back": "https://elsewhere.example/"})
    assert astray.headers["Location"] == reverse("post", args=[variant.post_id])
    page = editor.post(where, moved)
    assert page.status_code == 409 and "breaks a house rule" in told(page)
    again = editor.post(reverse("collision.way"), form | {"way": "2099-03-11T10:30"})
    assert again.status_code == 409


def test_scheduling_and_publishing_now_offer_ways_that_schedule(cast: Cast) -> None:
    editor, first = browser(cast, "editor"), first_at_ten(cast)
    second = scheduled(cast, "Second")
    publishing.cancel(second, by=cast.actor("editor"), now=NOW)
    wall, by = datetime(2099, 3, 11, 10, 20), cast.actor("editor")
    content.plan_variant(second.variant, wall=wall, zone=PARIS, by=by, now=NOW)
    where = reverse("post.publications", args=[second.variant.post_id])
    refused = editor.post(where, {"when": "planned"})
    assert refused.status_code == 409
    assert 'name="then" value="schedule"' in " ".join(told(refused).split())
    form = {"variant": str(second.variant_id), "zone": PARIS, "then": "schedule", "way": WAYS[2]}
    assert editor.post(reverse("collision.way"), form).status_code == 302
    live = Publication.objects.get(variant=second.variant_id, state="scheduled")
    assert live.wall == WAYS[2]

    retimed = editor.post(reverse("publication.time", args=[live.pk]), NEAR)
    assert retimed.status_code == 409 and "“First”" in told(retimed)

    quiet = Rules("", quiet=(Quiet(time(0), time(12)), Quiet(time(12), time(0))))
    house.set_rules(cast.agora, quiet, by=cast.actor("admin"), now=NOW)
    publishing.cancel(live, by=by, now=NOW)
    manager = browser(cast, "manager")
    now = manager.post(where, {"when": "now"})
    assert now.status_code == 409 and "No time within two months" in told(now)
    form |= {"then": "now", "override": "1", "reason": "The news is out", "wall": WAYS[0]}
    assert manager.post(reverse("collision.way"), form).status_code == 302
    gone = Publication.objects.get(variant=second.variant_id, state="scheduled")
    assert gone.kind == "instant"
    receipt = told(manager.get(reverse("publication", args=[gone.pk])))
    assert "Planned against a house rule" in receipt and "The news is out" in receipt
    assert first.state == "scheduled"


def test_the_calendar_marks_what_collides(cast: Cast, viewer: Browser) -> None:
    first_at_ten(cast)
    (variant,) = draft(cast).variants.all()
    wall = datetime(2099, 3, 11, 10, 20)
    content.plan_variant(variant, wall=wall, zone=PARIS, by=cast.actor("editor"), now=NOW)
    assert "20 min from “First” (Marketing)." in told(viewer.get("/timeline/?day=2099-03-11"))
    for view in ("month", "week", "list"):
        page = told(viewer.get(reverse("calendar"), {"view": view, "day": "2099-03-11"}))
        assert 'aria-label="20 min from “First” (Marketing).' in page, view
        assert "1 collision" in page
    listed = told(viewer.get(reverse("collisions"), {"day": "2099-03-05"}))
    assert "Second" in listed and WAYS[0] not in listed
    assert WAYS[0] in told(browser(cast, "editor").get(reverse("collisions") + "?day=2099-03-05"))
    elsewhere = {"day": "2099-03-05", "channel": str(cast.chirp.pk)}
    assert "Nothing collides" in told(viewer.get(reverse("collisions"), elsewhere))

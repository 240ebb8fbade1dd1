"""Receipts, what needs a person, and holds."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.cast import NOW, SOON, Cast
from tests.screens.conftest import Browser, browser
from tests.screens.permissions.publications import gone, scheduled
from tests.screens.stories import asked, published
from unisono.kernel.states import advance
from unisono.networks.contract import Published, Refused, Sentence
from unisono.rooms.content import actions as content
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, holds, ledger
from unisono.rooms.publishing.models import Hold, Publication, ReadBack
from unisono.rooms.publishing.reasons import because
from unisono.rooms.publishing.states import PUBLICATION
from unisono.rooms.workflow import actions as workflow


def ended(cast: Cast, state: str) -> Publication:
    """A publication that came to this end."""
    row = scheduled(cast, f"Post {state}")
    why = because("abandoned") if state == "failed" else {}
    for to in ("publishing", state):
        advance(row, PUBLICATION, to, by=system(cast.lumen), now=SOON, next_at=None)
    Publication.objects.filter(pk=row.pk).update(**why)
    return row


def test_the_receipt_tells_the_whole_story(cast: Cast, viewer: Browser) -> None:
    row = published(cast)
    asked(row, "tom", "When do you open?", cast=cast)
    page = viewer.get(reverse("publication", args=[row.pk])).text
    for told in (
        row.revision.digest,
        "Approver",
        row.url,
        "1,200",
        "When do you open?",
        "Attempts",
    ):
        assert told in page, told
    assert reverse("publication.cancellation", args=[row.pk]) not in page


def test_what_is_planned_moves_and_is_cancelled(cast: Cast, editor: Browser) -> None:
    row = scheduled(cast, "Planned")
    at = {"day": "2099-05-01", "time": "07:30", "zone": "Europe/Paris"}
    editor.post(reverse("publication.time", args=[row.pk]), at)
    row.refresh_from_db()
    assert row.wall == "2099-05-01T07:30"
    for bad in ({**at, "day": "2001-01-01"}, {**at, "zone": "Nowhere"}, {"zone": "Europe/Paris"}):
        answer = editor.htmx("post", reverse("publication.time", args=[row.pk]), bad)
        assert answer.status_code == 422
    editor.post(reverse("publication.cancellation", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "cancelled"


def test_a_contributor_moves_nothing_that_is_scheduled(cast: Cast) -> None:
    row = scheduled(cast, "Planned")
    contributor = browser(cast, "contributor")
    page = contributor.get(reverse("publication", args=[row.pk])).text
    for name in ("publication.time", "publication.cancellation", "publication.retry"):
        url = reverse(name, args=[row.pk])
        assert url not in page
        assert contributor.post(url, {"day": "2099-05-01"}).status_code == 403


def test_what_failed_is_sent_again(cast: Cast, editor: Browser) -> None:
    row = ended(cast, "failed")
    trouble = editor.get(reverse("due")).text
    assert "Post failed" in trouble
    editor.post(reverse("publication.retry", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "scheduled"
    assert "Post failed" not in editor.get(reverse("due")).text


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"outcome": "published", "url": "https://example.org/1"}, "published"),
        ({"outcome": "absent"}, "scheduled"),
        ({"outcome": "left"}, "failed"),
    ],
)
def test_a_person_settles_a_doubt(
    values: dict[str, str], state: str, cast: Cast, editor: Browser
) -> None:
    row = ended(cast, "unknown")
    url = reverse("publication.settlement", args=[row.pk])
    page = editor.get(reverse("publication", args=[row.pk])).text
    assert "makes a second post" in page
    assert editor.htmx("post", url, {"outcome": "published"}).status_code == 422
    assert editor.htmx("post", url, {"outcome": "perhaps"}).status_code == 422
    editor.post(url, values)
    row.refresh_from_db()
    assert row.state == state


def test_what_is_gone_can_be_sent_once_more_or_left(cast: Cast, editor: Browser) -> None:
    row = gone(cast)
    ReadBack.objects.create(publication=row, seen_at=SOON, missing_since=SOON, text="Moderated.")
    page = editor.get(reverse("publication", args=[row.pk])).text
    assert "gone from its network" in page
    assert "Moderated." in page
    assert f"again:{row.pk}" in editor.get(reverse("due")).text
    url = reverse("publication.drift", args=[row.pk])
    editor.post(url, {"way": "again"})
    (made,) = Publication.objects.filter(variant=row.variant, state="scheduled")
    row.refresh_from_db()
    assert (row.reason_code, made.revision_id) == ("", row.revision_id)
    assert editor.htmx("post", url, {"way": "accept"}).status_code == 409


def test_a_hold_shows_what_it_stops_before_it_stops_it(cast: Cast) -> None:
    manager = browser(cast, "manager")
    scheduled(cast, "The late show")
    marketing = str(cast.departments["Marketing"].pk)
    values = {"department": marketing, "why": "A storm is coming."}
    shown = manager.post(reverse("holds"), values)
    assert "The late show" in shown.text
    assert "1 scheduled post would be held" in shown.text
    assert not Hold.objects.exists()
    manager.post(reverse("holds"), {**values, "confirmed": "1"})
    hold = Hold.objects.get()
    assert hold.why == "A storm is coming."
    assert "A storm is coming." in manager.get(reverse("holds")).text
    manager.post(reverse("hold.resume", args=[hold.pk]))
    hold.refresh_from_db()
    assert hold.lifted_at


def test_a_hold_has_one_target(cast: Cast) -> None:
    values = {
        "department": str(cast.departments["Marketing"].pk),
        "keyword": "storm",
        "confirmed": "1",
    }
    answer = browser(cast, "manager").post(reverse("holds"), values)
    assert answer.status_code == 422
    assert "one target" in answer.text
    assert "storm" in answer.text


def test_a_released_hold_leaves_late_posts_to_a_person(cast: Cast) -> None:
    row = scheduled(cast, "Late")
    admin = cast.actor("admin")
    hold = holds.place(by=admin, now=NOW)
    Publication.objects.filter(pk=row.pk).update(due_at=NOW, **because("on_hold"))
    advance(row, PUBLICATION, "held", by=admin, now=NOW)
    answer = browser(cast, "admin").post(reverse("hold.resume", args=[hold.pk]))
    assert answer.headers["Location"] == reverse("due")


def test_the_receipt_shows_the_thread_and_each_part_has_its_own(
    cast: Cast, editor: Browser
) -> None:
    by = cast.actor("editor")
    post = content.write_post(
        title="The furnace",
        text="One",
        follow_ups=["Two", "Three"],
        department=cast.departments["Marketing"],
        channels=[cast.agora],
        by=by,
        now=NOW,
    )
    (request,) = workflow.ask_approval(post, by=by, now=NOW)
    workflow.approve(request, by=cast.actor("approver"), now=NOW)
    first = publishing.publish_now(request.revision, by=by, now=NOW)
    for verdict in (Published("p-1", "http://x/1"), Refused(Sentence("Too dark."))):
        (errand,) = claims.claim_due(worker="w", now=NOW)
        ledger.settle(errand, verdict, now=NOW)
    second, third = Publication.objects.filter(part__gt=0).order_by("part")
    page = editor.get(reverse("publication", args=[first.pk])).text
    for told in ("Part 1 of 3", "Part 3 of 3", reverse("publication", args=[second.pk]), "waiting"):
        assert told in page, told
    own = editor.get(reverse("publication", args=[second.pk])).text
    assert "Too dark." in own
    assert reverse("publication.retry", args=[second.pk]) in own
    assert "Part 2 of 3" in editor.get(reverse("due")).text
    assert "follow-up stopped" in editor.get(reverse("posts")).text
    editor.post(reverse("publication.cancellation", args=[third.pk]))
    third.refresh_from_db()
    assert third.state == "cancelled"
    editor.post(reverse("publication.retry", args=[second.pk]))
    (errand,) = claims.claim_due(worker="w", now=Publication.objects.get(pk=second.pk).next_at)
    assert errand.content.text == "Two"

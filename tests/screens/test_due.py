"""Due and late, deciding one by one, and resuming after a hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import NOW, SOON, Cast
from tests.screens.conftest import Browser, browser
from tests.screens.permissions.publications import scheduled
from unisono.kernel.states import advance
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import holds
from unisono.rooms.publishing.models import Hold, Publication
from unisono.rooms.publishing.reasons import because
from unisono.rooms.publishing.states import PUBLICATION
from unisono.rooms.workflow.models import ApprovalRequest

DUE = reverse("due")
TIME = {"day": "2099-05-01", "time": "07:30", "every": "10"}


def late(cast: Cast, title: str) -> Publication:
    """A publication held because its time has passed."""
    row = scheduled(cast, title)
    advance(row, PUBLICATION, "held", by=system(cast.lumen), now=SOON)
    Publication.objects.filter(pk=row.pk).update(due_at=NOW, **because("late", minutes=130))
    return row


def on_hold(cast: Cast, title: str) -> Publication:
    row = late(cast, title)
    Publication.objects.filter(pk=row.pk).update(**because("on_hold"))
    return row


def state(row: Publication) -> str:
    row.refresh_from_db()
    return row.state


def test_the_empty_page_says_what_would_stand_there(viewer: Browser) -> None:
    page = viewer.get(DUE).text
    assert "Everything is in time" in page
    assert viewer.get(reverse("trouble")).headers["Location"] == DUE


def test_each_line_says_why_and_offers_what_one_may_do(cast: Cast, editor: Browser) -> None:
    row = late(cast, "Forgotten")
    page = editor.get(DUE).text
    for said in ("Forgotten", "Needs you", "late", "more than 130 minutes ago", "Send it now"):
        assert said in page, said
    assert f"send:{row.pk}" in page
    looking = browser(cast, "viewer").get(DUE).text
    assert "Forgotten" in looking
    assert f"send:{row.pk}" not in looking
    assert "For all that are ticked" not in looking


def test_one_click_sends_or_cancels(cast: Cast, editor: Browser) -> None:
    sent, dropped = late(cast, "Sent"), late(cast, "Dropped")
    editor.post(DUE, {"one": f"send:{sent.pk}"})
    editor.post(DUE, {"one": f"drop:{dropped.pk}"})
    assert (state(sent), state(dropped)) == ("scheduled", "cancelled")


def test_many_are_decided_in_one_go(cast: Cast, editor: Browser) -> None:
    rows = [late(cast, f"Late {n}") for n in range(3)]
    ids = [str(row.pk) for row in rows[:2]]
    assert editor.htmx("post", DUE, {"publication": ids, "way": "retime"}).status_code == 422
    assert editor.htmx("post", DUE, {"way": "drop"}).status_code == 422
    assert editor.htmx("post", DUE, {"publication": ids, "way": "vanish"}).status_code == 422
    editor.post(DUE + "?group=person", {"publication": ids, "way": "retime", **TIME})
    assert [state(row) for row in rows] == ["scheduled", "scheduled", "held"]
    assert sorted(row.wall for row in rows[:2]) == ["2099-05-01T07:30", "2099-05-01T07:40"]
    done = editor.post(DUE, {"publication": str(rows[2].pk), "way": "drop"}, follow=True).text
    assert "1 decision was carried out." in done


def test_what_is_refused_is_told_with_its_title(cast: Cast, editor: Browser) -> None:
    row = late(cast, "Stubborn")
    past = {**TIME, "day": "2001-01-01"}
    page = editor.post(DUE, {"publication": str(row.pk), "way": "retime", **past}, follow=True).text
    assert "“Stubborn” on Lumen Agora: This time has passed already" in page
    assert state(row) == "held"


def test_the_groups_and_filters(cast: Cast, editor: Browser) -> None:
    late(cast, "Held one")
    risky = scheduled(cast, "Risky one")
    soon = timezone.now() + timedelta(hours=2)
    Publication.objects.filter(pk=risky.pk).update(due_at=soon)
    Channel.objects.filter(pk=cast.agora.pk).update(expires_at=soon - timedelta(hours=1))
    out = scheduled(cast, "Out late")
    day = timezone.now() - timedelta(days=1)
    Publication.objects.filter(pk=out.pk).update(
        state="published", due_at=day, published_at=day + timedelta(minutes=95)
    )
    page = editor.get(DUE).text
    for said in ("Held one", "Risky one", "sign-in runs out before", "Out late", "2 hours late"):
        assert said in page, said
    only = editor.get(DUE, {"group": "risk"}).text
    assert "Risky one" in only and "Held one" not in only
    none = editor.get(DUE, {"channel": str(cast.chirp.pk)}).text
    assert "Held one" not in none
    sales = editor.get(DUE, {"department": str(cast.departments["Sales"].pk)}).text
    assert "Held one" not in sales


def test_an_unapproved_post_is_at_risk_and_approval_is_one_click(
    cast: Cast, editor: Browser
) -> None:
    (variant, *_rest) = cast.post.variants.all()
    at = (timezone.now() + timedelta(hours=3)).replace(tzinfo=None)
    content.plan_variant(variant, wall=at, zone="UTC", by=cast.actor("editor"), now=NOW)
    page = editor.get(DUE).text
    assert "Nobody has been asked to approve it." in page
    editor.post(DUE, {"ask": str(cast.post.pk)})
    assert ApprovalRequest.objects.filter(state="open").count() == 2
    assert "It waits for approval" in editor.get(DUE).text


def test_an_archived_image_is_named_before_it_fails(cast: Cast, editor: Browser) -> None:
    row = scheduled(cast, "Pictured")
    Publication.objects.filter(pk=row.pk).update(due_at=timezone.now() + timedelta(hours=2))
    assert "Pictured" not in editor.get(DUE).text
    revision = row.revision
    # What is frozen cannot be rewritten; the row is pointed at another revision with an image.
    other = type(revision).objects.create(
        variant=row.variant,
        channel=row.channel,
        number=9,
        text=revision.text,
        language="en",
        media=[{"asset": "00000000-0000-0000-0000-000000000000", "sha256": "0"}],
        digest=revision.digest[::-1],
        frozen_at=NOW,
    )
    Publication.objects.filter(pk=row.pk).update(revision=other)
    type(row.variant).objects.filter(pk=row.variant_id).update(digest=other.digest)
    ApprovalRequest.objects.filter(revision=revision).update(revision=other)
    page = editor.get(DUE).text
    assert "One of its images is archived, past its date, or missing." in page


def test_deciding_one_by_one(cast: Cast, editor: Browser) -> None:
    rows = [late(cast, f"One {n}") for n in range(3)]
    url = reverse("due.decisions")
    page = editor.get(url).text
    assert all(f"way-{row.pk}" in page for row in rows)
    first, second, third = rows
    only = editor.get(url, {"publication": str(first.pk)}).text
    assert f"way-{first.pk}" in only and f"way-{second.pk}" not in only
    values = {
        "publication": [str(row.pk) for row in rows],
        f"way-{first.pk}": "retime",
        f"day-{first.pk}": "2099-06-01",
        f"time-{first.pk}": "12:15",
        f"way-{second.pk}": "drop",
        "for_all": "send",
    }
    editor.post(url, values)
    assert [state(row) for row in rows] == ["scheduled", "cancelled", "scheduled"]
    assert first.wall == "2099-06-01T12:15"
    assert third.next_at and third.next_at <= timezone.now()


def test_resuming_shows_what_is_late_and_what_is_to_come(cast: Cast) -> None:
    manager = browser(cast, "manager")
    gone, moved = on_hold(cast, "Gone by"), on_hold(cast, "Moved on")
    ahead = scheduled(cast, "Still to come")
    hold = holds.place(
        department=cast.departments["Marketing"], why="Storm", by=cast.actor("admin"), now=NOW
    )
    url = reverse("hold.resume", args=[hold.pk])
    page = manager.get(url).text
    for said in ("Gone by", "Moved on", "Still to come", "Storm", "Nothing of this goes out"):
        assert said in page, said
    answer = manager.post(
        url,
        {
            f"way-{moved.pk}": "retime",
            f"day-{moved.pk}": "2099-06-01",
            f"time-{moved.pk}": "12:15",
            f"way-{ahead.pk}": "drop",
        },
    )
    assert answer.headers["Location"] == DUE
    assert [state(row) for row in (gone, moved, ahead)] == ["held", "scheduled", "cancelled"]
    assert Hold.objects.get().lifted_at
    page = manager.get(DUE).text
    assert "1 post stays held until somebody decides about it." in page
    assert manager.htmx("post", url).status_code == 409


def test_a_hold_is_offered_where_it_stops_something(cast: Cast) -> None:
    on_hold(cast, "Stopped")
    hold = holds.place(channel=cast.agora, by=cast.actor("admin"), now=NOW)
    link = reverse("hold.resume", args=[hold.pk])
    assert link in browser(cast, "admin").get(DUE).text
    assert link not in browser(cast, "manager").get(DUE).text, "it is the organization's"


def test_the_channel_page_names_its_end_and_posts_at_risk(cast: Cast, editor: Browser) -> None:
    scheduled(cast, "In danger")
    url = reverse("channel", args=[cast.agora.pk])
    page = editor.get(url).text
    assert "Does not run out" in page and "Posts at risk" not in page
    end = datetime.fromisoformat("2098-01-01T00:00:00+00:00")
    Channel.objects.filter(pk=cast.agora.pk).update(expires_at=end)
    page = editor.get(url).text
    assert "Posts at risk" in page and "In danger" in page
    Channel.objects.filter(pk=cast.agora.pk).update(renews_itself=True)
    assert "Renews itself" in editor.get(url).text
    Channel.objects.filter(pk=cast.agora.pk).update(failing_since=NOW)
    assert "does not succeed at the moment" in editor.get(url).text


def test_it_costs_a_constant_number_of_queries(
    cast: Cast, editor: Browser, django_assert_max_num_queries: Any
) -> None:
    counts = []
    holds.place(keyword="storm", by=cast.actor("admin"), now=NOW)
    editor.get(DUE)
    soon = timezone.now() + timedelta(hours=2)
    for more in (2, 6):
        for n in range(more):
            late(cast, f"Late {more}-{n}")
            on_hold(cast, f"Held {more}-{n}")
            risky = scheduled(cast, f"Storm {more}-{n}")
            Publication.objects.filter(pk=risky.pk).update(due_at=soon)
        with django_assert_max_num_queries(40) as seen:
            editor.get(DUE)
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("way", ["send", "drop", "retime"])
def test_bulk_is_for_those_who_schedule(way: str, cast: Cast) -> None:
    row = late(cast, "Not yours")
    page = browser(cast, "contributor").post(
        DUE, {"publication": str(row.pk), "way": way, **TIME}, follow=True
    )
    assert "Your role does not allow this here." in page.text
    assert state(row) == "held"

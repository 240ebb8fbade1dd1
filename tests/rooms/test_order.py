"""Posts that follow others, and embargoes: before saving, at the claim, at the gate, and after."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from unisono.kernel import jobs
from unisono.kernel.models import Event
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed
from unisono.networks.contract import Published, Refused, Sentence, Unknown
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.content.queries import variants_of
from unisono.rooms.notifications.models import Notice
from unisono.rooms.people.models import Department
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import (
    alarms,
    claims,
    doubts,
    holds,
    lateness,
    ledger,
    order,
    preflight,
    turns,
)
from unisono.rooms.publishing.lateness import Item
from unisono.rooms.publishing.models import Publication

WHY = Sentence("So said the network.")
TEN = datetime(2026, 3, 5, 10, 0)
AT_TEN = NOW + timedelta(days=1)
"""Thursday, 10:00 in Paris."""
MINUTE = timedelta(minutes=1)
PARIS = "Europe/Paris"


def posted(cast: Cast, title: str, *channels: Channel) -> Post:
    Department.objects.filter(name="Marketing").update(approval_required=False)
    department = Department.objects.get(name="Marketing")
    return content.write_post(
        title=title, text=f"{title}.", department=department, campaign=cast.campaign,
        channels=channels or [cast.agora], by=cast.actor("editor"), now=NOW,
    )  # fmt: skip


@pytest.fixture
def first(cast: Cast) -> Post:
    return posted(cast, "For colleagues")


@pytest.fixture
def second(cast: Cast, first: Post) -> Post:
    post = posted(cast, "For everybody", cast.chirp)
    order.follow(post, first, minutes=30, by=cast.actor("editor"), now=NOW)
    return post


def schedule(cast: Cast, post: Post, wall: datetime) -> Publication:
    (variant,) = variants_of(post)
    return publishing.schedule_variant(
        variant, wall=wall, zone=PARIS, by=cast.actor("editor"), now=NOW
    )


@pytest.fixture
def both(cast: Cast, first: Post, second: Post) -> tuple[Publication, Publication]:
    """The first due at ten, the second half an hour later."""
    one = schedule(cast, first, TEN)
    return one, schedule(cast, second, TEN + 30 * MINUTE)


def go(row: Publication, verdict: Any, now: datetime) -> None:
    """Claim all that is due, send this one, and write what came of it."""
    for errand in claims.claim_due(worker="anna", now=now):
        armed = errand if errand.armed else ledger.arm(errand, errand.handle, now=now)
        assert armed is not None
        assert armed.publication_id == row.pk
        ledger.settle_all([(armed, verdict)], now=now)
    row.refresh_from_db()


def out(row: Publication) -> Published:
    return Published(str(row.pk), f"https://net.example/{row.pk}")


def line(cast: Cast, row: Publication, now: datetime) -> Item | None:
    found = lateness.due(cast.actor("manager"), now=now)
    return next((item for item in found if item.publication == row), None)


# --- before saving ---


def test_posts_follow_within_a_campaign_and_never_in_a_circle(
    cast: Cast, first: Post, second: Post
) -> None:
    third, by = posted(cast, "For the press"), cast.actor("editor")
    order.follow(third, second, minutes=0, by=by, now=NOW)
    for post, after in ((first, third), (first, first)):
        with pytest.raises(Invalid, match="circle"):
            order.follow(post, after, minutes=5, by=by, now=NOW)
    Post.objects.filter(pk=third.pk).update(campaign=None)
    third.refresh_from_db()
    with pytest.raises(Invalid, match="one campaign"):
        order.follow(third, first, minutes=5, by=by, now=NOW)
    with pytest.raises(NotAllowed):
        order.follow(third, first, minutes=5, by=cast.actor("contributor"), now=NOW)
    order.unfollow(second, by=by, now=NOW)
    assert turns.order_of(second) is None
    with pytest.raises(Conflict):
        order.unfollow(second, by=by, now=NOW)


def test_a_time_before_its_turn_is_refused_with_the_earliest_that_is_not(
    cast: Cast, first: Post, second: Post
) -> None:
    schedule(cast, first, TEN)
    with pytest.raises(turns.TooEarly, match=r"For colleagues.*10:30") as refused:
        schedule(cast, second, TEN + 29 * MINUTE)
    (way,) = refused.value.ways_out
    assert way.at == AT_TEN + 30 * MINUTE
    assert "10:30" in way.label
    (variant,) = variants_of(second)
    with pytest.raises(turns.TooEarly):
        publishing.move(variant, wall=TEN, zone=PARIS, by=cast.actor("editor"), now=NOW)
    with pytest.raises(turns.TooEarly, match="not out yet"):
        publishing.publish_post_now(second, by=cast.actor("editor"), now=NOW)
    row = schedule(cast, second, TEN + 30 * MINUTE)
    with pytest.raises(turns.TooEarly):
        publishing.retime(row, wall=TEN, zone=PARIS, by=cast.actor("editor"), now=NOW)


def test_the_slowest_channel_of_the_first_counts(cast: Cast) -> None:
    first = posted(cast, "On two", cast.agora, cast.chirp)
    second = posted(cast, "Then")
    by = cast.actor("editor")
    order.follow(second, first, minutes=10, by=by, now=NOW)
    for variant, wall in zip(variants_of(first), (TEN, TEN + 60 * MINUTE), strict=True):
        publishing.schedule_variant(variant, wall=wall, zone=PARIS, by=by, now=NOW)
    with pytest.raises(turns.TooEarly, match="11:10"):
        schedule(cast, second, TEN + 20 * MINUTE)


def test_moving_the_first_later_moves_what_follows_in_the_same_act(
    cast: Cast, first: Post, both: tuple[Publication, Publication]
) -> None:
    third, by = posted(cast, "For the press"), cast.actor("editor")
    order.follow(third, both[1].variant.post, minutes=60, by=by, now=NOW)
    publishing.move_post(third, wall=TEN + 120 * MINUTE, zone=PARIS, by=by, now=NOW)
    later = TEN + 60 * MINUTE
    with pytest.raises(turns.Overtakes, match=r"For everybody.*30 min.*10:30"):
        publishing.move_post(first, wall=later, zone=PARIS, by=by, now=NOW)
    both[0].refresh_from_db()
    assert both[0].due_at == AT_TEN
    publishing.move_post(first, wall=later, zone=PARIS, along=True, by=by, now=NOW)
    both[1].refresh_from_db()
    assert both[1].due_at == AT_TEN + 90 * MINUTE
    (variant,) = variants_of(third)
    assert variant.planned_at == AT_TEN + 180 * MINUTE


def test_an_order_set_late_asks_for_what_is_too_early_for_it(cast: Cast, first: Post) -> None:
    second, by = posted(cast, "For everybody", cast.chirp), cast.actor("editor")
    schedule(cast, first, TEN)
    row = schedule(cast, second, TEN)
    with pytest.raises(turns.Overtakes):
        order.follow(second, first, minutes=30, by=by, now=NOW)
    assert turns.order_of(second) is None
    order.follow(second, first, minutes=30, along=True, by=by, now=NOW)
    row.refresh_from_db()
    assert row.due_at == AT_TEN + 30 * MINUTE


def test_an_embargo_on_a_post_or_its_campaign_says_the_earliest_time(
    cast: Cast, first: Post
) -> None:
    by = cast.actor("editor")
    order.embargo(first, wall=TEN, zone=PARIS, by=by, now=NOW)
    with pytest.raises(turns.TooEarly, match=r"embargo.*10:00"):
        schedule(cast, first, TEN - MINUTE)
    order.embargo(cast.campaign, wall=TEN + 60 * MINUTE, zone=PARIS, by=by, now=NOW)
    with pytest.raises(turns.TooEarly, match=r"11:00 \(Europe/Paris\)"):
        schedule(cast, first, TEN)
    order.lift_embargo(cast.campaign, by=by, now=NOW)
    assert schedule(cast, first, TEN).due_at == AT_TEN
    with pytest.raises(NotAllowed):
        order.embargo(cast.campaign, wall=TEN, zone=PARIS, by=cast.actor("contributor"), now=NOW)


# --- at delivery ---


def test_the_second_gets_its_time_when_the_first_is_out(
    cast: Cast, both: tuple[Publication, Publication]
) -> None:
    one, two = both
    go(one, out(one), AT_TEN + 12 * MINUTE)
    two.refresh_from_db()
    assert (two.state, two.next_at) == ("scheduled", AT_TEN + 42 * MINUTE)
    assert claims.claim_due(worker="anna", now=AT_TEN + 41 * MINUTE) == []
    go(two, out(two), AT_TEN + 42 * MINUTE)
    assert two.state == "published"


def test_the_second_waits_while_the_first_is_under_way_and_does_not_spin(
    cast: Cast, both: tuple[Publication, Publication]
) -> None:
    one, two = both
    (errand,) = claims.claim_due(worker="anna", now=AT_TEN)
    now = AT_TEN + 30 * MINUTE
    claims.renew(worker="anna", now=now)
    assert claims.claim_due(worker="anna", now=now) == []
    two.refresh_from_db()
    assert two.reason_code == "follows"
    assert two.next_at is not None
    assert two.next_at > now
    armed = errand if errand.armed else ledger.arm(errand, errand.handle, now=now)
    assert armed
    ledger.settle_all([(armed, out(one))], now=now)
    two.refresh_from_db()
    assert two.next_at == now + 30 * MINUTE
    go(two, out(two), now + 30 * MINUTE)
    assert (two.state, two.reason_code) == ("published", "")


def test_the_gate_asks_again_and_puts_it_back_on_schedule(
    cast: Cast, both: tuple[Publication, Publication]
) -> None:
    """The order is set between claim and gate."""
    one, two = both
    by = cast.actor("editor")
    order.unfollow(two.variant.post, by=by, now=NOW)
    Publication.objects.filter(pk=one.pk).update(next_at=AT_TEN + 90 * MINUTE)
    now = AT_TEN + 30 * MINUTE
    (errand,) = claims.claim_due(worker="anna", now=now)
    order.follow(two.variant.post, one.variant.post, minutes=30, by=by, now=now)
    assert ledger.arm(errand, errand.handle, now=now) is None
    two.refresh_from_db()
    assert (two.state, two.reason_code, two.tries) == ("scheduled", "follows", 0)
    assert two.next_at is not None
    assert two.next_at > now


def test_it_waits_for_a_first_that_failed_and_people_hear_of_it(
    cast: Cast, both: tuple[Publication, Publication]
) -> None:
    one, two = both
    go(one, Refused(WHY), AT_TEN)
    jobs.run_pending()
    told = Notice.objects.filter(kind="publication.follows", member=cast.members["editor"])
    assert [notice.link for notice in told] == [f"/publications/{two.pk}"]
    item = line(cast, two, AT_TEN)
    assert item
    assert (item.group, item.code) == ("person", "follows_failed")
    assert item.acts == ("anyway", "retime", "drop")
    assert "For colleagues" in item.reason
    now = AT_TEN + 30 * MINUTE
    assert claims.claim_due(worker="anna", now=now) == []
    two.refresh_from_db()
    assert (two.state, two.reason_code) == ("scheduled", "follows_failed")
    assert two.next_at == now + turns.LATER
    # Sent again by a person, the first gives the second its time.
    publishing.retry(one, by=cast.actor("editor"), now=now)
    go(one, out(one), now)
    two.refresh_from_db()
    assert two.next_at == now + 30 * MINUTE
    assert line(cast, two, now) is None


def test_a_first_that_is_only_pencilled_in_is_a_risk_until_the_time_of_the_second(
    cast: Cast, first: Post, second: Post
) -> None:
    publishing.move_post(first, wall=TEN, zone=PARIS, by=cast.actor("editor"), now=NOW)
    two = schedule(cast, second, TEN + 30 * MINUTE)
    item = line(cast, two, NOW + timedelta(hours=3))
    assert item
    assert (item.group, item.code) == ("risk", "follows_unplanned")
    assert item.reason == "It waits for “For colleagues”, which is not scheduled."
    preflight.run(now=AT_TEN + 20 * MINUTE)
    told = Event.objects.get(kind="publication.at_risk", subject_id=two.pk)
    assert told.data["reason"]["params"] == {"title": "For colleagues"}
    item = line(cast, two, AT_TEN + 40 * MINUTE)
    assert item
    assert item.group == "person"


def test_its_latest_time_is_respected(cast: Cast, both: tuple[Publication, Publication]) -> None:
    one, two = both
    go(one, Refused(WHY), AT_TEN)
    claims.claim_due(worker="anna", now=AT_TEN + 30 * MINUTE)
    alarms.sweep(now=two.latest_at + MINUTE)
    two.refresh_from_db()
    assert (two.state, two.reason_code) == ("held", "late")


def test_an_unknown_that_is_looked_up_and_found_lets_the_second_go(
    cast: Cast, both: tuple[Publication, Publication]
) -> None:
    one, two = both
    go(one, Unknown(WHY), AT_TEN)
    now = AT_TEN + 30 * MINUTE
    item = line(cast, two, AT_TEN)
    assert item
    assert item.code == "follows_unknown"
    (look,) = doubts.claim_doubtful(worker="anna", now=now)
    assert claims.claim_due(worker="anna", now=now) == []
    ledger.settle_all([(look, out(one))], now=now)
    two.refresh_from_db()
    assert two.next_at == now + 30 * MINUTE


def test_a_person_who_found_the_first_lets_the_second_go(
    cast: Cast, both: tuple[Publication, Publication]
) -> None:
    one, two = both
    go(one, Unknown(WHY), AT_TEN)
    now = AT_TEN + 40 * MINUTE
    assert claims.claim_due(worker="anna", now=now) == []
    publishing.settle_by_person(
        one, outcome="published", url="https://net.example/1", by=cast.actor("editor"), now=now
    )
    go(two, out(two), now)
    assert two.state == "published"


def test_a_first_that_is_held_or_cancelled_keeps_the_second_waiting(
    cast: Cast, both: tuple[Publication, Publication]
) -> None:
    one, two = both
    hold = holds.place(channel=cast.agora, by=cast.actor("admin"), now=AT_TEN)
    assert claims.claim_due(worker="anna", now=AT_TEN) == []
    item = line(cast, two, AT_TEN)
    assert item
    assert item.code == "follows_held"
    holds.lift(hold, by=cast.actor("admin"), now=AT_TEN)
    one.refresh_from_db()
    publishing.cancel(one, by=cast.actor("editor"), now=AT_TEN)
    jobs.run_pending()
    assert Notice.objects.filter(kind="publication.follows").exists()
    item = line(cast, two, AT_TEN)
    assert item
    assert item.code == "follows_cancelled"


def test_it_is_sent_anyway_with_a_reason_that_is_kept(
    cast: Cast, both: tuple[Publication, Publication]
) -> None:
    one, two = both
    go(one, Refused(WHY), AT_TEN)
    now = AT_TEN + 30 * MINUTE
    with pytest.raises(NotAllowed):
        order.send_anyway(two, why="It is out by mail.", by=cast.actor("editor"), now=now)
    manager = cast.actor("manager")
    with pytest.raises(Invalid):
        order.send_anyway(two, why=" ", by=manager, now=now)
    order.send_anyway(two, why="It is out by mail.", by=manager, now=now)
    event = Event.objects.get(kind="publication.unbound", subject_id=two.pk)
    assert event.data["why"] == "It is out by mail."
    go(two, out(two), now)
    assert two.state == "published"
    with pytest.raises(Conflict):
        order.send_anyway(two, why="Again.", by=manager, now=now)


def test_an_embargo_placed_later_keeps_what_is_scheduled_until_it_is_over(
    cast: Cast, first: Post
) -> None:
    row = schedule(cast, first, TEN)
    by = cast.actor("editor")
    order.embargo(cast.campaign, wall=TEN + 45 * MINUTE, zone=PARIS, by=by, now=NOW)
    assert claims.claim_due(worker="anna", now=AT_TEN) == []
    row.refresh_from_db()
    assert (row.reason_code, row.next_at) == ("embargo", AT_TEN + 45 * MINUTE)
    order.lift_embargo(cast.campaign, by=by, now=AT_TEN + 5 * MINUTE)
    go(row, out(row), AT_TEN + 5 * MINUTE)
    assert row.state == "published"


def test_a_worker_killed_between_loses_nothing_and_sends_nothing_early(
    cast: Cast, both: tuple[Publication, Publication]
) -> None:
    one, two = both
    (errand,) = claims.claim_due(worker="anna", now=AT_TEN)
    assert errand.armed or ledger.arm(errand, errand.handle, now=AT_TEN)
    now = AT_TEN + 31 * MINUTE
    doubts.reap(now=now)
    assert claims.claim_due(worker="ben", now=now) == []
    (look,) = doubts.claim_doubtful(worker="ben", now=now)
    ledger.settle_all([(look, out(one))], now=now)
    go(two, out(two), now + 30 * MINUTE)
    assert two.state == "published"


def test_where_nothing_is_in_order_no_statement_is_added(cast: Cast, first: Post) -> None:
    row = schedule(cast, first, TEN)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        (errand,) = claims.claim_due(worker="anna", now=AT_TEN)
        armed = errand if errand.armed else ledger.arm(errand, errand.handle, now=AT_TEN)
        assert armed
        ledger.settle_all([(armed, out(row))], now=AT_TEN)
    told = [query["sql"] for query in asked if "post_order" in query["sql"]]
    assert all("EXISTS" in sql for sql in told), told
    assert not [s for s in told if s.startswith("UPDATE") or s[7:] == 'FROM "post_order"']

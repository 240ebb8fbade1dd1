"""Holds with their impact, resuming by choices, and deciding about many posts at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cast import NOW, Cast
from unisono.kernel import jobs
from unisono.kernel.refusals import Conflict, Invalid
from unisono.rooms.content import actions as content
from unisono.rooms.notifications.models import Notice
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import alarms, claims, decisions, holds, stops
from unisono.rooms.publishing.decisions import Choice
from unisono.rooms.publishing.models import Hold, Publication
from unisono.rooms.workflow import actions as workflow

PARIS = "Europe/Paris"
TOMORROW = datetime(2026, 3, 5, 8, 30)
LATER = NOW + timedelta(hours=1)


def planned(cast: Cast, title: str, wall: datetime | None = None, **more: Any) -> Publication:
    """An approved post of one channel: at `wall` in Paris, or due at NOW."""
    editor = cast.actor("editor")
    post = content.write_post(
        title=title,
        text=f"About {title}.",
        department=cast.departments["Marketing"],
        channels=[cast.agora],
        by=editor,
        now=NOW,
        **more,
    )
    (request,) = workflow.ask_approval(post, by=editor, now=NOW)
    workflow.approve(request, by=cast.actor("approver"), now=NOW)
    if wall is None:
        return publishing.publish_now(request.revision, by=editor, now=NOW)
    return publishing.schedule(request.revision, wall=wall, zone=PARIS, by=editor, now=NOW)


def held(cast: Cast, *titles: str) -> tuple[Hold, list[Publication]]:
    """A hold on the channel, and posts it has stopped at NOW."""
    hold = holds.place(channel=cast.agora, why="Storm", by=cast.actor("admin"), now=NOW)
    rows = [planned(cast, title) for title in titles]
    assert claims.claim_due(worker="w", now=NOW) == []
    for row in rows:
        row.refresh_from_db()
        assert row.reason_code == "on_hold"
    return hold, rows


def test_the_impact_names_posts_campaigns_and_what_one_does_not_see(cast: Cast) -> None:
    planned(cast, "Second", TOMORROW)
    planned(cast, "First", TOMORROW - timedelta(hours=1), campaign=cast.campaign)
    found = stops.impact(cast.actor("manager"), channel=cast.agora)
    assert [row.variant.post.title for row in found.posts] == ["First", "Second"]
    assert [c.name for c in found.campaigns] == ["Lyon opening"]
    assert (found.total, found.unseen) == (2, 0)
    elsewhere = stops.impact(cast.actor("sales_editor"), channel=cast.agora)
    assert (elsewhere.posts, elsewhere.unseen, elsewhere.total) == ([], 2, 2)
    assert not Hold.objects.exists()


def test_a_hold_in_force_shows_what_it_holds_and_what_it_will(cast: Cast) -> None:
    hold, (late,) = held(cast, "Late")
    ahead = planned(cast, "Ahead", TOMORROW)
    found = stops.impact_of(cast.actor("admin"), hold)
    assert [row.pk for row in found.posts] == [late.pk, ahead.pk]


def test_resuming_carries_out_each_choice_and_leaves_the_rest_to_a_person(cast: Cast) -> None:
    hold, (sent, moved, dropped, left) = held(cast, "Sent", "Moved", "Dropped", "Left")
    ahead = planned(cast, "Ahead", TOMORROW)
    result = holds.resume(
        hold,
        [
            Choice(sent.pk, "send"),
            Choice(moved.pk, "retime", TOMORROW, PARIS),
            Choice(dropped.pk, "drop"),
        ],
        by=cast.actor("admin"),
        now=LATER,
    )
    assert (result.released, result.waiting) == (0, 1)
    assert not [one for one in result.outcomes if one.refusal]
    for row in (sent, moved, dropped, left, ahead):
        row.refresh_from_db()
    assert (sent.state, sent.next_at) == ("scheduled", LATER)
    assert (moved.state, moved.wall) == ("scheduled", "2026-03-05T08:30")
    assert dropped.state == "cancelled"
    assert (left.state, left.reason_code) == ("held", "late")
    assert ahead.state == "scheduled"
    claimed = {errand.publication_id for errand in claims.claim_due(worker="w", now=LATER)}
    assert claimed == {sent.pk}, "nothing bursts by itself"


def test_a_refused_choice_stops_no_other_and_stays_held(cast: Cast) -> None:
    hold, (late, other) = held(cast, "Late", "Other")
    result = holds.resume(
        hold,
        [Choice(late.pk, "retime", datetime(2020, 1, 1), PARIS), Choice(other.pk, "drop")],
        by=cast.actor("admin"),
        now=LATER,
    )
    first, second = result.outcomes
    assert first.refusal and not second.refusal
    late.refresh_from_db()
    assert (late.state, late.reason_code, late.wall) == ("held", "late", "2026-03-04T10:00")


def test_what_waits_ahead_and_was_refused_is_not_released_behind_ones_back(cast: Cast) -> None:
    hold, (row,) = held(cast, "Moved ahead")
    publishing.retime(row, wall=TOMORROW, zone=PARIS, by=cast.actor("editor"), now=NOW)
    assert row.state == "held", "another time does not lift a hold"
    bad = Choice(row.pk, "retime", TOMORROW, "Nowhere")
    result = holds.resume(hold, [bad], by=cast.actor("admin"), now=LATER)
    row.refresh_from_db()
    assert (row.state, row.reason_code, result.waiting) == ("held", "undecided", 1)
    (done,) = decisions.decide([Choice(row.pk, "release")], by=cast.actor("editor"), now=LATER)
    assert done.publication and done.publication.state == "scheduled"


def test_a_hold_is_lifted_once_and_what_another_hold_stops_stays(cast: Cast) -> None:
    hold, (row,) = held(cast, "Twice held")
    holds.place(keyword="twice", by=cast.actor("admin"), now=NOW)
    (refused,) = holds.resume(
        hold, [Choice(row.pk, "release")], by=cast.actor("admin"), now=NOW - timedelta(seconds=1)
    ).outcomes
    assert "Another hold" in str(refused.refusal)
    row.refresh_from_db()
    assert row.reason_code == "on_hold"
    with pytest.raises(Conflict):
        holds.lift(hold, by=cast.actor("admin"), now=LATER)


def test_times_for_many_are_spread_in_wall_time(cast: Cast) -> None:
    _hold, rows = held(cast, "A", "B", "C")
    ids = [row.pk for row in rows]
    start = datetime(2026, 3, 29, 1, 30)
    every = timedelta(minutes=45)
    found = decisions.spread(ids, start=start, zone=PARIS, every=every)
    assert [f"{c.wall:%H:%M}" for c in found] == ["01:30", "03:15", "04:00"], "an hour is skipped"
    with pytest.raises(Invalid):
        decisions.spread(ids, start=start, zone="Nowhere", every=every)


def test_what_failed_takes_another_time_in_one_go(cast: Cast) -> None:
    row = planned(cast, "Failed")
    Publication.objects.filter(pk=row.pk).update(state="failed", reason_code="refused")
    by = cast.actor("editor")
    (done,) = decisions.decide([Choice(row.pk, "retime", TOMORROW, PARIS)], by=by, now=LATER)
    assert done.publication and done.publication.state == "scheduled"
    row.refresh_from_db()
    assert (row.wall, row.next_at) == ("2026-03-05T08:30", row.due_at)
    (bad,) = decisions.decide([Choice(row.pk, "vanish")], by=by, now=LATER)
    assert isinstance(bad.refusal, Invalid)


def test_others_posts_cannot_be_decided_about(cast: Cast) -> None:
    row = planned(cast, "Marketing's", TOMORROW)
    for name, code in (("sales_editor", "not_found"), ("contributor", "not_allowed")):
        (one,) = decisions.decide([Choice(row.pk, "drop")], by=cast.actor(name), now=NOW)
        assert one.refusal and one.refusal.code == code
    row.refresh_from_db()
    assert row.state == "scheduled"


def test_a_late_one_is_tried_again_at_once_but_not_against_a_limit(cast: Cast) -> None:
    row = planned(cast, "Retried")
    rows = Publication.objects.filter(pk=row.pk)
    rows.update(next_at=LATER, reason_code="retrying")
    by, soon = cast.actor("editor"), NOW + timedelta(minutes=4)
    (done,) = decisions.decide([Choice(row.pk, "send")], by=by, now=soon)
    assert done.publication and done.publication.next_at == soon
    rows.update(next_at=LATER, reason_code="limited")
    (refused,) = decisions.decide([Choice(row.pk, "send")], by=by, now=soon)
    assert isinstance(refused.refusal, Conflict)


# --- the alarm ---


def late_notices() -> int:
    jobs.run_pending()
    return Notice.objects.filter(kind__startswith="publication.late").count()


def test_lateness_is_told_once_and_anew_after_another_time(cast: Cast) -> None:
    row = planned(cast, "Late")
    assert alarms.sweep(now=NOW + timedelta(seconds=119)) == 0
    assert alarms.sweep(now=NOW + timedelta(seconds=121)) == 1
    told = late_notices()
    assert told == 3, "the editor, who wrote and scheduled it, the manager and the admin"
    assert alarms.sweep(now=NOW + timedelta(minutes=5)) == 0
    publishing.retime(row, wall=TOMORROW, zone=PARIS, by=cast.actor("editor"), now=NOW)
    row.refresh_from_db()
    assert alarms.sweep(now=row.due_at + timedelta(seconds=60)) == 0
    assert alarms.sweep(now=row.due_at + timedelta(seconds=180)) == 1
    assert late_notices() == 2 * told


def test_a_retry_of_something_old_is_not_late_at_once(cast: Cast) -> None:
    row = planned(cast, "Old")
    Publication.objects.filter(pk=row.pk).update(state="failed")
    row.refresh_from_db()
    tomorrow = NOW + timedelta(days=1)
    publishing.retry(row, by=cast.actor("editor"), now=tomorrow)
    assert alarms.sweep(now=tomorrow + timedelta(seconds=60)) == 0
    assert alarms.sweep(now=tomorrow + timedelta(seconds=180)) == 1


def test_much_lateness_on_a_channel_is_one_notice_each(cast: Cast) -> None:
    for n in range(4):
        planned(cast, f"Late {n}")
    alarms.sweep(now=NOW + timedelta(minutes=3))
    jobs.run_pending()
    assert set(Notice.objects.values_list("kind", flat=True)) == {
        "approval_request.open",
        "approval_request.approved",
        "publication.late.several",
    }
    several = Notice.objects.filter(kind="publication.late.several")
    assert [notice.params["n"] for notice in several] == [4, 4, 4]


def test_a_missed_time_is_told_once(cast: Cast) -> None:
    (variant, *_others) = cast.post.variants.order_by("pk")
    by = cast.actor("editor")
    content.plan_variant(variant, wall=datetime(2026, 3, 4, 10, 30), zone=PARIS, by=by, now=NOW)
    at = NOW + timedelta(minutes=33)
    assert [alarms.sweep(now=at), alarms.sweep(now=at)] == [1, 0]


def test_what_was_cancelled_on_purpose_is_not_missed(cast: Cast) -> None:
    row = planned(cast, "Cancelled")
    publishing.cancel(row, by=cast.actor("editor"), now=NOW)
    assert alarms.sweep(now=NOW + timedelta(minutes=5)) == 0

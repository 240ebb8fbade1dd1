"""The ledger, verdict by verdict; holds, times, and a person's word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cast import NOW, Cast
from unisono.kernel import jobs
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed
from unisono.networks.contract import (
    Absent,
    Limited,
    Published,
    Refused,
    Sentence,
    SignInAgain,
    Unknown,
    Unsent,
)
from unisono.rooms.channels import actions as channels
from unisono.rooms.content import actions as content
from unisono.rooms.notifications.models import Notice
from unisono.rooms.notifications.sentences import sentence
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, doubts, holds, ledger, verdicts
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow

WHY = Sentence("The network said so.")
WALL = datetime(2026, 3, 11, 8, 50)


@pytest.fixture
def due(cast: Cast) -> Publication:
    """An approved publication that is due at NOW."""
    (request, *_others) = workflow.ask_approval(cast.post, by=cast.actor("editor"), now=NOW)
    workflow.approve(request, by=cast.actor("approver"), now=NOW)
    return publishing.publish_now(request.revision, by=cast.actor("editor"), now=NOW)


def outcome(publication: Publication, verdict: Any, at: datetime = NOW) -> Publication:
    """The publication after one attempt that ended so."""
    (errand,) = claims.claim_due(worker="w", now=at)
    ledger.settle(errand, verdict, now=at)
    publication.refresh_from_db()
    return publication


def told(kind: str) -> list[str]:
    """What members were told of one kind, once all reactions ran."""
    jobs.run_pending()
    return [sentence(n.kind, n.params) for n in Notice.objects.filter(kind=kind)]


def test_a_refusal_for_good_fails_and_reaches_people(due: Publication) -> None:
    assert outcome(due, Refused(WHY)).state == "failed"
    sentences = told("publication.failed")
    assert len(sentences) == 3, "the scheduler, the author, and who looks after the channel"
    assert sentences[0] == "“The doors” could not go out on Lumen Agora: The network said so."


def test_what_never_reached_the_network_goes_again_with_growing_pauses(due: Publication) -> None:
    at = NOW
    pauses = []
    for _try in range(4):
        outcome(due, Unsent(WHY), at)
        assert due.state == "scheduled"
        assert due.next_at is not None
        pauses.append((due.next_at - at).total_seconds())
        at = due.next_at
    assert pauses == [10, 20, 40, 80]


def test_what_cannot_be_sent_in_time_waits_for_a_person(due: Publication) -> None:
    late = due.latest_at - timedelta(seconds=1)
    assert outcome(due, Unsent(WHY), late).reason_code == "late"
    assert due.state == "held"
    assert told("publication.held")


def test_a_limit_is_honoured_to_the_second_by_the_whole_channel(
    cast: Cast, due: Publication
) -> None:
    other = content.write_post(
        title="Another",
        text="More light.",
        department=cast.departments["Marketing"],
        channels=[due.channel],
        by=cast.actor("editor"),
        now=NOW,
    )
    (request,) = workflow.ask_approval(other, by=cast.actor("editor"), now=NOW)
    workflow.approve(request, by=cast.actor("approver"), now=NOW)
    (errand,) = claims.claim_due(worker="w", now=NOW)
    second = publishing.publish_now(request.revision, by=cast.actor("editor"), now=NOW)
    until = NOW + timedelta(seconds=37)
    ledger.settle(errand, Limited(until), now=NOW)
    assert claims.claim_due(worker="w", now=until - timedelta(seconds=1)) == []
    assert {e.publication_id for e in claims.claim_due(worker="w", now=until)} == {
        due.pk,
        second.pk,
    }


def test_a_dead_sign_in_holds_until_the_channel_is_back(cast: Cast, due: Publication) -> None:
    publishing.cancel(due, by=cast.actor("editor"), now=NOW)
    due = publishing.schedule(
        due.revision, wall=WALL, zone="Europe/Paris", by=cast.actor("editor"), now=NOW
    )
    Publication.objects.filter(pk=due.pk).update(next_at=NOW)
    assert outcome(due, SignInAgain(WHY)).reason_code == "needs_sign_in"
    due.channel.refresh_from_db()
    assert due.channel.state == "needs_sign_in"
    (said,) = told("channel.needs_sign_in.posts")
    assert said == (
        "Lumen Agora must be connected again. Posts that wait: 1, the first is “The doors”,"
        " due March 11, 2026, 8:50 a.m. CET."
    )
    holds.release("needs_sign_in", channel=due.channel, by=cast.actor("admin"), now=NOW)
    due.refresh_from_db()
    assert due.state == "scheduled"


def test_absence_counts_only_after_the_network_has_settled(due: Publication) -> None:
    outcome(due, Unknown(WHY))
    first = due.next_at
    assert first is not None
    Publication.objects.update(next_at=NOW + timedelta(seconds=1))
    (look,) = doubts.claim_doubtful(worker="w", now=NOW + timedelta(seconds=1))
    # Asked too early to be proof, however late the answer is written.
    ledger.settle(look, Absent(), now=NOW + timedelta(seconds=9))
    due.refresh_from_db()
    assert due.state == "unknown"
    assert due.next_at is not None
    (look,) = doubts.claim_doubtful(worker="w", now=due.next_at)
    ledger.settle(look, Absent(), now=due.next_at)
    due.refresh_from_db()
    assert due.state == "scheduled"
    (again,) = claims.claim_due(worker="w", now=due.next_at)
    assert again.handle == look.handle, "the same identity, never a new one"


def test_after_enough_looks_a_person_decides(due: Publication) -> None:
    outcome(due, Unknown(WHY))
    for _look in range(verdicts.LOOKS_MAX):
        due.refresh_from_db()
        assert due.next_at is not None
        (look,) = doubts.claim_doubtful(worker="w", now=due.next_at)
        ledger.settle(look, Unknown(WHY), now=due.next_at)
    due.refresh_from_db()
    assert (due.state, due.next_at, due.reason_code) == ("unknown", None, "person_decides")
    assert told("publication.doubtful")


@pytest.mark.parametrize(
    ("word", "state"), [("published", "published"), ("absent", "scheduled"), ("left", "failed")]
)
def test_a_persons_word_settles_a_doubt(
    cast: Cast, due: Publication, word: str, state: str
) -> None:
    outcome(due, Unknown(WHY))
    publishing.settle_by_person(
        due, outcome=word, url="http://x/1", by=cast.actor("editor"), now=NOW
    )
    assert due.state == state
    assert due.evidence.get(kind="person").by == cast.members["editor"]


def test_a_found_post_that_is_anothers_is_no_proof(cast: Cast, due: Publication) -> None:
    outcome(due, Published("r-1", "http://x/1"))
    twin = publishing.publish_now(due.revision, by=cast.actor("editor"), now=NOW)
    outcome(twin, Published("r-1", "http://x/1"))
    assert (twin.state, twin.reason_code) == ("unknown", "person_decides")


def test_a_late_answer_of_a_fenced_worker_is_evidence_only(due: Publication) -> None:
    (old,) = claims.claim_due(worker="old", now=NOW)
    doubts.reap(now=NOW + claims.LEASE + timedelta(seconds=1))
    due.refresh_from_db()
    (look,) = doubts.claim_doubtful(worker="new", now=NOW + claims.LEASE + timedelta(seconds=1))
    ledger.settle(look, Published("r-1", ""), now=NOW)
    assert ledger.settle(old, Refused(WHY), now=NOW) == "published"
    assert due.evidence.count() == 2


HOLDS: list[tuple[str, Callable[[Cast], dict[str, Any]], bool]] = [
    ("organization", lambda _cast: {}, True),
    ("department", lambda cast: {"department": cast.departments["Marketing"]}, True),
    ("other department", lambda cast: {"department": cast.departments["Sales"]}, False),
    ("campaign", lambda cast: {"campaign": cast.campaign}, True),
    ("channel", lambda cast: {"channel": cast.agora}, True),
    ("other channel", lambda cast: {"channel": cast.chirp}, False),
    ("keyword", lambda _cast: {"keyword": "LYON"}, True),
    ("other keyword", lambda _cast: {"keyword": "Berlin"}, False),
]


@pytest.mark.parametrize(("name", "target", "stops"), HOLDS, ids=[h[0] for h in HOLDS])
def test_holds(
    cast: Cast, due: Publication, name: str, target: Callable[[Cast], dict[str, Any]], stops: bool
) -> None:
    holds.place(**target(cast), why="Recall", by=cast.actor("admin"), now=NOW)
    assert bool(claims.claim_due(worker="w", now=NOW)) is not stops
    due.refresh_from_db()
    assert (due.reason_code == "on_hold") is stops


def test_a_manager_of_one_department_cannot_stop_the_company(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        holds.place(by=cast.actor("manager"), now=NOW)


def test_what_is_too_late_is_asked_about_not_sent(due: Publication) -> None:
    assert claims.claim_due(worker="w", now=due.latest_at + timedelta(seconds=1)) == []
    due.refresh_from_db()
    assert (due.state, due.reason_code) == ("held", "late")


def test_two_workers_claim_a_row_once(due: Publication) -> None:
    assert len(claims.claim_due(worker="a", now=NOW)) == 1
    assert claims.claim_due(worker="b", now=NOW) == []


def test_one_live_publication_a_variant(cast: Cast, due: Publication) -> None:
    with pytest.raises(publishing.AlreadyPlanned):
        publishing.publish_now(due.revision, by=cast.actor("editor"), now=NOW)


def test_nine_stays_nine_across_the_clock_change(cast: Cast, due: Publication) -> None:
    editor = cast.actor("editor")
    publishing.cancel(due, by=editor, now=NOW)
    row = publishing.schedule(
        due.revision, wall=datetime(2026, 3, 28, 9), zone="Europe/Paris", by=editor, now=NOW
    )
    assert row.due_at.hour == 8
    publishing.retime(row, wall=datetime(2026, 3, 29, 9), zone="Europe/Paris", by=editor, now=NOW)
    assert (row.due_at.hour, row.wall) == (7, "2026-03-29T09:00")


@pytest.mark.parametrize(
    ("wall", "zone", "field"),
    [(WALL, "Europe/Lyon", "zone"), (datetime(2026, 3, 4, 9), "Europe/Paris", "at")],
)
def test_times_that_cannot_be(
    cast: Cast, due: Publication, wall: datetime, zone: str, field: str
) -> None:
    publishing.cancel(due, by=cast.actor("editor"), now=NOW)
    with pytest.raises(Invalid) as refused:
        publishing.schedule(due.revision, wall=wall, zone=zone, by=cast.actor("editor"), now=NOW)
    assert refused.value.field == field


def test_what_is_being_sent_can_neither_move_nor_be_cancelled(cast: Cast, due: Publication) -> None:
    claims.claim_due(worker="w", now=NOW)
    due.refresh_from_db()
    with pytest.raises(Conflict):
        publishing.cancel(due, by=cast.actor("editor"), now=NOW)
    with pytest.raises(Conflict):
        publishing.retime(due, wall=WALL, zone="Europe/Paris", by=cast.actor("editor"), now=NOW)


def test_a_channel_taken_off_the_post_sends_nothing(cast: Cast, due: Publication) -> None:
    content.choose_channels(cast.post, [cast.chirp], by=cast.actor("editor"), now=NOW)
    jobs.run_pending()
    due.refresh_from_db()
    assert (due.state, due.reason_code) == ("cancelled", "dropped")


def test_a_removed_post_sends_nothing(cast: Cast, due: Publication) -> None:
    content.remove_post(cast.post, by=cast.actor("editor"), now=NOW)
    jobs.run_pending()
    due.refresh_from_db()
    assert (due.state, due.reason_code) == ("cancelled", "dropped")
    assert claims.claim_due(worker="late", now=NOW + timedelta(minutes=1)) == []


def test_a_withdrawn_approval_holds(cast: Cast, due: Publication) -> None:
    request = due.revision.requests.get()
    workflow.withdraw_approval(request, by=cast.actor("approver"), now=NOW)
    assert claims.claim_due(worker="w", now=NOW) == []
    due.refresh_from_db()
    assert due.reason_code == "not_approved"


def test_a_new_approval_takes_the_place_that_waited(cast: Cast, due: Publication) -> None:
    editor, approver = cast.actor("editor"), cast.actor("approver")
    publishing.cancel(due, by=editor, now=NOW)
    row = publishing.schedule(due.revision, wall=WALL, zone="Europe/Paris", by=editor, now=NOW)
    content.adapt_variant(row.variant, text="Better words.", by=editor, now=NOW)
    jobs.run_pending()
    row.refresh_from_db()
    assert (row.state, row.reason_code) == ("held", "edited")
    asked = workflow.ask_approval(cast.post, by=editor, now=NOW)
    for request in asked:
        workflow.approve(request, by=approver, now=NOW)
    jobs.run_pending()
    row.refresh_from_db()
    assert row.state == "scheduled"
    assert row.revision.text == "Better words."
    assert row.wall == "2026-03-11T08:50"


def test_a_disconnected_channel_forgets_its_credentials(cast: Cast, due: Publication) -> None:
    channels.disconnect(due.channel, by=cast.actor("admin"), now=NOW)
    assert due.channel.credentials == ""
    assert claims.claim_due(worker="w", now=NOW) == []

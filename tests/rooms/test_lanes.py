"""Claims, arming and outcomes in batches: order within a channel, one worker a channel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from unisono.config import wiring
from unisono.kernel import jobs, processes
from unisono.kernel.models import Event
from unisono.networks.contract import Published, Refused, Sentence, Unknown
from unisono.rooms.content import actions as content
from unisono.rooms.metrics.models import Watch
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, doubts, ledger, takeover
from unisono.rooms.publishing.models import Attempt, Publication
from unisono.rooms.workflow import actions as workflow

WHY = Sentence("The network said so.")


def queued(cast: Cast, count: int, channel: str = "agora") -> list[Publication]:
    """Approved publications on one channel, due one after the other just before NOW."""
    editor, approver = cast.actor("editor"), cast.actor("approver")
    made = []
    for number in range(count):
        post = content.write_post(
            title=f"Part {number}",
            text=f"Light, part {number}.",
            department=cast.departments["Marketing"],
            channels=[cast.things[channel]],
            by=editor,
            now=NOW,
        )
        (request,) = workflow.ask_approval(post, by=editor, now=NOW)
        workflow.approve(request, by=approver, now=NOW)
        at = NOW - timedelta(seconds=count - number)
        made.append(publishing.publish_now(request.revision, by=editor, now=at))
    return made


def dead_worker() -> str:
    """The name of a worker that ran on this machine and has surely ended."""
    label, number, mark = processes.own_name("second").split(":")
    return f"{label}:{number}:{mark.partition('-')[0]}-1"


def ids(errands: list[claims.Errand]) -> list[object]:
    return [errand.publication_id for errand in errands]


def test_a_channel_s_publications_are_claimed_in_their_order(cast: Cast) -> None:
    rows = queued(cast, 5)
    first = claims.claim_due(worker="a", now=NOW, depth=2)
    assert ids(first) == [row.pk for row in rows[:2]]
    assert [errand.armed for errand in first] == [True, False], "only the first leaves at once"
    assert claims.claim_due(worker="a", now=NOW, depth=2) == []
    ledger.settle(first[0], Published("r-0", ""), now=NOW)
    assert ids(claims.claim_due(worker="a", now=NOW, depth=2)) == [rows[2].pk]


def test_a_channel_belongs_to_one_worker_at_a_time(cast: Cast) -> None:
    rows = queued(cast, 3) + queued(cast, 1, "chirp")
    (mine,) = claims.claim_due(worker="a", now=NOW, depth=1, limit=1)
    assert mine.publication_id == rows[0].pk
    assert ids(claims.claim_due(worker="b", now=NOW, depth=9)) == [rows[3].pk]
    ledger.settle(mine, Published("r-0", ""), now=NOW)
    assert ids(claims.claim_due(worker="b", now=NOW, depth=9)) == [rows[1].pk, rows[2].pk]


def test_what_is_stopped_between_claim_and_sending_is_never_sent(cast: Cast) -> None:
    queued(cast, 3)
    errands = claims.claim_due(worker="a", now=NOW)
    second = Publication.objects.get(pk=errands[1].publication_id)
    content.adapt_variant(second.variant, text="Other words.", by=cast.actor("editor"), now=NOW)
    armed = ledger.arm_all([(e, {"key": "k"}) for e in errands[1:]], now=NOW)
    assert set(armed) == {errands[2].attempt_id}
    assert armed[errands[2].attempt_id].handle == {"key": "k"}
    second.refresh_from_db()
    assert (second.state, second.reason_code) == ("held", "edited")
    assert Attempt.objects.get(pk=errands[1].attempt_id).outcome == "stopped"
    third = Publication.objects.get(pk=errands[2].publication_id)
    assert (third.handle, third.armed_at) == ({"key": "k"}, NOW)


def test_many_outcomes_are_written_together(cast: Cast) -> None:
    rows = queued(cast, 4)
    claimed = claims.claim_due(worker="a", now=NOW)
    armed = [claimed[0], *ledger.arm_all([(e, e.handle) for e in claimed[1:]], now=NOW).values()]
    verdicts = [Published("r-0", "http://x/0"), Published("r-1", ""), Refused(WHY), Unknown(WHY)]
    ledger.settle_all(list(zip(armed, verdicts, strict=True)), now=NOW)
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["published", "published", "failed", "unknown"]
    assert (rows[0].remote_id, rows[0].url, rows[0].published_at) == ("r-0", "http://x/0", NOW)
    assert {a.outcome for a in rows[0].attempts.all()} == {"published"}
    assert [e.body["verdict"] for row in rows for e in row.evidence.all()] == [
        "Published", "Published", "Refused", "Unknown",
    ]  # fmt: skip
    told = Event.objects.filter(kind="publication.published").order_by("pk")
    assert {event.subject_id: event.data["url"] for event in told} == {
        rows[0].pk: "http://x/0",
        rows[1].pk: "",
    }
    jobs.run_pending()
    assert Watch.objects.filter(publication__in=rows[:2]).count() == 2


def test_two_that_name_the_same_post_are_not_both_published(cast: Cast) -> None:
    rows = queued(cast, 2)
    claimed = claims.claim_due(worker="a", now=NOW)
    armed = [claimed[0], *ledger.arm_all([(claimed[1], {})], now=NOW).values()]
    ledger.settle_all([(errand, Published("same", "")) for errand in armed], now=NOW)
    for row in rows:
        row.refresh_from_db()
    assert [(row.state, row.reason_code) for row in rows] == [
        ("published", ""),
        ("unknown", "person_decides"),
    ]


def test_a_late_proof_settles_what_nobody_knows(cast: Cast) -> None:
    (row,) = queued(cast, 1)
    (errand,) = claims.claim_due(worker="a", now=NOW)
    later = NOW + claims.LEASE + timedelta(seconds=1)
    doubts.reap(now=later)
    doubts.claim_doubtful(worker="b", now=later)
    assert ledger.settle(errand, Published("r-0", "http://x/0"), now=later) == "published"
    row.refresh_from_db()
    assert row.remote_id == "r-0"


def test_a_living_worker_keeps_its_claims_and_a_dead_one_leaves_them(cast: Cast) -> None:
    (row,) = queued(cast, 1)
    claims.claim_due(worker="a", now=NOW)
    later = NOW + claims.LEASE - timedelta(seconds=1)
    claims.renew(worker="a", now=later)
    assert doubts.reap(now=NOW + claims.LEASE + timedelta(seconds=1)) == 0
    assert takeover.workers() == ["a"]
    takeover.give_up("a", now=later)
    assert doubts.reap(now=later + timedelta(seconds=1)) == 1
    row.refresh_from_db()
    assert row.state == "unknown"


@pytest.mark.parametrize("step", ["claim", "arm", "settle"])
def test_a_step_asks_as_much_for_many_as_for_few(cast: Cast, step: str) -> None:
    asked = []
    for count, channel in ((2, "agora"), (8, "chirp")):
        queued(cast, count, channel)
        steps = {}
        with CaptureQueriesContext(
            connection,
        ) as steps["claim"]:
            errands = claims.claim_due(worker="a", now=NOW)
        with CaptureQueriesContext(connection) as steps["arm"]:
            armed = ledger.arm_all([(e, e.handle) for e in errands[1:]], now=NOW)
        with CaptureQueriesContext(connection) as steps["settle"]:
            found = [(e, Published(f"{channel}-{n}", "")) for n, e in enumerate(armed.values())]
            ledger.settle_all(found, now=NOW)
        asked.append(len(steps[step]))
        ledger.settle(errands[0], Published(f"{channel}-first", ""), now=NOW)
    assert asked[0] == asked[1]


def test_a_dead_worker_of_this_machine_is_taken_over_at_once(cast: Cast) -> None:
    """Also one whose number, and whose name given by hand, a new one bears again."""
    alive, dead = processes.own_name("second"), dead_worker()
    rows = queued(cast, 1) + queued(cast, 1, "chirp")
    claims.claim_due(worker=dead, now=NOW, limit=1)
    claims.claim_due(worker=alive, now=NOW, limit=1)
    claims.renew(worker=alive, now=NOW)
    assert takeover.take_over(now=NOW) == [dead]
    doubts.reap(now=NOW + timedelta(seconds=1))
    states = [Publication.objects.get(pk=row.pk).state for row in rows]
    assert states == ["unknown", "publishing"], "it was armed, so it is looked up"
    Publication.objects.filter(pk=rows[1].pk).update(worker="second:7:0123abcd-1")
    assert takeover.take_over(now=NOW) == [], "of another machine nothing can be said"


def test_what_follows_from_a_burst_follows_for_many_at_once() -> None:
    """A reaction to each single post would cost the burst more than its sending."""
    follow = wiring.REACTIONS["publication.published"]
    assert [f for f in follow if not getattr(f, "together", False)] == []

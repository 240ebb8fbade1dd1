"""One content's whole way, spoken in verbs: objective → … → measured, and the gates on it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.cast import NOW, Cast
from unisono.kernel import jobs
from unisono.networks.contract import Figures, Incoming, Published, Sentence, Unknown
from unisono.rooms.content import actions as content
from unisono.rooms.content.queries import variants_of
from unisono.rooms.engagement import actions as engagement
from unisono.rooms.metrics import actions as metrics
from unisono.rooms.metrics import queries as metrics_queries
from unisono.rooms.notifications.models import Notice
from unisono.rooms.notifications.sentences import sentence
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, doubts, holds, ledger
from unisono.rooms.publishing import queries as publishing_queries
from unisono.rooms.publishing.standings import standing
from unisono.rooms.workflow import actions as workflow

WALL = datetime(2026, 3, 11, 8, 50)


def approved(cast: Cast) -> list:
    requests = workflow.ask_approval(cast.post, by=cast.actor("editor"), now=NOW)
    for request in requests:
        workflow.approve(request, by=cast.actor("approver"), now=NOW)
    return requests


def test_from_objective_to_measured_post(cast: Cast) -> None:
    editor = cast.actor("editor")
    requests = approved(cast)
    assert len(requests) == 2
    publication = publishing.schedule(
        requests[0].revision, wall=WALL, zone="Europe/Paris", by=editor, now=NOW
    )
    assert publication.due_at == datetime.fromisoformat("2026-03-11T07:50:00+00:00")

    early = publication.due_at - timedelta(seconds=1)
    assert claims.claim_due(worker="w", now=early) == []
    (errand,) = claims.claim_due(worker="w", now=publication.due_at)
    assert errand.armed
    state = ledger.settle(errand, Published("r-1", "http://x/r-1"), now=publication.due_at)
    assert state == "published"
    jobs.run_pending()

    publication.refresh_from_db()
    robot = system(cast.lumen)
    metrics.record_figures(
        publication, Figures(views=1200, likes=30), by=robot, now=publication.due_at
    )
    later = publication.due_at + timedelta(days=1)
    metrics.record_figures(publication, Figures(views=2000, likes=30), by=robot, now=later)
    progress = metrics_queries.progress(editor, [cast.objective], now=later)[cast.objective.pk]
    assert (progress.value, progress.published, progress.standing) == (2000, 1, "behind")
    said = Incoming("c-1", "r-1", "Tom", "tom", "", "When do you open?", later)
    assert len(engagement.receive(publication, [said, said], by=robot, now=later)) == 1
    receipt = publishing_queries.receipt(editor, publication.pk)
    assert [d.by_name for d in receipt.approvals] == ["Approver"]
    assert receipt.evidence[0].body["url"] == "http://x/r-1"
    assert receipt.attempts[0].request_sha256 == publication.revision.digest


def test_nothing_is_scheduled_without_approval(cast: Cast) -> None:
    variant = variants_of(cast.post)[0]
    revision = content.freeze(variant, by=cast.actor("editor"), now=NOW)
    with pytest.raises(publishing.NotCleared):
        publishing.schedule(
            revision, wall=WALL, zone="Europe/Paris", by=cast.actor("admin"), now=NOW
        )


def test_an_edit_after_approval_is_never_sent(cast: Cast) -> None:
    editor = cast.actor("editor")
    requests = approved(cast)
    publication = publishing.schedule(
        requests[0].revision, wall=WALL, zone="Europe/Paris", by=editor, now=NOW
    )
    content.adapt_variant(requests[0].variant, text="Other words.", by=editor, now=NOW)
    assert claims.claim_due(worker="w", now=publication.due_at) == []
    publication.refresh_from_db()
    assert (publication.state, publication.reason_code) == ("held", "edited")


def test_approval_lets_the_pencilled_time_stand(cast: Cast) -> None:
    for variant in variants_of(cast.post):
        content.plan_variant(
            variant, wall=WALL, zone="Europe/Paris", by=cast.actor("contributor"), now=NOW
        )
    approved(cast)
    jobs.run_pending()
    states = standing([cast.post])
    assert states[cast.post.pk] == {"state": "scheduled", "out": 0, "of": 2}


def test_an_approval_after_the_pencilled_time_reaches_people(cast: Cast) -> None:
    (variant, *_others) = variants_of(cast.post)
    content.plan_variant(
        variant, wall=WALL, zone="Europe/Paris", by=cast.actor("contributor"), now=NOW
    )
    requests = workflow.ask_approval(cast.post, by=cast.actor("contributor"), now=NOW)
    late = NOW + timedelta(days=30)
    for request in requests:
        workflow.approve(request, by=cast.actor("approver"), now=late)
    jobs.run_pending()
    assert not variant.publications.exists()
    told = Notice.objects.filter(kind="variant.late", urgent=True)
    assert {notice.member for notice in told} >= {cast.members["contributor"]}
    (sentence_,) = {sentence(n.kind, n.params) for n in told}
    assert sentence_.endswith(f"after its time on {variant.channel.name}. Give it another one.")


def test_an_unknown_is_looked_up_and_never_resent_blindly(cast: Cast) -> None:
    requests = approved(cast)
    publication = publishing.publish_now(requests[0].revision, by=cast.actor("editor"), now=NOW)
    (errand,) = claims.claim_due(worker="w", now=NOW)
    ledger.settle(errand, Unknown(Sentence("The answer was lost.")), now=NOW)
    publication.refresh_from_db()
    assert publication.state == "unknown"
    assert publication.next_at is not None
    assert claims.claim_due(worker="w", now=publication.next_at) == []
    (look,) = doubts.claim_doubtful(worker="w", now=publication.next_at)
    assert look.handle == errand.handle
    ledger.settle(look, Published("r-9", ""), now=publication.next_at)
    publication.refresh_from_db()
    assert publication.state == "published"


def test_a_lost_worker_leaves_an_unknown_not_a_second_post(cast: Cast) -> None:
    requests = approved(cast)
    publication = publishing.publish_now(requests[0].revision, by=cast.actor("editor"), now=NOW)
    (errand,) = claims.claim_due(worker="w", now=NOW)
    after = NOW + claims.LEASE + timedelta(seconds=1)
    assert doubts.reap(now=after) == 1
    publication.refresh_from_db()
    assert publication.state == "unknown"
    late = ledger.settle(errand, Published("r-2", ""), now=after)
    assert late == "published", "the answer itself is proof, while nobody else has claimed"


def test_a_hold_stops_at_the_claim(cast: Cast) -> None:
    requests = approved(cast)
    publication = publishing.publish_now(requests[0].revision, by=cast.actor("editor"), now=NOW)
    hold = holds.place(department=cast.departments["Marketing"], by=cast.actor("manager"), now=NOW)
    assert claims.claim_due(worker="w", now=NOW) == []
    publication.refresh_from_db()
    assert publication.reason_code == "on_hold"
    holds.lift(hold, by=cast.actor("manager"), now=NOW)
    publication.refresh_from_db()
    assert (publication.state, publication.reason_code) == ("held", "late")

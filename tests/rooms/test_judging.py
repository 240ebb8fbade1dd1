"""What came of an accepted proposal: held against its like, once, when it is ripe."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.cast import NOW, Cast
from tests.rooms.test_orchestration import by, draft, published, seeing
from unisono.kernel.refusals import Conflict
from unisono.networks.contract import Published
from unisono.rooms.metrics.models import Sample
from unisono.rooms.orchestration import actions, judging, noticing, words
from unisono.rooms.orchestration.models import Noticed, Proposal
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, ledger
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow

OUT = datetime(2026, 3, 9, 17, tzinfo=UTC)
RIPE_AGE = timedelta(days=4)
RIPE = OUT + RIPE_AGE


def counted(row: Publication, views: int, *, at: datetime) -> None:
    Sample.objects.create(publication=row, figure="views", value=views, observed_at=at)


def moved_and_out(cast: Cast, views: int, *, like: int = 14) -> Proposal:
    """A post that a proposal moved is out, with so many views; its like have about a hundred."""
    for number in range(like):
        at = NOW - timedelta(days=10 + number)
        counted(published(cast, f"Like {number}", at=at), 90 + 2 * number, at=at + RIPE_AGE)
    post = draft(cast, "Moved", wall=datetime(2026, 3, 9, 10))
    (request,) = workflow.ask_approval(post, by=cast.actor("editor"), now=NOW)
    workflow.approve(request, by=cast.actor("approver"), now=NOW)
    variant = post.variants.get()
    publishing.schedule_variant(variant, wall=datetime(2026, 3, 9, 10), zone="Europe/Paris",
                                by=cast.actor("approver"), now=NOW)  # fmt: skip
    told = {"ratio": 1.8, "low": 1.3, "high": 2.4, "posts": 31, "at": OUT.isoformat()}
    noticing.notice(by=by(cast), now=NOW, watchers=[
        seeing(Noticed.TIME, ("variant", variant.pk), title=post.title, channel="Agora", **told)
    ])  # fmt: skip
    (proposal,) = noticing.propose(by=by(cast), now=NOW)
    actions.accept(proposal, by=cast.actor("editor"), now=NOW)
    (errand,) = claims.claim_due(worker="w", now=OUT)
    ledger.settle(errand, Published("moved", "http://x/"), now=OUT)
    counted(variant.publications.get(), views, at=RIPE)
    return proposal


@pytest.mark.parametrize(
    ("views", "shown", "said"),
    [(2_000, "more", "That is more."), (100, "none", "No effect is shown."), (3, "less", "less.")],
)
def test_it_is_held_against_its_like_and_said(
    cast: Cast, views: int, shown: str, said: str
) -> None:
    proposal = moved_and_out(cast, views)
    assert judging.judge(by=by(cast), now=OUT + timedelta(days=2)) == 0, "not ripe"
    assert judging.judge(by=by(cast), now=RIPE) == 1
    proposal.refresh_from_db()
    assert proposal.effect and proposal.effect["shown"] == shown
    assert proposal.effect["low"] < 110 < proposal.effect["high"]
    assert said in words.outcome(proposal)
    assert judging.judge(by=by(cast), now=RIPE) == 0, "once"
    with pytest.raises(Conflict, match="gone out"):
        actions.undo(proposal, by=cast.actor("editor"), now=RIPE)


def test_with_too_few_of_its_like_nothing_is_said(cast: Cast) -> None:
    proposal = moved_and_out(cast, 400, like=4)
    assert judging.judge(by=by(cast), now=RIPE) == 0
    proposal.refresh_from_db()
    assert (proposal.effect, words.outcome(proposal)) == (None, "")

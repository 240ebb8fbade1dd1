"""Signals and proposals: noticed once, proposed with evidence, decided, undone, judged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.cast import NOW, Cast
from unisono.kernel.clock import to_wall
from unisono.kernel.events import history
from unisono.kernel.refusals import NotAllowed, Refusal
from unisono.networks.contract import Published
from unisono.rooms.channels import slots
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.metrics.models import Sample
from unisono.rooms.orchestration import actions, noticing, queries, words
from unisono.rooms.orchestration.acts import WAYS
from unisono.rooms.orchestration.evidence import Evidence, spread
from unisono.rooms.orchestration.models import Act, Noticed, Proposal, Signal
from unisono.rooms.orchestration.sights import Sight
from unisono.rooms.orchestration.watching import gaps, unasked
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, ledger
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow

HOUR = timedelta(hours=1)


def by(cast: Cast) -> Any:
    return system(cast.lumen.pk)


def draft(cast: Cast, title: str, *, wall: datetime | None = None, now: datetime = NOW) -> Post:
    return content.write_post(
        title=title, text="Light.", department=cast.departments["Marketing"],
        channels=[cast.agora], wall=wall, zone="Europe/Paris" if wall else "",
        by=cast.actor("editor"), now=now,
    )  # fmt: skip


def decided(cast: Cast, hours: list[int]) -> None:
    """Posts that were agreed to so many hours after the question."""
    for number, took in enumerate(hours):
        asked = NOW - timedelta(days=20 - number)
        post = draft(cast, f"Earlier {number}", now=asked)
        (request,) = workflow.ask_approval(post, by=cast.actor("editor"), now=asked)
        workflow.approve(request, by=cast.actor("approver"), now=asked + took * HOUR)


def published(cast: Cast, title: str, *, at: datetime = NOW - timedelta(days=2)) -> Publication:
    """A post that went out then."""
    before = at - timedelta(days=1)
    post = draft(cast, title, now=before)
    (request,) = workflow.ask_approval(post, by=cast.actor("editor"), now=before)
    workflow.approve(request, by=cast.actor("approver"), now=before)
    wall = to_wall(at, "Europe/Paris").replace(tzinfo=None)
    row = publishing.schedule(request.revision, wall=wall, zone="Europe/Paris",
                              by=cast.actor("approver"), now=before)  # fmt: skip
    (errand,) = claims.claim_due(worker="w", now=at)
    ledger.settle(errand, Published(title, "http://x/"), now=at)
    row.refresh_from_db()
    return row


def an_ask(cast: Cast) -> Proposal:
    """A proposal to ask for an approval that nobody asked for."""
    decided(cast, [2, 4, 6, 8, 30])
    draft(cast, "Nobody was asked", wall=datetime(2026, 3, 6, 10))
    noticing.notice(by=by(cast), now=NOW, watchers=[unasked])
    (made,) = noticing.propose(by=by(cast), now=NOW)
    return made


def test_a_signal_is_noticed_once_and_ends_by_itself(cast: Cast) -> None:
    post = draft(cast, "Nobody was asked", wall=datetime(2026, 3, 6, 10))
    (signal,) = noticing.notice(by=by(cast), now=NOW, watchers=[unasked])
    assert (signal.kind, signal.subject_id) == (Noticed.LATE, post.pk)
    assert noticing.notice(by=by(cast), now=NOW + HOUR, watchers=[unasked]) == []
    workflow.ask_approval(post, by=cast.actor("editor"), now=NOW + HOUR)
    noticing.notice(by=by(cast), now=NOW + 2 * HOUR, watchers=[unasked])
    signal.refresh_from_db()
    assert (signal.state, signal.over_at) == ("over", NOW + 2 * HOUR)
    told = [event.kind for event in history(signal.pk)]
    assert sorted(told) == ["signal.open", "signal.over"]


def test_without_enough_cases_nothing_is_proposed(cast: Cast) -> None:
    decided(cast, [2, 4])
    draft(cast, "Nobody was asked", wall=datetime(2026, 3, 6, 10))
    noticing.notice(by=by(cast), now=NOW, watchers=[unasked])
    assert noticing.propose(by=by(cast), now=NOW) == []


def test_a_proposal_says_why_how_much_and_how_sure(cast: Cast) -> None:
    proposal = an_ask(cast)
    found = proposal.evidence
    assert (found.figure, found.sample, found.basis) == ("hours", 5, "department")
    assert (found.low, found.expected, found.high) == pytest.approx((2.8, 6, 21.2))
    assert words.title(proposal, "Europe/Paris") == "Ask for approval of “Nobody was asked” now"
    assert words.reason(proposal) == (
        "A decision took Marketing 6 hours, eight of ten between 2.8 and 21"
        " (5 decisions in half a year)."
    )


def test_accepting_does_it_with_the_verb_and_can_be_undone(cast: Cast) -> None:
    proposal = an_ask(cast)
    editor = cast.actor("editor")
    actions.accept(proposal, by=editor, now=NOW)
    asked = proposal.post.requests.get()
    assert (asked.state, asked.asked_by) == ("open", editor.member)
    actions.undo(queries.proposal(editor, proposal.pk), by=editor, now=NOW + HOUR)
    asked.refresh_from_db()
    proposal.refresh_from_db()
    assert (asked.state, proposal.state) == ("withdrawn", "undone")


def test_what_is_declined_is_not_proposed_again(cast: Cast) -> None:
    proposal = an_ask(cast)
    actions.decline(
        proposal, reason=" We wait for the pictures. ", by=cast.actor("editor"), now=NOW
    )
    noticing.notice(by=by(cast), now=NOW + HOUR, watchers=[unasked])
    assert noticing.propose(by=by(cast), now=NOW + HOUR) == []
    assert proposal.reason == "We wait for the pictures."


def test_an_offer_ends_with_its_reason(cast: Cast) -> None:
    proposal = an_ask(cast)
    workflow.ask_approval(proposal.post, by=cast.actor("editor"), now=NOW)
    noticing.notice(by=by(cast), now=NOW + HOUR, watchers=[unasked])
    noticing.propose(by=by(cast), now=NOW + HOUR)
    proposal.refresh_from_db()
    assert proposal.state == "expired"


def test_only_one_of_two_accepts(cast: Cast) -> None:
    proposal = an_ask(cast)
    other = queries.proposal(cast.actor("editor"), proposal.pk)
    actions.accept(proposal, by=cast.actor("editor"), now=NOW)
    with pytest.raises(Refusal, match="Somebody else changed this first"):
        actions.accept(other, by=cast.actor("approver"), now=NOW)


def test_who_may_not_write_may_not_decide(cast: Cast) -> None:
    proposal = an_ask(cast)
    for verb in (actions.accept, actions.decline, actions.undo):
        with pytest.raises(NotAllowed):
            verb(proposal, by=cast.actor("viewer"), now=NOW)
    assert not queries.proposals(cast.actor("sales_editor")).exists()


@pytest.mark.parametrize(
    ("expected", "low", "high", "sample"),
    [(2.0, 1.0, 3.0, 0), (4.0, 1.0, 3.0, 9), (2.0, 3.0, 1.0, 9), (float("nan"), 1.0, 3.0, 9)],
)
def test_no_proposal_without_sample_and_range(
    cast: Cast, expected: float, low: float, high: float, sample: int
) -> None:
    with pytest.raises(ValueError, match=r"sample|range|number"):
        Evidence("views", expected, low, high, sample, "channel")
    proposal = an_ask(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(
            expected=expected, low=low, high=high, sample=sample
        )


@pytest.mark.parametrize("language", ["en", "fr", "de"])
@pytest.mark.parametrize("kind", Act.values)
def test_every_act_explains_itself_with_figure_range_and_sample(
    cast: Cast, language: str, kind: str
) -> None:
    from django.utils import translation

    row = Proposal(
        kind=kind, post=cast.post, channel=cast.agora, department=cast.departments["Marketing"],
        at=NOW + 5 * HOUR, was_at=NOW, figure="views", expected=18.0, low=13.0, high=24.0,
        sample=23, basis="department", campaign=cast.campaign,
        data={"term": cast.post.title, "posts": 2, "asking": 4, "unhappy": 5, "left": 3,
              "on": "2026-03-20", "until": "2026-03-27", "messages": [],
              "where": "Chirp"},
    )  # fmt: skip
    about = cast.campaign.name if kind in (Act.EXTEND, Act.STOP) else cast.post.title
    with translation.override(language):
        title, why = words.title(row, "Europe/Paris"), words.reason(row)
    assert about in title
    for figure in ("18", "13", "24", "23"):
        assert figure in why
    assert "%(" not in title + why


def test_every_kind_has_its_sentence_and_its_way() -> None:
    assert set(words._SENTENCES) == set(Noticed)
    assert set(words._REASONS) == set(WAYS) == set(Act)


def test_the_range_holds_eight_of_ten() -> None:
    assert spread([float(n) for n in range(11)]) == (5.0, 1.0, 9.0)


def test_everything_is_looked_at_without_any_figures(cast: Cast) -> None:
    noticing.notice(by=by(cast), now=datetime(2026, 3, 4, 9, tzinfo=UTC))
    assert noticing.propose(by=by(cast), now=NOW) == []
    assert Signal.objects.count() == queries.signals(cast.actor("admin")).count()


def seeing(kind: str, subject: tuple[str, Any], key: str = "one", **data: Any) -> Any:
    """A watcher that sees one thing, which really is there."""

    def look(_by: Any, _now: datetime) -> Iterator[Sight]:
        yield Sight(kind, key, None, subject, data)

    return look


def test_a_better_time_is_taken_and_given_back(cast: Cast) -> None:
    post = draft(cast, "At a quiet hour", wall=datetime(2026, 3, 9, 10))
    variant = post.variants.get()
    better = datetime(2026, 3, 9, 17, tzinfo=UTC)
    told = {"ratio": 1.8, "low": 1.3, "high": 2.4, "posts": 31, "at": better.isoformat()}
    noticing.notice(by=by(cast), now=NOW, watchers=[
        seeing(Noticed.TIME, ("variant", variant.pk), title=post.title, channel="Agora", **told)
    ])  # fmt: skip
    (proposal,) = noticing.propose(by=by(cast), now=NOW)
    assert "about 1.8 times" in words.reason(proposal)
    actions.accept(proposal, by=cast.actor("editor"), now=NOW)
    variant.refresh_from_db()
    assert (variant.planned_wall, variant.planned_at) == ("2026-03-09T18:00", better)
    actions.undo(proposal, by=cast.actor("editor"), now=NOW)
    variant.refresh_from_db()
    assert variant.planned_wall == "2026-03-09T10:00"


def test_what_was_moved_meanwhile_is_not_moved_by_a_proposal(cast: Cast) -> None:
    post = draft(cast, "At a quiet hour", wall=datetime(2026, 3, 9, 10))
    variant = post.variants.get()
    told = {"ratio": 1.8, "low": 1.3, "high": 2.4, "posts": 31, "at": "2026-03-09T17:00+00:00"}
    noticing.notice(by=by(cast), now=NOW, watchers=[
        seeing(Noticed.TIME, ("variant", variant.pk), title=post.title, channel="Agora", **told)
    ])  # fmt: skip
    (proposal,) = noticing.propose(by=by(cast), now=NOW)
    publishing.move(variant, wall=datetime(2026, 3, 9, 11), zone="Europe/Paris",
                    by=cast.actor("editor"), now=NOW)  # fmt: skip
    with pytest.raises(Refusal, match="another time by now"):
        actions.accept(proposal, by=cast.actor("editor"), now=NOW)
    proposal.refresh_from_db()
    assert proposal.state == "offered"


def test_a_winner_comes_again_as_a_draft_of_its_own(cast: Cast) -> None:
    sent = published(cast, "Everybody liked it")
    noticing.notice(by=by(cast), now=NOW, watchers=[
        seeing(Noticed.ABOVE, ("publication", sent.pk), title="Everybody liked it",
               channel="Agora", count=900, figure="views", hours=24, expected=300.0, low=200.0,
               high=450.0, posts=40)
    ])  # fmt: skip
    (proposal,) = noticing.propose(by=by(cast), now=NOW)
    assert (proposal.low, proposal.high) == (200.0, 900.0)
    assert proposal.at == sent.published_at + timedelta(weeks=4)
    actions.accept(proposal, by=cast.actor("editor"), now=NOW)
    again = Post.objects.get(pk=proposal.before["post"])
    assert (again.title, again.variants.get().channel) == ("Everybody liked it", cast.agora)
    assert again.variants.get().planned_at == proposal.at
    actions.undo(proposal, by=cast.actor("editor"), now=NOW)
    again.refresh_from_db()
    assert again.removed_at == NOW


def test_a_gap_is_filled_with_what_is_approved_and_each_is_offered_once(cast: Cast) -> None:
    slots.add_slots(cast.agora, range(7), at=time(9), zone="Europe/Paris",
                    by=cast.actor("admin"), now=NOW)  # fmt: skip
    for number in range(6):
        sent = published(cast, f"Earlier {number}", at=NOW - timedelta(days=10 + number))
        Sample.objects.create(publication=sent, figure="views", value=100 + 10 * number,
                              observed_at=NOW)  # fmt: skip
    waiting = draft(cast, "Waits for a time")
    (request,) = workflow.ask_approval(waiting, by=cast.actor("editor"), now=NOW)
    workflow.approve(request, by=cast.actor("approver"), now=NOW)
    noticing.notice(by=by(cast), now=NOW, watchers=[gaps])
    (proposal,) = noticing.propose(by=by(cast), now=NOW)
    assert (proposal.kind, proposal.sample, proposal.expected) == (Act.FILL, 6, 125.0)
    actions.accept(proposal, by=cast.actor("editor"), now=NOW)
    variant = waiting.variants.get()
    assert variant.planned_at == proposal.at
    assert variant.publications.get().state == "scheduled"
    actions.undo(proposal, by=cast.actor("editor"), now=NOW)
    variant.refresh_from_db()
    assert (variant.planned_at, variant.publications.get().state) == (None, "cancelled")

"""A good post on one more channel, a slot that goes to another department, and trials."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from tests.cast import NOW, Cast, join
from tests.rooms.test_autopilot import give
from tests.rooms.test_orchestration import by, draft, published, seeing
from unisono.kernel.refusals import Invalid, NotAllowed
from unisono.rooms.channels import slots
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.metrics.models import Sample
from unisono.rooms.orchestration import actions, acts, autopilot, noticing, queries, words
from unisono.rooms.orchestration.audience.policy import drawn
from unisono.rooms.orchestration.models import Act, Noticed, Proposal
from unisono.rooms.orchestration.watching import gaps
from unisono.rooms.people.actions import Grant
from unisono.rooms.people.actors import actor_for
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow

HOUR = timedelta(hours=1)


def told_of(sent: Publication) -> Any:
    """The watcher's word that this post does far better than its like."""
    return seeing(
        Noticed.ABOVE, ("publication", sent.pk), title=sent.variant.post.title, channel="Agora",
        count=900, figure="views", hours=24, expected=300.0, low=200.0, high=450.0, posts=40,
    )  # fmt: skip


def counted(cast: Cast, channel: Channel) -> None:
    """Six posts of the channel that brought 100 to 150 views."""
    for number in range(6):
        sent = published(cast, f"Earlier {number}", at=NOW - timedelta(days=10 + number))
        Publication.objects.filter(pk=sent.pk).update(channel=channel)
        Sample.objects.create(
            publication=sent, figure="views", value=100 + 10 * number, observed_at=NOW
        )


def test_a_good_post_goes_to_one_more_channel_as_a_draft(cast: Cast) -> None:
    sent = published(cast, "Everybody liked it")
    post = sent.variant.post
    counted(cast, cast.chirp)
    noticing.notice(by=by(cast), now=NOW, watchers=[told_of(sent)])
    made = {one.kind: one for one in noticing.propose(by=by(cast), now=NOW)}
    proposal = made[Act.VARIANT]
    assert (proposal.channel, proposal.sample, proposal.expected) == (cast.chirp, 6, 125.0)
    assert (proposal.low, proposal.high) == (105.0, 145.0)
    assert "also on Lumen Chirp, as a draft" in words.title(proposal, "Europe/Paris")
    editor = cast.actor("editor")
    actions.accept(proposal, by=editor, now=NOW)
    there = post.variants.get(channel=cast.chirp)
    assert (there.planned_at, there.publications.count(), there.words) == (None, 0, "Light.")
    assert post.variants.get(channel=cast.agora).dropped_at is None
    actions.undo(proposal, by=editor, now=NOW)
    there.refresh_from_db()
    assert there.dropped_at == NOW
    assert post.variants.get(channel=cast.agora).dropped_at is None


def test_where_too_little_is_known_or_it_would_not_fit_no_channel_is_added(cast: Cast) -> None:
    sent = published(cast, "Everybody liked it")
    noticing.notice(by=by(cast), now=NOW, watchers=[told_of(sent)])
    assert [one.kind for one in noticing.propose(by=by(cast), now=NOW)] == [Act.REPEAT]
    counted(cast, cast.chirp)
    Post.objects.filter(pk=sent.variant.post_id).update(text="Long. " * 60)
    assert noticing.propose(by=by(cast), now=NOW) == []


def left_empty(cast: Cast) -> Post:
    """Marketing's channel with a slot a day and nothing for it; a post of Sales that waits."""
    marketing = cast.departments["Marketing"]
    counted(cast, cast.agora)
    slots.add_slots(cast.agora, range(7), at=time(9), zone="Europe/Paris",
                    by=cast.actor("admin"), now=NOW)  # fmt: skip
    Channel.objects.filter(pk=cast.agora.pk).update(department=marketing)
    waiting = content.write_post(
        title="A shop opens", text="Come in.", department=cast.departments["Sales"],
        channels=[cast.agora], by=cast.actor("admin"), now=NOW,
    )  # fmt: skip
    (request,) = workflow.ask_approval(waiting, by=cast.actor("admin"), now=NOW)
    workflow.approve(request, by=cast.actor("admin"), now=NOW)
    return waiting


def test_an_empty_slot_goes_to_another_department_if_both_agree(cast: Cast) -> None:
    waiting = left_empty(cast)
    noticing.notice(by=by(cast), now=NOW, watchers=[gaps])
    (proposal,) = noticing.propose(by=by(cast), now=NOW)
    assert (proposal.kind, proposal.post, proposal.expected) == (Act.SHIFT, waiting, 125.0)
    assert proposal.department == cast.departments["Sales"]
    title = words.title(proposal, "Europe/Paris")
    assert "into the slot that Marketing leaves empty" in title
    member = join("both@lumen.example", "Bo Both",
                  [Grant("approver", cast.departments[one]) for one in ("Sales", "Marketing")],
                  by=cast.actor("admin"))  # fmt: skip
    one_side = join("one@lumen.example", "Ona One", [Grant("approver", cast.departments["Sales"])],
                    by=cast.actor("admin"))  # fmt: skip
    both, one = actor_for(member), actor_for(one_side)
    assert (acts.may(proposal, both), acts.may(proposal, one)) == (True, False)
    with pytest.raises(NotAllowed):
        actions.accept(proposal, by=one, now=NOW)
    proposal.refresh_from_db()
    actions.accept(proposal, by=both, now=NOW)
    variant = waiting.variants.get()
    assert variant.planned_at == proposal.at
    assert variant.publications.get().state == "scheduled"
    actions.undo(proposal, by=both, now=NOW)
    variant.refresh_from_db()
    assert variant.planned_at is None


def test_a_department_fills_its_own_slots_first(cast: Cast) -> None:
    left_empty(cast)
    own = draft(cast, "Waits for a time")
    (request,) = workflow.ask_approval(own, by=cast.actor("editor"), now=NOW)
    workflow.approve(request, by=cast.actor("approver"), now=NOW)
    noticing.notice(by=by(cast), now=NOW, watchers=[gaps])
    made = noticing.propose(by=by(cast), now=NOW)
    first = min(made, key=lambda one: one.at)
    assert (first.kind, first.post) == (Act.FILL, own)


def likely_moves(cast: Cast, number: int) -> list[Proposal]:
    """Proposals to move posts to hours that are only likely better, each less sure than before."""
    watchers = []
    for n in range(number):
        post = draft(cast, f"Post {n}", wall=datetime(2026, 3, 9 + n, 10))
        told = {"ratio": 1.3, "low": 0.9 - 0.1 * n, "high": 1.9 + 0.3 * n, "posts": 12,
                "at": datetime(2026, 3, 9 + n, 17, tzinfo=UTC).isoformat()}  # fmt: skip
        watchers.append(
            seeing(Noticed.LIKELY, ("variant", post.variants.get().pk), key=str(n),
                   title=post.title, channel="Agora", **told)
        )  # fmt: skip
    noticing.notice(by=by(cast), now=NOW, watchers=watchers)
    return noticing.propose(by=by(cast), now=NOW)


def test_trials_stay_within_their_bound_and_are_the_least_certain(cast: Cast) -> None:
    give(cast, trials_one_in=4)
    likely_moves(cast, 5)
    (trial,) = Proposal.objects.filter(trial=True)
    assert trial.post.title in ("Post 2", "Post 3", "Post 4")
    noticing.propose(by=by(cast), now=NOW)
    pk = trial.department_id
    count = queries.tried([pk], zone="Europe/Paris", now=NOW)[pk]
    assert (count.trials, count.posts) == (1, 5)
    assert words.trial(trial, count) == "A trial, to learn. Trials: 1 of 5 posts this month."
    (done,) = autopilot.act(by=by(cast), now=NOW)
    assert done == trial, "of what is only likely, it does the trial alone"


def test_without_being_allowed_nothing_is_tried(cast: Cast) -> None:
    give(cast)
    likely_moves(cast, 5)
    assert not Proposal.objects.filter(trial=True).exists()
    for wrong in (1, 3, 101):
        with pytest.raises(Invalid, match="4 to 100"):
            give(cast, trials_one_in=wrong)


def test_the_lot_is_drawn_among_the_less_certain_half() -> None:
    doubts = [0.1, 0.9, 0.2, 0.8, 0.3, 0.7]
    for lot in ("a", "b", "c"):
        found = drawn(doubts, 2, lot=lot)
        assert found == drawn(doubts, 2, lot=lot) and set(found) <= {1, 3, 5}
    assert len({tuple(drawn(doubts, 2, lot=str(n))) for n in range(20)}) > 1
    assert drawn(doubts, 0, lot="a") == drawn([], 0, lot="a") == []

"""Experiments: planned with their sample, filled by chance, locked, counted, honestly ended."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.cast import NOW, Cast
from tests.rooms.test_orchestration import by, draft
from unisono.kernel import jobs
from unisono.kernel.clock import resolve, to_wall
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed
from unisono.networks.contract import Published
from unisono.rooms.content.models import Post
from unisono.rooms.experiments import actions, judging, queries, trying, words
from unisono.rooms.experiments.models import Experiment, ExperimentFinding, Left, Trial
from unisono.rooms.experiments.planning import ArmSaid
from unisono.rooms.metrics.models import Sample
from unisono.rooms.notifications.models import Notice
from unisono.rooms.orchestration.models import Lock
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, ledger
from unisono.rooms.workflow import actions as workflow

ZONE = "Europe/Paris"
WEEK = range(5)
TIMES = [ArmSaid("Mornings", WEEK, 8, 11), ArmSaid("Evenings", WEEK, 17, 20)]


def planned(cast: Cast, *, who: str = "manager", **more: Any) -> Experiment:
    given = {
        "kind": "times", "question": "Do mornings bring more?", "figure": "views", "hours": 72,
        "uplift": 0.25, "arms": TIMES, "planned": 5, **more,
    }  # fmt: skip
    return actions.plan(
        **given, department=cast.departments["Marketing"], channel=cast.agora,
        by=cast.actor(who), now=NOW,
    )  # fmt: skip


def running(cast: Cast, **more: Any) -> Experiment:
    return actions.start(planned(cast, **more), by=cast.actor("manager"), now=NOW)


def tried(cast: Cast, row: Experiment, number: int, **more: Any) -> list[Trial]:
    post = draft(cast, f"Trial {number}", wall=datetime(2026, 3, 9, 13) + timedelta(days=number))
    return trying.add(row, post.variants.get(), by=cast.actor("editor"), now=NOW, **more)


def sent(cast: Cast, trial: Trial, views: int) -> datetime:
    """The post goes out at its time, and has so many views at the age asked about."""
    post = Post.objects.get(pk=trial.post_id)
    (request,) = workflow.ask_approval(post, by=cast.actor("editor"), now=NOW)
    workflow.approve(request, by=cast.actor("approver"), now=NOW)
    variant = post.variants.get()
    row = publishing.schedule_variant(variant, by=cast.actor("approver"), now=NOW)
    at = row.due_at
    for errand in claims.claim_due(worker="w", now=at):
        ledger.settle(errand, Published(f"r{trial.pk}", "http://x/"), now=at)
    ripe = at + timedelta(hours=72)
    Sample.objects.create(publication=row, figure="views", value=views, observed_at=ripe)
    return ripe


def test_the_sample_is_told_before_and_fewer_is_written_down(cast: Cast) -> None:
    told = queries.planned_sample(cast.agora, figure="views", hours=72, uplift=0.25, now=NOW)
    assert told.usual.assumed and told.planned >= told.needed > 100
    said = " ".join(words.takes(queries.sample_of(told.usual, 0.25, 10)))
    assert "too few of this channel are counted" in said
    assert "With the 10 posts each way you chose" in said
    row = planned(cast)
    assert (row.state, row.planned, row.needed) == ("planned", 6, told.needed)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"question": " "}, "question"),
        ({"hours": 0}, "hours"),
        ({"uplift": 0.0}, "uplift"),
        ({"planned": 2}, "planned"),
        ({"figure": "joy"}, "figure"),
        ({"arms": [TIMES[0], ArmSaid("mornings", WEEK, 17, 20)]}, "label_1"),
        ({"arms": [TIMES[0], ArmSaid("Noon", WEEK, 10, 13)]}, "from_hour_1"),
        ({"arms": [TIMES[0], ArmSaid("Never", [], 17, 20)]}, "weekdays_1"),
    ],
)
def test_what_cannot_be_asked_so_is_refused(cast: Cast, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        planned(cast, **wrong)
    assert refused.value.field == field


def test_who_may_not_plan_plans_none_and_who_sees_adds_none(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        planned(cast, who="editor")
    row = running(cast)
    variant = cast.post.variants.get(channel=cast.agora)
    with pytest.raises(NotAllowed):
        trying.add(row, variant, by=cast.actor("viewer"), now=NOW)


def test_chance_places_a_post_and_it_stays_there(cast: Cast) -> None:
    row = running(cast)
    arms = []
    for number in range(4):
        (trial,) = tried(cast, row, number)
        trial.variant.refresh_from_db()
        assert trial.arm.holds(to_wall(trial.variant.planned_at, ZONE))
        assert "Do mornings bring more?" in Lock.objects.get(post=trial.post).reason
        arms.append(trial.arm.label)
    assert sorted(arms) == ["Evenings", "Evenings", "Mornings", "Mornings"]
    with pytest.raises(Conflict, match="already"):
        trying.add(row, trial.variant, by=cast.actor("editor"), now=NOW)
    with pytest.raises(Invalid, match="Say why"):
        trying.take_out(trial, reason=" ", by=cast.actor("editor"), now=NOW)
    trying.take_out(trial, reason="It is urgent", by=cast.actor("editor"), now=NOW)
    assert not Lock.objects.filter(post=trial.post).exists()
    actions.stop(row, reason="We know now", by=cast.actor("manager"), now=NOW)
    assert not Lock.objects.exists()
    assert set(row.trials.values_list("left", flat=True)) == {Left.PERSON, Left.ENDED}


def test_a_wording_is_tried_beside_itself_on_another_day(cast: Cast) -> None:
    row = running(cast, kind="variants", arms=[ArmSaid("Plain"), ArmSaid("Question")])
    first, second = tried(cast, row, 0, wording="Have you seen the light?")
    assert second.post.text == "Have you seen the light?"
    assert second.post.title == "Trial 0 (Question)"
    assert not second.post.requests.exists(), "it is a draft that nobody has agreed to"
    for trial in (first, second):
        trial.variant.refresh_from_db()
    apart = abs(first.variant.planned_at - second.variant.planned_at)
    assert apart == timedelta(days=7)
    trying.take_out(first, reason="No", by=cast.actor("editor"), now=NOW)
    second.refresh_from_db()
    assert second.state == "left", "one alone says nothing"


def test_it_ends_by_itself_with_an_answer_and_tells_people(cast: Cast) -> None:
    row = running(cast)
    ripe = NOW
    for number in range(12):
        (trial,) = tried(cast, row, number)
        views = (400 if trial.arm.position == 0 else 40) + number
        ripe = max(ripe, sent(cast, trial, views))
    assert judging.judge(by=by(cast), now=NOW) == 0
    assert judging.judge(by=by(cast), now=ripe) == 12
    row.refresh_from_db()
    assert row.state == "done"
    found = queries.finding(row)
    assert found and found.low > 4 and (found.first, found.second) == (6, 6)
    said = words.standing(row, found, 12)
    # Which of the twelve went where is drawn.
    assert re.match(r"“Mornings” brings about [89]\.\d times", said)
    assert said.endswith("That is shown.")
    assert "(6 and 6 posts)" in said
    with pytest.raises(Conflict):
        actions.stop(row, reason="Late", by=cast.actor("manager"), now=ripe)
    jobs.run_pending()
    assert Notice.objects.filter(kind="experiment.done", member=cast.members["manager"]).exists()


def test_what_is_judged_stays_in_and_what_moved_out_of_its_hours_leaves(cast: Cast) -> None:
    row = running(cast)
    (kept,), (moved,) = tried(cast, row, 0), tried(cast, row, 1)
    noon = resolve(datetime(2026, 3, 20, 13), ZONE).instant
    type(moved.variant).objects.filter(pk=moved.variant_id).update(
        planned_wall="2026-03-20T13:00", planned_zone=ZONE, planned_at=noon
    )
    ripe = max(sent(cast, kept, 100), sent(cast, moved, 100))
    assert judging.judge(by=by(cast), now=ripe) == 1
    for trial in (kept, moved):
        trial.refresh_from_db()
    assert (kept.state, kept.count, moved.left) == ("judged", 100, Left.MOVED)
    with pytest.raises(Conflict, match="bend the answer"):
        trying.take_out(kept, reason="Too few", by=cast.actor("editor"), now=ripe)
    assert "Too early to tell: 1 post" in words.standing(row, queries.finding(row), 1)


def test_where_too_many_are_lost_it_ends_without_an_answer(cast: Cast) -> None:
    row = running(cast)
    Experiment.objects.filter(pk=row.pk).update(planned=3)
    for number in range(6):
        tried(cast, row, number)
    assert judging.judge(by=by(cast), now=NOW) == 0
    row.refresh_from_db()
    assert row.state == "unanswered", "three each way are no range, whatever comes"
    assert "neither that there is a difference nor" in words.standing(row, None, 0)
    assert not row.trials.exclude(left=Left.ENDED).exists() and not Lock.objects.exists()
    jobs.run_pending()
    assert Notice.objects.filter(kind="experiment.unanswered").exists()


def test_a_pair_is_counted_whole_or_not_at_all(cast: Cast) -> None:
    row = running(cast, kind="variants", arms=[ArmSaid("Plain"), ArmSaid("Question")])
    first, second = tried(cast, row, 0, wording="Have you seen the light?")
    ripe = sent(cast, first, 100)
    assert judging.judge(by=by(cast), now=ripe) == 1
    second.variant.refresh_from_db()
    never = second.variant.planned_at + judging.PATIENCE
    assert judging.judge(by=by(cast), now=never) == 0
    for trial in (first, second):
        trial.refresh_from_db()
    assert (first.left, second.left) == (Left.ALONE, Left.UNSENT)
    assert queries.progress([row])[row.pk] == (0, 0), "its places are free again"
    row.refresh_from_db()
    assert row.state == "running"


def test_a_plan_can_be_changed_until_it_starts(cast: Cast) -> None:
    row = planned(cast)
    said: dict[str, Any] = {
        "question": "Do noons?", "figure": "likes", "hours": 24, "uplift": 1.0, "planned": None,
        "arms": [ArmSaid("Noons", [1], 12, 14), TIMES[1]], "channel": cast.agora,
        "department": cast.departments["Marketing"], "now": NOW,
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        actions.change(row, **said, by=cast.actor("editor"))
    row = actions.change(row, **said, by=cast.actor("manager"))
    assert (row.question, row.hours, row.chosen) == ("Do noons?", 24, None)
    assert row.needed <= row.planned <= row.needed + 1
    assert [arm.label for arm in row.arms.all()] == ["Noons", "Evenings"]
    actions.start(row, by=cast.actor("manager"), now=NOW)
    with pytest.raises(Conflict, match="cannot be changed"):
        actions.change(row, **said, by=cast.actor("manager"))


@pytest.mark.parametrize("wrong", [{"first": 0}, {"low": 2.0}, {"high": 1.0}, {"shown": "sure"}])
def test_the_table_takes_no_finding_without_range_and_sample(
    cast: Cast, wrong: dict[str, Any]
) -> None:
    sound = {"ratio": 1.3, "low": 1.1, "high": 1.6, "first": 5, "second": 5, "shown": "first"}
    row = planned(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExperimentFinding.objects.create(experiment=row, found_at=NOW, **{**sound, **wrong})

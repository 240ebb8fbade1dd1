"""Plans keep near what stands: how far posts move, how long is reckoned, what moves together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.cast import NOW, Cast
from tests.rooms.test_orchestration import draft
from tests.rooms.test_plans import PARIS, asked, drawn, known, mornings, moves, worked
from unisono.kernel.clock import resolve, to_wall
from unisono.kernel.refusals import Invalid
from unisono.rooms.channels.house import set_rules
from unisono.rooms.channels.rules import Rules
from unisono.rooms.content.models import Idea
from unisono.rooms.orchestration.models import Plan, PlanMove
from unisono.rooms.orchestration.plans import actions, taking, words
from unisono.rooms.orchestration.plans.facts import facts_of
from unisono.rooms.orchestration.plans.posing import DAY_PRICE, UNIT, pose
from unisono.rooms.orchestration.plans.solving import shares
from unisono.rooms.people.actors import system
from unisono.rooms.people.models import Department
from unisono.rooms.publishing import holds
from unisono.rooms.publishing.placing import place
from unisono.rooms.workflow import actions as workflow

__all__ = ["known"]


def days_posed(cast: Cast, post: Any, plan: Plan, **worth: float) -> tuple[set[date], list[int]]:
    """The days to which the post may move, and what it is worth on its own and the next."""
    facts = facts_of(plan, by=system(cast.lumen.pk), now=NOW)
    posed = pose(facts, lambda _item, _at: 1.0, freedom="balanced")
    n = next(n for n, item in enumerate(posed.items) if item.variant.post_id == post.pk)
    days = [to_wall(at, PARIS).date() for at in posed.instants[n]]
    options = posed.problem.options
    values = options.value[options.first[n] : options.first[n + 1]].tolist()
    return set(days), [values[days.index(date(2026, 3, day))] for day in (10, 11)]


@pytest.mark.parametrize(("within", "days"), [("day", 0), ("three_days", 3), ("week", 7)])
def test_no_post_is_moved_further_than_was_asked(known: Cast, within: str, days: int) -> None:
    mornings(known, 10)
    facts = facts_of(asked(known, within=within), by=system(known.lumen.pk), now=NOW)
    posed = pose(facts, lambda _item, _at: 1.0, freedom="freely")
    (n,) = [n for n, item in enumerate(posed.items) if item.movable]
    apart = {(to_wall(at, PARIS).date() - date(2026, 3, 10)).days for at in posed.instants[n]}
    assert max(apart) == days and min(apart) >= -days
    with pytest.raises(Invalid, match="how far"):
        asked(known, within="anywhere")


def test_each_day_costs_a_share_of_what_the_post_is_worth(known: Cast) -> None:
    (post,) = mornings(known, 10)
    _days, (here, next_day) = days_posed(known, post, asked(known))
    assert here == round(0.8 * UNIT) and next_day == round(here * (1 - DAY_PRICE))


def test_what_is_for_a_key_date_stays(known: Cast) -> None:
    (post,) = mornings(known, 10)
    post.idea = Idea.objects.create(
        title="Fair", source=Idea.Source.KEY_DATE, captured_at=NOW, captured_by=None
    )
    post.save()
    assert not moves(drawn(known, freedom="freely"))


def test_a_hold_on_a_parent_reaches_its_departments(known: Cast) -> None:
    mornings(known, 10)
    marketing = known.departments["Marketing"]
    above = Department.objects.create(name="All markets")
    Department.objects.filter(pk=marketing.pk).update(parent=above)
    holds.place(department=above, why="Wait", by=known.actor("admin"), now=NOW)
    assert not moves(drawn(known, freedom="freely"))


def test_all_rounds_together_keep_to_the_work_allowed(known: Cast) -> None:
    assert sum(shares(actions.EFFORT)) == pytest.approx(actions.EFFORT) == 12
    set_rules(known.agora, Rules(PARIS, gap_minutes=95), by=known.actor("admin"), now=NOW)
    # The solver counts in hours: what is apart by more than the rule's minutes takes two rounds.
    for hour, minute in ((9, 5), (10, 45), (13, 0), (15, 0)):
        draft(known, f"Tight {hour}", wall=datetime(2026, 3, 9, hour, minute))
    plan = drawn(known, freedom="freely", within="day", effort=0.5)
    assert shares(0.5)[0] < plan.figures["work"] <= 0.5
    assert plan.figures["broken_then"] == 0


def test_drawn_anew_twice_it_is_the_same(known: Cast) -> None:
    mornings(known, 9, 10, 11, 12)
    before, editor = asked(known), known.actor("editor")
    gone = (datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC), None)
    found = []
    for _turn in range(2):
        plan = worked(known, actions.redraw(before, closed=[gone], by=editor, now=NOW))
        found.append([(one.variant_id, one.at) for one in moves(plan)])
    assert found[0] == found[1] and found[0]


def swap(cast: Cast) -> tuple[Plan, list[PlanMove]]:
    """A plan by which two posts of a channel with a gap exchange their mornings."""
    set_rules(cast.agora, Rules(PARIS, gap_minutes=120), by=cast.actor("admin"), now=NOW)
    posts = mornings(cast, 9, 11)
    for post in posts:
        (request,) = workflow.ask_approval(post, by=cast.actor("editor"), now=NOW)
        workflow.approve(request, by=cast.actor("approver"), now=NOW)
        (row,) = post.variants.all()
        wall = datetime.fromisoformat(row.planned_wall)
        place([row], wall=wall, zone=PARIS, scheduling=True, by=cast.actor("editor"), now=NOW)
    plan = worked(cast, asked(cast))
    plan.moves.all().delete()
    rows = [post.variants.get() for post in posts]
    made = []
    for row, other, minute in ((rows[0], rows[1], 0), (rows[1], rows[0], 30)):
        wall = datetime.fromisoformat(other.planned_wall) + timedelta(minutes=minute)
        made.append(PlanMove.objects.create(
            plan=plan, department=row.post.department, post=row.post, variant=row,
            channel=row.channel, wall=f"{wall:%Y-%m-%dT%H:%M}", zone=PARIS,
            at=resolve(wall, PARIS).instant, was_wall=row.planned_wall, was_zone=PARIS,
            was_at=row.planned_at, expected=1.2, low=1.0, high=1.4, sample=5, basis="channel",
            gain=0.2, displaces=[str(other.pk)],
        ))  # fmt: skip
    return plan, made


def test_two_posts_exchange_their_times_or_neither_moves(known: Cast) -> None:
    plan, (first, second) = swap(known)
    editor = known.actor("editor")
    said = words.displacing(first, {str(second.variant_id): "Morning 11"})
    assert said == "It takes the place of “Morning 11”, which the plan moves too: accept both."
    assert "1 other post" in words.displacing(first, {})
    (alone,) = taking.take(plan, [first], by=editor, now=NOW)
    assert alone.refusal is not None
    first.variant.refresh_from_db()
    assert first.variant.planned_at == first.was_at
    both = taking.take(plan, [first, second], by=editor, now=NOW)
    assert [one.refusal for one in both] == [None, None]
    for one in (first, second):
        one.variant.refresh_from_db()
        assert one.variant.planned_at == one.at and one.state == "taken"
    back = taking.take_back(plan, [first, second], by=editor, now=NOW)
    assert [one.refusal for one in back] == [None, None]
    first.variant.refresh_from_db()
    assert first.variant.planned_at == first.was_at

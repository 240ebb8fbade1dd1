"""The plan optimiser: what it may never do, on small instances, and what it says about them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench import instances, judge
from unisono.config import cli
from unisono.rooms.orchestration.solver import (
    board,
    checker,
    conflicts,
    explain,
    greedy,
    proof,
    reading,
    replan,
    solving,
)
from unisono.rooms.orchestration.solver.model import NOWHERE, Assignment, Problem
from unisono.rooms.orchestration.solver.value import value, with_moves

LITTLE = 0.2
"""Work of a test's plan, in seconds of a modest processor."""

QUICK = settings(max_examples=10, deadline=None, database=None)


@cache
def company(seed: int = 1, contents: int = 60, channels: int = 4) -> dict[str, Any]:
    return instances.generate(contents, channels, 2, seed)


def problem(made: dict[str, Any], **more: Any) -> Problem:
    return reading.problem_of({**made, **more})


def given_numbers(task: Problem, plan: Assignment) -> list[int]:
    """A plan in the option numbers of the instance."""
    return np.where(plan >= 0, task.options.number[plan], NOWHERE).tolist()


def rough(task: Problem) -> Assignment:
    known = board.facts(task)
    state = board.begin(task, known, task.standing.locked)
    greedy.fill(known, state, np.zeros(len(known.spots)), 0.0)
    return board.assignment_of(known, state.spot)


# What it may never do


@QUICK
@given(st.integers(0, 10_000), st.integers(8, 40), st.integers(4, 6), st.integers(2, 3))
def test_no_plan_breaks_a_rule_and_none_is_worth_more_than_the_bound(
    seed: int, contents: int, channels: int, weeks: int
) -> None:
    made = instances.generate(contents, channels, weeks, seed)
    task = problem(made)
    outcome = solving.solve(task, work=LITTLE, seed=seed)
    plan = given_numbers(task, outcome.assignment)
    assert not judge.broken(made, plan)
    assert outcome.violations == ()
    assert judge.value(made, plan) == pytest.approx(outcome.worth.total)
    assert value(task, rough(task)) <= outcome.worth.total <= outcome.bound + 1e-6


@QUICK
@given(st.integers(0, 10_000), st.data())
def test_what_is_locked_never_moves(seed: int, data: st.DataObject) -> None:
    made = company(seed % 5)
    first = rough(problem(made))
    placed = np.flatnonzero(first >= 0)
    held = data.draw(st.sets(st.sampled_from(placed.tolist()), max_size=20))
    locked = np.full(len(first), NOWHERE)
    locked[list(held)] = first[list(held)]
    task = problem(made, locked=locked)
    outcome = solving.solve(task, work=LITTLE, seed=seed)
    assert [outcome.assignment[each] for each in held] == [
        task.standing.locked[each] for each in held
    ]
    assert outcome.violations == ()
    assert not judge.broken(made, given_numbers(task, outcome.assignment))


@settings(QUICK, max_examples=5)
@given(st.integers(0, 10_000), st.integers(0, 3))
def test_the_same_seed_makes_the_same_plan(seed: int, which: int) -> None:
    task = problem(company(which))
    one, two = (solving.solve(task, work=LITTLE, seed=seed) for _ in range(2))
    assert one.whole and two.whole
    assert one.assignment.tolist() == two.assignment.tolist()
    assert one.bound == two.bound


@QUICK
@given(st.integers(0, 10_000), st.integers(24, 200))
def test_after_something_happened_only_what_must_and_what_pays_moves(seed: int, now: int) -> None:
    made = company(seed % 4)
    task = problem(made)
    plan = rough(task)
    approved = (plan >= 0) & (np.random.default_rng(seed).random(task.size) < 0.8)
    dark = replan.Closed(now + 12, now + 36)
    new, left = replan.changed(task, plan, now=now, approved=approved, closed=[dark])
    outcome = replan.again(new, left, seconds=0.5, seed=seed)
    hour = task.options.hour
    out = (plan >= 0) & (hour[plan] < now)
    there = outcome.assignment
    assert new.options.number[there[out]].tolist() == task.options.number[plan[out]].tolist()
    fresh = new.options.hour[there[(there >= 0) & ~out]]
    assert ((fresh >= now) & ((fresh < dark.first) | (fresh >= dark.end))).all()
    assert outcome.violations == ()
    still = rough(new)
    assert outcome.score >= with_moves(new, still) - 0.05 * abs(with_moves(new, still))


# What it says


def test_value_and_rules_agree_with_the_judge_on_any_plan() -> None:
    made = company(3)
    task, chance = problem(made), np.random.default_rng(3)
    first = np.asarray(made["ptr"])
    for _ in range(20):
        plan = np.array(
            [
                chance.integers(a, b) if b > a and chance.random() < 0.8 else NOWHERE
                for a, b in pairwise(first)
            ]
        )
        names = {"gap": "gap", "xdept": "cross_gap", "excl": "exclusive", "maxday": "daily",
                 "deptcap": "weekly", "order": "order"}  # fmt: skip
        told = {names[rule]: count for rule, count in judge.broken(made, plan).items()}
        found: dict[str, int] = {}
        for each in checker.violations(task, plan):
            found[each.rule.value] = found.get(each.rule.value, 0) + 1
        assert found == told
        assert value(task, plan) == pytest.approx(judge.value(made, plan))


def test_the_best_plan_is_proved() -> None:
    task = problem(company(2, 24, 4))
    outcome = proof.prove(task, seconds=60, seed=1, work=LITTLE)
    assert outcome.violations == ()
    assert outcome.gap <= 0.001


def test_each_place_is_explained() -> None:
    made = company(1)
    task = problem(made)
    outcome = solving.solve(task, work=LITTLE)
    told = explain.explain(task, outcome.assignment)
    assert [each.content for each in told] == list(range(task.size))
    for each in told:
        if each.option >= 0 and not _followed(task, outcome.assignment, each.content):
            without = outcome.assignment.copy()
            without[each.content] = NOWHERE
            lost = outcome.worth.total - value(task, without)
            assert each.earns == pytest.approx(lost)
        if each.option >= 0 and each.next_option >= 0:
            moved = outcome.assignment.copy()
            moved[each.content] = each.next_option
            assert checker.violations(task, moved) == []
            cost = outcome.worth.total - value(task, moved)
            assert each.next_cost == pytest.approx(cost)
        for better in each.better:
            wish = outcome.assignment.copy()
            wish[each.content] = better.option
            rules = {violation.rule for violation in checker.violations(task, wish)}
            assert {reason.rule for reason in better.reasons} == rules


def _followed(task: Problem, plan: Assignment, content: int) -> bool:
    return bool(((task.contents.after == content) & (plan >= 0)).any())


# What cannot hold


SMALL: dict[str, Any] = {
    "dept": [0, 0, 1], "obj": [0, 0, 0], "pen": [10, 10, 10], "lo": [0, 0, 0], "hi": [47, 47, 47],
    "gap": [3], "xgap": [5], "maxday": [2], "deptcap": [9], "fatigue": [[0, 1]], "target": [99],
    "minq": [[0]], "qpen": 0, "over": 0.4, "H": 48,
    "o_post": [0, 0, 1, 1, 2, 2], "o_ch": [0] * 6, "o_t": [8, 20, 10, 40, 12, 13],
    "o_v": [5, 4, 5, 4, 5, 4],
}  # fmt: skip


def kinds(conflict: conflicts.Conflict) -> list[tuple[str, int]]:
    return sorted((demand.kind, max(demand.content, demand.channel)) for demand in conflict)


def test_two_locked_too_near_each_other_are_told_with_the_rule() -> None:
    told = conflicts.conflicts(problem(SMALL, locked=[0, 2, -1]))
    assert [kinds(each) for each in told] == [[("gap", 0), ("locked", 0), ("locked", 1)]]
    outcome = solving.solve(problem(SMALL, locked=[0, 2, -1]), work=LITTLE)
    assert [each.standing for each in outcome.violations] == [True]


def test_an_order_that_cannot_hold_is_told() -> None:
    task = problem(SMALL, pred=[-1, -1, 1], lag=[0, 0, 12])
    told = conflicts.conflicts(task, wanted=[2])
    assert [kinds(each) for each in told] == [[("order", 2), ("placed", 1), ("placed", 2)]]


def test_a_content_between_two_that_are_locked_is_told() -> None:
    task = problem(SMALL, locked=[-1, 2, -1], o_t=[8, 9, 10, 40, 13, 14])
    told = conflicts.conflicts(task, wanted=[0, 2])
    assert [kinds(each) for each in told] == [
        [("gap", 0), ("locked", 1), ("placed", 0)],
        [("cross_gap", 0), ("locked", 1), ("placed", 2)],
    ]


def test_contents_that_follow_each_other_in_a_circle_stay_out_and_are_told() -> None:
    task = problem(SMALL, pred=[1, 0, -1], lag=[1, 1, 0])
    assert solving.solve(task, work=LITTLE).assignment[:2].tolist() == [NOWHERE, NOWHERE]
    told = conflicts.conflicts(task, wanted=[0])
    assert [kinds(each) for each in told] == [[("order", 0), ("order", 1), ("placed", 0)]]


@QUICK
@given(
    st.lists(st.integers(0, 30), min_size=6, max_size=6),
    st.lists(st.sampled_from([-1, 0, 1]), min_size=3, max_size=3),
    st.integers(0, 20),
)
def test_leaving_out_any_demand_of_a_conflict_lets_the_others_be_met(
    hours: list[int], chosen: list[int], lag: int
) -> None:
    locked = [2 * n + pick if pick >= 0 else -1 for n, pick in enumerate(chosen)]
    task = problem(SMALL, o_t=hours, locked=locked, pred=[-1, 0, 1], lag=[0, lag, lag])
    for conflict in conflicts.conflicts(task, wanted=[2]):
        assert not holds(task, conflict)
        for demand in conflict:
            assert holds(task, [each for each in conflict if each != demand]), (conflict, demand)


def holds(task: Problem, demands: Sequence[conflicts.Demand]) -> bool:
    """Whether the demands can be met together, by trying all there is."""
    choices = []
    for content in range(task.size):
        options = range(task.options.first[content], task.options.first[content + 1])
        if conflicts.Demand("locked", content) in demands:
            choices.append([int(task.standing.locked[content])])
        elif conflicts.Demand("placed", content) in demands:
            choices.append(list(options))
        else:
            choices.append([NOWHERE])
    return any(_met(task, np.array(plan), demands) for plan in product(*choices))


def _met(task: Problem, plan: Assignment, demands: Sequence[conflicts.Demand]) -> bool:
    for each in checker.violations(task, plan):
        missing = each.rule is checker.Rule.ORDER and plan[each.contents[0]] < 0
        if not missing and conflicts._rule(each) in demands:
            return False
    return True


# From a file


def test_the_command_writes_a_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made, path = company(1), tmp_path / "instance.json"
    instances.dump(made, path)
    assert cli.main(["plan", "solve", str(path), "--work", "0.5", "--explain"]) == 0
    told = json.loads((tmp_path / "instance.plan.json").read_text())
    assert judge.value(made, told["assignment"]) == pytest.approx(told["value"], abs=1)
    assert not judge.broken(made, told["assignment"])
    assert told["violations"] == []
    assert told["value"] <= told["bound"]
    assert len(told["placements"]) == len(told["explanations"]) == made["n"]
    assert "contents have a place" in capsys.readouterr().err


def test_names_say_the_same_as_arrays() -> None:
    named = {
        "hours": 48,
        "departments": ["care", "sales"],
        "channels": [{"name": "Main", "gap": 3, "cross_gap": 5, "daily_most": 2, "weekly_most": 9,
                      "fatigue": [0, 1], "closed": [[0, 6]]}],
        "objectives": [{"name": "Leads", "target": 99}],
        "contents": [
            {"name": "A", "department": "care", "objective": "Leads", "penalty": 10,
             "options": [["Main", 8, 5], ["Main", 3, 9]], "locked": ["Main", 8]},
            {"name": "B", "department": "sales", "objective": "Leads", "penalty": 10,
             "after": "A", "lag": 2, "options": [["Main", 12, 5], ["Main", 16, 7]]},
        ],
    }  # fmt: skip
    outcome = solving.solve(reading.problem_of(named), work=LITTLE)
    assert outcome.worth.placed == 2
    assert outcome.worth.total == 5 + 7 - 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"o_v": [1, 2]}, "“o_v” must have 6 numbers; it has 2."),
        ({"o_v": [1, 2, 3, 4, 5, "six"]}, "“o_v” must be a list of numbers"),
        ({"o_t": [8, 20, 10, 40, 12, 99]}, "“o_t” holds 99 at place 5, more than 47."),
        ({"pen": [1.5, 1, 1]}, "“pen” must hold whole numbers."),
        ({"gap": None}, "“gap” is missing."),
        ({"over": 2}, "“over” must be one number from 0 to 1."),
        ({"o_v": [1, 2, 3, 4, 5, float("nan")]}, "not finite"),
        ({"locked": [2, -1, -1]}, "“locked” gives content 0 an option of another content."),
        ({"fatigue": None}, "“reach” is missing"),
    ],
)
def test_a_bad_instance_is_refused_with_a_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(reading.Unreadable, match=r".") as told:
        problem(SMALL, **change)
    assert sentence in str(told.value)


@pytest.mark.parametrize("text", ["", "[1]", "{", "\x00\x01"])
def test_a_file_that_is_no_instance_is_refused(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text)
    assert cli.main(["plan", "solve", str(path), "--seconds", "1"]) == 1
    assert capsys.readouterr().err.strip().endswith(".")
    assert not (tmp_path / "odd.plan.json").exists()

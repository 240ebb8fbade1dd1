"""Re-planning at the start of week 2: a day of crisis, a channel that is out, urgent contents,
and an objective that falls behind. Each case is measured in this process, which is one of its own
when the optimiser's bench starts it: `python -m tests.bench.replanning FOLDER`."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import instances
from unisono.rooms.orchestration.solver import (
    board,
    checker,
    greedy,
    reading,
    ready,
    replan,
    solving,
)
from unisono.rooms.orchestration.solver.model import NOWHERE, Assignment, Flags, Problem
from unisono.rooms.orchestration.solver.value import value

NOW = 168
URGENT, URGENCY = 25, 8000
PLANNED, SCRATCH = 20.0, 10.0
"""Seconds for the plan that something happens to, and for one from nothing to compare with."""


def measure(made: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The worst of all cases, from a process of its own."""
    instances.dump(made, folder / "replan.json")
    command = [sys.executable, "-m", "tests.bench.replanning", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.splitlines()
    print("\n".join(lines[:-1]))
    return dict(json.loads(lines[-1]))


def main() -> int:
    ready.compile_all()
    task = reading.read(Path(sys.argv[1]) / "replan.json")
    chance = np.random.default_rng(5)
    urgent = _short(task, chance)
    first = _without(task, urgent)
    plan = solving.solve(first, seconds=PLANNED).assignment
    plan = _as_in(task, first, plan)
    approved = (plan >= 0) & (chance.random(task.size) < 0.8)
    worst = {"moved_share": 0.0, "kept": 1.0, "seconds": 0.0, "violations": 0}
    for name, happened in _happenings(task, plan, urgent).items():
        found = _case(task, plan, approved, urgent, name, happened)
        worst["moved_share"] = max(worst["moved_share"], found["moved_share"])
        worst["kept"] = min(worst["kept"], found["kept"])
        worst["seconds"] = max(worst["seconds"], found["seconds"])
        worst["violations"] += found["violations"]
    print(json.dumps(worst))
    return 0


def _short(task: Problem, chance: np.random.Generator) -> np.ndarray:
    """Contents that come up in week 2, are soon over, and follow nobody."""
    of = task.contents
    alone = (of.after < 0) & ~np.isin(np.arange(task.size), of.after)
    soon = (of.earliest >= NOW) & (of.latest <= 2 * NOW) & (of.latest - of.earliest <= 60)
    return chance.choice(np.flatnonzero(alone & soon), URGENT, replace=False)


def _without(task: Problem, contents: np.ndarray) -> Problem:
    """The problem as it was while nobody knew of these."""
    keep = ~np.isin(task.options.content, contents)
    of = task.options
    options = replace(
        of,
        content=of.content[keep], channel=of.channel[keep], hour=of.hour[keep],
        value=of.value[keep], number=np.flatnonzero(keep),
        first=np.searchsorted(of.content[keep], np.arange(task.size + 1)),
    )  # fmt: skip
    return replace(task, options=options)


def _as_in(task: Problem, other: Problem, plan: Assignment) -> Assignment:
    """A plan of another problem's options, whose numbers are places in this one."""
    return np.where(plan >= 0, other.options.number[plan], NOWHERE)


def _happenings(task: Problem, plan: Assignment, urgent: np.ndarray) -> dict[str, dict[str, Any]]:
    busiest = int(np.bincount(task.options.channel[plan[plan >= 0]]).argmax())
    penalty = task.contents.penalty.copy()
    penalty[urgent] = URGENCY
    return {
        "a day of crisis": {"closed": [replan.Closed(216, 240)]},
        "a channel out for three days": {"closed": [replan.Closed(200, 272, busiest)]},
        "25 urgent contents": {"penalty": penalty},
        "an objective behind": {"worth": {0: 1.5}},
    }


def _case(
    task: Problem, plan: Assignment, approved: Flags, urgent: np.ndarray, name: str,
    happened: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    old = task if "penalty" in happened else _without(task, urgent)
    begun_from = _as_places(old, task, plan)
    new, left = replan.changed(old, begun_from, now=NOW, approved=approved, **happened)
    outcome = replan.again(new, left, seconds=2.0)
    free, _left = replan.changed(
        old, begun_from, now=NOW, approved=np.zeros(task.size, bool), **happened
    )
    scratch = solving.solve(free, seconds=SCRATCH)
    forced = replan.forced(new, left, approved)
    elsewhere = approved & ~new.fixed & (outcome.assignment != left)
    beyond = int((elsewhere & ~forced).sum())
    share = beyond / max(1, int((approved & ~new.fixed).sum()))
    queued = value(new, _queued(new, left))
    found = {
        "moved_share": round(share, 4),
        "kept": round(outcome.worth.total / scratch.worth.total, 4),
        "seconds": round(outcome.seconds, 2),
        "violations": len(checker.violations(new, outcome.assignment)),
    }
    print(
        f"{name:30} {outcome.seconds:4.1f} s   {int(forced.sum()):3} forced, {beyond:3} more moved"
        f" ({share:.1%}; from nothing {_moved(approved, new, scratch.assignment, left)})"
        f"   value {found['kept']:.3f} of a plan from nothing;"
        f" next free best slot {queued / scratch.worth.total:.3f}",
        flush=True,
    )
    return found


def _as_places(old: Problem, task: Problem, plan: Assignment) -> Assignment:
    """The plan, given in the options of `task`, in those of `old`."""
    if old is task:
        return plan
    place = np.full(len(task.options.value) + 1, NOWHERE, np.int64)
    place[old.options.number] = np.arange(len(old.options.number))
    return place[plan]


def _moved(approved: Flags, new: Problem, plan: Assignment, left: Assignment) -> int:
    """How many approved contents a plan from nothing has elsewhere."""
    return int((approved & ~new.fixed & (left >= 0) & (plan != left)).sum())


def _queued(new: Problem, left: Assignment) -> Assignment:
    """What stands, and the rest each at its best free slot."""
    known = board.facts(new)
    state = board.begin(new, known, replan.standing_still(new, left))
    greedy.fill(known, state, known.spots["value"].copy(), 1.0)
    return board.assignment_of(known, state.spot)


if __name__ == "__main__":
    raise SystemExit(main())

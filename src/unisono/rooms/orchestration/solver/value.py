"""What a plan is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unisono.rooms.orchestration.solver.model import WEEK, Assignment, Ints, Problem, moved


@dataclass(frozen=True)
class Worth:
    """The parts of a plan's value; `total` is gain less all that follows it."""

    gain: float
    fatigue: float
    unplaced: float
    quota: float
    placed: int
    targets_met: int

    @property
    def total(self) -> float:
        return self.gain - self.fatigue - self.unplaced - self.quota


def worth(problem: Problem, assignment: Assignment) -> Worth:
    """Counted from nothing, with numpy alone. The price of moves is not part of it."""
    contents, objectives, options = problem.contents, problem.objectives, problem.options
    placed = np.flatnonzero(assignment >= 0)
    taken = assignment[placed]
    objective = contents.objective[placed]
    earned = np.zeros(len(objectives.target), np.int64)
    np.add.at(earned, objective, options.value[taken])
    gain = np.minimum(earned, objectives.target) + objectives.beyond * np.maximum(
        0, earned - objectives.target
    )
    counted = np.zeros((len(objectives.target), problem.weeks), np.int64)
    np.add.at(counted, (objective, options.hour[taken] // WEEK), 1)
    weeks = objectives.quota.shape[1]
    missing = np.maximum(0, objectives.quota - counted[:, :weeks])
    return Worth(
        gain=float(gain.sum()),
        fatigue=float(_fatigue(problem, taken)),
        unplaced=float(contents.penalty.sum() - contents.penalty[placed].sum()),
        quota=float(objectives.quota_penalty * missing.sum()),
        placed=len(placed),
        targets_met=int((earned >= objectives.target).sum()),
    )


def value(problem: Problem, assignment: Assignment) -> float:
    """What the plan is worth in all."""
    return worth(problem, assignment).total


def with_moves(problem: Problem, assignment: Assignment) -> float:
    """The plan's value less the price of the approved contents that it moves."""
    price = problem.standing.move_price[moved(problem, assignment)].sum()
    return value(problem, assignment) - float(price)


def _fatigue(problem: Problem, taken: Ints) -> int:
    fatigue = problem.channels.fatigue
    channels, steps = fatigue.shape
    count = np.zeros((channels, problem.days), np.int64)
    np.add.at(count, (problem.options.channel[taken], problem.option_day[taken]), 1)
    upto = np.concatenate([np.zeros((channels, 1), np.int64), np.cumsum(fatigue, axis=1)], axis=1)
    return int(np.take_along_axis(upto, np.minimum(count, steps), axis=1).sum())

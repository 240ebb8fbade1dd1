"""Compile everything, or load what was compiled before, with a problem of three contents.

`python -m unisono.rooms.orchestration.solver.ready` does it beforehand, as `make build` does.
"""

from __future__ import annotations

from unisono.rooms.orchestration.solver import board, explain, parts, reading, solving
from unisono.rooms.orchestration.solver.compiled import KEPT

DONE = KEPT / "complete"

TINY = {
    "dept": [0, 1, 0], "obj": [0, 0, 0], "pen": [9, 9, 9], "lo": [0, 0, 0], "hi": [30, 30, 30],
    "excl": [0, 0, 3], "pred": [-1, 0, -1], "lag": [0, 2, 0], "tz": [0], "gap": [2], "xgap": [3],
    "maxday": [2], "deptcap": [3], "fatigue": [[0, 1]], "target": [20], "minq": [[1]], "qpen": 5,
    "over": 0.4, "H": 31, "o_post": [0, 0, 1, 1, 2, 2], "o_ch": [0] * 6,
    "o_t": [1, 9, 5, 20, 8, 22], "o_v": [9, 7, 9, 4, 8, 3],
}  # fmt: skip


def is_ready() -> bool:
    """Whether everything was compiled before, for these sources."""
    return DONE.exists()


def compile_all() -> None:
    """Compile what is not yet, by using it."""
    problem = reading.problem_of(TINY)
    outcome = solving.solve(problem, work=0.1)
    known = board.facts(problem)
    guide = known.spots["value"].copy()
    parts.polish(problem, known, outcome.assignment, guide, 1, 1, solving.Clock(None))
    explain.explain(problem, outcome.assignment)
    DONE.parent.mkdir(parents=True, exist_ok=True)
    DONE.touch()


if __name__ == "__main__":
    compile_all()

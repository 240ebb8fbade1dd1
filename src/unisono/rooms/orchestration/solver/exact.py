"""HiGHS on a part of the plan: the contents of a stretch of time, or of a few channels, placed anew
as well as they can be among the spots that are worth most at the price of their hours."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import highspy
import numpy as np

from unisono.rooms.orchestration.solver.board import (
    Facts,
    Floats,
    Small,
    State,
    fits,
    free,
    gain,
    put,
)
from unisono.rooms.orchestration.solver.compiled import compiled
from unisono.rooms.orchestration.solver.model import Flags, Ints
from unisono.rooms.orchestration.solver.rows import Program, program


@dataclass(frozen=True)
class Answer:
    """What HiGHS found: the columns chosen, none where it found nothing; what no choice surpasses;
    and whether it came to its own end."""

    columns: Ints
    bound: float
    ended: bool


@dataclass(frozen=True)
class Effort:
    """How much HiGHS may do. Nodes are the same on every machine; seconds are a safeguard."""

    seconds: float
    nodes: int
    gap: float = 1e-4


Ranks = Callable[[int], Ints]
"""Which of a content's spots are tried, by rank, given how many fit."""


def first(width: int) -> Ranks:
    """So many of the best."""
    return lambda count: np.arange(min(width, count))


def polish(
    known: Facts,
    state: State,
    guide: Floats,
    part: Ints,
    ranks: Ranks,
    effort: Effort,
    others: Sequence[Small] = (),
) -> bool:
    """Place the contents of `part` anew among the spots of those `ranks`, those they have and those
    they have in `others`; whether the answer came to an end. The state is left as it was or
    better."""
    before = state.spot.copy()
    taken = [content for content in part if before[content] >= 0]
    lost = _clear(known, state, np.array(taken, np.int64))
    spots = _wanted(known, state, guide, part, ranks, (before, *others))
    made = program(known, state, spots)
    start = np.flatnonzero(before[known.spots["content"][spots]] == spots)
    answer = solve(made, start, effort)
    won = place(known, state, spots[answer.columns])
    if not len(answer.columns):
        won = -np.inf
    if won < lost - 1e-6 or not _holds(known, state, part):
        _clear(known, state, part[state.spot[part] >= 0])
        place(known, state, before[np.array(taken, np.int64)].astype(np.int64))
    return answer.ended


def _wanted(
    known: Facts,
    state: State,
    guide: Floats,
    part: Ints,
    ranks: Ranks,
    plans: Sequence[Small],
) -> Ints:
    """The spots worth trying: of those of each content that fit what stands, in falling order by
    guide, the ones of the ranks; and what it has in the plans, where that fits."""
    found = []
    for content in part:
        here = known.contents[content]
        spots = np.arange(here["first"], here["end"])
        spots = spots[_fitting(known, state, here["first"], here["end"])]
        best = spots[np.argsort(-guide[spots], kind="stable")]
        own = np.intersect1d([plan[content] for plan in plans], spots)
        found.append(np.union1d(best[ranks(len(best))], own))
    return np.concatenate([np.zeros(0, np.int64), *found]).astype(np.int64)


@compiled
def _fitting(known: Facts, state: State, first: int, end: int) -> Flags:
    """Which spots from `first` on fit; whom they follow may still be without a place."""
    found = np.zeros(end - first, np.bool_)
    for spot in range(first, end):
        content = known.spots[spot].content
        here = known.contents[content]
        if not free(known, state, content, spot):
            continue
        good = True
        if here.after >= 0 and state.spot[here.after] >= 0:
            there = known.spots[state.spot[here.after]].hour
            good = known.spots[spot].hour - there >= here.lag
        for index in range(here.first_follower, here.last_follower):
            later = known.follower[index]
            if state.spot[later] >= 0:
                apart = known.spots[state.spot[later]].hour - known.spots[spot].hour
                good = good and apart >= known.contents[later].lag
        found[spot - first] = good
    return found


@compiled
def _clear(known: Facts, state: State, part: Ints) -> float:
    """Take contents off the board: what is lost."""
    lost = 0.0
    for content in part:
        spot = state.spot[content]
        put(known, state, spot, -1)
        lost += gain(known, state, content, spot)
    return lost


@compiled
def place(known: Facts, state: State, spots: Ints) -> float:
    """Put on the board what fits, those that follow after whom they follow: what is won."""
    won = 0.0
    for _turn in range(spots.shape[0]):
        waiting = False
        for spot in spots:
            content = known.spots[spot].content
            if state.spot[content] >= 0:
                continue
            if fits(known, state, content, spot):
                won += gain(known, state, content, spot)
                put(known, state, spot, 1)
                waiting = True
        if not waiting:
            break
    return won


def fitting(known: Facts, state: State, spots: Ints) -> Flags:
    """Which of the spots fit what stands."""
    return np.array([bool(_fitting(known, state, spot, spot + 1)[0]) for spot in spots], bool)


def _holds(known: Facts, state: State, part: Ints) -> bool:
    """Whether nobody of the part is missing before one that has a place."""
    for content in part:
        if state.spot[content] < 0:
            here = known.contents[content]
            later = known.follower[here["first_follower"] : here["last_follower"]]
            if (state.spot[later] >= 0).any():
                return False
    return True


def solve(made: Program, start: Ints, effort: Effort) -> Answer:
    """Let HiGHS choose; `start` are the columns of a choice to begin with."""
    if not len(made.spots):
        return Answer(np.zeros(0, np.int64), 0.0, True)
    engine = _engine()
    for name, setting in (
        ("output_flag", False),
        ("threads", 1),
        ("time_limit", float(max(0.05, effort.seconds))),
        ("mip_max_nodes", effort.nodes),
        ("mip_rel_gap", effort.gap),
    ):
        engine.setOptionValue(name, setting)
    engine.passModel(_model(made))
    given = np.zeros(len(made.worth))
    given[start] = 1.0
    engine.setSolution(
        len(made.spots), np.arange(len(made.spots), dtype=np.int32), given[: len(made.spots)]
    )
    engine.run()
    status = engine.getModelStatus()
    info = engine.getInfo()
    ended = status == highspy.HighsModelStatus.kOptimal
    found = np.array(engine.getSolution().col_value[: len(made.spots)])
    if info.primal_solution_status != 2 or not len(found):
        return Answer(start, np.inf, False)
    return Answer(np.flatnonzero(found > 0.5), float(info.mip_dual_bound), ended)


def _engine() -> highspy.Highs:
    _greet()
    engine = highspy.Highs()  # type: ignore[no-untyped-call]
    engine.silent()
    return engine


@cache
def _greet() -> None:
    """The first engine of a process prints its licence, whatever one asks of it; into nothing."""
    sys.stdout.flush()
    shown, nothing = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 1)
        highspy.Highs()  # type: ignore[no-untyped-call]
    finally:
        os.dup2(shown, 1)
        os.close(shown)
        os.close(nothing)


def _model(made: Program) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(made.worth), len(made.least)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.array(made.worth)
    lp.col_lower_, lp.col_upper_ = np.zeros(len(made.worth)), np.array(made.high)
    lp.row_lower_, lp.row_upper_ = np.array(made.least), np.array(made.most)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array(made.starts, np.int32)
    lp.a_matrix_.index_ = np.concatenate(made.index).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate(made.factor)
    whole = [highspy.HighsVarType.kInteger] * len(made.spots)
    lp.integrality_ = whole + [highspy.HighsVarType.kContinuous] * (len(made.worth) - len(whole))
    return lp

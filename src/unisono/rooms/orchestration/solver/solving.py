"""The engine as a whole: a first plan at once, a bound, two searches side by side, and then HiGHS
on the whole of the plan, or on parts of it where that is too large, for as long as there is time.

How much is done is reckoned beforehand from the size of the problem and the seconds given, in
steps, not by looking at the clock. So the same problem, seconds and seed make the same plan on
every machine that is quick enough; where one is not, the rest of the steps is halved until it fits,
and `Outcome.whole` says so. With `work` the clock is not looked at.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from unisono.rooms.orchestration.solver import board, greedy, parts, prices, search, whole
from unisono.rooms.orchestration.solver.board import Facts, Floats, State
from unisono.rooms.orchestration.solver.checker import Violation, violations
from unisono.rooms.orchestration.solver.model import Assignment, Problem, empty
from unisono.rooms.orchestration.solver.value import Worth, with_moves, worth

HOT, COLDER = 0.2, 0.03
"""The temperature that a search begins with, as a share of what a content earns at its best, in the
middle of all; and that at its end, as a share of the first."""
SLICES = 24
"""Parts of a search between which it looks whether the time will do."""
GUIDE_WEIGHT = 0.7
PRICING = 0.35
"""The share of the time after which the bound has to do."""
POLISHING, PASSING = 0.55, 0.65
"""The share of the time of a search that HiGHS has after it: for parts of the plan, and for the
whole."""
RESERVE = 0.04
"""The share of the time that is kept for checking and writing."""


@dataclass(frozen=True)
class Amount:
    """What is to be done, in steps; `polishes` are parts of the plan for HiGHS, `passes` those over
    the whole of it, `share` what these take of the time of a search."""

    prices: int
    opening: int
    search: int
    polishes: int
    passes: whole.Passes
    share: float


@dataclass(frozen=True)
class Outcome:
    """A plan, what it is worth, and how sure that is."""

    assignment: Assignment
    worth: Worth
    bound: float
    """No plan is worth more, moves paid."""
    score: float
    """The plan's value less the price of moves: what the bound bounds."""
    violations: tuple[Violation, ...]
    seed: int
    seconds: float
    whole: bool
    """Whether all steps were done: then the same seed makes the same plan again."""

    @property
    def gap(self) -> float:
        """How far the bound is above the plan, as a share of the bound."""
        return max(0.0, self.bound - self.score) / max(1.0, abs(self.bound))


class Clock:
    """When to stop. `deadline` is in seconds of `time.monotonic`; none stops never."""

    def __init__(self, deadline: float | None) -> None:
        self.deadline = deadline
        self.begun = time.monotonic()
        self.whole = True

    def left(self) -> float:
        return np.inf if self.deadline is None else self.deadline - time.monotonic()

    def over(self) -> bool:
        if self.left() > 0:
            return False
        self.whole = False
        return True

    def behind(self, done: float, todo: float) -> bool:
        """Whether what is to do takes longer than is left, if it goes on as what was done."""
        if self.deadline is None:
            return False
        late = (time.monotonic() - self.begun) / done * todo > self.left()
        self.whole &= not late
        return late

    def part(self, share: float) -> Clock:
        """One that stops when so much of the time left is over."""
        if self.deadline is None:
            return Clock(None)
        return Clock(self.deadline - (1 - share) * max(0.0, self.left()))


def amount(problem: Problem, seconds: float) -> Amount:
    """What a modest processor with two cores does in so many seconds."""
    options = max(1, len(problem.options.value))
    step = 3.4e-6 + 3.8e-8 * options / max(1, problem.size)
    survey = 2e-4 + 1.4e-8 * options
    steps = int(np.clip(0.13 * seconds / survey, 120, 2000))
    rest = max(0.0, 0.9 * seconds - 1.5 - 3e-6 * options - steps * survey)
    free = problem.size - int(problem.fixed.sum())
    passes = whole.passes(PASSING * rest, free) if free <= parts.MANY else whole.Passes(0, 0)
    share = PASSING if passes.rounds else POLISHING
    polishing = share * rest
    return Amount(
        prices=steps,
        opening=int(0.8 * steps * survey / step) // search.CHUNK + 1,
        search=int((rest - polishing) / step) // search.CHUNK + 1,
        polishes=0 if passes.rounds else parts.turns(polishing),
        passes=passes,
        share=share,
    )


def solve(
    problem: Problem,
    *,
    seconds: float = 10.0,
    seed: int = 1,
    work: float | None = None,
    started: float | None = None,
    start: Assignment | None = None,
) -> Outcome:
    """The best plan that can be found in the time, counted from `started` (now otherwise), and from
    the plan `start` where there is one.

    `work` is how much is done instead, in seconds of the modest processor, however long it takes.
    """
    begun = time.monotonic() if started is None else started
    clock = Clock(None if work is not None else begun + seconds * (1 - RESERVE))
    todo = amount(problem, seconds if work is None else work)
    known = board.facts(problem)
    first = _first(problem, known, start)
    aim = board.total(known, first)
    with ThreadPoolExecutor(2) as pool:
        pricing = clock.part(PRICING)
        hoped = _hoped(aim)
        priced = pool.submit(
            prices.price, problem, known, todo.prices, hoped, pricing.over, pricing.behind
        )
        opened = _opening(known, first, seed, todo, clock)
        paid = priced.result()
        clock.whole &= pricing.whole
        runs = [
            pool.submit(_run, problem, known, opened, paid.guide, seed * 2 + turn, todo, clock)
            for turn in range(2)
        ]
        plans = [opened, *(run.result() for run in runs)]
        best = whole.improve(problem, known, plans, paid.guide, todo.passes, seed, clock, pool)
    return finish(problem, best, paid.bound, seed, begun, whole=clock.whole)


def finish(
    problem: Problem, plan: Assignment, bound: float, seed: int, begun: float, *, whole: bool
) -> Outcome:
    """Check a plan and say what it is worth."""
    return Outcome(
        assignment=plan,
        worth=worth(problem, plan),
        bound=max(bound, with_moves(problem, plan)),
        score=with_moves(problem, plan),
        violations=tuple(violations(problem, plan)),
        seed=seed,
        seconds=time.monotonic() - begun,
        whole=whole,
    )


def _hoped(value: float) -> float:
    """A guess at the best value, from that of the first plan."""
    return value + 0.05 * abs(value)


def _first(problem: Problem, known: Facts, start: Assignment | None) -> State:
    """The plan to begin with: what stands and what is given, filled up."""
    plan = empty(problem)
    if start is not None:
        plan = np.where(problem.fixed, plan, start)
    state = board.begin(problem, known, plan)
    greedy.fill(known, state, np.zeros(len(known.spots)), 0.0)
    return state


def _opening(known: Facts, state: State, seed: int, todo: Amount, clock: Clock) -> Assignment:
    """Search without prices, while these are being found."""
    way = search.walk(known, state, np.zeros(len(known.spots)), seed)
    anneal(known, way, todo.opening, clock, share=0.3)
    return board.assignment_of(known, way.best)


def _run(
    problem: Problem,
    known: Facts,
    opened: Assignment,
    guide: Floats,
    seed: int,
    todo: Amount,
    clock: Clock,
) -> Assignment:
    """One of the searches, and HiGHS on what it found."""
    plan = opened if seed % 2 else empty(problem)
    state = board.begin(problem, known, plan)
    greedy.fill(known, state, guide, GUIDE_WEIGHT)
    way = search.walk(known, state, guide, seed)
    anneal(known, way, todo.search, clock, share=1 - todo.share)
    found = board.assignment_of(known, way.best)
    if todo.polishes:
        found = parts.polish(problem, known, found, guide, seed, todo.polishes, clock)
    return found


def anneal(
    known: Facts, way: search.Walk, chunks: int, clock: Clock, share: float, warm: float = 1.0
) -> None:
    """Search for so many chunks of steps while it cools down, in at most `share` of the time left;
    where that will not do, the rest of the chunks is halved until it does. `warm` is the
    temperature to begin with, as a share of the usual one."""
    hot = warm * HOT * _usual(known)
    allowed = clock.left() * share
    begun, done, at = time.monotonic(), 0.0, 0.0
    while at < 1 and not clock.over():
        step = min(1 - at, 1 / SLICES)
        steps = max(1, round(chunks * search.CHUNK * step))
        search.advance(known, way, steps, _temperature(hot, at), _temperature(hot, at + step))
        at, done = at + step, done + steps
        spent = time.monotonic() - begun
        while spent + spent / done * chunks * search.CHUNK * (1 - at) > allowed and chunks > 1:
            chunks //= 2
            clock.whole = False
        if spent > allowed:
            break


def _temperature(hot: float, at: float) -> float:
    return float(hot * COLDER**at)


def _usual(known: Facts) -> float:
    """What a content earns at its best, in the middle of all; spots lie in falling value."""
    some = known.contents["end"] > known.contents["first"]
    best = known.spots["value"][known.contents["first"][some]]
    return max(1.0, float(best.mean())) if some.any() else 1.0

"""What cannot hold together: sets of demands of which leaving out any one would let the others be
met. Codes and numbers only; sentences are made above."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from unisono.rooms.orchestration.solver.checker import Rule, Violation, violations
from unisono.rooms.orchestration.solver.model import NOWHERE, Assignment, Problem

MOST_TRIES = 20_000
"""Places tried until a question counts as open."""


@dataclass(frozen=True)
class Demand:
    """One thing that is asked for. `kind` is a rule; or `placed`: that the content has a place."""

    kind: str
    content: int = NOWHERE
    """Of `locked` and `placed`: whose; of `order`: who comes later; of `window` and `exclusive`
    too."""
    channel: int = NOWHERE
    """Of rules of a channel: which."""


Conflict = tuple[Demand, ...]


def conflicts(problem: Problem, wanted: Iterable[int] = ()) -> list[Conflict]:
    """Why what is locked cannot stand together, and why contents that are `wanted` (those that
    locked ones follow are wanted anyway) can have no place beside it. Empty where all is well.

    None of the sets can be made smaller: without any one of its demands, the rest can be met. What
    locked contents break among themselves is told once, and not blamed on others again.
    """
    found = list(_of_locked(problem))
    for content in dict.fromkeys([*_before_locked(problem), *wanted]):
        told = _of_content(problem, int(content))
        if told:
            found.append(told)
    return found


def _of_locked(problem: Problem) -> Iterator[Conflict]:
    """What locked contents break among themselves; the smallest set of each kind and group."""
    told: set[Conflict] = set()
    for violation in violations(problem, problem.standing.locked):
        placed = [each for each in violation.contents if problem.fixed[each]]
        if len(placed) < len(violation.contents) and violation.rule is not Rule.ORDER:
            continue
        if violation.rule is Rule.ORDER and len(placed) < 2:
            continue  # whom it follows may still find a place; that is asked below
        conflict = (
            *(Demand("locked", content) for content in _enough(problem, violation, placed)),
            _rule(violation),
        )
        if conflict not in told:
            told.add(conflict)
            yield conflict


def _enough(problem: Problem, violation: Violation, placed: Sequence[int]) -> Sequence[int]:
    """As many as it takes to break it."""
    if violation.rule is Rule.DAILY:
        return placed[: int(problem.channels.daily_most[violation.channel]) + 1]
    if violation.rule is Rule.WEEKLY:
        department = problem.contents.department[placed[0]]
        return placed[: int(problem.channels.weekly_most[violation.channel, department]) + 1]
    return placed


def _rule(violation: Violation) -> Demand:
    if violation.rule is Rule.WINDOW:
        return Demand(violation.rule.value, violation.contents[0])
    if violation.rule is Rule.ORDER:
        return Demand(violation.rule.value, violation.contents[1])
    return Demand(violation.rule.value, channel=violation.channel)


def _before_locked(problem: Problem) -> list[int]:
    found = []
    for content in np.flatnonzero(problem.fixed):
        before = int(problem.contents.after[content])
        while before >= 0 and before not in found and not problem.fixed[before]:
            found.append(before)
            before = int(problem.contents.after[before])
    return found


def _of_content(problem: Problem, content: int) -> Conflict | None:
    """The smallest set that keeps a content, and those it has to follow, from a place; none where
    they can have one, or where the question stays open."""
    if problem.circles[content]:
        return _circle(problem, content)
    line = _line(problem, content)
    if any(problem.options.first[each] == problem.options.first[each + 1] for each in line):
        empty = next(
            each for each in line if problem.options.first[each] == problem.options.first[each + 1]
        )
        behind = [each for each in line if _leads(problem, each, empty)]
        return (
            *(Demand("order", each) for each in behind),
            Demand("placed", content),
            Demand(Rule.WINDOW.value, empty),
        )
    demands = _demands(problem, line)
    if _possible(problem, line, demands) is not False:
        return None
    kept = list(demands)
    for demand in demands:
        fewer = [each for each in kept if each != demand]
        if _possible(problem, line, fewer) is False:
            kept = fewer
    return tuple(kept)


def _circle(problem: Problem, content: int) -> Conflict:
    found, at = [], content
    while True:
        found.append(Demand("order", at))
        at = int(problem.contents.after[at])
        if at == content:
            return (*found, Demand("placed", content))


def _line(problem: Problem, content: int) -> list[int]:
    """The content and all without a lock that have to be out before it, the first of them first."""
    found = [content]
    before = int(problem.contents.after[content])
    while before >= 0 and not problem.fixed[before] and before not in found:
        found.insert(0, before)
        before = int(problem.contents.after[before])
    return found


def _leads(problem: Problem, content: int, empty: int) -> bool:
    """Whether the content comes behind the one without an option."""
    at = int(problem.contents.after[content])
    while at >= 0:
        if at == empty:
            return True
        at = int(problem.contents.after[at])
    return False


def _demands(problem: Problem, line: Sequence[int]) -> list[Demand]:
    """All that could keep a line of contents from its places."""
    options = problem.options
    channels = {
        int(channel)
        for content in line
        for channel in options.channel[options.first[content] : options.first[content + 1]]
    }
    locked = [
        int(content)
        for content in np.flatnonzero(problem.fixed)
        if int(options.channel[problem.standing.locked[content]]) in channels
        or int(problem.contents.after[content]) in line
        or content in problem.contents.after[list(line)]
    ]
    of_channel = (Rule.GAP, Rule.CROSS_GAP, Rule.DAILY, Rule.WEEKLY, Rule.EXCLUSIVE)
    tied = [c for c in (*line, *locked) if problem.contents.after[c] >= 0]
    return [
        *(Demand("locked", content) for content in locked),
        *(
            Demand(rule.value, channel=channel)
            for rule in of_channel
            for channel in sorted(channels)
        ),
        *(Demand("order", content) for content in tied),
        *(Demand("placed", content) for content in line),
    ]


def _possible(problem: Problem, line: Sequence[int], demands: Sequence[Demand]) -> bool | None:
    """Whether all demands can be met at once; None where that would take too long to say."""
    kept = set(demands)
    plan = np.full(problem.size, NOWHERE, np.int64)
    for content in np.flatnonzero(problem.fixed):
        if Demand("locked", int(content)) in kept:
            plan[content] = problem.standing.locked[content]
    allowed = _broken(problem, plan, kept)
    wanted = [content for content in line if Demand("placed", content) in kept]
    tries = [0]
    return _try(problem, plan, wanted, kept, allowed, tries)


def _try(
    problem: Problem, plan: Assignment, wanted: Sequence[int], kept: set[Demand], allowed: int,
    tries: list[int],
) -> bool | None:  # fmt: skip
    if not wanted:
        return _broken(problem, plan, kept) <= allowed and _held(problem, plan, kept)
    content, rest = wanted[0], wanted[1:]
    for option in range(problem.options.first[content], problem.options.first[content + 1]):
        tries[0] += 1
        if tries[0] > MOST_TRIES:
            return None
        plan[content] = option
        if _broken(problem, plan, kept) <= allowed:
            answer = _try(problem, plan, rest, kept, allowed, tries)
            if answer is not False:
                return answer
    plan[content] = NOWHERE
    return False


def _broken(problem: Problem, plan: Assignment, kept: set[Demand]) -> int:
    """How many of the demanded rules the contents that have a place break; what is missing
    aside."""
    count = 0
    for violation in _between(problem, plan):
        if _rule(violation) in kept:
            count += 1
    return count


def _between(problem: Problem, plan: Assignment) -> Iterator[Violation]:
    for violation in violations(problem, plan):
        if violation.rule in (Rule.LOCKED, Rule.WINDOW, Rule.BLACKOUT):
            continue
        if violation.rule is Rule.ORDER and plan[violation.contents[0]] < 0:
            continue
        yield violation


def _held(problem: Problem, plan: Assignment, kept: set[Demand]) -> bool:
    return all(plan[d.content] >= 0 for d in kept if d.kind == "placed")

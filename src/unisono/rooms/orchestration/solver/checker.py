"""Which rules a plan breaks, counted one by one and without anything of the engine.

Every plan passes here before anybody sees it. It is slow and plain on purpose.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from unisono.rooms.orchestration.solver.model import DAY, WEEK, Assignment, Problem


class Rule(StrEnum):
    """What can be broken."""

    WINDOW = "window"
    BLACKOUT = "blackout"
    GAP = "gap"
    CROSS_GAP = "cross_gap"
    EXCLUSIVE = "exclusive"
    DAILY = "daily"
    WEEKLY = "weekly"
    ORDER = "order"
    LOCKED = "locked"


@dataclass(frozen=True)
class Violation:
    """A rule that is broken, and by whom. `channel` is -1 where it is not a matter of one."""

    rule: Rule
    contents: tuple[int, ...]
    channel: int = -1
    standing: bool = False
    """Only locked contents are in it: it was so before, and no plan can mend it."""


def violations(problem: Problem, assignment: Assignment) -> list[Violation]:
    """All of them, those of one content first."""
    found = [*_alone(problem, assignment), *_order(problem, assignment)]
    lanes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for content, option in enumerate(assignment.tolist()):
        if option >= 0:
            channel = int(problem.options.channel[option])
            lanes[channel].append((int(problem.options.hour[option]), content))
    for channel, lane in sorted(lanes.items()):
        lane.sort()
        found += _pairs(problem, channel, lane)
        found += _counts(problem, channel, lane)
    return [_marked(problem, each) for each in found]


def _marked(problem: Problem, found: Violation) -> Violation:
    if found.rule is Rule.LOCKED or not all(problem.fixed[each] for each in found.contents):
        return found
    return Violation(found.rule, found.contents, found.channel, standing=True)


def _alone(problem: Problem, assignment: Assignment) -> list[Violation]:
    contents, options, found = problem.contents, problem.options, []
    for content, option in enumerate(assignment.tolist()):
        locked = int(problem.standing.locked[content])
        if locked >= 0 and option != locked:
            found.append(Violation(Rule.LOCKED, (content,)))
        if option < 0:
            continue
        channel, hour = int(options.channel[option]), int(options.hour[option])
        if options.content[option] != content or not (
            contents.earliest[content] <= hour <= contents.latest[content]
        ):
            found.append(Violation(Rule.WINDOW, (content,), channel))
        if not problem.channels.open[channel, hour]:
            found.append(Violation(Rule.BLACKOUT, (content,), channel))
    return found


def _order(problem: Problem, assignment: Assignment) -> list[Violation]:
    found = []
    for content, option in enumerate(assignment.tolist()):
        before = int(problem.contents.after[content])
        if option < 0 or before < 0:
            continue
        there = int(assignment[before])
        lag = problem.contents.lag[content]
        hours = problem.options.hour
        if there < 0 or hours[option] - hours[there] < lag:
            found.append(Violation(Rule.ORDER, (before, content)))
    return found


def _pairs(problem: Problem, channel: int, lane: list[tuple[int, int]]) -> list[Violation]:
    contents, found = problem.contents, []
    gap = int(problem.channels.gap[channel])
    cross = int(problem.channels.cross_gap[channel])
    farthest = max(gap, cross, int(contents.exclusive.max(initial=0)))
    for index, (hour, one) in enumerate(lane):
        for later, other in lane[index + 1 :]:
            apart = later - hour
            if apart >= farthest:
                break
            if apart < gap:
                found.append(Violation(Rule.GAP, (one, other), channel))
            elif apart < cross and contents.department[one] != contents.department[other]:
                found.append(Violation(Rule.CROSS_GAP, (one, other), channel))
            if apart < max(contents.exclusive[one], contents.exclusive[other]):
                found.append(Violation(Rule.EXCLUSIVE, (one, other), channel))
    return found


def _counts(problem: Problem, channel: int, lane: list[tuple[int, int]]) -> list[Violation]:
    days: dict[int, list[int]] = defaultdict(list)
    weeks: dict[tuple[int, int], list[int]] = defaultdict(list)
    offset = int(problem.channels.offset[channel])
    for hour, content in lane:
        days[(hour + offset + DAY) // DAY].append(content)
        weeks[int(problem.contents.department[content]), hour // WEEK].append(content)
    found = []
    most = int(problem.channels.daily_most[channel])
    for group in days.values():
        found += [Violation(Rule.DAILY, tuple(group), channel)] * max(0, len(group) - most)
    for (department, _week), group in weeks.items():
        most = int(problem.channels.weekly_most[channel, department])
        found += [Violation(Rule.WEEKLY, tuple(group), channel)] * max(0, len(group) - most)
    return found

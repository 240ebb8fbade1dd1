"""From rows to a solver's problem, and back: each function one rule.

A content is a post on a channel, an option an instant it may have there. Instants lie on full
hours; the time a post has now stays as it is, to the minute. The solver counts in hours, so
whatever it finds is held against the house rules to the minute afterwards (`checking`), and what
collides is `banned` and solved anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil, exp
from typing import Any
from uuid import UUID

import numpy as np

from unisono.kernel.clock import to_wall, zone_named
from unisono.rooms.orchestration.audience.fatigue import USUAL
from unisono.rooms.orchestration.plans.facts import Facts, Item
from unisono.rooms.orchestration.solver.model import NOWHERE, Assignment, Problem
from unisono.rooms.orchestration.solver.reading import problem_of
from unisono.rooms.publishing.pacing.lane import Lane

HOUR = timedelta(hours=1)
DAYTIME = range(7, 22)
"""Hours of the wall to which a post may be moved."""

UNIT = 1000
"""A post at the channel's usual waking hour is worth so much."""

OUT_OF_PLAN, UNDATED = 30 * UNIT, 3 * UNIT
"""What it costs to leave without a place what has one, and what has none yet."""

PRICES = {"little": 400, "balanced": 150, "freely": 40}
"""What it costs to move something that has a time, by the freedom chosen."""

DAY_PRICE = 0.08
"""What each day costs by which a post moves from its present one, as a share of what it is worth
where it is: three days have to bring about a quarter more."""

STEPS = 8
TYPICAL = 4.0
"""Hours that lie between posts of one day, for what they tire."""

NEVER = 10**9

Worth = Callable[[Item, datetime], float]
"""What a post brings at an instant, in usual posts; 0 where nothing is known: all hours alike."""


@dataclass
class Posed:
    """A problem, and what its numbers stand for. `now_options` [n] are the present places among
    the options (-1: none, or against a rule); `empty` says of items without options why."""

    problem: Problem
    items: list[Item]
    instants: list[list[datetime]]
    now_options: list[int]
    start: datetime
    departments: list[UUID]
    objectives: list[UUID | None]
    empty: dict[UUID, list[tuple[str, datetime]]] = field(default_factory=dict)

    def instant(self, option: int) -> datetime:
        """When an option of the problem is."""
        content = int(self.problem.options.content[option])
        number = int(self.problem.options.number[option])
        return self.instants[content][number - self._begins[content]]

    def assignment(self, times: Mapping[UUID, datetime]) -> Assignment:
        """The options that these times are; NOWHERE for what has none of the options."""
        kept = {int(given): option for option, given in enumerate(self.problem.options.number)}
        found = np.full(len(self.items), NOWHERE, np.int64)
        for n, begin in enumerate(self._begins):
            at = times.get(self.items[n].key)
            if at in self.instants[n]:
                found[n] = kept.get(begin + self.instants[n].index(at), NOWHERE)
        return found

    @property
    def _begins(self) -> list[int]:
        found, at = [], 0
        for each in self.instants:
            found.append(at)
            at += len(each)
        return found


def pose(
    facts: Facts,
    worth: Worth,
    *,
    freedom: str,
    banned: Set[tuple[UUID, datetime]] = frozenset(),
) -> Posed:
    """The problem of what may move, with what stays locked in its place."""
    _one_an_hour(facts)
    items = _counted(facts)
    start = facts.start.replace(minute=0, second=0, microsecond=0)
    hours = ceil((facts.end - start) / HOUR) + 1
    lanes = list(dict.fromkeys(item.channel for item in items))
    departments = list(dict.fromkeys(item.department for item in items))
    objectives = list(dict.fromkeys(_aim(item) for item in items))
    fixed = {channel: _fixed_lane(facts, channel) for channel in lanes}
    instants: list[list[datetime]] = []
    empty: dict[UUID, list[tuple[str, datetime]]] = {}
    for item in items:
        found = (
            [
                at
                for at in eligible(facts, item, fixed[item.channel])
                if (item.key, at) not in banned
            ]
            if item.movable
            else [item.at or start]
        )
        instants.append(found)
        if not found:
            empty[item.key] = item.bounds
    number = {item.key: n for n, item in enumerate(items)}
    rows = [
        (n, lanes.index(item.channel), _hour(at, start), _value(facts, item, at, worth))
        for n, item in enumerate(items)
        for at in instants[n]
    ]
    now_rows, at = [], 0
    for n, item in enumerate(items):
        here = instants[n].index(item.at) if item.at in instants[n] else -1
        now_rows.append(at + here if here >= 0 else -1)
        at += len(instants[n])
    raw: dict[str, Any] = {
        "n": len(items), "C": len(lanes), "O": max(1, len(objectives)), "H": hours,
        "D": max(1, len(departments)),
        "dept": [departments.index(item.department) for item in items],
        "obj": [objectives.index(_aim(item)) for item in items],
        "pen": [OUT_OF_PLAN * (2 if i.urgent else 1) if i.at or i.urgent else UNDATED
                for i in items],
        "lo": [0] * len(items), "hi": [hours - 1] * len(items),
        "pred": [number.get(item.after, -1) if item.after else -1 for item in items],
        "lag": [_lag(item, items, number) for item in items],
        "tz": [_offset(facts, channel) for channel in lanes],
        "gap": [_gap(facts, channel, items) for channel in lanes],
        "maxday": [_most(facts, channel) for channel in lanes],
        "fatigue": [_fatigue()] * len(lanes),
        "target": [_target(facts, aim) for aim in objectives] or [NEVER],
        "minq": [_quota(facts, aim, hours) for aim in objectives] or [[0] * _weeks(hours)],
        "qpen": UNIT, "over": 0.4, "W": _weeks(hours),
        "o_post": [row[0] for row in rows], "o_ch": [row[1] for row in rows],
        "o_t": [row[2] for row in rows], "o_v": [row[3] for row in rows],
        "locked": [-1 if item.movable else now_rows[n] for n, item in enumerate(items)],
        "approved": [now_rows[n] if item.movable else -1 for n, item in enumerate(items)],
        "move_price": [_price(item, freedom) for item in items],
    }  # fmt: skip
    problem = problem_of(raw)
    place = {int(given): kept for kept, given in enumerate(problem.options.number)}
    now_options = [place.get(row, -1) if row >= 0 else -1 for row in now_rows]
    return Posed(problem, items, instants, now_options, start, departments, objectives, empty)


def eligible(facts: Facts, item: Item, lane: Lane) -> list[datetime]:
    """The present time, unless a rule is against it, and all full hours that keep to every rule
    together with what stays."""
    found = []
    knowing = {other.key for other in facts.items if other.anyway}
    around = Lane(lane.rules, [place for place in lane.places if place.variant not in knowing])
    if item.at and around.free(item.place(item.at)) and _stays(facts, item, item.at):
        found.append(item.at)
    at = item.earliest.replace(minute=0, second=0, microsecond=0)
    if at < item.earliest:
        at += HOUR
    while at < min(item.latest, facts.end):
        wall = to_wall(at, item.variant.planned_zone or facts.zone)
        # Half-hour zones: the wall's full hour lies between two of ours.
        fits = wall.hour in DAYTIME and at != item.at and not _shut(facts, item, at)
        if fits and lane.free(item.place(at)):
            found.append(at)
        at += HOUR
    return sorted(found)


def _one_an_hour(facts: Facts) -> None:
    """The solver has room for one post an hour on a channel: where there are more, all stay."""
    seen: dict[tuple[UUID, int], list[Item]] = {}
    for item in facts.items:
        if item.at:
            seen.setdefault((item.channel, _hour(item.at, facts.start)), []).append(item)
    for there in seen.values():
        for item in there if len(there) > 1 else ():
            item.movable = False


def _counted(facts: Facts) -> list[Item]:
    """What the solver is told of: all that may move, and one an hour of what stays."""
    found, hours = [], set()
    for item in facts.items:
        if item.movable:
            found.append(item)
        elif item.at and _in_span(facts, item):
            mark = (item.channel, _hour(item.at, facts.start))
            if mark not in hours:
                hours.add(mark)
                found.append(item)
    return found


def _in_span(facts: Facts, item: Item) -> bool:
    return item.at is not None and facts.start <= item.at < facts.end


def _fixed_lane(facts: Facts, channel: UUID) -> Lane:
    stays = [i for i in facts.items if i.channel == channel and not i.movable and i.at]
    return facts.lane(channel, [(item, item.at) for item in stays if item.at])


def _stays(facts: Facts, item: Item, at: datetime) -> bool:
    """Whether the present time is no matter of a closure or an embargo."""
    embargoed = any(why == "embargo" and at < until for why, until in item.bounds)
    return not embargoed and not _shut(facts, item, at)


def _shut(facts: Facts, item: Item, at: datetime) -> bool:
    return any(
        first <= at < last and channel in (None, item.channel)
        for first, last, channel in facts.closed
    )


def _aim(item: Item) -> UUID | None:
    serves = item.variant.post.serves
    return serves.pk if serves else None


def _hour(at: datetime, start: datetime) -> int:
    return int((at - start) / HOUR)


def weight(facts: Facts, item: Item) -> float:
    """What a post counts: more for an objective behind its pace, less for one that is reached."""
    aim = _aim(item)
    told = facts.progress.get(aim) if aim else None
    if told is None:
        return 0.8
    if told.standing == "behind" and told.pace > 0:
        return 1.0 + min(1.0, max(0.2, 1 - told.value / told.pace))
    return {"reached": 0.6, "ahead": 0.9}.get(told.standing, 1.0)


def _value(facts: Facts, item: Item, at: datetime, worth: Worth) -> int:
    value = worth(item, at) * weight(facts, item) * UNIT
    if item.at and at != item.at:
        here = worth(item, item.at) * weight(facts, item) * UNIT
        value -= DAY_PRICE * _days_between(facts, item, item.at, at) * here
    if item.urgent:
        # Every hour that it waits costs.
        value += 20 * UNIT * exp(-max(0.0, (at - facts.now) / timedelta(days=1)))
    return max(0, round(value))


def _days_between(facts: Facts, item: Item, a: datetime, b: datetime) -> int:
    zone = item.variant.planned_zone or facts.zone
    return abs((to_wall(a, zone).date() - to_wall(b, zone).date()).days)


def _price(item: Item, freedom: str) -> int:
    price = PRICES[freedom]
    return price if item.badge == "draft" else price * 2


def _offset(facts: Facts, channel: UUID) -> int:
    rules = facts.rules.get(channel)
    offset = facts.start.astimezone(zone_named(rules.zone if rules else facts.zone)).utcoffset()
    start = facts.start.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    # The solver's days begin with the plan's first hour; ours at midnight.
    return (round((offset or timedelta()) / HOUR) + start.hour) % 24


def _gap(facts: Facts, channel: UUID, items: list[Item]) -> int:
    """The gap in hours. Where it is no full number of hours, the smaller one as soon as two posts
    keep the rule at that distance today; the minutes are seen to afterwards."""
    rules = facts.rules.get(channel)
    if rules is None or not rules.gap_minutes:
        return 1
    high, low = ceil(rules.gap / HOUR), max(1, int(rules.gap / HOUR))
    times = sorted(item.at for item in items if item.channel == channel and item.at)
    start = facts.start.replace(minute=0, second=0, microsecond=0)
    near = any(
        b - a >= rules.gap and _hour(b, start) - _hour(a, start) < high for a, b in pairwise(times)
    )
    return low if near else high


def _most(facts: Facts, channel: UUID) -> int:
    rules = facts.rules.get(channel)
    return rules.daily_most if rules and rules.daily_most else 24


def _fatigue() -> list[int]:
    """What each further post of a day loses to those before it, as `audience.fatigue` has it."""
    kept, costs = 1.0, []
    for step in range(STEPS):
        costs.append(round(UNIT * (1 - kept)))
        kept *= 1 - USUAL.depth * exp(-TYPICAL * (step + 1) / USUAL.hours)
    return costs


def _lag(item: Item, items: list[Item], number: dict[UUID, int]) -> int:
    if item.after is None or item.after not in number:
        return 0
    leader = items[number[item.after]]
    past = leader.at.minute / 60 if leader.at else 0
    lag = ceil(item.lag / HOUR + past)
    if item.at and leader.at and item.at - leader.at >= item.lag:
        lag = min(lag, max(0, int((item.at - leader.at) / HOUR)))
    return lag


def _target(facts: Facts, aim: UUID | None) -> int:
    """What counts in full: for an objective that counts posts, those that are missing."""
    told = facts.progress.get(aim) if aim else None
    if told is None or told.objective.metric != "posts":
        return NEVER
    return max(0, told.target - told.value) * 2 * UNIT


def _quota(facts: Facts, aim: UUID | None, hours: int) -> list[int]:
    """How many posts a week the pace of an objective that counts posts asks for."""
    told = facts.progress.get(aim) if aim else None
    if told is None or told.objective.metric != "posts":
        return [0] * _weeks(hours)
    days = (told.objective.ends_on - facts.start.date()).days
    if days <= 0:
        return [0] * _weeks(hours)
    each = int(max(0, told.target - told.value) * 7 / days)
    return [each if day < days else 0 for day in range(0, 7 * _weeks(hours), 7)]


def _weeks(hours: int) -> int:
    return max(1, -(-hours // 168))

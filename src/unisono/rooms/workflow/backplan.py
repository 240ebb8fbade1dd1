"""Planning backwards: from the day a post goes out to the days on which its steps have to be done.

Pure: no organization and no clock. Days are local days; whether somebody works on one is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST = 800
"""Days that are looked through for a working one; who is away for longer is not counted on."""

Works = Callable[[date], bool]


@dataclass(frozen=True)
class Step:
    """A step that is still to be done, in `days` working days; 0 is done along the way.

    `after` are the keys of steps it waits for; those that are not among the steps are done.
    """

    key: str
    days: int
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slot:
    """When a step begins and is due, and the `latest` day that is in time.

    `due` is `latest`, except where that day has passed: then it is the next one that is possible.
    """

    first: date
    due: date
    latest: date

    @property
    def fits(self) -> bool:
        return self.due <= self.latest


@dataclass(frozen=True)
class Outcome:
    """The slots by step, the working days the longest chain `needs`, and those that there are."""

    slots: Mapping[str, Slot]
    needs: int
    there_are: int

    @property
    def fits(self) -> bool:
        return all(slot.fits for slot in self.slots.values()) and self.needs <= self.there_are


class Cyclic(ValueError):
    """The steps wait for each other in a circle; the message names one of them."""


def backwards(
    steps: Sequence[Step],
    goes_out: date,
    today: date,
    works: Works,
    by_step: Mapping[str, Works] | None = None,
) -> Outcome:
    """The slots of the steps before the day a post goes out.

    `works` are the organization's working days, `by_step` those of the people who do a step. A
    step is due the last of its working days before what waits for it begins, and before the day
    the post goes out. Nothing is ever due before `today` or on a day that is not worked.
    """
    order = in_order(steps)
    waiting = _waiting_for(order)
    at_work = {step.key: (by_step or {}).get(step.key, works) for step in order}
    slots: dict[str, Slot] = {}
    for step in reversed(order):
        bounds = [_bound(slots[key], step_of) for key, step_of in waiting[step.key]]
        last = _last_before(min(bounds, default=goes_out), at_work[step.key])
        first = _back(last, step.days - 1, at_work[step.key])
        slots[step.key] = Slot(first, last, last)
    for step in order:
        slots[step.key] = _not_past(step, slots, today, at_work[step.key])
    return Outcome(slots, longest(order), between(today, goes_out, works))


def in_order(steps: Sequence[Step]) -> list[Step]:
    """Each step behind those it waits for; raises Cyclic."""
    left, known = list(steps), {step.key for step in steps}
    order: list[Step] = []
    while left:
        done = {step.key for step in order}
        ready = [s for s in left if all(key in done or key not in known for key in s.after)]
        if not ready:
            raise Cyclic(left[0].key)
        order += ready
        left = [step for step in left if step not in ready]
    return order


def longest(steps: Iterable[Step]) -> int:
    """The working days of the longest chain; the steps stand in their order."""
    ends: dict[str, int] = {}
    for step in steps:
        ends[step.key] = step.days + max((ends.get(key, 0) for key in step.after), default=0)
    return max(ends.values(), default=0)


def between(first: date, until: date, works: Works) -> int:
    """How many working days there are from the first day up to, and without, the other."""
    return sum(works(first + timedelta(n)) for n in range((until - first).days))


def next_working(day: date, works: Works) -> date:
    """The day itself, or the next one that is worked; the day where there is none in sight."""
    ahead = (day + timedelta(n) for n in range(LONGEST))
    return next((one for one in ahead if works(one)), day)


def _waiting_for(steps: Sequence[Step]) -> dict[str, list[tuple[str, Step]]]:
    waiting: dict[str, list[tuple[str, Step]]] = {step.key: [] for step in steps}
    for step in steps:
        for key in step.after:
            if key in waiting:
                waiting[key].append((step.key, step))
    return waiting


def _bound(slot: Slot, step: Step) -> date:
    """The day before which a step's predecessor is done; what takes no day shares it."""
    return slot.first if step.days else slot.first + timedelta(1)


def _last_before(day: date, works: Works) -> date:
    back = (day - timedelta(n) for n in range(1, LONGEST))
    return next((one for one in back if works(one)), day - timedelta(1))


def _back(last: date, days: int, works: Works) -> date:
    first = last
    for _ in range(max(days, 0)):
        first = _last_before(first, works)
    return first


def _not_past(step: Step, slots: Mapping[str, Slot], today: date, works: Works) -> Slot:
    """The slot as computed, or where its day has passed the next possible one, in the order."""
    slot = slots[step.key]
    before = [slots[key].due for key in step.after if key in slots]
    due = next_working(max([slot.due, today, *before]), works)
    return Slot(min(max(slot.first, today), due), due, slot.latest)

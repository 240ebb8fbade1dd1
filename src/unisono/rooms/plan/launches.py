"""The arithmetic of campaign templates: steps around one day, on calendar or working days. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Invalid

STEPS_MAX = 60
FARTHEST = 365
DayOff = Callable[[date], bool]


class Kind(models.TextChoices):
    """What a step becomes."""

    POST = "post", _("Post")
    TASK = "task", _("Task")


class Unit(models.TextChoices):
    """What the distance to the day is counted in; a step without a day is just a draft."""

    DAYS = "days", _("days")
    WORKING = "working", _("working days")
    UNDATED = "undated", _("no day")


@dataclass(frozen=True)
class Step:
    """One step: `offset` days from the day itself (negative: before), at a wall time HH:MM.

    `channels` and `department` are ids as text; empty means what the campaign is given.
    """

    title: str
    text: str = ""
    kind: str = Kind.POST
    offset: int = 0
    unit: str = Unit.DAYS
    at: str = "09:00"
    department: str = ""
    channels: tuple[str, ...] = ()

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Step:
        """The step as a template keeps it."""
        return cls(**{**kept, "channels": tuple(kept.get("channels", ()))})

    @property
    def kept(self) -> dict[str, Any]:
        """What a template keeps."""
        return {**asdict(self), "channels": list(self.channels)}

    @property
    def time(self) -> time:
        return time.fromisoformat(self.at)


@dataclass(frozen=True)
class Placed:
    """A step on its day; `meant` is the day it would have had if nobody kept days free."""

    step: Step
    on: date | None
    meant: date | None

    @property
    def moved(self) -> bool:
        return self.on != self.meant

    @property
    def wall(self) -> datetime | None:
        """The naive wall time."""
        return datetime.combine(self.on, self.step.time) if self.on else None


def place(steps: Iterable[Step], day: date, *, move: bool, off: DayOff) -> list[Placed]:
    """Each step on its day around `day`, by time; those without a day last.

    Working days leave out the days `off`, counted from `day` whatever it is itself. With `move`, a
    step counted in calendar days leaves a day off too: before the day to an earlier one, after it
    to a later, so that nothing changes sides and no two steps change places. The day itself stays.
    """
    found = [_placed(step, day, move, off) for step in steps]
    return sorted(found, key=lambda one: (one.on is None, one.on or day, one.step.at))


def checked(steps: Iterable[Step]) -> list[Step]:
    """The steps as they can be kept; raises Invalid naming the first that cannot."""
    found = [step for step in steps if step.title.strip() or step.text.strip()]
    if not found:
        raise Invalid(_("A template has at least one step."), field="steps")
    if len(found) > STEPS_MAX:
        raise Invalid(
            _("A template has %(most)d steps at most.") % {"most": STEPS_MAX}, field="steps"
        )
    return [_checked(number, step) for number, step in enumerate(found, start=1)]


def span(placed: Sequence[Placed], day: date) -> tuple[date, date]:
    """The first and the last day of it all, the day itself among them."""
    days = [one.on for one in placed if one.on] + [day]
    return min(days), max(days)


def _placed(step: Step, day: date, move: bool, off: DayOff) -> Placed:
    if step.unit == Unit.UNDATED:
        return Placed(step, None, None)
    back = step.offset < 0
    if step.unit == Unit.WORKING:
        on = day
        for _n in range(abs(step.offset)):
            on = _next(on, back, off)
        return Placed(step, on, on)
    meant = day + timedelta(step.offset)
    on = _next(meant, back, off) if move and step.offset and off(meant) else meant
    return Placed(step, on, meant)


def _next(day: date, back: bool, off: DayOff) -> date:
    """The nearest day that is not off, on one side; a year without any is given up."""
    stride = timedelta(-1 if back else 1)
    for n in range(1, 366):
        if not off(day + n * stride):
            return day + n * stride
    return day + stride


def _checked(number: int, step: Step) -> Step:
    title = step.title.strip()
    problem: object = ""
    if not title or len(title) > 160:
        problem = _("Give it a title of 160 characters at most.")
    elif step.kind not in Kind.values or step.unit not in Unit.values:
        problem = _("Choose one of the values offered.")
    elif abs(step.offset) > FARTHEST:
        problem = _("A step lies a year from the day at most.")
    elif not _is_time(step.at):
        problem = _("Give the time as hours and minutes, such as 09:30.")
    if problem:
        raise Invalid(
            _("Step %(number)d: %(sentence)s") % {"number": number, "sentence": problem},
            field="steps",
        )
    return Step(**{**asdict(step), "title": title, "text": step.text.strip()})


def _is_time(text: str) -> bool:
    try:
        return time.fromisoformat(text).strftime("%H:%M") == text
    except ValueError:
        return False

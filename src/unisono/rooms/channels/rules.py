"""What the house rules of a channel say: plain values, without the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True)
class Quiet:
    """Hours in which nothing goes out, on the `weekdays` (0 is Monday) on which they begin.

    From `starts` up to `ends`; when that is the earlier hour, it is one of the day after.
    """

    starts: time
    ends: time
    weekdays: frozenset[int] = EVERY_DAY

    def ending(self, wall: datetime) -> datetime | None:
        """When the quiet around a wall time ends, as wall time; None when there is none."""
        day, at = wall.date(), wall.time()
        if self.starts < self.ends:
            within = day.weekday() in self.weekdays and self.starts <= at < self.ends
            return datetime.combine(day, self.ends) if within else None
        before = day - timedelta(days=1)
        if at >= self.starts and day.weekday() in self.weekdays:
            return datetime.combine(day + timedelta(days=1), self.ends)
        if at < self.ends and before.weekday() in self.weekdays:
            return datetime.combine(day, self.ends)
        return None

    def beginning(self, ending: datetime) -> datetime:
        """When the quiet that ends then began."""
        day = ending.date()
        if self.starts >= self.ends:
            day -= timedelta(days=1)
        return datetime.combine(day, self.starts)


@dataclass(frozen=True)
class Blackout:
    """Days, the last included, on which nothing goes out, and what they are known for."""

    name: str
    first: date
    last: date

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Rules:
    """The house rules of one channel. Zero, or empty, is no rule.

    Days, months, hours and dates are those of `zone`. `shares` is the most, in percent of a
    month's posts, that a department may take.
    """

    zone: str
    gap_minutes: int = 0
    daily_most: int = 0
    one_topic_a_day: bool = False
    shares: Mapping[UUID, int] = field(default_factory=dict)
    quiet: tuple[Quiet, ...] = ()
    blackouts: tuple[Blackout, ...] = ()

    @property
    def gap(self) -> timedelta:
        return timedelta(minutes=self.gap_minutes)

    def __bool__(self) -> bool:
        """Whether there is any rule."""
        return bool(
            self.gap_minutes
            or self.daily_most
            or self.one_topic_a_day
            or self.shares
            or self.quiet
            or self.blackouts
        )


def kept(rules: Rules) -> dict[str, Any]:
    """The rules as columns of their row."""
    return {
        "zone": rules.zone,
        "gap_minutes": rules.gap_minutes,
        "daily_most": rules.daily_most,
        "one_topic_a_day": rules.one_topic_a_day,
        "shares": {str(department): percent for department, percent in rules.shares.items()},
        "quiet": [
            {
                "starts": f"{quiet.starts:%H:%M}",
                "ends": f"{quiet.ends:%H:%M}",
                "weekdays": sorted(quiet.weekdays),
            }
            for quiet in rules.quiet
        ],
        "blackouts": [
            {"name": dark.name, "first": dark.first.isoformat(), "last": dark.last.isoformat()}
            for dark in rules.blackouts
        ],
    }


def of_row(row: Any) -> Rules:
    """The rules that a row keeps."""
    return Rules(
        zone=row.zone,
        gap_minutes=row.gap_minutes,
        daily_most=row.daily_most,
        one_topic_a_day=row.one_topic_a_day,
        shares={UUID(department): percent for department, percent in row.shares.items()},
        quiet=tuple(
            Quiet(
                time.fromisoformat(told["starts"]),
                time.fromisoformat(told["ends"]),
                frozenset(told["weekdays"]),
            )
            for told in row.quiet
        ),
        blackouts=tuple(
            Blackout(
                told["name"],
                date.fromisoformat(told["first"]),
                date.fromisoformat(told["last"]),
            )
            for told in row.blackouts
        ),
    )

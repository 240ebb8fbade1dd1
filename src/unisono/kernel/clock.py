"""Wall times, zones and instants.

What people mean is a wall time in a zone; what is compared and keyed on is the UTC instant. In a
gap (clocks go forward) a time moves forward by the gap; in an overlap it is the first occurrence,
unless the second is asked for. Zone rules come from the IANA database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones, reset_tzpath

# The pinned zone data of the lock file, never whatever the machine happens to carry.
reset_tzpath(())


class Kind(StrEnum):
    """How a time was meant: a wall time in a zone, or one fixed instant."""

    WALL = "wall"
    INSTANT = "instant"


class UnknownZone(ValueError):
    """There is no zone of this name; the message is a sentence."""

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}” is not a time zone we know, such as Europe/Paris.")
        self.name = name


@dataclass(frozen=True)
class WallTime:
    """A naive local time, the IANA name of its zone, and how it was meant."""

    local: datetime
    zone: str
    kind: Kind = Kind.WALL


@dataclass(frozen=True)
class Resolved:
    """The UTC instant a wall time means; `shifted` in a gap, `ambiguous` in an overlap."""

    instant: datetime
    shifted: bool
    ambiguous: bool


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """The zones people may choose: places, and UTC."""
    return frozenset(
        name for name in available_timezones() if "/" in name and not name.startswith("Etc/")
    ) | {"UTC"}


@lru_cache(maxsize=700)
def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises UnknownZone."""
    try:
        if not name or name.startswith((".", "/")) or name.lower() in ("localtime", "factory"):
            raise UnknownZone(name)
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(name) from error


def resolve(local: datetime, zone: str, *, fold: int = 0) -> Resolved:
    """The instant that the naive `local` means in `zone`; `fold=1` asks for the later of two.

    Raises UnknownZone, and ValueError when `local` carries a zone of its own.
    """
    if local.tzinfo is not None:
        raise ValueError("A wall time carries no zone of its own.")
    place = zone_named(zone)
    early = local.replace(tzinfo=place, fold=0).astimezone(UTC)
    late = local.replace(tzinfo=place, fold=1).astimezone(UTC)
    if early == late:
        return Resolved(early, shifted=False, ambiguous=False)
    in_gap = early.astimezone(place).replace(tzinfo=None) != local
    if in_gap:
        return Resolved(early, shifted=True, ambiguous=False)
    return Resolved(late if fold else early, shifted=False, ambiguous=True)


def to_wall(instant: datetime, zone: str) -> datetime:
    """The naive local time of an aware instant in `zone`."""
    return instant.astimezone(zone_named(zone)).replace(tzinfo=None, fold=0)


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of a local day: midnight, or where midnight is skipped, what follows.

    A day that a zone skipped whole (Apia, 30 December 2011) starts where the next one does.
    """
    place = zone_named(zone)
    local = datetime.combine(day, time())
    first = resolve(local, zone)
    if not first.shifted:
        return first.instant
    before, after = first.instant - timedelta(days=2), first.instant
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(place).replace(tzinfo=None) < local:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The instants from which and up to which a local day lasts: 23, 24 or 25 hours, or others."""
    return start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)

"""Followers: which channels' count for a measure, and what their daily samples say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from unisono.rooms.channels.models import Channel
from unisono.rooms.metrics.models import FollowerSample
from unisono.rooms.plan.models import KeyResult, Objective

Measured = Objective | KeyResult


def reached(rows: Sequence[Measured]) -> dict[UUID, tuple[int, int]]:
    """(at the start, now) by measure. Where nobody has counted yet, nothing.

    A channel begins with its first sample of the period, and counts with its last.
    """
    if not rows:
        return {}
    channels = dict(Channel.objects.values_list("pk", "department_id"))
    samples = _samples(rows)
    found = {}
    for row in rows:
        mine = [_within(samples.get(pk, []), row) for pk in _counted(row, channels)]
        told = [days for days in mine if days]
        if told:
            found[row.pk] = (
                sum(days[0][1] for days in told),
                sum(days[-1][1] for days in told),
            )
    return found


def course(row: Measured) -> list[tuple[date, int]]:
    """(day, followers of all its channels by its end), for each day with a sample."""
    channels = dict(Channel.objects.values_list("pk", "department_id"))
    samples = _samples([row])
    mine = {pk: dict(_within(samples.get(pk, []), row)) for pk in _counted(row, channels)}
    latest: dict[UUID, int] = {}
    way = []
    for day in sorted({day for days in mine.values() for day in days}):
        latest |= {pk: days[day] for pk, days in mine.items() if day in days}
        way.append((day, sum(latest.values())))
    return way


def _samples(rows: Sequence[Measured]) -> dict[UUID, list[tuple[date, int]]]:
    found: dict[UUID, list[tuple[date, int]]] = {}
    told = FollowerSample.objects.filter(
        day__gte=min(row.goal.starts_on for row in rows),
        day__lte=max(row.goal.ends_on for row in rows),
        followers__isnull=False,
    ).order_by("day")
    for channel, day, count in told.values_list("channel_id", "day", "followers"):
        found.setdefault(channel, []).append((day, count or 0))
    return found


def _within(days: list[tuple[date, int]], row: Measured) -> list[tuple[date, int]]:
    return [(day, n) for day, n in days if row.goal.starts_on <= day <= row.goal.ends_on]


def _counted(row: Measured, channels: Mapping[UUID, UUID | None]) -> list[UUID]:
    """The channel named, else all of the department, else all of the organization."""
    if isinstance(row, KeyResult) and row.channel_id:
        return [row.channel_id]
    department = row.goal.department_id
    return [pk for pk, where in channels.items() if department is None or where == department]

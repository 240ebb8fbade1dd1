"""The hour of the week: where an instant falls, and how alike two hours are.

An hour is 0 to 167; 0 is Monday 00:00 to 00:59 on the wall of the channel's own zone. A clock
change moves an instant to another hour, as it does for people: the audience keeps to the wall. The
hour that comes twice in autumn is one hour of the week; the one left out in spring has no posts.
A holiday is lived like a Sunday, so it is read and planned as one.

Alike: the covariance of two hours is the product of one over the hour of the day, periodic and
smooth, and one over the weekday, of which a third is shared by all days, a third by days of a
kind, and a third is the day's own. The product of two such small matrices has the products of
their eigenvectors as its own, so that a deviation is a few weights on the columns of `basis`,
independent and of variance one (Rasmussen and Williams 2006, Gaussian Processes for Machine
Learning: the periodic covariance is (4.31), the weights are section 2.1).
"""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Hours = NDArray[np.int64]
Flags = NDArray[np.bool_]

HOURS = 168
HOUR_OF_DAY: Hours = np.arange(HOURS) % 24
WEEKDAY: Hours = np.arange(HOURS) // 24
SUNDAY = 6

SMOOTH_HOURS = 3.0
"""Hours of the day nearer than this respond nearly alike."""
LEAST_SHARE = 2e-3
"""Columns of the basis with less than this share of the largest one's variance are left out."""


@cache
def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def hour_of_week(at: datetime, zone: str, holidays: Set[date] = frozenset()) -> int:
    """The hour of the week, 0–167, of an instant on the wall of a zone."""
    wall = at.astimezone(zone_of(zone))
    day = SUNDAY if wall.date() in holidays else wall.weekday()
    return day * 24 + wall.hour


def instants(monday: date, zone: str) -> list[datetime | None]:
    """The instants of the 168 hours of the week from `monday`; None for one the clock leaves out.

    Of an hour that comes twice it is the first.
    """
    there = zone_of(zone)
    utc = zone_of("UTC")
    found: list[datetime | None] = []
    for hour in range(HOURS):
        day = monday + timedelta(days=hour // 24)
        wall = datetime(day.year, day.month, day.day, hour % 24, tzinfo=there)
        at = wall.astimezone(utc)
        same = at.astimezone(there).replace(tzinfo=None) == wall.replace(tzinfo=None)
        found.append(at if same else None)
    return found


def lived(monday: date, holidays: Set[date]) -> Hours:
    """For each of the 168 hours from `monday` the hour of the week it is lived like."""
    like = np.arange(HOURS)
    for day in range(7):
        if monday + timedelta(days=day) in holidays:
            like[day * 24 : day * 24 + 24] = SUNDAY * 24 + np.arange(24)
    return like


def _over_the_day(smooth: float) -> Array:
    """Covariance, 24 × 24, of two hours of a day; `smooth` is in hours."""
    apart = np.subtract.outer(np.arange(24), np.arange(24)) * (np.pi / 24)
    return np.asarray(np.exp(-2 * (np.sin(apart) / (smooth * np.pi / 12)) ** 2))


def _over_the_days() -> Array:
    """Covariance, 7 × 7, of two weekdays."""
    free = np.arange(7) >= 5
    alike = free[:, None] == free[None]
    return np.asarray((1 + alike + np.eye(7)) / 3)


@cache
def basis(smooth: float = SMOOTH_HOURS) -> Array:
    """Columns, 168 × k, whose sum with independent standard weights is a smooth deviation."""
    hour_share, hour_shape = np.linalg.eigh(_over_the_day(smooth))
    day_share, day_shape = np.linalg.eigh(_over_the_days())
    share = np.kron(day_share, hour_share)
    shape = np.kron(day_shape, hour_shape)
    kept = share > LEAST_SHARE * share.max()
    return np.ascontiguousarray(shape[:, kept] * np.sqrt(share[kept]))


@cache
def daily_basis(smooth: float = SMOOTH_HOURS) -> Array:
    """Like `basis`, 168 × k, for a deviation that all weekdays share."""
    share, shape = np.linalg.eigh(_over_the_day(smooth))
    kept = share > LEAST_SHARE * share.max()
    return np.ascontiguousarray(np.tile(shape[:, kept] * np.sqrt(share[kept]), (7, 1)))


def centred(curve: Array) -> Array:
    """The curve (…, 168) about its mean."""
    return np.asarray(curve - curve.mean(-1, keepdims=True))

"""A campaign's window as a strip: its weeks, today, and a mark for each thing on its agenda."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from unisono.kernel.clock import to_wall, zone_named
from unisono.rooms.plan.models import Campaign
from unisono.screens.calendar.grid import Bundle
from unisono.ui import wording

LANES = 5
"""Marks above each other; things of one day share the highest lane beyond."""


@dataclass(frozen=True)
class Mark:
    """One note: `x` in percent of the window, `y` in pixels from the top."""

    bundle: Bundle
    when: str
    x: str
    y: int


@dataclass(frozen=True)
class Tick:
    """The start of a stretch of days; `x` in percent."""

    day: date
    x: str
    named: bool


@dataclass(frozen=True)
class Strip:
    """All that the drawing shows; its height in pixels grows with its lanes."""

    marks: list[Mark]
    ticks: list[Tick]
    now: str
    height: int


def draw(campaign: Campaign, bundles: Sequence[Bundle], zone: str, today: date) -> Strip:
    """The strip of a campaign; what lies outside its window stands at its edge."""
    first, days = campaign.starts_on, (campaign.ends_on - campaign.starts_on).days + 1
    width = max(2.4, 100 / days)
    lanes: list[float] = []
    marks = []
    for bundle in bundles:
        local = to_wall(bundle.first.at, zone)
        passed = (local.date() - first).days + local.hour / 24
        x = min(max(passed / days * 100, 0), 100)
        lane = next((n for n, end in enumerate(lanes) if end <= x), len(lanes))
        lane = min(lane, LANES - 1)
        lanes[lane : lane + 1] = [x + width]
        marks.append(
            Mark(
                bundle,
                wording.moment(bundle.first.at, zone_named(zone), "short"),
                f"{x:.2f}",
                30 + lane * 16,
            )
        )
    inside = 0 <= (today - first).days < days
    return Strip(
        marks=marks,
        ticks=_ticks(first, days),
        now=f"{((today - first).days + 0.5) / days * 100:.2f}" if inside else "",
        height=34 + 16 * max(len(lanes), 1),
    )


def _ticks(first: date, days: int) -> list[Tick]:
    step = 1 if days <= 8 else 7 * -(-days // 56)
    return [
        Tick(first + timedelta(n), f"{n / days * 100:.2f}", n / days < 0.94)
        for n in range(0, days, step)
    ]

"""The timeline's arithmetic: which lanes there are, and which notes and campaigns lie in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from unisono.networks.contract import Face
from unisono.rooms.metrics.queries import Progress
from unisono.rooms.plan.models import Campaign, Objective
from unisono.rooms.publishing.queries import Item
from unisono.screens.calendar.grid import Cell, Span, by_day

LANES = ("channel", "campaign", "objective")
ZOOMS = ("week", "fortnight")

Told = tuple[str, str, str, Face | None]
"""What tells one lane from another: group, hue of the group, label, and face of a channel."""


@dataclass(frozen=True)
class Lane:
    """One row of the timeline. `group` stands above the first lane of its department."""

    key: str
    label: str
    group: str
    hue: str
    face: Face | None
    cells: list[Cell]


@dataclass(frozen=True)
class Stretch:
    """A campaign as far as the days shown reach: `start` counts them from 1."""

    campaign: Campaign
    start: int
    days: int
    progress: Progress | None

    @property
    def hue(self) -> str:
        return self.campaign.department.hue if self.campaign.department else ""

    @property
    def percent(self) -> int:
        return round(self.progress.share * 100) if self.progress else 0


def lanes(
    by: str, around: Span, items: Sequence[Item], zone: str, today: date, names: dict[UUID, str]
) -> list[Lane]:
    """The lanes in which something lies; a post on several channels lies in each of theirs.

    `names` are those of the objectives, which items know by id alone.
    """
    tell = _teller(by, names)
    lying: dict[Told, list[Item]] = {}
    for item in items:
        lying.setdefault(tell(item), []).append(item)
    found: list[Lane] = []
    group = ""
    for number, told in enumerate(sorted(lying, key=lambda told: (told[0], told[2]))):
        days = by_day(lying[told], zone)
        cells = [Cell(day, day == today, notes=days.get(day, [])) for day in around.days]
        above = told[0] if told[0] != group else ""
        group = told[0]
        found.append(Lane(str(number), told[2], above, told[1], told[3], cells))
    return found


def _teller(by: str, names: dict[UUID, str]) -> Callable[[Item], Told]:
    def campaign(item: Item) -> Told:
        return "", "", item.campaign_name or _("Without a campaign"), None

    def objective(item: Item) -> Told:
        known = names.get(item.objective_id) if item.objective_id else None
        return "", "", known or _("Without an objective"), None

    def channel(item: Item) -> Told:
        department = item.department
        return department.name, department.hue, item.channel.name, item.channel.face

    return {"campaign": campaign, "objective": objective}.get(by, channel)


def stretches(
    around: Span, campaigns: Sequence[Campaign], progress: dict[UUID, Progress]
) -> list[Stretch]:
    """The campaigns that run on one of the days shown."""
    found = []
    for campaign in campaigns:
        first = max(campaign.starts_on, around.first)
        last = min(campaign.ends_on, around.last)
        if first <= last:
            start = (first - around.first).days + 1
            stands = progress.get(campaign.objective_id) if campaign.objective_id else None
            found.append(Stretch(campaign, start, (last - first).days + 1, stands))
    return found


def objectives_of(campaigns: Sequence[Campaign]) -> list[Objective]:
    """The objectives these campaigns serve, each once."""
    return list({c.objective.pk: c.objective for c in campaigns if c.objective}.values())

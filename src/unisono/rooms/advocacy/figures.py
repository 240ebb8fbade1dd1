"""What is known of a kit's use, and only that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from unisono.rooms.advocacy import queries
from unisono.rooms.advocacy.models import Did, Kit, KitTally, KitVisit

DAYS = 30


@dataclass(frozen=True)
class Sharer:
    """A colleague who wants the visits of their own links counted by name."""

    name: str
    visits: int


@dataclass(frozen=True)
class Figures:
    """Members who opened, copied and shared; times the same was done at invites; visits of the
    tracked links, all and by day of the last month, and of those who want theirs counted apart.

    `told` is to how many members it was sent.
    """

    members: dict[str, int]
    invited: dict[str, int]
    visits: int
    days: list[tuple[date, int]]
    sharers: list[Sharer]
    told: int

    @property
    def most(self) -> tuple[date, int] | None:
        """The day with the most visits."""
        best = max(self.days, key=lambda one: one[1], default=None)
        return best if best and best[1] else None


def figures(kit: Kit, today: date) -> Figures:
    """The figures of one kit, up to this day."""
    counts = queries.summary([kit])[kit.pk]
    rows = KitTally.objects.filter(kit=kit).order_by().values_list("did").annotate(n=Sum("count"))
    visits = KitVisit.objects.filter(link__kit=kit)
    by_day = dict(visits.order_by().values_list("day").annotate(n=Sum("count")))
    first = today - timedelta(days=DAYS - 1)
    named = kit.links.exclude(member=None).order_by().values_list("member__name")
    sharers = [Sharer(name, n or 0) for name, n in named.annotate(n=Sum("visits__count"))]
    return Figures(
        members={did: counts[did] for did in Did.values},
        invited=dict.fromkeys(Did.values, 0) | dict(rows),
        visits=counts["visits"],
        days=[(day, by_day.get(day, 0)) for day in _days(first, today)],
        sharers=sorted(sharers, key=lambda one: (-one.visits, one.name)),
        told=queries.told(kit),
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]

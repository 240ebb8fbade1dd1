"""The calendar's arithmetic: which days and hours a view shows, and what lies in each."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from babel import Locale
from django.utils.translation import gettext

from unisono.kernel.clock import start_of_day, to_wall
from unisono.networks.contract import Face
from unisono.rooms.publishing.agenda import Glance, Item
from unisono.ui.navigation import row_url

VIEWS = ("month", "week", "day", "list")
FIRST_HOUR, LAST_HOUR = 7, 21
"""The hours a week always shows; others appear when something lies in them."""

NOTES_A_DAY = 6
"""Notes a day of the month shows; of more, the day's own view shows all."""

NOTHING = Glance()

REGIONS = {"en": "en_GB", "fr": "fr_FR", "de": "de_DE"}
"""Where the languages on offer are mostly read by our users: it decides the first day of a week."""


@dataclass(frozen=True)
class Bundle:
    """One post at one time in one state, on however many channels: one note."""

    items: list[Item]

    @property
    def first(self) -> Item:
        return self.items[0]

    @property
    def faces(self) -> list[Face]:
        return [item.channel.face for item in self.items]

    @property
    def href(self) -> str:
        """The receipt, once one channel's publication has something to tell; else the composer."""
        first = self.first
        if first.publication_id and first.state != "scheduled":
            return row_url("publication", first.publication_id)
        return row_url("post", first.post_id)

    @property
    def move_url(self) -> str:
        """Where a move is sent; empty when it cannot move any more."""
        if not self.first.movable:
            return ""
        url = row_url("variant.time", self.first.variant_id)
        others = "&".join(f"also={item.variant_id}" for item in self.items[1:])
        return f"{url}?{others}" if others else url


def waits_for(item: Item) -> str:
    """What a note says it waits for besides its time."""
    if item.embargo and item.embargo > item.at:
        return gettext("There is an embargo on it at that time")
    return gettext("After “%(title)s”") % {"title": item.after} if item.after else ""


def bundled(items: Sequence[Item]) -> list[Bundle]:
    """Items as notes, in their order."""
    found: dict[tuple[UUID, datetime, str], Bundle] = {}
    for item in items:
        key = (item.post_id, item.at, item.state)
        found.setdefault(key, Bundle([])).items.append(item)
    return list(found.values())


@dataclass(frozen=True)
class Cell:
    """One day, or one hour of a day. `more` notes lie on it than it shows."""

    day: date
    today: bool
    outside: bool = False
    hour: int | None = None
    notes: list[Bundle] = field(default_factory=list)
    more: int = 0

    @property
    def weekend(self) -> bool:
        return self.day.weekday() >= 5

    @property
    def number(self) -> str:
        return str(self.day.day)

    @property
    def iso(self) -> str:
        return self.day.isoformat()

    @property
    def hour_two(self) -> str:
        return f"{self.hour:02d}"


@dataclass(frozen=True)
class Row:
    """One hour across the days of a week."""

    hour: int
    cells: list[Cell]


@dataclass(frozen=True)
class Span:
    """The days of a view: [first, last], those around it, and where earlier and later lie."""

    view: str
    anchor: date
    first: date
    last: date
    earlier: date
    later: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(n) for n in range((self.last - self.first).days + 1)]

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """The instants from which and up to which the view looks."""
        return start_of_day(self.first, zone), start_of_day(self.last + timedelta(1), zone)


def first_weekday(language: str) -> int:
    """0 for Monday … 6 for Sunday, as the language's region counts."""
    return Locale.parse(REGIONS.get(language, language)).first_week_day


def span(view: str, anchor: date, language: str) -> Span:
    """The days that `view` shows around `anchor`."""
    start = first_weekday(language)
    if view == "month":
        first = anchor.replace(day=1)
        following = (first + timedelta(31)).replace(day=1)
        last = following - timedelta(1)
        return Span(
            view,
            anchor,
            first - timedelta((first.weekday() - start) % 7),
            last + timedelta(6 - (last.weekday() - start) % 7),
            (first - timedelta(1)).replace(day=1),
            following,
        )
    week = anchor - timedelta((anchor.weekday() - start) % 7)
    length = {"week": 7, "day": 1}.get(view, 28)
    first = week if view == "week" else anchor
    return Span(
        view,
        anchor,
        first,
        first + timedelta(length - 1),
        first - timedelta(length),
        first + timedelta(length),
    )


def by_day(items: Sequence[Item], zone: str) -> dict[date, list[Bundle]]:
    """Notes by the local day they lie on."""
    found: dict[date, list[Bundle]] = {}
    for bundle in bundled(items):
        found.setdefault(to_wall(bundle.first.at, zone).date(), []).append(bundle)
    return found


def month(around: Span, glances: Mapping[date, Glance], today: date) -> list[Cell]:
    """The cells of a month, whole weeks. A full day keeps to what can be read."""
    cells = []
    for day in around.days:
        glance = glances.get(day, NOTHING)
        shown = most_telling(bundled(glance.items), NOTES_A_DAY, glance.notes)
        outside = day.month != around.anchor.month
        more = glance.notes - len(shown)
        cells.append(Cell(day, day == today, outside, notes=shown, more=more))
    return cells


def most_telling(notes: Sequence[Bundle], most: int, of: int) -> list[Bundle]:
    """At most so many `of` all, in their order: those that need a person before the others.

    One more than that is shown as well: a line saying so would take its room.
    """
    if of <= most + 1:
        return list(notes)
    needing = [note for note in notes if note.first.needs_a_person]
    others = [note for note in notes if not note.first.needs_a_person]
    kept = {id(note) for note in [*needing, *others][:most]}
    return [note for note in notes if id(note) in kept]


def week(around: Span, items: Sequence[Item], zone: str, today: date) -> list[Row]:
    """The hours of a week or a day: the working ones, and any other in which something lies."""
    lies: dict[tuple[date, int], list[Bundle]] = {}
    for bundle in bundled(items):
        local = to_wall(bundle.first.at, zone)
        lies.setdefault((local.date(), local.hour), []).append(bundle)
    hours = sorted({*range(FIRST_HOUR, LAST_HOUR + 1), *(hour for _day, hour in lies)})
    return [
        Row(
            hour,
            [
                Cell(day, day == today, hour=hour, notes=lies.get((day, hour), []))
                for day in around.days
            ],
        )
        for hour in hours
    ]


def agenda_days(
    around: Span, items: Sequence[Item], zone: str, today: date, known: Container[date] = ()
) -> list[Cell]:
    """The days of a list: those with something on them or `known` for something, and today."""
    days = by_day(items, zone)
    return [
        Cell(day, day == today, notes=days.get(day, []))
        for day in around.days
        if day in days or day in known or day == today
    ]

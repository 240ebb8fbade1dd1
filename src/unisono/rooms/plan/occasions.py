"""The days that matter to an organization: its own, and those its countries keep."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Invalid, NotFound
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.models import Department
from unisono.rooms.plan import almanac, queries
from unisono.rooms.plan.models import KeyDate

NAMES = uuid5(NAMESPACE_URL, "urn:unisono:key-date")
SPAN_MAX = timedelta(800)
KNOWN_YEARS = range(1950, 2101)
"""Outside of them, who keeps which day is not known."""


class Kind(models.TextChoices):
    """What makes a day a key date."""

    COMPANY = "company", _("Our own")
    HOLIDAY = "holiday", _("Public holiday")
    OBSERVANCE = "observance", _("Observance")


@dataclass(frozen=True)
class Occasion:
    """One day that matters. `keys` name it the same each year, in each of its countries."""

    keys: tuple[str, ...]
    on: date
    name: str
    kind: str
    countries: tuple[str, ...] = ()
    lead: int = almanac.HOLIDAY_LEAD
    note: str = ""
    department: Department | None = None
    key_date: KeyDate | None = None

    @property
    def pk(self) -> UUID:
        """The key of this year's day: what is prepared for it bears it as its origin."""
        return self.pks[0]

    @property
    def pks(self) -> tuple[UUID, ...]:
        """The same by each name, so that another list of countries loses nothing prepared."""
        return tuple(uuid5(NAMES, f"{key}:{self.on.isoformat()}") for key in self.keys)

    @property
    def dated(self) -> str:
        """Its name with its day, for what is prepared and lies elsewhere."""
        return f"{self.name}, {date_format(self.on)}"

    @property
    def kind_name(self) -> str:
        return str(Kind(self.kind).label)


def occasions(
    actor: Actor,
    first: date,
    last: date,
    *,
    countries: Sequence[str] | None = None,
    language: str = "",
    kind: str = "",
) -> list[Occasion]:
    """What lies between two days, both included, in order; two queries at most.

    `countries` asks about these instead of the organization's, `language` about those of them in
    which it is official. Own dates belong to no country and are left out when one is asked for.
    """
    if last - first > SPAN_MAX:
        raise Invalid(_("Ask for two years at most."), field="last")
    found: list[Occasion] = []
    if kind != Kind.COMPANY:
        found += _kept(actor, first, last, countries, language)
    if not countries and not language and kind in ("", Kind.COMPANY):
        found += _own(actor, first, last)
    chosen = (one for one in found if not kind or one.kind == kind)
    return sorted(chosen, key=lambda one: (one.on, one.kind != Kind.COMPANY, one.name))


def occasion(actor: Actor, pk: UUID, on: date) -> Occasion:
    """One day that matters here; raises NotFound."""
    for one in occasions(actor, on, on):
        if pk in one.pks:
            return one
    raise NotFound(_("There is no such key date."))


def year_before(actor: Actor, found: Iterable[Occasion]) -> dict[UUID, Occasion]:
    """The same days a year earlier, by the key of the later one; only what had one."""
    rows = list(found)
    if not rows:
        return {}
    days = [one.on for one in rows]
    earlier = occasions(actor, min(days) - timedelta(400), max(days) - timedelta(330))
    by_key = {key: one for one in earlier for key in one.keys}
    return {one.pk: by_key[one.keys[0]] for one in rows if one.keys[0] in by_key}


def _kept(
    actor: Actor, first: date, last: date, countries: Sequence[str] | None, language: str
) -> Iterator[Occasion]:
    asked = queries.countries(actor) if not countries else tuple(countries)
    known = [code for code in asked if code in almanac.countries()]
    if language:
        known = [code for code in known if code in almanac.speaking(language)]
    days = [
        day
        for year in range(first.year, last.year + 1)
        if year in KNOWN_YEARS
        for day in _of_year(known, year, actor.language)
        if first <= day.on <= last
    ]
    return _joined(days)


def _of_year(countries: Sequence[str], year: int, language: str) -> Iterator[almanac.Day]:
    for country in countries:
        yield from almanac.holidays(country, year, language)
    for country in countries or ("",):
        yield from almanac.observances(country, year, language)


def _joined(days: Iterable[almanac.Day]) -> Iterator[Occasion]:
    """One occasion for what bears one name on one day, with all the countries that keep it."""
    found: dict[tuple[date, str], Occasion] = {}
    for day in days:
        at = (day.on, day.name)
        before = found.get(at)
        if before is None:
            found[at] = Occasion((day.key,), day.on, day.name, day.kind, day.countries, day.lead)
        else:
            keys = tuple(dict.fromkeys((*before.keys, day.key)))
            where = tuple(dict.fromkeys((*before.countries, *day.countries)))
            found[at] = replace(before, keys=keys, countries=where)
    return iter(found.values())


def _own(actor: Actor, first: date, last: date) -> Iterator[Occasion]:
    for row in queries.key_dates(actor):
        years = range(first.year, last.year + 1) if row.yearly else (row.on.year,)
        for on in (_in_year(row.on, year) for year in years):
            if first <= on <= last:
                yield Occasion(
                    (f"own:{row.pk}",), on, row.name, Kind.COMPANY, (), row.lead_days,
                    row.note, row.department, row,
                )  # fmt: skip


def _in_year(on: date, year: int) -> date:
    if (on.month, on.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return on.replace(year=year)

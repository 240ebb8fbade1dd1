"""Which days many people keep: public holidays by country, and observances of trade and the year.

Pure: no organization and no clock. The holidays are the library's; `observances.toml` is ours and
holds rules, from which every year's day is computed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.languages import get_official_languages
from holidays import country_holidays, list_supported_countries

HOLIDAY_LEAD = 28
"""Days before a public holiday from which on preparing something for it is proposed."""


@dataclass(frozen=True)
class Day:
    """A day kept in `countries` (none: everywhere). `key` is the same year after year."""

    key: str
    on: date
    name: str
    kind: str
    countries: tuple[str, ...]
    lead: int


@cache
def countries() -> tuple[str, ...]:
    """The codes of all countries whose holidays are known."""
    return tuple(sorted(code for code in list_supported_countries() if len(code) == 2))


@lru_cache(maxsize=64)
def speaking(language: str) -> frozenset[str]:
    """The countries in which a language is official."""
    return frozenset(
        code for code in countries() if language in get_official_languages(code, de_facto=True)
    )


@lru_cache(maxsize=512)
def holidays(country: str, year: int, language: str) -> tuple[Day, ...]:
    """A country's public holidays, in the language asked for where the library has it, else
    in English or the country's own."""
    own = country_holidays(country, years=year, observed=False)
    known = own.supported_languages
    spoken = next((one for one in known if one.split("_")[0] == language), None)
    spoken = spoken or next((one for one in known if one.startswith("en")), None)
    told = country_holidays(country, years=year, observed=False, language=spoken)
    return tuple(
        Day(f"{country}:{name}", on, shown, "holiday", (country,), HOLIDAY_LEAD)
        for on in sorted(own)
        for name, shown in zip(own.get_list(on), told.get_list(on), strict=True)
    )


@lru_cache(maxsize=512)
def days_off(country: str, year: int) -> frozenset[date]:
    """The days of a year on which a country does not work besides its weekends: public holidays,
    and the days they are made up for on."""
    return frozenset(country_holidays(country, years=year))


@cache
def weekend(country: str) -> frozenset[int]:
    """The weekdays (0 Monday) on which a country rests; Saturday and Sunday where it is unknown."""
    if country not in countries():
        return frozenset({5, 6})
    return frozenset(country_holidays(country).weekend)


@lru_cache(maxsize=512)
def observances(country: str, year: int, language: str) -> tuple[Day, ...]:
    """The year's observances in a country; those kept everywhere where it is empty."""
    return tuple(_observances(country, year, language))


def _observances(country: str, year: int, language: str) -> Iterator[Day]:
    for row in _rules():
        rule = _rule_for(row, country)
        if rule is None:
            continue
        on = day_of(rule, year)
        where = (country,) if "countries" in rule else ()
        name = row.get(language, row["en"])
        yield Day(row["key"], on, name, "observance", where, row["lead"])


def _rule_for(row: dict[str, Any], country: str) -> dict[str, Any] | None:
    """The rule that names the country before the one for everywhere else."""
    for rule in row["rules"]:
        if country in rule.get("countries", ()):
            return dict(rule)
    elsewhere = [rule for rule in row["rules"] if "countries" not in rule]
    return dict(elsewhere[0]) if elsewhere else None


@cache
def _rules() -> tuple[dict[str, Any], ...]:
    text = Path(__file__).with_name("observances.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["observance"])


def day_of(rule: dict[str, Any], year: int) -> date:
    """The day a rule means in a year; the forms are told at the head of `observances.toml`."""
    if "easter" in rule:
        return easter(year) + timedelta(rule["easter"])
    month = rule["month"]
    if "day" in rule:
        return date(year, month, rule["day"])
    on = _nth(year, month, rule["weekday"], rule["nth"]) + timedelta(rule.get("plus", 0))
    if "not_easter" in rule and on == easter(year) + timedelta(rule["not_easter"]):
        on += timedelta(7)
    return on


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth weekday (0 Monday) of a month; -1 is the last."""
    if nth > 0:
        first = date(year, month, 1)
        return first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(1)
    return last - timedelta((last.weekday() - weekday) % 7)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden, century, rest = year % 19, year // 100, year % 100
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - shift + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)

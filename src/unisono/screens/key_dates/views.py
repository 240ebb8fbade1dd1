"""Key dates: what lies ahead by country and language, own dates, and which countries matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from babel import Locale
from babel.languages import get_official_languages
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from unisono.kernel.clock import to_wall
from unisono.kernel.refusals import Invalid
from unisono.rooms.metrics import foresight
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import almanac, occasions, queries
from unisono.rooms.plan import key_dates as plan
from unisono.rooms.plan.occasions import Kind, Occasion
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed
from unisono.screens.key_dates.forms import KeyDateForm

PROPOSED = 6
YEARS_AHEAD = 3


@dataclass(frozen=True)
class Line:
    """One date of the list; `prepared` counts its ideas and posts."""

    occasion: Occasion
    places: str
    prepared: int
    ahead: bool
    may: bool


def key_dates(request: ActorRequest) -> HttpResponse:
    """The next twelve months, or a year, narrowed to a country, a language or a kind."""
    return _page(request, list(queries.countries(request.actor)))


def _page(
    request: ActorRequest, ticked: list[str], *, added: str = "", refused: str = ""
) -> HttpResponse:
    """The list; `ticked` and `added` are what stands in the choice of countries."""
    actor, at = request.actor, now()
    today = to_wall(at, actor.organization.zone).date()
    chosen = {name: request.GET.get(name, "") for name in ("country", "language", "kind", "year")}
    followed = queries.countries(actor)
    found = occasions.occasions(
        actor,
        *_window(chosen["year"], today),
        countries=[chosen["country"]] if chosen["country"] in followed else None,
        language=chosen["language"],
        kind=chosen["kind"],
    )
    territories = Locale.parse(actor.language).territories
    proposals = foresight.nearing(actor, now=at)
    context = {
        "months": _months(actor, found, today),
        "count": len(found),
        "proposals": proposals[:PROPOSED],
        "further": max(0, len(proposals) - PROPOSED),
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        **_offered(followed, actor, today),
        "countries": [(code, territories.get(code, code)) for code in followed],
        "ticked": [(code, territories.get(code, code), code in ticked) for code in followed],
        "added": added,
        "refused": refused,
        # The calendars also know a few countries under a second code, which nobody calls them by.
        "others": _by_name({*almanac.countries()} & {*territories} - {*followed}, territories),
        "can_plan": actor.can_anywhere(Capability.PLAN),
        "can_write": actor.can_anywhere(Capability.WRITE),
        "can_set": actor.can(Capability.SETTINGS),
        "nav": "calendar",
    }
    return again(request, "key_dates/key_dates.html", context, bad=bool(refused))


def countries(request: ActorRequest) -> HttpResponseBase:
    """Which countries matter: those still ticked, and one to add."""
    codes = [code for code in request.POST.getlist("countries") if code]
    try:
        plan.choose_countries(codes, by=request.actor, now=now())
    except Invalid as refusal:
        new = [code for code in codes if code not in queries.countries(request.actor)]
        return _page(request, codes, added=(new or [""])[0], refused=refusal.sentence)
    messages.success(request, _("Saved."))
    return done(request, "key_dates")


def new(request: ActorRequest) -> HttpResponseBase:
    """Keep a date of our own."""
    first = {"lead_days": 28, "on": request.GET.get("day", "")}
    form = KeyDateForm(request.actor, typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            row = plan.set_date(**form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("“%(name)s” is kept.") % {"name": row.name})
            return done(request, "key_dates")
    context = {"form": form, "key_date": None, "nav": "calendar"}
    return again(request, "key_dates/form.html", context, bad=bool(form.errors))


def edit(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Change a date of our own."""
    row = queries.key_date(request.actor, pk)
    request.actor.must(Capability.PLAN, row.department_id)
    title = row.name
    form = KeyDateForm(request.actor, typed(request), initial=KeyDateForm.of(row))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            plan.change_date(row, **form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("“%(name)s” is changed.") % {"name": row.name})
            return done(request, "key_dates")
    context = {"form": form, "key_date": row, "title": title, "nav": "calendar"}
    return again(request, "key_dates/form.html", context, bad=bool(form.errors))


def remove(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take a date of our own off."""
    row = queries.key_date(request.actor, pk)
    plan.remove_date(row, by=request.actor, now=now())
    messages.success(request, _("“%(name)s” is removed.") % {"name": row.name})
    return done(request, "key_dates")


def _window(year: str, today: date) -> tuple[date, date]:
    if len(year) == 4 and year.isdecimal() and abs(int(year) - today.year) <= YEARS_AHEAD:
        return date(int(year), 1, 1), date(int(year), 12, 31)
    return today, today + timedelta(365)


def _months(actor: Actor, found: list[Occasion], today: date) -> list[tuple[date, list[Line]]]:
    made = foresight.prepared(found)
    territories = Locale.parse(actor.language).territories
    lines = [
        Line(
            one,
            ", ".join(territories.get(code, code) for code in one.countries),
            made[one.pk],
            one.on > today,
            one.key_date is not None and actor.can(Capability.PLAN, one.key_date.department_id),
        )
        for one in found
    ]
    return [
        (month, list(rows))
        for month, rows in groupby(lines, key=lambda line: line.occasion.on.replace(day=1))
    ]


def _offered(followed: tuple[str, ...], actor: Actor, today: date) -> dict[str, Any]:
    """The choices of the filters: only languages that are official in a country that matters."""
    spoken = {
        language for code in followed for language in get_official_languages(code, de_facto=True)
    }
    years = range(today.year - 1, today.year + YEARS_AHEAD)
    return {
        "languages": _by_name(spoken, Locale.parse(actor.language).languages),
        "kinds": list(Kind.choices),
        "years": [(str(year), str(year)) for year in years],
    }


def _by_name(codes: set[str], names: Any) -> list[tuple[str, str]]:
    """Codes with their names in the reader's language, in the order of the names."""
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1])

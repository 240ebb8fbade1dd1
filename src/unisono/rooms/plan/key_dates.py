"""The verbs of key dates: the organization's own, and the countries whose dates matter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Invalid
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan import almanac
from unisono.rooms.plan.key_results import named
from unisono.rooms.plan.models import KeyDate, KeyDateCountry

LEAD_MAX = 365
COUNTRIES_MAX = 30
"""More would bury the calendar under dates that are not ours."""


def set_date(
    *,
    name: str,
    on: date,
    yearly: bool = False,
    note: str = "",
    department: Department | None = None,
    lead_days: int = 28,
    by: Actor,
    now: datetime,
) -> KeyDate:
    """Keep a date of the organization's own, or of one department."""
    by.must(Capability.PLAN, department)
    with transaction.atomic():
        row = KeyDate.objects.create(**_values(name, on, yearly, note, department, lead_days))
        events.record("key_date.set", row, by=by, now=now, name=row.name, on=on.isoformat())
    return row


def change_date(
    key_date: KeyDate,
    *,
    name: str,
    on: date,
    yearly: bool,
    note: str,
    department: Department | None,
    lead_days: int,
    by: Actor,
    now: datetime,
) -> KeyDate:
    """Change a date; the event keeps the day it was on."""
    by.must(Capability.PLAN, key_date.department_id)
    by.must(Capability.PLAN, department)
    before = key_date.on.isoformat()
    for field, value in _values(name, on, yearly, note, department, lead_days).items():
        setattr(key_date, field, value)
    with transaction.atomic():
        key_date.save()
        events.record("key_date.changed", key_date, by=by, now=now, on=on.isoformat(), was=before)
    return key_date


def remove_date(key_date: KeyDate, *, by: Actor, now: datetime) -> None:
    """The date is no longer shown; what was prepared for it stays."""
    by.must(Capability.PLAN, key_date.department_id)
    with transaction.atomic():
        key_date.removed_at = key_date.removed_at or now
        key_date.save(update_fields=["removed_at"])
        events.record("key_date.removed", key_date, by=by, now=now)


def choose_countries(codes: Iterable[str], *, by: Actor, now: datetime) -> tuple[str, ...]:
    """Say which countries' holidays and observances matter; these and no others."""
    by.must(Capability.SETTINGS)
    wanted = sorted({code.strip().upper() for code in codes})
    unknown = [code for code in wanted if code not in almanac.countries()]
    if unknown:
        raise Invalid(
            _("The holidays of “%(code)s” are not known. Give countries by two letters.")
            % {"code": unknown[0]},
            field="countries",
        )
    if len(wanted) > COUNTRIES_MAX:
        raise Invalid(
            _("Choose %(most)d countries at most.") % {"most": COUNTRIES_MAX}, field="countries"
        )
    with transaction.atomic():
        KeyDateCountry.objects.exclude(code__in=wanted).delete()
        for code in wanted:
            KeyDateCountry.objects.get_or_create(code=code)
        if by.member:
            events.record("organization.changed", by.member, by=by, now=now, countries=wanted)
    return tuple(wanted)


def _values(
    name: str, on: date, yearly: bool, note: str, department: Department | None, lead_days: int
) -> dict[str, Any]:
    if not 0 <= lead_days <= LEAD_MAX:
        raise Invalid(
            _("Give a number of days between 0 and %(most)d.") % {"most": LEAD_MAX},
            field="lead_days",
        )
    return {
        "name": named(name, _("Give the date a name.")),
        "on": on,
        "yearly": yearly,
        "note": note.strip(),
        "department": department,
        "lead_days": lead_days,
    }

"""Who works on which day: weekends and holidays by country, and absences by person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from babel.core import get_global

from unisono.rooms.people.models import Member, Organization
from unisono.rooms.plan import almanac
from unisono.rooms.plan.occasions import KNOWN_YEARS
from unisono.rooms.workflow.backplan import Works
from unisono.rooms.workflow.models import Absence, WorkPlan


def country_of(department_id: UUID | None, organization: Organization) -> str:
    """Whose holidays are kept in a department: its plan's country, the organization's, or that of
    the organization's zone; empty where nobody can tell."""
    said: dict[UUID | None, str] = dict(
        WorkPlan.objects.exclude(country="").values_list("department", "country")
    )
    named = get_global("zone_aliases").get(organization.zone, organization.zone)
    zone = get_global("zone_territories").get(named, "")
    found = said.get(department_id) or said.get(None) or zone
    return found if found in almanac.countries() else ""


def works_in(country: str) -> Works:
    """Whether people work in a country on a day."""
    rest = almanac.weekend(country)

    def works(day: date) -> bool:
        if day.weekday() in rest:
            return False
        known = country and day.year in KNOWN_YEARS
        return not (known and day in almanac.days_off(country, day.year))

    return works


def without(works: Works, away: Iterable[Absence]) -> Works:
    """The same days, but for those on which somebody is away."""
    spans = [(one.first_on, one.last_on) for one in away]
    return lambda day: works(day) and not any(first <= day <= last for first, last in spans)


def away(members: Iterable[UUID | None], since: date) -> dict[UUID, list[Absence]]:
    """The absences of these members that end on the day or later, by the member's id."""
    wanted = {pk for pk in members if pk}
    found: dict[UUID, list[Absence]] = {pk: [] for pk in wanted}
    rows = Absence.objects.filter(member__in=wanted, last_on__gte=since)
    for row in rows.select_related("member", "cover"):
        found[row.member_id].append(row)
    return found


def covering(member: Member, day: date) -> Member | None:
    """Who stands in for a member on a day on which they are away, if anybody does."""
    row = (
        Absence.objects.filter(member=member, first_on__lte=day, last_on__gte=day)
        .exclude(cover=None)
        .select_related("cover")
        .first()
    )
    return row.cover if row and row.cover and row.cover.state == "active" else None

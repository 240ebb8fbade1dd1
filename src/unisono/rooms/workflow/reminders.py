"""What is due tomorrow and what is overdue is announced once each, in every organization."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from unisono.kernel import clock, events, tenancy
from unisono.rooms.people.actors import system
from unisono.rooms.people.models import Organization
from unisono.rooms.workflow.models import Task
from unisono.rooms.workflow.queries import AWAKE
from unisono.rooms.workflow.states import PENDING

LOOKS_BACK = timedelta(days=7)
"""What became overdue longer ago than this is no news; it stands on My work all the same."""
MORNING = timedelta(hours=7)
"""The hour of the organization's day from which on the next day's tasks are told."""


def remind_due() -> int:
    """The schedule's door."""
    return remind(now=timezone.now())


def remind(*, now: datetime) -> int:
    """Announce what is newly due tomorrow or overdue; how many."""
    with tenancy.everywhere("tasks fall due in every organization"):
        found = _soon(now, now + timedelta(days=3)) | _overdue(now)
        houses = set(found.order_by().values_list("organization_id", flat=True).distinct())
    told = 0
    for organization_id in houses:
        with tenancy.within(organization_id):
            by = system(organization_id)
            late = _claimed("overdue_for", _overdue(now))
            events.record_all("task.overdue", late, by=by, now=now)
            told += len(late)
            today, tomorrow, end = _days(by.organization, now)
            if now >= today + MORNING:
                soon = _claimed("soon_for", _soon(tomorrow, end))
                events.record_all("task.due_tomorrow", soon, by=by, now=now)
                told += len(soon)
    return told


def _claimed(mark: str, rows: QuerySet[Task]) -> list[Task]:
    """These tasks, marked as told of their date; locked first, so that of two sweeps one tells."""
    found = list(rows.order_by("pk").select_for_update(skip_locked=True, of=("self",)))
    Task.objects.filter(pk__in=[row.pk for row in found]).update(**{mark: F("due_at")})
    return found


def _days(organization: Organization, now: datetime) -> list[datetime]:
    """When the organization's today began, when its tomorrow begins, and when that ends."""
    day = clock.to_wall(now, organization.zone).date()
    return [clock.start_of_day(day + timedelta(n), organization.zone) for n in range(3)]


def _soon(after: datetime, until: datetime) -> QuerySet[Task]:
    """Pending and due in between, of which its people have not been told; what is due by the end
    of a day is due when the next one begins."""
    rows = Task.objects.filter(AWAKE, state__in=PENDING, due_at__gt=after, due_at__lte=until)
    return rows.filter(_untold("soon_for"))


def _overdue(now: datetime) -> QuerySet[Task]:
    rows = Task.objects.filter(AWAKE, state__in=PENDING, due_at__lte=now)
    return rows.filter(due_at__gt=now - LOOKS_BACK).filter(_untold("overdue_for"))


def _untold(mark: str) -> Q:
    return Q(**{mark: None}) | ~Q(**{mark: F("due_at")})

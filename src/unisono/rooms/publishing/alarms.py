"""Lateness that nobody announces by itself is told here, once each; the sweep works for everybody.

It depends on no dispatcher: where all of them are down, the process that runs the schedule still
says so, and still ends what is past its latest time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from unisono.kernel import events, tenancy
from unisono.kernel.models import Event
from unisono.kernel.states import advance
from unisono.rooms.content.models import Variant
from unisono.rooms.people.actors import Actor, system
from unisono.rooms.publishing.lateness import PROMPT, never_scheduled, overdue
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.reasons import because, late
from unisono.rooms.publishing.states import GRACE, PUBLICATION, READY

LOOKS_BACK = timedelta(days=1)
"""Pencilled times that passed longer ago are old news; they stay on the page of what is due."""


def sweep(*, now: datetime) -> int:
    """Tell all that has become late, and hold what is past its latest time; how many were told."""
    with tenancy.everywhere("lateness is told for every organization"):
        houses = set(overdue(now).order_by().values_list("organization_id", flat=True).distinct())
        houses |= set(_missed(now).order_by().values_list("organization_id", flat=True).distinct())
    told = 0
    for organization_id in houses:
        with tenancy.within(organization_id):
            by = system(organization_id)
            _hold_past_latest(by=by, now=now)
            told += _tell_publications(by=by, now=now) + _tell_variants(by=by, now=now)
    return told


def _hold_past_latest(*, by: Actor, now: datetime) -> None:
    """What nobody took up until its latest time may not go out by itself any more."""
    with transaction.atomic():
        rows = Publication.objects.select_for_update(skip_locked=True).filter(
            READY, latest_at__lt=now
        )
        for row in rows:
            advance(row, PUBLICATION, "held", by=by, now=now, **late(row.due_at, now))


def _tell_publications(*, by: Actor, now: datetime) -> int:
    """One event each for what is late; those told since they were last meant to go are done."""
    with transaction.atomic():
        known = _told("publication.late", overdue(now).values_list("pk", "latest_at"))
        wanted = overdue(now).exclude(pk__in=known).values_list("pk", flat=True)
        # Locked first, asked again after: of two sweeps at once, one tells.
        rows = list(
            Publication.objects.select_for_update(skip_locked=True)
            .filter(pk__in=list(wanted))
            .order_by("due_at", "pk")
        )
        known = _told("publication.late", [(row.pk, row.latest_at) for row in rows])
        untold = [row for row in rows if row.pk not in known]
        events.record_all(
            "publication.late",
            untold,
            by=by,
            now=now,
            data=[{"reason": row.reason or because("queued")["reason"]} for row in untold],
        )
    return len(untold)


def _told(kind: str, rows: Iterable[tuple[UUID, datetime]]) -> set[UUID]:
    """Which of these have been told since they were last meant to go out (GRACE before latest)."""
    meant = {pk: latest_at - GRACE for pk, latest_at in rows}
    found = Event.objects.filter(subject_type="publication", subject_id__in=list(meant), kind=kind)
    return {
        event.subject_id
        for event in found.only("subject_id", "at")
        if event.at >= meant[event.subject_id]
    }


def _tell_variants(*, by: Actor, now: datetime) -> int:
    """One event each for a pencilled time that passed without anything being scheduled."""
    with transaction.atomic():
        wanted = list(_missed(now).values_list("pk", flat=True))
        rows = list(
            Variant.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=wanted)
        )
        told = {
            (event.subject_id, str(event.data.get("planned")))
            for event in Event.objects.filter(
                subject_type="variant",
                subject_id__in=[row.pk for row in rows],
                kind__in=("variant.missed", "variant.unscheduled"),
            )
        }
        missed = [row for row in rows if (row.pk, _planned(row)) not in told]
        events.record_all(
            "variant.missed",
            missed,
            by=by,
            now=now,
            data=[{"planned": _planned(row)} for row in missed],
        )
    return len(missed)


def _planned(row: Variant) -> str:
    return f"{row.planned_wall} {row.planned_zone}"


def _missed(now: datetime) -> Any:
    """Of single posts: a series tells of its own occurrences, many in one notice."""
    passed = Q(planned_at__gte=now - LOOKS_BACK, planned_at__lt=now - PROMPT)
    return never_scheduled().filter(passed, post__occurrence__isnull=True)

"""The worker's door to what happens by the clock, beside the dispatcher."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from unisono.kernel import events, tenancy
from unisono.kernel.states import MovedMeanwhile
from unisono.rooms.channels import slots
from unisono.rooms.channels.models import Slot
from unisono.rooms.content import occurrences
from unisono.rooms.content.models import Occurrence
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import alarms, claims, preflight, queue
from unisono.rooms.publishing.queries import passed_by


def tell_late() -> int:
    """Tell what has become late, by the clock all workers share; how many were told."""
    return alarms.sweep(now=claims.database_now())


def make_ready() -> int:
    """Prepare what goes out soon and tell what is in its way; how many were made ready."""
    return preflight.run(now=claims.database_now())


def watch_queues() -> int:
    """Tell of channels for which what is approved does not last; how many were told now."""
    now = timezone.now()
    with tenancy.everywhere("queues are watched in every organization"):
        rows = Slot.objects.order_by().values_list("organization_id", flat=True).distinct()
        found = list(rows)
    return sum(watch(organization_id, now=now) for organization_id in found)


def watch(organization_id: UUID, *, now: datetime) -> int:
    """The same for one organization."""
    with tenancy.within(organization_id):
        by = system(organization_id)
        return sum(
            slots.note_queue(one.channel, low=one.low, days=one.days or 0, by=by, now=now)
            for one in queue.health(by, now=now)
        )


def report_missed() -> int:
    """Keep as missed what came due without a publication; how many occurrences those are."""
    now = timezone.now()
    with tenancy.everywhere("missed occurrences are told in every organization"):
        found = list(passed_by(now).values_list("organization_id", flat=True).order_by().distinct())
    return sum(report(organization_id, now=now) for organization_id in found)


def report(organization_id: UUID, *, now: datetime) -> int:
    """The same for one organization."""
    with tenancy.within(organization_id), events.gathered():
        by = system(organization_id)
        rows = passed_by(now).select_related("post__occurrence", "channel").order_by("planned_at")
        missing: dict[UUID, list[str]] = {}
        known: dict[UUID, Occurrence] = {}
        for variant in rows:
            occurrence = known.setdefault(variant.post_id, variant.post.occurrence)
            missing.setdefault(occurrence.pk, []).append(variant.channel.name)
        for occurrence in known.values():
            with suppress(MovedMeanwhile):
                occurrences.miss(occurrence, channels=missing[occurrence.pk], by=by, now=now)
        return len(known)

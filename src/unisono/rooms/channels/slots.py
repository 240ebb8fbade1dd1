"""A channel's times of the week: the verbs that keep them, and the instants they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import clock, events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.rooms.channels.models import Channel, Slot
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability

MOST = 50
"""Slots of one channel at most: seven a day and one."""

LONGEST = 90
"""Days ahead for which a channel may ask to be warned."""


def add_slots(
    channel: Channel, weekdays: Iterable[int], *, at: time, zone: str, by: Actor, now: datetime
) -> list[Slot]:
    """Let the channel say something at this wall time in `zone` on these weekdays (0: Monday)."""
    by.must(Capability.CHANNELS, channel.department_id)
    days = sorted(set(weekdays))
    if not days or not all(0 <= day <= 6 for day in days):
        raise Invalid(_("Choose at least one weekday."), field="weekday")
    try:
        clock.zone_named(zone)
    except clock.UnknownZone as unknown:
        raise Invalid(str(unknown), field="zone") from None
    with transaction.atomic():
        Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
        had = set(channel.slots.filter(at=f"{at:%H:%M}").values_list("weekday", flat=True))
        if channel.slots.count() + len(set(days) - had) > MOST:
            raise Conflict(_("A channel takes %(n)s slots at most.") % {"n": MOST})
        made = [
            Slot.objects.create(channel=channel, weekday=day, at=f"{at:%H:%M}", zone=zone)
            for day in days
            if day not in had
        ]
        events.record(
            "channel.slots", channel, by=by, now=now, added=[[s.weekday, s.at] for s in made]
        )
    return made


def remove_slot(slot: Slot, *, by: Actor, now: datetime) -> None:
    """Take a time of the week away; what is planned for it stays as it is."""
    by.must(Capability.CHANNELS, slot.channel.department_id)
    with transaction.atomic():
        events.record(
            "channel.slots", slot.channel, by=by, now=now, removed=[[slot.weekday, slot.at]]
        )
        slot.delete()


def warn_below(channel: Channel, days: int, *, by: Actor, now: datetime) -> None:
    """Say for how many days approved content has to last before people are told; 0: never."""
    by.must(Capability.CHANNELS, channel.department_id)
    if not 0 <= days <= LONGEST:
        raise Invalid(_("Choose at most %(n)s days.") % {"n": LONGEST}, field="days")
    channel.warn_days = days
    channel.save(update_fields=["warn_days"])
    events.record("channel.warned", channel, by=by, now=now, days=days)


def note_queue(channel: Channel, *, low: bool, days: int, by: Actor, now: datetime) -> bool:
    """Tell that what is approved does not last, once until it does again; whether it was told."""
    if not low:
        Channel.objects.filter(pk=channel.pk, queue_low_at__isnull=False).update(queue_low_at=None)
        return False
    with transaction.atomic():
        fresh = Channel.objects.filter(pk=channel.pk, queue_low_at=None)
        if not fresh.update(queue_low_at=now):
            return False
        events.record("channel.queue_low", channel, by=by, now=now, days=days)
    return True


def instants(slots: Iterable[Slot], since: datetime, until: datetime) -> list[datetime]:
    """When the slots are, from `since` up to `until`, in order; each once.

    A time that a change of clocks skips moves forward by the gap, one that comes twice is the
    first.
    """
    found = {at for slot in slots for at in _of(slot, since, until)}
    return sorted(found)


def _of(slot: Slot, since: datetime, until: datetime) -> Iterator[datetime]:
    wall = time.fromisoformat(slot.at)
    first = clock.to_wall(since, slot.zone).date()
    first += timedelta(days=(slot.weekday - first.weekday()) % 7 - 7)
    for day in _weekly(first, clock.to_wall(until, slot.zone).date()):
        at = clock.resolve(datetime.combine(day, wall), slot.zone).instant
        if since <= at < until:
            yield at


def _weekly(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=7)

"""The queue: how long what is approved lasts on each channel, its gaps, and filling them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unisono.kernel.clock import to_wall
from unisono.kernel.refusals import Invalid
from unisono.rooms.channels import queries as channels
from unisono.rooms.channels import slots as keeping
from unisono.rooms.channels.models import Slot
from unisono.rooms.content import queries as content
from unisono.rooms.content.models import Variant
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import queue as queues
from unisono.screens.calendar.grid import first_weekday
from unisono.screens.doors import ActorRequest, done, named, now, refusals_on, uuids
from unisono.screens.zones import zone_names
from unisono.ui.wording import weekday

GAPS = 6
"""Days with a gap that a channel shows; of more, only how many."""

UNDATED = 40
"""Posts without a time that are offered."""

A_MONDAY = date(2024, 1, 1)


class SlotsForm(forms.Form):
    """A wall time on some weekdays."""

    at = forms.TimeField(label=gettext_lazy("Time"))
    zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=60)
    weekday = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekdays"), coerce=int, choices=[(day, day) for day in range(7)]
    )


class WarningForm(forms.Form):
    """For how many days approved posts have to last."""

    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=0, max_value=keeping.LONGEST)


@dataclass(frozen=True)
class Line:
    """One channel as the page shows it."""

    health: queues.Health
    may_manage: bool
    waiting: list[Variant]
    week: list[tuple[str, list[Slot]]]
    zone: str

    @property
    def gaps(self) -> list[queues.Gap]:
        return self.health.gaps[:GAPS]

    @property
    def more(self) -> int:
        return max(len(self.health.gaps) - GAPS, 0)


def queue(request: ActorRequest) -> HttpResponse:
    """The page; `?channel=` narrows it to one."""
    return _page(request)


def fill(request: ActorRequest) -> HttpResponseBase:
    """Schedule an approved post without a time at the slot it is offered (`way`, an instant)."""
    ids = uuids([request.POST.get("variant", "")])
    if not ids:
        raise Invalid(_("Choose a post first."), field="variant")
    variant = content.variant(request.actor, ids[0])
    zone = request.POST.get("zone") or request.actor.zone
    try:
        wall = to_wall(datetime.fromisoformat(request.POST.get("way", "")), zone)
    except ValueError:
        raise Invalid(_("This is not a day and a time."), field="way") from None
    row = publishing.schedule_variant(variant, wall=wall, zone=zone, by=request.actor, now=now())
    messages.success(request, _("Scheduled."))
    return done(request, f"{reverse('queue')}#channel-{row.channel_id}")


def slots(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Add a time of the week to a channel."""
    channel = channels.channel(request.actor, pk)
    form = SlotsForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            keeping.add_slots(
                channel,
                form.cleaned_data["weekday"],
                at=form.cleaned_data["at"],
                zone=form.cleaned_data["zone"],
                by=request.actor,
                now=now(),
            )
    if form.errors:
        request.actor.must(Capability.CHANNELS, channel.department_id)
        return _page(request, sent=form, at=pk)
    return done(request, f"{reverse('queue')}#channel-{pk}")


def removal(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take a time of the week away."""
    slot = channels.slot(request.actor, pk)
    keeping.remove_slot(slot, by=request.actor, now=now())
    return done(request, f"{reverse('queue')}#channel-{slot.channel_id}")


def warning(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Say when a channel's people are warned."""
    channel = channels.channel(request.actor, pk)
    form = WarningForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Choose a number of days."), field="days")
    keeping.warn_below(channel, form.cleaned_data["days"], by=request.actor, now=now())
    messages.success(request, _("Saved."))
    return done(request, f"{reverse('queue')}#channel-{pk}")


def _page(
    request: ActorRequest, *, sent: SlotsForm | None = None, at: UUID | None = None
) -> HttpResponse:
    actor, chosen = request.actor, uuids(request.GET.getlist("channel"))
    found = queues.health(actor, now=now(), only=chosen or None)
    waiting = list(queues.undated(actor)[:UNDATED])
    offers = queues.free_slots([(v.post, v.channel) for v in waiting], now=now(), count=1)
    lines = [_line(request, one, waiting) for one in found]
    context: dict[str, Any] = {
        "lines": sorted(lines, key=lambda line: not line.health.low),
        "waiting": [
            (variant, next(iter(offers[variant.post_id, variant.channel_id]), None))
            for variant in waiting
            if not chosen or variant.channel_id in chosen
        ],
        "channels": named(channels.usable(actor)),
        "chosen": request.GET.get("channel", ""),
        "weekdays": [(day, weekday(_named(day))) for day in _week(actor.language)],
        "zones": zone_names(),
        "sent": sent,
        "sent_at": at,
        "picked": (sent.data.getlist("weekday") if sent else []),  # type: ignore[attr-defined]
        "can_schedule": actor.can_anywhere(Capability.SCHEDULE),
        "nav": "calendar",
    }
    return render(request, "queue/queue.html", context, status=422 if sent else 200)


def _line(request: ActorRequest, found: queues.Health, waiting: list[Variant]) -> Line:
    actor, channel = request.actor, found.channel
    days = _week(actor.language)
    return Line(
        found,
        actor.can(Capability.CHANNELS, channel.department_id),
        [variant for variant in waiting if variant.channel_id == channel.pk],
        [
            (weekday(_named(day)), of_day)
            for day in days
            if (of_day := [slot for slot in found.slots if slot.weekday == day])
        ],
        found.slots[0].zone if found.slots else actor.organization.zone,
    )


def _week(language: str) -> list[int]:
    """The weekdays, 0 for Monday, in the order in which the reader's weeks run."""
    first = first_weekday(language)
    return [(first + n) % 7 for n in range(7)]


def _named(day: int) -> date:
    """Some date of the weekday."""
    return A_MONDAY.replace(day=1 + day)

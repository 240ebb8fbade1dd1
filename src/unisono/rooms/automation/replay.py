"""What a rule would have done: the event log against it, without writing anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from unisono.kernel.models import Event
from unisono.rooms.automation.models import Rule
from unisono.rooms.automation.running import covered, fits
from unisono.rooms.automation.subjects import gather
from unisono.rooms.automation.triggers import TRIGGERS
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability

BACK = timedelta(days=30)
MOST = 2_000
"""So many events, the newest, are looked at."""


@dataclass(frozen=True)
class Meeting:
    """An event that the rule fits; `beyond` when it would have paused before."""

    event: UUID
    at: datetime
    title: str
    acts: list[str]
    beyond: bool


def would(rule: Rule, *, actor: Actor, now: datetime) -> list[Meeting]:
    """What the rule would have met in the last 30 days, oldest first. It judges things as they are
    now: what was changed since then is met as it was changed. All of it counts for the limits;
    told is what happened where the actor sees it."""
    rows = Event.objects.filter(kind=TRIGGERS[rule.trigger].kind, at__gt=now - BACK, at__lte=now)
    found = sorted(rows.order_by("-at")[:MOST], key=lambda event: event.at)
    subjects = gather(found, actor.organization.zone)
    reach = covered(actor.departments.rows)
    times: list[datetime] = []
    met: list[Meeting] = []
    paused = False
    for event in found:
        subject = subjects.get(event.pk)
        if subject is None or not fits(rule, event, subject, reach):
            continue
        hour = sum(at > event.at - timedelta(hours=1) for at in times)
        day = sum(at > event.at - timedelta(days=1) for at in times)
        paused = paused or hour >= rule.an_hour or day >= rule.a_day
        times.append(event.at)
        acts = [one["act"] for one in rule.acts]
        if actor.can(Capability.SEE, subject.department):
            met.append(Meeting(event.pk, event.at, subject.title, acts, paused))
    return met

"""Questions about notices."""

from __future__ import annotations

from django.db.models import QuerySet

from unisono.rooms.notifications.choices import CHOICES
from unisono.rooms.notifications.models import Mute, Notice
from unisono.rooms.people.actors import Actor


def notices(actor: Actor) -> QuerySet[Notice]:
    """The actor's notices, newest first."""
    return Notice.objects.filter(member=actor.member)


def unread(actor: Actor) -> QuerySet[Notice]:
    """Those that are new."""
    return notices(actor).filter(read_at=None)


def wanted(actor: Actor) -> list[str]:
    """The choosable notices the actor is told of."""
    quiet = set(Mute.objects.filter(member=actor.member).values_list("choice", flat=True))
    return [name for name in CHOICES if name not in quiet]

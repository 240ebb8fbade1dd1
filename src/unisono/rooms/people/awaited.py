"""The verb by which an organization's actors learn which kinds of event something waits for."""

from __future__ import annotations

from collections.abc import Collection

from unisono.rooms.people.actors import Actor
from unisono.rooms.people.models import Organization


def await_kinds(kinds: Collection[str], *, by: Actor) -> None:
    """Let every actor from now on know that something waits for these kinds, and for no others."""
    found = sorted(set(kinds))
    Organization.objects.filter(pk=by.organization.pk).update(awaited=found)
    by.organization.awaited = found

"""Questions about feeds."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.feeds.models import Feed, FeedEntry
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability


def feeds(actor: Actor) -> QuerySet[Feed]:
    """The feeds of the departments the actor sees, and those of none."""
    return Feed.objects.filter(_seen(actor, "department")).select_related("department", "owner")


def feed(actor: Actor, pk: UUID) -> Feed:
    """One feed; raises NotFound."""
    found = feeds(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such feed."))
    return found


def entries(actor: Actor, state: str = "new") -> QuerySet[FeedEntry]:
    """The shelf: entries in one state, the latest first."""
    rows = FeedEntry.objects.filter(_seen(actor, "feed__department"))
    rows = rows.filter(state=state) if state else rows
    return rows.select_related("feed__department")


def entry(actor: Actor, pk: UUID) -> FeedEntry:
    """One entry; raises NotFound."""
    found = entries(actor, "").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such entry."))
    return found


def _seen(actor: Actor, field: str) -> Q:
    actor.must_anywhere(Capability.SEE)
    allowed = actor.departments_with(Capability.SEE)
    return Q() if allowed is None else Q(**{field: None}) | Q(**{f"{field}__in": allowed})

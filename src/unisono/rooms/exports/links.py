"""Calendar links: made and revoked by their owner, read by a calendar program."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events, tenancy
from unisono.kernel.refusals import Conflict, Invalid, NotFound
from unisono.kernel.secrets import Secret
from unisono.rooms.exports.models import CalendarLink
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.sessions import digest
from unisono.rooms.publishing.agenda import Filters

MOST = 20
"""Links one person may have at a time."""

NOTED_EVERY = timedelta(hours=1)
"""Programs ask every few minutes; when one last did is kept this exactly."""


def make(
    *, name: str, filters: Filters | None = None, by: Actor, now: datetime
) -> tuple[CalendarLink, Secret]:
    """A new link and the secret of its address, which is shown once and never stored."""
    by.must_anywhere(Capability.SEE)
    if by.member is None:
        raise Conflict(_("A calendar link belongs to a person."))
    if not name.strip():
        raise Invalid(_("Give the link a name."), field="name")
    if of(by).filter(revoked_at=None).count() >= MOST:
        raise Conflict(_("You have %(n)s links already. Revoke one first.") % {"n": MOST})
    secret = secrets.token_urlsafe(32)
    link = CalendarLink.objects.create(
        member=by.member,
        name=name.strip()[:80],
        filters=_kept(filters or Filters()),
        digest=digest(secret),
        made_at=now,
    )
    events.record("calendar_link.made", link, by=by, now=now, name=link.name)
    return link, Secret(secret)


def revoke(link: CalendarLink, *, by: Actor, now: datetime) -> None:
    """Nothing is read through it any more. Its owner's right, and an admin's."""
    if by.member is None or link.member_id != by.member.pk:
        by.must(Capability.PEOPLE)
    if link.revoked_at is None:
        link.revoked_at = now
        link.save(update_fields=["revoked_at"])
        events.record("calendar_link.revoked", link, by=by, now=now, name=link.name)


def of(actor: Actor) -> QuerySet[CalendarLink]:
    """The actor's own links, those in use first."""
    return CalendarLink.objects.filter(member=actor.member)


def link(actor: Actor, pk: UUID) -> CalendarLink:
    """One link, to end it; raises NotFound."""
    actor.must_anywhere(Capability.SEE)
    found = CalendarLink.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such calendar link."))
    return found


def behind(secret: str) -> CalendarLink | None:
    """The link of an address; None when it is revoked, or its owner has left."""
    with tenancy.everywhere("a calendar's address does not say whose it is"):
        rows = CalendarLink.objects.filter(revoked_at=None, member__state="active")
        return rows.filter(digest=digest(secret)).select_related("member__user").first()


def note_read(link: CalendarLink, *, now: datetime) -> None:
    """Keep when a program last asked, about."""
    if link.read_at is None or now - link.read_at >= NOTED_EVERY:
        CalendarLink.objects.filter(pk=link.pk).update(read_at=now)


def filters_of(link: CalendarLink) -> Filters:
    """The filters as they are asked with."""
    told: dict[str, Any] = link.filters
    ids = {name: tuple(UUID(pk) for pk in told.get(name, ())) for name in _IDS}
    return Filters(**ids, states=tuple(told.get("states", ())))


_IDS = ("departments", "channels", "campaigns", "objectives", "audiences")


def _kept(filters: Filters) -> dict[str, list[str]]:
    told = {name: [str(pk) for pk in getattr(filters, name)] for name in _IDS}
    found = told | {"states": list(filters.states)}
    return {name: values for name, values in found.items() if values}

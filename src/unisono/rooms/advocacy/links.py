"""Tracked links and invites: the addresses of a kit."""

from __future__ import annotations

import secrets
import string
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.secrets import Secret
from unisono.rooms.advocacy.models import Kit, KitInvite, KitLink
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Member
from unisono.rooms.people.sessions import digest

ALPHABET = string.ascii_lowercase + string.digits
LENGTH = 9
"""36 ** 9 are a hundred million million: no address meets another, and none is secret."""
INVITES_MAX = 50


def link_to(kit: Kit, target: str, member: Member | None = None) -> KitLink:
    """The kit's tracked link to a target, or a colleague's own; made when it is not there yet."""
    known = KitLink.objects.filter(kit=kit, target=target, member=member).first()
    if known is not None:
        return known
    code = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    return KitLink.objects.create(kit=kit, target=target, member=member, code=code)


def have_own(kit: Kit, *, wanted: bool, by: Actor, now: datetime) -> None:
    """The actor wants visits through their own links counted apart, by name; or not any more.

    Links that are out in the world stay good: they count for the kit then, for nobody by name.
    """
    by.must_anywhere(Capability.SEE)
    if by.member is None:
        raise Conflict(_("Only a person shares a kit."))
    with transaction.atomic():
        row = Kit.objects.select_for_update().get(pk=kit.pk)
        if not wanted:
            KitLink.objects.filter(kit=kit, member=by.member).update(member=None)
            return
        if row.state != "open":
            raise Conflict(_("This kit is not open."))
        shared = KitLink.objects.filter(kit=kit, member=None)
        for target in set(shared.values_list("target", flat=True)):
            link_to(kit, target, by.member)


def invite(kit: Kit, *, name: str = "", by: Actor, now: datetime) -> tuple[KitInvite, Secret]:
    """An address for colleagues without an account, whose secret is shown once and never stored."""
    by.must(Capability.SCHEDULE, kit.post.department_id)
    said = " ".join(name.replace("\x00", "").split())
    if not said:
        raise Invalid(_("Say whom the address is for."), field="name")
    if len(said) > 80:
        raise Invalid(_("%(n)s characters at most.") % {"n": 80}, field="name")
    with transaction.atomic():
        row = Kit.objects.select_for_update().get(pk=kit.pk)
        if row.state == "closed":
            raise Conflict(_("This kit is closed. Make a new one of its post."))
        if kit.invites.filter(revoked_at=None).count() >= INVITES_MAX:
            raise Conflict(
                _("There are %(n)s addresses already. Revoke one first.") % {"n": INVITES_MAX}
            )
        secret = secrets.token_urlsafe(32)
        made = KitInvite.objects.create(
            kit=kit, name=said, digest=digest(secret), made_by=by.member, made_at=now
        )
        events.record("kit_invite.made", made, by=by, now=now, name=said)
    return made, Secret(secret)


def revoke(invite: KitInvite, *, by: Actor, now: datetime) -> None:
    """Nothing is seen through it any more."""
    by.must(Capability.SCHEDULE, invite.kit.post.department_id)
    if invite.revoked_at is None:
        invite.revoked_at = now
        invite.save(update_fields=["revoked_at"])
        events.record("kit_invite.revoked", invite, by=by, now=now, name=invite.name)


def has_own(kit: Kit, by: Actor) -> bool:
    """Whether the actor's visits are counted apart."""
    return by.member is not None and kit.links.filter(member=by.member).exists()

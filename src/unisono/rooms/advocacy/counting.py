"""The verbs that count: visits of tracked links, and what colleagues did with a kit.

Nothing of a visitor is kept: no address, no name, no time of day. What is not a person, as far as
it says so itself, is not counted.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from unisono.kernel import tenancy
from unisono.kernel.clock import zone_named
from unisono.kernel.ids import uuid7
from unisono.kernel.refusals import Conflict, Invalid, NotFound
from unisono.rooms.advocacy.models import Did, Kit, KitInvite, KitLink, KitPart
from unisono.rooms.advocacy.recent import Recent
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Organization

ONCE = Recent(timedelta(minutes=30))
"""A sender who follows the same link again within this time is counted once."""
TIDE = Recent(timedelta(minutes=10))
PER_SENDER = 120
"""How often one sender may ask for the pages of one invite within ten minutes."""
PER_HOUSE = 60
"""How many visits from one address count within ten minutes: an office may share one."""
PER_DAY = 5_000
"""What is tallied at a kit's invites in one day at most: beyond that it is no longer colleagues."""
_MACHINES = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|fetch|scan|monitor|headless|curl|wget|python|java/|"
    r"go-http|okhttp|axios|node|ruby|perl|compatible;|\+https?:",
    re.I,
)


class TooMany(Conflict):
    """More was asked for than people look at."""

    code = "too_many"
    status = 429


def visit(code: str, *, agent: str, ahead: bool, sender: str, now: datetime) -> str:
    """The address a tracked link leads to, its visit counted; raises NotFound.

    `agent` is what the visitor's program calls itself, `ahead` whether it only loads in advance.
    """
    link = None
    if re.fullmatch(r"[a-z0-9]{1,16}", code):
        with tenancy.everywhere("a short address does not say whose it is"):
            link = KitLink.objects.filter(code=code).first()
    if link is None:
        raise NotFound(_("This address leads nowhere."))
    looks = not ahead and person(agent)
    fresh = looks and ONCE.times("visit", code, sender, agent, now=now) == 1
    if fresh and TIDE.times("visit", sender, now=now) <= PER_HOUSE:
        with tenancy.within(link.organization_id):
            day = _day(now)
            _add("kit_visit", {"link_id": link.pk, "day": day}, most=None)
    return link.target


def person(agent: str) -> bool:
    """Whether a program calls itself what people's browsers do. A simple rule: what lies about
    itself is counted, what is rare may not be."""
    return agent.startswith("Mozilla/") and not _MACHINES.search(agent)


def take_part(kit: Kit, *, did: str, by: Actor, now: datetime) -> None:
    """A member opened, copied or shared an open kit; each counts once a person."""
    by.must_anywhere(Capability.SEE)
    if did not in Did.values:
        raise Invalid(_("Choose one of the values offered."), field="did")
    if kit.state != "open":
        raise Conflict(_("This kit is not open."))
    if by.member is None or (by.kind == "token" and did == Did.OPENED):
        return  # A program that reads is nobody who looked.
    KitPart.objects.get_or_create(kit=kit, who=_who(kit, by), did=did)


def tally(invite: KitInvite, *, did: str, agent: str, sender: str, now: datetime) -> None:
    """Somebody without an account opened, copied or shared. Raises TooMany for a flood."""
    if did not in Did.values:
        raise Invalid(_("Choose one of the values offered."), field="did")
    kit = invite.kit
    fresh = ONCE.times(did, str(kit.pk), sender, agent, now=now) == 1
    if kit.state == "open" and person(agent) and fresh:
        _add("kit_tally", {"kit_id": kit.pk, "day": _day(now), "did": did}, most=PER_DAY)


def bound(invite: KitInvite, *, sender: str, now: datetime) -> None:
    """Raises TooMany when one sender asks for more than people look at."""
    if TIDE.times(str(invite.pk), sender, now=now) > PER_SENDER:
        raise TooMany(_("Too much was asked for at once. Please try again in a few minutes."))


def _who(kit: Kit, by: Actor) -> str:
    assert by.member is not None
    told = f"unisono.kit:{kit.pk.hex}:{by.member.pk.hex}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), told, hashlib.sha256).hexdigest()


def has_done(kit: Kit, by: Actor) -> set[str]:
    """What the actor did with the kit, for their own page."""
    if by.member is None:
        return set()
    return set(KitPart.objects.filter(kit=kit, who=_who(kit, by)).values_list("did", flat=True))


def _day(now: datetime) -> date:
    """The day it is where the organization is."""
    house = Organization.objects.get(pk=tenancy.current_organization())
    return now.astimezone(zone_named(house.zone)).date()


def _add(table: str, at: dict[str, object], *, most: int | None) -> None:
    """One more, in one statement, so that visits at once are all counted."""
    values: dict[str, Any] = {
        "id": uuid7(),
        "organization_id": tenancy.current_organization(),
        **at,
        "count": 1,
    }
    columns = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(["%s"] * len(values))
    meet = ", ".join(f'"{name}"' for name in at)
    bounded = f' WHERE "{table}"."count" < {int(most)}' if most else ""
    statement = (
        f'INSERT INTO "{table}" ({columns}) VALUES ({places}) ON CONFLICT ({meet})'  # noqa: S608
        f' DO UPDATE SET "count" = "{table}"."count" + 1{bounded}'
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values.values()))

"""What a campaign says of itself beside its name and window, and how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Invalid
from unisono.rooms.channels.models import Channel
from unisono.rooms.people.models import Department
from unisono.rooms.plan import utm
from unisono.rooms.plan.models import Audience, Campaign, Objective
from unisono.rooms.plan.utm import Pattern

WORDS = ("goal", "message", "tone", "dos", "donts", "budget")
TIES = ("departments", "channels", "audiences", "objectives")
LINKS_MAX = 20
NO_TAGS = Pattern()


@dataclass(frozen=True)
class Link:
    """An address authors should know, and what is there."""

    url: str
    name: str = ""


@dataclass(frozen=True)
class Details:
    """All of it. `code` empty: made of the campaign's name."""

    goal: str = ""
    message: str = ""
    tone: str = ""
    dos: str = ""
    donts: str = ""
    budget: str = ""
    links: Sequence[Link] = ()
    code: str = ""
    utm: Pattern = NO_TAGS
    departments: Sequence[Department] = ()
    channels: Sequence[Channel] = ()
    audiences: Sequence[Audience] = ()
    objectives: Sequence[Objective] = ()


def details_of(campaign: Campaign) -> Details:
    """What a campaign says now."""
    ties: dict[str, Any] = {name: tuple(getattr(campaign, name).all()) for name in TIES}
    return Details(
        **{name: getattr(campaign, name) for name in WORDS},
        **ties,
        links=tuple(Link(**link) for link in campaign.links),
        code=campaign.code,
        utm=Pattern.of(campaign.utm),
    )


def describe(campaign: Campaign, details: Details) -> bool:
    """Set the fields, still to be saved; whether the links of its posts change by it."""
    before = (campaign.code, campaign.utm)
    for name in WORDS:
        setattr(campaign, name, getattr(details, name).strip())
    campaign.links = [{"url": link.url, "name": link.name} for link in _links(details.links)]
    campaign.code = _code(details.code) or campaign.code or utm.slug(campaign.name)
    campaign.utm = utm.checked(details.utm).kept
    return bool(before[1] or campaign.utm) and before != (campaign.code, campaign.utm)


def tie(campaign: Campaign, details: Details) -> None:
    """Write what a saved campaign is tied to. What leads or counts anyway is not said twice."""
    kept: dict[str, list[Any]] = {name: list(getattr(details, name)) for name in TIES}
    kept["departments"] = [d for d in kept["departments"] if d.pk != campaign.department_id]
    kept["objectives"] = [o for o in kept["objectives"] if o.pk != campaign.objective_id]
    for name, rows in kept.items():
        getattr(campaign, name).set(rows)


def _code(typed: str) -> str:
    code = utm.slug(typed)
    if typed.strip() and not code:
        raise Invalid(_("Use letters or digits."), field="code")
    return code


def _links(links: Sequence[Link]) -> list[Link]:
    found = [Link(link.url.strip(), link.name.strip()[:120]) for link in links if link.url.strip()]
    if len(found) > LINKS_MAX:
        raise Invalid(_("Give %(most)d links at most.") % {"most": LINKS_MAX}, field="links")
    for link in found:
        if not _is_web(link.url):
            raise Invalid(
                _("“%(url)s” is not an address that begins with https:// or http://.")
                % {"url": link.url[:80]},
                field="links",
            )
    return found


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    words = not any(c.isspace() or not c.isprintable() for c in url)
    return words and len(url) <= 500 and parts.scheme in ("http", "https") and bool(parts.hostname)

"""The kit as a colleague shares it: texts with tracked links, pictures, and ways to their networks.

What may not be shared at this moment is left out: a text whose approval was taken back, all of a
post that was removed, what a hold or an embargo is on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.networks import registry
from unisono.networks.contract import Face
from unisono.networks.shares import Shares
from unisono.networks.text import entities
from unisono.rooms.advocacy import offers
from unisono.rooms.advocacy.models import Kit, KitLink, KitText
from unisono.rooms.channels.models import Channel
from unisono.rooms.library.models import Asset
from unisono.rooms.people.models import Member
from unisono.rooms.publishing.models import Publication


@dataclass(frozen=True)
class Way:
    """A network to share on. `address` opens its own form with the text in it (`filled`), else
    only the network; `host` says which server of it."""

    face: Face
    address: str
    filled: bool
    host: str


@dataclass(frozen=True)
class Suggestion:
    """A text to choose, with its tracked links in it."""

    id: UUID
    text: str
    language: str
    ways: list[Way]


@dataclass(frozen=True)
class Picture:
    """A picture of the kit, as it was approved; `number` is its place, from 0."""

    number: int
    asset_id: UUID
    alt: str
    width: int
    height: int
    mime: str


@dataclass(frozen=True)
class Out:
    """Where a post of ours is, to be passed on there."""

    face: Face
    name: str
    url: str


@dataclass(frozen=True)
class Shown:
    """What a colleague sees. `stopped` says why there is nothing: `closed`, `draft`, `embargo`,
    `hold` or `withdrawn`; empty where there is something."""

    texts: list[Suggestion] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    link: str = ""
    out: list[Out] = field(default_factory=list)
    stopped: str = ""


def shown(kit: Kit, *, member: Member | None = None, draft: bool = False, now: datetime) -> Shown:
    """The kit as a colleague sees it now, with their own links where they want them.

    With `draft` it is shown before it is open, to those who look after it.
    """
    if kit.state == "closed" or (kit.state == "draft" and not draft):
        return Shown(stopped=kit.state)
    if offers.embargoed(kit.post, now):
        return Shown(stopped="embargo")
    texts, stopped = _sharable(kit, now)
    if not texts:
        return Shown(stopped=stopped)
    links = _links(kit, member)
    faces = _channels(texts)
    return Shown(
        texts=[_suggestion(row, links, faces) for row in texts],
        pictures=_pictures((row.revision.media for row in texts), now.date()),
        link=links.get(kit.target, ""),
        out=_out(texts),
    )


def picture(kit: Kit, number: int, *, draft: bool = False, now: datetime) -> tuple[Asset, Picture]:
    """One picture of what is shown now; raises NotFound."""
    for one in shown(kit, draft=draft, now=now).pictures:
        if one.number == number:
            asset = Asset.objects.filter(pk=one.asset_id).first()
            if asset is not None:
                return asset, one
    raise NotFound(_("There is no such picture."))


def _sharable(kit: Kit, now: datetime) -> tuple[list[KitText], str]:
    """The texts that may be shared at this moment, else what is against all of them."""
    rows = list(
        kit.texts.select_related("revision__channel", "revision__variant__post__department")
    )
    revisions = [row.revision for row in rows]
    clear, held = offers.clear(revisions), offers.held(revisions)
    posts = {row.revision.variant.post_id: row.revision.variant.post for row in rows}
    early = {pk for pk, post in posts.items() if offers.embargoed(post, now)}
    approved = [row for row in rows if row.revision_id in clear]
    left = [
        row for row in approved
        if row.revision_id not in held and row.revision.variant.post_id not in early
    ]  # fmt: skip
    return left, "hold" if approved else "withdrawn"


def _suggestion(row: KitText, links: dict[str, str], channels: list[Channel]) -> Suggestion:
    text = _tracked(row, links)
    ways = [way for channel in channels if (way := _way(channel, text))]
    return Suggestion(row.pk, text, row.revision.language, ways)


def _tracked(row: KitText, links: dict[str, str]) -> str:
    """The approved words, to the letter, with each link in its tracked form."""
    text, pieces, at = row.revision.text, [], 0
    for found in entities(text):
        short = links.get(row.links.get(found.text, ""), "") if found.kind == "url" else ""
        if short:
            pieces += [text[at : found.start], short]
            at = found.end
    return "".join([*pieces, text[at:]])


def _links(kit: Kit, member: Member | None) -> dict[str, str]:
    """The tracked address for each target: the member's own where there is one."""
    found: dict[str, str] = {}
    rows = list(KitLink.objects.filter(kit=kit).order_by("-pk"))
    for row in rows:
        if row.member_id is None:
            found[row.target] = address(row)
    if member is not None:
        found |= {row.target: address(row) for row in rows if row.member_id == member.pk}
    return found


def address(link: KitLink) -> str:
    """The short address of a tracked link."""
    public = settings.UNISONO_PUBLIC_URL.text.rstrip("/")
    return f"{public}{reverse('short', args=[link.code])}"


def _channels(texts: Iterable[KitText]) -> list[Channel]:
    """One channel for each network and server of it, in the order of the texts."""
    found: dict[tuple[str, ...], Channel] = {}
    for row in texts:
        channel = row.revision.channel
        face = channel.face
        found.setdefault((channel.network, channel.server, face.label), channel)
    return list(found.values())


def _way(channel: Channel, text: str) -> Way | None:
    adapter, account = registry.adapter(channel.network), channel.account
    host = urlsplit(channel.server).hostname or ""
    if adapter.offers(Shares) and isinstance(adapter, Shares):
        if adapter.length(text, account) > adapter.limits(account).text_max:
            return None
        return Way(channel.face, adapter.share_address(text, account), True, host)
    server = channel.server if urlsplit(channel.server).scheme in ("http", "https") else ""
    return Way(channel.face, server, False, host) if server else None


def _out(texts: Iterable[KitText]) -> list[Out]:
    ids = [row.revision_id for row in texts]
    rows = Publication.objects.filter(revision__in=ids, part=0, state="published").exclude(url="")
    found = {row.url: row.channel for row in rows.select_related("channel")}
    return [Out(channel.face, channel.name, url) for url, channel in found.items()]


def _pictures(media: Iterable[list[dict[str, Any]]], today: date) -> list[Picture]:
    """The pictures of all texts, each once with its first alt text; without those whose time of
    use has run out."""
    found: dict[str, dict[str, Any]] = {}
    for rows in media:
        for row in rows:
            found.setdefault(row["sha256"], row)
    ids = [row["asset"] for row in found.values()]
    over = Asset.objects.filter(pk__in=ids, usable_until__lt=today).values_list("pk", flat=True)
    gone = {str(pk) for pk in over}
    return [
        Picture(at, UUID(row["asset"]), row["alt"], row["width"], row["height"], row["mime"])
        for at, row in enumerate(found.values())
        if row["asset"] not in gone
    ]

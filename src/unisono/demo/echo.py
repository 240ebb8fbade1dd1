"""What came back: figures of ninety days, and what people wrote."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from unisono.demo.company import House
from unisono.demo.history import Wire, answers
from unisono.networks.contract import Figures, Incoming
from unisono.networks.sandbox.server.audience import Seen, reaction
from unisono.rooms.engagement import actions as engagement
from unisono.rooms.engagement.models import Conversation
from unisono.rooms.metrics import actions as metrics
from unisono.rooms.people.actors import Actor, system
from unisono.rooms.publishing.models import Publication

SEED = "unisono"
"""The seed of the bundled network's audience, so that its past is what it would have said."""

AGES = tuple(timedelta(hours=hours) for hours in (3, 26, 98, 290))
ANSWERED = 0.8
FRESH, WEEK = timedelta(days=2), timedelta(days=6)


def listen(publication: Publication) -> None:
    """From its delivery on, figures and answers are read."""
    at = publication.published_at
    if at is not None:
        metrics.watch_all([publication], now=at)
        engagement.listen_to_all([publication], now=at)


def measure(house: House, publication: Publication) -> None:
    """The figures as they would have been read: denser in the first days, last of all now."""
    now, by = house.script.now, system(house.organization)
    published = publication.published_at or now
    seen = _seen(house, publication)
    before: Figures | None = None
    for at in [*(published + age for age in AGES if published + age < now), now]:
        seen_now = reaction(seen, SEED, at.timestamp())
        figures = Figures(
            views=seen_now.views,
            likes=seen_now.likes,
            comments=seen_now.comments,
            shares=seen_now.shares,
            clicks=seen_now.clicks,
        )
        if figures != before or at == now:
            metrics.record_figures(publication, figures, by=by, now=at)
        before = figures


def follow(house: House) -> None:
    """Ninety days in which some more people follow each channel, up to today's number."""
    by = system(house.organization)
    entries = {entry["key"]: entry for entry in house.script.company["channel"]}
    for key, channel in house.channels.items():
        for days in range(90, -1, -6):
            grown = 1 - 0.0009 * days * (1 + Random(f"{key}|{days}").random() / 9)
            metrics.record_followers(
                channel, round(entries[key]["followers"] * grown), by=by, now=house.script.ago(days)
            )


def converse(wire: Wire, house: House, publications: list[Publication]) -> int:
    """Receive what people wrote until now, close what was dealt with; how many messages."""
    now, by, kept = house.script.now, system(house.organization), 0
    for channel in house.channels.values():
        rows = {row.remote_id: row for row in publications if row.channel_id == channel.pk}
        if not rows:
            continue
        heard: dict[str, list[Incoming]] = {}
        for item in answers(wire, channel, list(rows), house.script.ago(100)):
            if item.at <= now:
                heard.setdefault(item.post, []).append(item)
        for remote_id, row in rows.items():
            for read_at, items in _readings(row, heard.get(remote_id, []), now):
                kept += len(engagement.receive(row, items, by=by, now=read_at))
            engagement.heard(row, now=now)
    _close(house)
    return kept


def _readings(
    row: Publication, items: list[Incoming], now: datetime
) -> list[tuple[datetime, list[Incoming]]]:
    """When answers were read, and which were new then: soon after, and a few times later."""
    readings = []
    start = row.published_at or now
    for hours in (3, 12, 36, 100, 2400):
        read_at = start + timedelta(hours=hours)
        new = [item for item in items if item.at <= read_at]
        if new:
            readings.append((min(now, new[-1].at + timedelta(seconds=90)), new))
        items = items[len(new) :]
    return readings


def _close(house: House) -> None:
    """All older conversations are closed, nearly all of the week's, and half of yesterday's."""
    now = house.script.now
    rows = Conversation.objects.filter(state="open").select_related(
        "channel", "publication__variant__post__department"
    )
    for row in rows.order_by("opened_at", "author_handle"):
        chance = Random(f"{row.author_handle}|{row.last_at:%Y%m%d%H%M%S}")
        age = now - row.last_at
        answered = 1.0 if age > WEEK else 0.45 if age < FRESH else ANSWERED
        if chance.random() < answered:
            later = row.last_at + timedelta(minutes=chance.randrange(6, 240))
            engagement.close(row, by=_keeper(house, row), now=min(later, now))


def _keeper(house: House, row: Conversation) -> Actor:
    """Who answers for a department."""
    publication = row.publication
    department = publication.variant.post.department_id if publication else None
    keys = {where.pk: key for key, where in house.departments.items()}
    keepers = {"sales": "jonas", "people": "tom", "service": "nadia"}
    return house.actor(keepers.get(keys[department] if department else "", "lea"))


def _seen(house: House, publication: Publication) -> Seen:
    """The publication as the network's audience sees it."""
    entries = {entry["key"]: entry for entry in house.script.company["channel"]}
    keys = {channel.pk: key for key, channel in house.channels.items()}
    revision, account = publication.revision, publication.channel.account
    at: datetime = publication.due_at
    return Seen(
        id=publication.remote_id,
        luck=f"{account.handle}|{revision.text}",
        place=str(account.profile["place"]),
        followers=entries[keys[publication.channel_id]]["followers"],
        text=revision.text,
        language=revision.language,
        images=len(revision.media),
        described=sum(bool(media["alt"]) for media in revision.media),
        at=at.timestamp(),
        speed=1.0,
    )

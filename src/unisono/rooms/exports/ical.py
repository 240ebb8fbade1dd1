"""The plan as a calendar other programs read (RFC 5545, with the refresh hints of RFC 7986)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q
from icalendar import Calendar, Event

from unisono import __version__
from unisono.kernel import models as kernel
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.agenda import Filters, Item, agenda

BACK = timedelta(days=60)
AHEAD = timedelta(days=400)
LASTS = timedelta(minutes=15)
"""A post has no length; programs show nothing for events without one."""

REFRESH = timedelta(minutes=15)
MOVES = ("variant.planned", "publication.scheduled", "publication.retimed", "publication.cancelled")
"""Events after which a calendar program has to show something else."""

TENTATIVE = ("draft", "in_review", "changes_asked", "approved")


def calendar(
    actor: Actor,
    filters: Filters,
    *,
    name: str,
    host: str,
    label: Callable[[str], str],
    page: Callable[[UUID], str],
    now: datetime,
) -> bytes:
    """What the actor sees of the plan, from 60 days back on.

    `label` says a state in words, `page` is the address of a post's page. The same plan gives the
    same bytes.
    """
    items = agenda(actor, now - BACK, now + AHEAD, filters)
    moves = _moves(items)
    made = Calendar()
    made.add("prodid", f"-//Unisono//Unisono {__version__}//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", actor.zone)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT15M")
    for item in items:
        made.add_component(_event(item, moves, host, label, page))
    return bytes(made.to_ical())


def _event(
    item: Item,
    moves: dict[UUID, tuple[datetime, int]],
    host: str,
    label: Callable[[str], str],
    page: Callable[[UUID], str],
) -> Event:
    changed, count = _latest(item, moves)
    event = Event()
    event.add("uid", f"{item.variant_id}@{host}")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", count)
    event.add("dtstart", item.at.astimezone(UTC))
    event.add("duration", LASTS)
    event.add("summary", f"{item.title} · {item.channel.name}")
    told = [label(item.state), item.department.name, item.campaign_name, item.reason, item.url]
    event.add("description", "\n".join(part for part in told if part))
    event.add("status", "TENTATIVE" if item.state in TENTATIVE else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("categories", [item.channel.name])
    event.add("url", page(item.post_id))
    return event


def _latest(item: Item, moves: dict[UUID, tuple[datetime, int]]) -> tuple[datetime, int]:
    """When the event last changed, and how often."""
    found = [moves[pk] for pk in _touched(item) if pk in moves]
    if not found:
        return item.at.astimezone(UTC).replace(microsecond=0), 0
    latest = max(at for at, _count in found)
    return latest.astimezone(UTC).replace(microsecond=0), sum(count for _at, count in found)


def _touched(item: Item) -> list[UUID]:
    return [pk for pk in (item.post_id, item.variant_id, item.publication_id) if pk]


def _moves(items: Iterable[Item]) -> dict[UUID, tuple[datetime, int]]:
    """Of each post and its parts, when it was last touched, and how often it was moved."""
    ids = {pk for item in items for pk in _touched(item)}
    rows = kernel.Event.objects.filter(subject_id__in=ids).order_by().values("subject_id")
    told = rows.annotate(last=Max("at"), moved=Count("pk", filter=Q(kind__in=MOVES)))
    return {row["subject_id"]: (row["last"], row["moved"]) for row in told}

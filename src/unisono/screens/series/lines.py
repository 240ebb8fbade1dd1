"""The dates of a series as its page shows them, and as a form foretells them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from unisono.kernel import clock
from unisono.rooms.content import occurrences
from unisono.rooms.content import queries as content
from unisono.rooms.content.models import Occurrence, Post, Series
from unisono.rooms.content.recurrence import Slot
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.standings import standing
from unisono.screens.series.words import remark
from unisono.ui import wording

COMING = 6
"""How many dates beyond those made are shown."""
PAST = 60


@dataclass(frozen=True)
class Line:
    """One date: its post where one is made, its badge, and whether a hand has touched it."""

    day: date
    at: datetime
    state: str
    post: Post | None
    by_hand: bool
    skippable: bool


@dataclass(frozen=True)
class Foretold:
    """One date of a preview, in the zone of the series, with what the clocks do to it."""

    iso: str
    words: str
    remark: str


def lines(actor: Actor, series: Series, now: datetime) -> dict[str, Any]:
    """What is ahead, what lies beyond the window, and what is past (the latest first)."""
    rows = list(content.occurrences(actor, series))
    posts = [row.post for row in rows if row.post and not row.post.removed_at]
    badges = standing(posts)
    untouched = set(occurrences.untouched(series, now).values_list("pk", flat=True))
    told = [_line(row, badges, untouched, now) for row in rows]
    ahead = [line for line in told if line.at > now]
    return {
        "ahead": ahead,
        "coming": _coming(series, {line.day for line in told}, now),
        "past": [line for line in told if line.at <= now][::-1][:PAST],
        "missed": sum(line.state == "missed" for line in told),
        "untouched": len(untouched),
        "open": sum(line.state in ("draft", "changes_asked") for line in ahead if line.post),
    }


def next_dates(rows: Sequence[Series], now: datetime) -> dict[UUID, datetime]:
    """When the next post of each series comes; ended and finished ones have none."""
    found = {}
    for row in rows:
        if row.state == "running" and row.last_at > now:
            skipped = {o.day for o in row.occurrences.all() if o.state == "skipped"}
            coming = (
                slot.at
                for slot in occurrences.slots_of(row)
                if slot.at > now and slot.day not in skipped
            )
            at = next(coming, None)
            if at:
                found[row.pk] = at
    return found


def foretold(slots: Sequence[Slot], zone: str) -> list[Foretold]:
    """Dates as a preview shows them."""
    place = clock.zone_named(zone)
    return [
        Foretold(
            wording.utc(slot.at),
            wording.moment(slot.at, place, "full"),
            remark(slot, wording.moment(slot.at, place, "time")),
        )
        for slot in slots
    ]


def _line(
    row: Occurrence, badges: dict[UUID, dict[str, Any]], untouched: set[UUID], now: datetime
) -> Line:
    post = row.post if row.post and not row.post.removed_at else None
    state = row.state
    if state == "made":
        state = badges[post.pk]["state"] if post else "skipped"
    live = post is not None and row.state == "made" and row.at > now
    return Line(row.day, row.at, state, post, live and row.pk not in untouched, live)


def _coming(series: Series, known: set[date], now: datetime) -> list[Slot]:
    if series.state != "running":
        return []
    beyond = (s for s in occurrences.slots_of(series) if s.at > now and s.day not in known)
    return list(islice(beyond, COMING))

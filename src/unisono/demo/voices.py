"""What many people ask in two days, so that a topic stands out of what is usual."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from typing import Any

from unisono.demo.company import House
from unisono.demo.script import FOLDER
from unisono.networks.contract import Incoming
from unisono.rooms.engagement import actions as engagement
from unisono.rooms.engagement.models import Message
from unisono.rooms.people.actors import system
from unisono.rooms.publishing.models import Publication

WEEKS = 8
UNDER = 3
"""They write under so many of the channel's latest posts."""


def ask(house: House, publications: list[Publication]) -> int:
    """Receive what was usual before, which was answered, and the questions; how many messages."""
    said = tomllib.loads((FOLDER / "voices.toml").read_text(encoding="utf-8"))
    channel, now = house.channels[said["channel"]], house.script.now
    own = [row for row in publications if row.channel_id == channel.pk]
    kept = 0
    for at, name, handle, text in _usual(said, now):
        for message in _heard(house, own, kept, at, name, handle, text):
            kept += 1
            answered = at + timedelta(hours=3)
            by = house.actor(said["keeper"])
            engagement.close(message.conversation, by=by, now=answered)
    for entry in said["message"]:
        at = now - timedelta(hours=entry["hours"])
        kept += len(_heard(house, own, kept, at, entry["name"], entry["handle"], entry["text"]))
    for row in own:
        engagement.heard(row, now=now)
    return kept


def _usual(said: dict[str, Any], now: datetime) -> list[tuple[datetime, str, str, str]]:
    """Ordinary words of the weeks before, oldest first: when, and by whom."""
    found = []
    people, texts, a_week = said["people"], said["usual"], said["a_week"]
    for number in range(WEEKS * a_week):
        weeks, within = WEEKS - number // a_week, number % a_week
        at = now - timedelta(weeks=weeks, hours=43 - 11 * within)
        name, handle = people[number % len(people)]
        found.append((at, name, handle, texts[number % len(texts)]))
    return found


def _heard(
    house: House, own: list[Publication], number: int, at: datetime, *who: str
) -> list[Message]:
    """One message under one of the latest posts of its time."""
    name, handle, text = who
    out = [row for row in own if row.published_at and row.published_at < at][-UNDER:]
    if not out:
        return []
    row = out[number % len(out)]
    item = Incoming(
        f"heard-{number}", row.remote_id, name, handle, "", text, at, post=row.remote_id
    )
    soon = at + timedelta(seconds=90)
    return engagement.receive(row, [item], by=system(house.organization), now=soon)

"""Watchers of what people write: topics that grow, and moods that turn.

Texts are read where they lie; a signal keeps the keys of messages and no word but the topic.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from unisono.rooms.engagement.models import Message as Row
from unisono.rooms.orchestration.listening import topics as growing
from unisono.rooms.orchestration.listening import turning
from unisono.rooms.orchestration.listening.speech import terms
from unisono.rooms.orchestration.listening.topics import Message
from unisono.rooms.orchestration.models import Noticed, Signal
from unisono.rooms.orchestration.sights import Sight
from unisono.rooms.people.actors import Actor

LOOKED_BACK = timedelta(weeks=growing.WEEKS) + growing.WINDOW
MOST = 20_000
"""The latest messages that are read."""

MOSTLY = 2 / 3
"""A department of whose posts so large a part of the messages is, has the topic as its own."""


@dataclass(frozen=True)
class Letter:
    """A message with where it belongs."""

    message: Message
    channel: UUID
    name: str
    department: UUID | None


def topics(_by: Actor, now: datetime) -> Iterator[Sight]:
    """Words that many more people use than usual, across all channels."""
    letters = {letter.message.key: letter for letter in _letters(now)}
    lasting = _lasting(Noticed.TOPIC)
    messages = [letter.message for letter in letters.values()]
    for topic in growing.growing(messages, now=now, lasting=lasting):
        own = [letters[key] for key in topic.messages]
        subject = ("message", UUID(topic.messages[0]))
        data = dict(growing.told(topic))
        yield Sight(Noticed.TOPIC, topic.term[:120], _department(own), subject, data)


def moods(_by: Actor, now: datetime) -> Iterator[Sight]:
    """Channels on which more people sound unhappy than usual."""
    by_channel: dict[UUID, list[Letter]] = defaultdict(list)
    for letter in _letters(now):
        by_channel[letter.channel].append(letter)
    lasting = _lasting(Noticed.MOOD)
    for channel, own in by_channel.items():
        messages = [letter.message for letter in own]
        turn = turning.turned(messages, now=now, lasting=str(channel) in lasting)
        if turn is None:
            continue
        named = set(turn.messages)
        told = {
            "channel": own[-1].name, "people": turn.people, "unhappy": turn.unhappy,
            "share": turn.share, "low": turn.low, "high": turn.high, "usual": turn.usual,
            "before": turn.before, "messages": turn.messages,
        }  # fmt: skip
        department = _department(one for one in own if one.message.key in named)
        yield Sight(Noticed.MOOD, str(channel), department, ("channel", channel), told)


def _letters(now: datetime) -> list[Letter]:
    """The messages of the last weeks, oldest first, our own answers left out."""
    rows = (
        Row.objects.filter(at__gt=now - LOOKED_BACK, at__lte=now)
        .exclude(author_handle=F("channel__handle"))
        .order_by("-at")
        .values_list(
            "pk", "author_handle", "at", "text", "channel_id", "channel__name",
            "conversation__publication__variant__post__department_id",
            "conversation__publication_id", "conversation__publication__revision__text",
        )[:MOST]
    )  # fmt: skip
    ours: dict[UUID | None, frozenset[str]] = {}
    found = []
    for pk, author, at, text, channel, name, department, publication, said in rows:
        if publication not in ours:
            ours[publication] = frozenset(terms(said or ""))
        message = Message(str(pk), author, at, text, ours[publication])
        found.append(Letter(message, channel, name, department))
    return found[::-1]


def _department(letters: Iterable[Letter]) -> UUID | None:
    """The department whose posts most of this stands under."""
    counted = Counter(letter.department for letter in letters)
    department, most = max(counted.items(), key=lambda each: each[1], default=(None, 0))
    return department if most >= MOSTLY * counted.total() else None


def _lasting(kind: str) -> set[str]:
    return set(Signal.objects.filter(kind=kind, state="open").values_list("key", flat=True))

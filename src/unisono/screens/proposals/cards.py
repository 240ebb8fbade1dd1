"""Proposals as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from unisono.rooms.engagement import queries as inbox
from unisono.rooms.engagement.models import Message
from unisono.rooms.orchestration import acts, words
from unisono.rooms.orchestration.models import Proposal
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.ui.navigation import row_url

SHOWN = 3


@dataclass(frozen=True)
class Card:
    """One proposal as the page shows it, in the reader's words and zone."""

    row: Proposal
    title: str
    reason: str
    outcome: str
    decided: str
    may: bool
    may_accept: bool
    href: str
    messages: list[Message]


def cards(actor: Actor, rows: Iterable[Proposal]) -> list[Card]:
    """The proposals in the actor's words and zone."""
    return [
        Card(
            row,
            words.title(row, actor.zone),
            words.reason(row),
            words.outcome(row),
            words.decided(row),
            actor.can(Capability.WRITE, row.department_id),
            acts.may(row, actor),
            _where(row),
            shown(actor, row.data),
        )
        for row in rows
    ]


def shown(actor: Actor, data: dict[str, Any]) -> list[Message]:
    """Some of the messages that something rests on, as far as the actor sees them."""
    return inbox.messages(actor, data["messages"])[:SHOWN] if data.get("messages") else []


def _where(row: Proposal) -> str:
    post = row.post_id or row.before.get("post")
    if post and row.state != "undone":
        return row_url("post", post)
    if row.campaign_id:
        return reverse("campaign", args=[row.campaign_id])
    return reverse("proposals")

"""Proposals as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from unisono.rooms.orchestration import words
from unisono.rooms.orchestration.models import Proposal
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.ui.navigation import row_url


@dataclass(frozen=True)
class Card:
    """One proposal as the page shows it, in the reader's words and zone."""

    row: Proposal
    title: str
    reason: str
    outcome: str
    decided: str
    may: bool
    href: str


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
            row_url("post", row.post_id),
        )
        for row in rows
    ]

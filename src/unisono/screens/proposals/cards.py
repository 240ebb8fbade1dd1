"""Proposals as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from unisono.rooms.engagement import queries as inbox
from unisono.rooms.engagement.models import Message
from unisono.rooms.orchestration import acts, queries, words
from unisono.rooms.orchestration.models import Proposal
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.screens.doors import now
from unisono.ui.navigation import row_url

SHOWN = 3


@dataclass(frozen=True)
class Time:
    """The fields for another time: what stands in them, and what stands against it."""

    proposal: UUID
    day: str
    time: str
    problem: str = ""


@dataclass(frozen=True)
class Card:
    """One proposal as the page shows it, in the reader's words and zone."""

    row: Proposal
    title: str
    reason: str
    outcome: str
    decided: str
    edited: str
    trial: str
    may: bool
    may_accept: bool
    href: str
    messages: list[Message]
    time: Time | None


def cards(actor: Actor, rows: Iterable[Proposal], tried: Time | None = None) -> list[Card]:
    """The proposals in the actor's words and zone; `tried` is another time that was refused."""
    every = list(rows)
    found = shown(actor, [row.data for row in every])
    trying = {row.department_id for row in every if row.trial and row.state == "offered"}
    zone = actor.organization.zone
    trials = queries.tried(trying, zone=zone, now=now()) if trying else {}
    return [
        Card(
            row,
            words.title(row, actor.zone),
            words.reason(row),
            words.outcome(row),
            words.decided(row),
            words.edited(row, actor.zone),
            words.trial(row, trials.get(row.department_id) if row.state == "offered" else None),
            actor.can(Capability.WRITE, row.department_id),
            acts.may(row, actor),
            _where(row),
            messages,
            _time(row, tried),
        )
        for row, messages in zip(every, found, strict=True)
    ]


def shown(actor: Actor, rests: Sequence[dict[str, Any]]) -> list[list[Message]]:
    """Some of the messages that each of these rests on, as far as the actor sees them. One
    query for all, and none where nothing rests on messages."""
    named = [data.get("messages", []) for data in rests]
    every = list(dict.fromkeys(one for own in named for one in own))
    known = {str(row.pk): row for row in inbox.messages(actor, every)} if every else {}
    return [[known[one] for one in own if one in known][:SHOWN] for own in named]


def _time(row: Proposal, tried: Time | None) -> Time | None:
    if row.kind not in acts.TIMED:
        return None
    if tried and tried.proposal == row.pk:
        return tried
    return Time(row.pk, row.wall[:10], row.wall[11:16])


def _where(row: Proposal) -> str:
    post = row.post_id or row.before.get("post")
    if post and row.state != "undone":
        return row_url("post", post)
    if row.campaign_id:
        return reverse("campaign", args=[row.campaign_id])
    return reverse("proposals")

"""Reading answers: the worker's door."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from unisono.kernel import tenancy
from unisono.networks import registry
from unisono.networks.contract import Incoming, SignInAgain
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels.asking import asked
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.sentences import said
from unisono.rooms.engagement import actions as engagement
from unisono.rooms.engagement.models import Listening
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import readings

OVERLAP = timedelta(days=1)
"""Answers are read again from this long before the last reading: networks show some late."""


def collect_due() -> int:
    """Read the answers to what is due, channel by channel. Returns how many were new."""
    return sum(
        _collect(organization_id, channel_id, ids)
        for organization_id, channel_id, ids in readings.turns(Listening, now=timezone.now)
    )


def _collect(organization_id: UUID, channel_id: UUID, ids: list[UUID]) -> int:
    with tenancy.within(organization_id):
        channel = Channel.objects.get(pk=channel_id)
        rows = list(Listening.objects.filter(pk__in=ids).select_related("publication__channel"))
    now = timezone.now()
    known = [row.heard_at or row.publication.published_at for row in rows]
    since = min(at for at in known if at) - OVERLAP
    remote_ids = [row.publication.remote_id for row in rows]
    answer, verdict = asked(
        channel,
        lambda http, keys: registry.reader(channel.network).collect(
            http, channel.account, keys, remote_ids, since
        ),
    )
    found = answer or []
    fresh = 0
    with tenancy.within(organization_id):
        by = system(organization_id)
        if isinstance(verdict, SignInAgain):
            channels.needs_sign_in(channel, trouble=said(verdict.reason), by=by, now=now)
        for row in rows:
            about = _below(found, row.publication.remote_id)
            fresh += len(engagement.receive(row.publication, about, by=by, now=now))
    return fresh


def _below(incoming: list[Incoming], root: str) -> list[Incoming]:
    """The answers in the thread that hangs on `root`, however deep."""
    thread, kept = {root}, []
    for item in sorted(incoming, key=lambda item: item.at):
        if item.in_reply_to in thread:
            thread.add(item.remote_id)
            kept.append(item)
    return kept

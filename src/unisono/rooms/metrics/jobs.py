"""Reading figures: the worker's door. Rows are the truth; this only walks those that are due."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from unisono.kernel import tenancy
from unisono.networks import registry
from unisono.networks.contract import Measures, SignInAgain, Verdict
from unisono.networks.surveys import Surveys
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels.asking import asked
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.sentences import said
from unisono.rooms.metrics import actions as metrics
from unisono.rooms.metrics.models import Watch
from unisono.rooms.people.actors import Actor, system
from unisono.rooms.publishing import readings


def sample_due() -> int:
    """Read the figures of what is due, channel by channel. Returns how many were read."""
    return sum(
        _sample(organization_id, channel_id, ids)
        for organization_id, channel_id, ids in readings.turns(Watch, now=timezone.now)
    )


def _sample(organization_id: UUID, channel_id: UUID, ids: list[UUID]) -> int:
    with tenancy.within(organization_id):
        channel = Channel.objects.get(pk=channel_id)
        watches = list(Watch.objects.filter(pk__in=ids).select_related("publication__channel"))
    now = timezone.now()
    remote_ids = [watch.publication.remote_id for watch in watches]
    answer, verdict = asked(
        channel,
        lambda http, keys: registry.measurer(channel.network).measure(
            http, channel.account, keys, remote_ids
        ),
    )
    found = answer or {}
    with tenancy.within(organization_id):
        by = system(organization_id)
        _signed_out(channel, verdict, by, now)
        for watch in watches:
            figures = found.get(watch.publication.remote_id)
            if figures is None:
                metrics.missed(watch.publication, now=now)
            else:
                metrics.record_figures(watch.publication, figures, by=by, now=now)
    return len(found)


def count_followers() -> int:
    """Ask every connected channel once a day how many follow it. Returns how many were asked.

    A channel that did not answer is asked again the next time.
    """
    now = timezone.now()
    return sum(_count(organization_id, pk, now) for organization_id, pk in _connected(Measures))


def survey_followers() -> int:
    """Ask every connected channel once a week when its followers are online, likewise."""
    now = timezone.now()
    return sum(_survey(organization_id, pk, now) for organization_id, pk in _connected(Surveys))


def _connected(capability: Any) -> list[tuple[UUID, UUID]]:
    """Organization and channel of every connected channel whose network offers that."""
    with tenancy.everywhere("followers are asked about in every organization"):
        rows = list(
            Channel.objects.filter(state="connected").values_list(
                "organization_id", "pk", "network"
            )
        )
    return [
        (organization_id, pk)
        for organization_id, pk, network in rows
        if registry.adapter(network).offers(capability)
    ]


def _count(organization_id: UUID, pk: UUID, now: datetime) -> bool:
    with tenancy.within(organization_id):
        by = system(organization_id)
        channel = Channel.objects.get(pk=pk)
        if not metrics.wants_followers(channel, by=by, now=now):
            return False
    found, verdict = asked(
        channel,
        lambda http, keys: registry.measurer(channel.network).followers(
            http, channel.account, keys
        ),
    )
    with tenancy.within(organization_id):
        if verdict is None:
            metrics.record_followers(channel, found, by=by, now=now)
        _signed_out(channel, verdict, by, now)
    return True


def _survey(organization_id: UUID, pk: UUID, now: datetime) -> bool:
    with tenancy.within(organization_id):
        by = system(organization_id)
        channel = Channel.objects.get(pk=pk)
        if not metrics.wants_activity(channel, by=by, now=now):
            return False
    found, verdict = asked(
        channel,
        lambda http, keys: registry.surveyor(channel.network).online(http, channel.account, keys),
    )
    with tenancy.within(organization_id):
        if verdict is None:
            metrics.record_activity(channel, found, by=by, now=now)
        _signed_out(channel, verdict, by, now)
    return True


def _signed_out(channel: Channel, verdict: Verdict | None, by: Actor, now: datetime) -> None:
    if isinstance(verdict, SignInAgain):
        channels.needs_sign_in(channel, trouble=said(verdict.reason), by=by, now=now)

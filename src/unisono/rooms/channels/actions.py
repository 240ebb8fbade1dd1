"""The verbs of channels."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.models import Event
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.secrets import Secret
from unisono.kernel.states import advance
from unisono.networks import registry
from unisono.networks.contract import CannotConnect, Connected, Credentials, Lifetime
from unisono.rooms.channels import vault
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.outside import egress
from unisono.rooms.channels.sentences import said
from unisono.rooms.channels.states import CHANNEL
from unisono.rooms.people.actors import Actor, system
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department

WARN_DAYS = (1, 7)
"""So many days before a sign-in runs out its people are warned, the last warning first."""


class CouldNotConnect(Invalid):
    """The network did not accept the account; `field` names the input to look at."""

    code = "could_not_connect"


def connect(
    *,
    network: str,
    form: Mapping[str, str | Secret],
    department: Department | None = None,
    by: Actor,
    now: datetime,
) -> Channel:
    """Connect an account: prove its credentials at the network, then seal and keep them.

    An account connected before takes up its old channel again. Raises CouldNotConnect.
    """
    by.must(Capability.CHANNELS, department)
    connected = _prove(network, form)
    account = connected.account
    known = Channel.objects.get_or_none(
        network=network, server=account.server, remote_id=account.remote_id
    )
    if known is not None:
        by.must(Capability.CHANNELS, known.department_id)
        return _renewed(known, connected, by=by, now=now)
    with transaction.atomic():
        channel = Channel(
            network=network,
            remote_id=account.remote_id,
            department=department,
            connected_by=by.member,
            connected_at=now,
        )
        _describe(channel, connected)
        channel.renewed_at = now
        channel.save()
        events.record("channel.connected", channel, by=by, now=now, name=channel.name)
    return channel


def reconnect(
    channel: Channel, *, form: Mapping[str, str | Secret], by: Actor, now: datetime
) -> Channel:
    """Give a channel fresh credentials for the same account."""
    by.must(Capability.CHANNELS, channel.department_id)
    connected = _prove(channel.network, form)
    account = connected.account
    if (account.server, account.remote_id) != (channel.server, channel.remote_id):
        raise CouldNotConnect(
            _("That is another account: this channel is %(handle)s.") % {"handle": channel.handle}
        )
    return _renewed(channel, connected, by=by, now=now)


def assign_channel(
    channel: Channel, *, department: Department | None, by: Actor, now: datetime
) -> Channel:
    """Say which department looks after the channel; None: the organization."""
    by.must(Capability.CHANNELS, channel.department_id)
    by.must(Capability.CHANNELS, department)
    channel.department = department
    channel.save(update_fields=["department"])
    events.record("channel.assigned", channel, by=by, now=now)
    return channel


def disconnect(channel: Channel, *, by: Actor, now: datetime) -> None:
    """Forget the credentials. What was published stays published, and stays on record."""
    by.must(Capability.CHANNELS, channel.department_id)
    if channel.state == "disconnected":
        raise Conflict(_("This channel is disconnected already."))
    advance(
        channel,
        CHANNEL,
        "disconnected",
        by=by,
        now=now,
        credentials="",
        trouble="",
        expires_at=None,
        renews_itself=False,
        failing_since=None,
    )


def needs_sign_in(channel: Channel, *, trouble: str, by: Actor, now: datetime) -> None:
    """Note that the network no longer accepts the credentials; once, however many posts tell."""
    if channel.state == "connected":
        advance(channel, CHANNEL, "needs_sign_in", by=by, now=now, trouble=trouble)


def keep_credentials(
    channel: Channel, fresh: Credentials, *, before: Credentials, now: datetime
) -> bool:
    """Store renewed credentials; whether they were stored.

    Field by field: what is missing or empty in the answer leaves what was there `before`. Nothing
    is stored when somebody has connected the channel anew in the meantime.
    """
    given = {name: secret for name, secret in fresh.items() if secret.reveal()}
    whole = {**before, **given}
    lifetime = registry.connector(channel.network).lifetime(channel.account, whole)
    stored = Channel.objects.filter(pk=channel.pk, credentials=channel.credentials).update(
        credentials=vault.sealed(channel, whole),
        expires_at=lifetime.until,
        renews_itself=lifetime.renews,
        renewed_at=now,
        failing_since=None,
    )
    return bool(stored)


def note_lifetime(channel: Channel, lifetime: Lifetime) -> None:
    """Keep when the sign-in runs out, where the row does not say so yet; renewals succeed again."""
    known = (channel.expires_at, channel.renews_itself, channel.failing_since)
    if known != (lifetime.until, lifetime.renews, None):
        Channel.objects.filter(pk=channel.pk, credentials=channel.credentials).update(
            expires_at=lifetime.until, renews_itself=lifetime.renews, failing_since=None
        )


def note_failing(channel: Channel, *, now: datetime) -> None:
    """Note that a renewal did not get through. It is tried again; nothing is disconnected."""
    if channel.failing_since is None:
        Channel.objects.filter(pk=channel.pk, failing_since=None).update(failing_since=now)


def tell_expiring(channel: Channel, *, now: datetime) -> bool:
    """Warn of a sign-in that runs out, once at each threshold; whether it was told now.

    One that has run out already needs a new sign-in; where renewals are tried still, the network
    itself will say so.
    """
    if channel.state != "connected" or channel.ends_at is None:
        return False
    by = system(channel.organization_id)
    if channel.ends_at <= now:
        if channel.renews_itself:
            return False
        needs_sign_in(channel, trouble=gettext("The sign-in has run out."), by=by, now=now)
        return True
    days = next((n for n in WARN_DAYS if channel.ends_at - now <= timedelta(days=n)), None)
    if days is None:
        return False
    told = {"days": days, "expires_at": channel.ends_at.isoformat()}
    with transaction.atomic():
        Channel.objects.select_for_update().get(pk=channel.pk)
        if Event.objects.filter(
            subject_type="channel", subject_id=channel.pk, kind="channel.expiring", data=told
        ).exists():
            return False
        events.record("channel.expiring", channel, by=by, now=now, **told)
    return True


def _prove(network: str, form: Mapping[str, str | Secret]) -> Connected:
    try:
        connector = registry.connector(network)
    except (registry.UnknownNetwork, registry.NotOffered):
        raise Invalid(_("Choose one of the networks offered."), field="network") from None
    for field in connector.connect_fields:
        if field.required and not _text(form.get(field.name, "")).strip():
            raise Invalid(
                _("“%(field)s” is needed.") % {"field": said(field.label)},
                field=field.name,
            )

    async def ask() -> Connected:
        async with egress() as http:
            return await connector.connect(http, form)

    try:
        return asyncio.run(ask())
    except CannotConnect as error:
        raise CouldNotConnect(said(error.sentence), field=error.field) from error


def _renewed(channel: Channel, connected: Connected, *, by: Actor, now: datetime) -> Channel:
    with transaction.atomic():
        _describe(channel, connected)
        channel.renewed_at = now
        if channel.state == "connected":
            events.record("channel.renewed", channel, by=by, now=now)
        else:
            advance(channel, CHANNEL, "connected", by=by, now=now, trouble="")
        channel.save()
    return channel


def _describe(channel: Channel, connected: Connected) -> None:
    account = connected.account
    lifetime = registry.connector(channel.network).lifetime(account, connected.credentials)
    channel.expires_at, channel.renews_itself = lifetime.until, lifetime.renews
    channel.failing_since = None
    channel.name = account.name[:120] or account.handle[:120]
    channel.handle = account.handle[:160]
    channel.server, channel.url = account.server, account.url
    channel.avatar_url = account.avatar_url
    channel.profile = dict(account.profile)
    channel.credentials = vault.sealed(channel, connected.credentials)


def _text(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value

"""Channels' credentials at rest: any process seals them, the worker alone opens them."""

from __future__ import annotations

import json
from functools import cache

from django.conf import settings

from unisono.kernel import secrets
from unisono.kernel.secrets import Secret
from unisono.networks.contract import Credentials
from unisono.rooms.channels.models import Channel


def sealed(channel: Channel, credentials: Credentials) -> str:
    """The credentials as the row keeps them."""
    text = json.dumps({name: secret.reveal() for name, secret in credentials.items()})
    return _sealing().seal(Secret(text), bound_to=channel.binding)


def opened(text: str, binding: str) -> Credentials:
    """The credentials again; raises CannotOpen in a process without the private key."""
    values = json.loads(_opening().open(text, bound_to=binding).reveal())
    return {name: Secret(value) for name, value in values.items()}


@cache
def _sealing() -> secrets.Ring:
    return secrets.sealing(settings.UNISONO_KEYS)


@cache
def _opening() -> secrets.Ring:
    """Only a process told to publish reads the private key."""
    if not settings.UNISONO_OPENS_SECRETS:
        raise secrets.CannotOpen("This process does not publish, and opens no credentials.")
    return secrets.opening(settings.UNISONO_KEYS)

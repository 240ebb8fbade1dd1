"""The address where a requester follows a request.

Its secret is kept nowhere: it is made of the request's key and this installation's secret key, so
that a mail can name the address again. The row keeps the digest, which is what opens the page.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings

from unisono.kernel.secrets import Secret
from unisono.rooms.people.sessions import digest
from unisono.rooms.requests.models import Request


def secret_of(pk: UUID) -> Secret:
    """The secret in the address of a request that is made now."""
    key = settings.SECRET_KEY.encode()
    made = hmac.new(key, f"unisono.request:{pk.hex}".encode(), hashlib.sha256).digest()
    return Secret(base64.urlsafe_b64encode(made).decode().rstrip("="))


def secret_known(request: Request) -> Secret | None:
    """The secret of a request's address; None where it was made under another key."""
    secret = secret_of(request.pk)
    return secret if hmac.compare_digest(digest(secret.reveal()), request.digest) else None

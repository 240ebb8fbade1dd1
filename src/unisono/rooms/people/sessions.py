"""From a browser's session or a token's text to the member behind it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from unisono.kernel import tenancy
from unisono.rooms.people.models import ApiToken, Member, Organization, User

CHOSEN = "organization"
"""The session's entry that names the organization a user of several is looking at."""


def memberships(user: User) -> list[Member]:
    """The user's active memberships, the oldest first."""
    with tenancy.everywhere("a user's memberships lie in several organizations"):
        return list(Member.objects.filter(user=user, state="active").order_by("joined_at", "pk"))


def organizations(user: User) -> list[Organization]:
    """The organizations the user is an active member of, by name."""
    ids = [member.organization_id for member in memberships(user)]
    return list(Organization.objects.filter(pk__in=ids).order_by("name"))


def membership(user: User, chosen: str | None = None) -> Member | None:
    """The user's active membership: the chosen organization's, else the oldest."""
    members = memberships(user)
    for member in members:
        if str(member.organization_id) == chosen:
            return member
    return members[0] if members else None


def organization_of(session_key: str) -> UUID | None:
    """The organization a browser session looks at, or None for nobody's."""
    session = SessionStore(session_key)
    user_id: str | None = session.get(SESSION_KEY)
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id else None
    if user is None:
        return None
    member = membership(user, session.get(CHOSEN))
    return member.organization_id if member else None


def signed_in(user: User, *, now: datetime) -> list[str]:
    """The keys of the browser sessions in which the user is signed in."""
    rows = Session.objects.filter(expire_date__gt=now)
    return [row.session_key for row in rows if row.get_decoded().get(SESSION_KEY) == str(user.pk)]


def sign_out_others(user: User, *, keep: str | None, now: datetime) -> int:
    """End all of the user's sessions but the one kept; how many ended."""
    others = [key for key in signed_in(user, now=now) if key != keep]
    Session.objects.filter(session_key__in=others).delete()
    return len(others)


def digest(secret: str) -> str:
    """What is stored of a high-entropy secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_of(text: str, *, now: datetime) -> tuple[ApiToken, Organization] | None:
    """The living token that `text` is (`uni_<prefix>_<secret>`), with its organization."""
    parts = text.split("_")
    if len(parts) != 3 or parts[0] != "uni":
        return None
    with tenancy.everywhere("a token's text does not say whose it is"):
        token = ApiToken.objects.filter(prefix=parts[1]).select_related("member__user").first()
        known = token.digest if token else digest("")
        if not hmac.compare_digest(known, digest(parts[2])) or token is None:
            return None
        dead = token.revoked_at or (token.expires_at and token.expires_at <= now)
        if dead or token.member.state != "active" or not token.member.user.is_active:
            return None
        return token, Organization.objects.get(pk=token.organization_id)

"""Signing a browser in and out, and the way on from there."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from unisono.rooms.people.models import User
from unisono.rooms.people.sessions import CHOSEN

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sign_in(request: HttpRequest, user: User, organization: UUID | None = None) -> None:
    """Sign the browser in, looking at this organization."""
    login(request, user, backend=BACKEND)
    if organization is not None:
        request.session[CHOSEN] = str(organization)


def way_on(request: HttpRequest, otherwise: str = "/") -> str:
    """Where `next` points to, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else otherwise

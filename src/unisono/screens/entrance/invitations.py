"""Taking the place somebody has kept for you."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation

from unisono.rooms.people import actions as people
from unisono.rooms.people.capabilities import Role
from unisono.rooms.people.queries import Invited, invited
from unisono.screens.doors import again, now, refusals_on, typed
from unisono.screens.entrance.forms import JoinForm
from unisono.screens.entrance.signing import sign_in


def invitation(request: Any, secret: str) -> HttpResponseBase:
    """Join by the link: with a new account, or with the one that has this address."""
    found = invited(secret, now=now())
    if found is None:
        return render(request, "entrance/invitation_over.html", status=404)
    user = request.user if request.user.is_authenticated else None
    own = user is not None and user.email == found.email
    if found.has_account or user is not None:
        return _with_account(request, secret, found, own)
    with translation.override(found.language):
        return _as_newcomer(request, secret, found)


def _as_newcomer(request: Any, secret: str, found: Invited) -> HttpResponseBase:
    form = JoinForm(typed(request), email=found.email, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            member = people.accept_invitation(
                secret=secret,
                name=form.cleaned_data["name"],
                password=form.secret(),
                now=now(),
            )
            sign_in(request, member.user, member.organization_id)
            return redirect("desk")
    context = _context(found) | {"form": form}
    return again(request, "entrance/invitation.html", context, bad=bool(form.errors))


def _with_account(request: Any, secret: str, found: Invited, own: bool) -> HttpResponseBase:
    """`own`: the signed-in account is the one invited; nobody else takes the place."""
    if own and request.method == "POST":
        member = people.accept_invitation(
            secret=secret,
            name=request.POST.get("name", "") or found.name or found.email.split("@")[0],
            password=None,
            signed_in=request.user,
            now=now(),
        )
        sign_in(request, member.user, member.organization_id)
        return redirect("desk")
    status = 200 if own or request.method == "GET" else 403
    context = _context(found) | {"own": own}
    return render(request, "entrance/invitation_account.html", context, status=status)


def _context(found: Invited) -> dict[str, Any]:
    names = dict(Role.choices)
    return {
        "invited": found,
        "roles": [(where, names.get(role, role)) for where, role in found.roles],
    }

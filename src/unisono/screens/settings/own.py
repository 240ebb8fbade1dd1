"""What is one's own: profile, sign-in safety, API tokens."""

from __future__ import annotations

from datetime import UTC, datetime, time
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from unisono.rooms.people import actions, queries
from unisono.rooms.people.sessions import organizations, sign_out_others, signed_in
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed
from unisono.screens.entrance.switches import keep_language, keep_theme
from unisono.screens.settings.forms import ProfileForm, TokenForm
from unisono.screens.settings.tabs import tabs
from unisono.screens.zones import zone_names


def profile(request: ActorRequest) -> HttpResponseBase:
    """Name, language, zone and appearance."""
    member = request.member
    first = {name: getattr(member, name) for name in ("name", "title", "language", "zone", "theme")}
    form = ProfileForm(typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_profile(member, **form.cleaned_data, by=request.actor, now=now())
            with translation.override(member.language):
                messages.success(request, _("Saved."))
            answer = done(request, "settings")
            keep_language(answer, member.language)
            keep_theme(answer, member.theme)
            return answer
    context = {
        "form": form,
        "organizations": organizations(member.user),
        "tabs": tabs(request.actor, "settings"),
        "zones": zone_names(),
    }
    return again(request, "settings/profile.html", context, bad=bool(form.errors))


def security(request: ActorRequest) -> HttpResponse:
    """The ways to the password, the second factor and the passkeys, and where one is signed in."""
    user = request.member.user
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    context = {
        "has_code": Authenticator.Type.TOTP in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "sessions": len(signed_in(user, now=now())),
        "tabs": tabs(request.actor, "settings.security"),
        "nav": "settings",
    }
    return render(request, "settings/security.html", context)


def sessions(request: ActorRequest) -> HttpResponseBase:
    """Sign out everywhere but here."""
    sign_out_others(request.member.user, keep=request.session.session_key, now=now())
    messages.success(request, _("You are signed in here only."))
    return done(request, "settings.security")


def tokens(request: ActorRequest) -> HttpResponseBase:
    """One's tokens; a new one's text is shown once, on the page that answers its making."""
    form = TokenForm(typed(request), initial={"scopes": ["read"]})
    fresh = ""
    if request.method == "POST" and form.is_valid():
        ends = form.cleaned_data["expires_on"]
        with refusals_on(form):
            _token, secret = actions.issue_token(
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=datetime.combine(ends, time(), UTC) if ends else None,
                by=request.actor,
                now=now(),
            )
            fresh = secret.reveal()
            form = TokenForm(initial={"scopes": ["read"]})
    context = {
        "form": form,
        "fresh": fresh,
        "tokens": queries.tokens(request.actor),
        "tabs": tabs(request.actor, "settings.tokens"),
        "nav": "settings",
    }
    answer = again(request, "settings/tokens.html", context, bad=bool(form.errors))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def revoke(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """End one of one's tokens."""
    actions.revoke_token(queries.token(request.actor, pk), by=request.actor, now=now())
    messages.success(request, _("The token has ended. Whatever used it is refused from now on."))
    return done(request, "settings.tokens")

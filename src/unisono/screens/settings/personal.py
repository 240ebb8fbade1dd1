"""One's own settings: who I am here, and how I sign in."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from unisono.rooms.people import actions
from unisono.rooms.people.sessions import organizations, sign_out_others, signed_in
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed
from unisono.screens.entrance.switches import keep_language, keep_theme
from unisono.screens.settings.forms import ProfileForm
from unisono.screens.settings.frame import framed
from unisono.screens.zones import zone_names

FIELDS = ("name", "title", "language", "theme", "zone")


def profile(request: ActorRequest) -> HttpResponseBase:
    """Name, title, language, zone and theme."""
    member = request.member
    first = {name: getattr(member, name) for name in FIELDS}
    form = ProfileForm(request.actor, typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            values = form.cleaned_data
            actions.change_profile(member, **values, by=request.actor, now=now())
            with translation.override(values["language"]):
                messages.success(request, _("Saved."))
            answer = done(request, "settings")
            keep_language(answer, values["language"])
            keep_theme(answer, values["theme"])
            return answer
    context = framed(
        request,
        "settings",
        form=form,
        zones=zone_names(),
        organizations=organizations(member.user),
    )
    return again(request, "settings/profile.html", context, bad=bool(form.errors))


def security(request: ActorRequest) -> HttpResponse:
    """The ways to sign in, and where one is signed in; changing them asks for the password."""
    kinds = list(
        Authenticator.objects.filter(user=request.member.user).values_list("type", flat=True)
    )
    context = framed(
        request,
        "security",
        has_code=Authenticator.Type.TOTP in kinds,
        passkeys=kinds.count(Authenticator.Type.WEBAUTHN),
        sessions=len(signed_in(request.member.user, now=now())),
        email=request.member.user.email,
    )
    return render(request, "settings/security.html", context)


def sessions(request: ActorRequest) -> HttpResponseBase:
    """Sign out everywhere but here."""
    key = request.session.session_key
    sign_out_others(request.member.user, keep=key, now=now())
    messages.success(request, _("You are signed in here only."))
    return done(request, "security")

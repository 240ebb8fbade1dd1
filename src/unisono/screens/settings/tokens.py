"""Keys for programs: made here, shown once, ended here."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.rooms.people import actions, queries
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed
from unisono.screens.settings.forms import SCOPE_NAMES, TokenForm
from unisono.screens.settings.frame import framed


def tokens(request: ActorRequest) -> HttpResponseBase:
    """One's own tokens; issuing one answers with its text, this once."""
    form = TokenForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            token, secret = actions.issue_token(
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at(now()),
                by=request.actor,
                now=now(),
            )
            context = framed(request, "tokens", token=token, secret=secret.reveal())
            answer = render(request, "settings/token_issued.html", context)
            answer.headers["Cache-Control"] = "no-store"
            return answer
    rows = queries.tokens(request.actor)
    context = framed(
        request,
        "tokens",
        form=form,
        rows=[(row, [SCOPE_NAMES[name] for name in row.scopes]) for row in rows],
        now=now(),
    )
    return again(request, "settings/tokens.html", context, bad=bool(form.errors))


def revocation(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """End a token at once."""
    found = queries.token(request.actor, pk)
    actions.revoke_token(found, by=request.actor, now=now())
    messages.success(request, _("“%(name)s” no longer works.") % {"name": found.name})
    return done(request, "tokens")

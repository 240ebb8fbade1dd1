"""Inviting people: a link that is shown once, and mailed where there is a mail server."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from unisono.kernel.secrets import Secret
from unisono.rooms.people import actions, queries
from unisono.rooms.people.actions import Grant
from unisono.rooms.people.models import Invitation
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed
from unisono.screens.people.forms import InviteForm

log = logging.getLogger(__name__)


def new(request: ActorRequest) -> HttpResponseBase:
    """Invite somebody; the answer is the page with the link."""
    first = {"language": request.actor.organization.language}
    form = InviteForm(request.actor, typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            invitation, secret = actions.invite(
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                grants=form.grants(),
                language=form.cleaned_data["language"],
                by=request.actor,
                now=now(),
            )
            return _shown_once(request, invitation, secret)
    context = {"form": form, "nav": "people"}
    return again(request, "people/invite.html", context, bad=bool(form.errors))


def link(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """A fresh link for an open invitation; the old one stops working."""
    old = queries.invitation(request.actor, pk)
    places = {str(row.pk): row for row in queries.departments(request.actor)}
    invitation, secret = actions.invite(
        email=old.email,
        name=old.name,
        grants=[Grant(role, places[where] if where else None) for where, role in old.roles],
        language=old.language,
        by=request.actor,
        now=now(),
    )
    return _shown_once(request, invitation, secret)


def withdrawal(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take an invitation back."""
    found = queries.invitation(request.actor, pk)
    actions.withdraw_invitation(found, by=request.actor, now=now())
    messages.success(request, _("The invitation is withdrawn; its link no longer works."))
    return done(request, "people")


def _shown_once(request: ActorRequest, invitation: Invitation, secret: Secret) -> HttpResponse:
    path = reverse("invitation", args=[secret.reveal()])
    address = f"{settings.UNISONO_PUBLIC_URL.text}{path}"
    context = {
        "invitation": invitation,
        "link": address,
        "mails": settings.UNISONO_MAILS,
        "mailed": settings.UNISONO_MAILS and _mailed(request, invitation, address),
        "nav": "people",
    }
    answer = render(request, "people/invited.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _mailed(request: ActorRequest, invitation: Invitation, address: str) -> bool:
    """Whether the mail server took it; the link is on the page in any case."""
    names = {"name": request.actor.author_name, "organization": request.actor.organization.name}
    with translation.override(invitation.language):
        subject = _("Join %(organization)s on Unisono") % names
        text = _(
            "%(name)s invites you to %(organization)s on Unisono. The link works for seven days:"
        )
        body = f"{text % names}\n\n{address}\n"
    try:
        EmailMessage(subject, body, to=[invitation.email]).send()
    except (OSError, SMTPException):
        log.warning("An invitation could not be mailed.", exc_info=True)
        return False
    return True

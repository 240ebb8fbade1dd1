"""The demonstration's entrance: one is somebody at once, and somebody else by a click."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from unisono.demo import PASSWORD, PERSONAS
from unisono.rooms.people.models import User
from unisono.screens.entrance.signing import sign_in, way_on

CHOOSES = "unisono_demo"
"""The cookie of a visitor who has signed out, and wants to choose who to be."""


def demo(request: HttpRequest) -> HttpResponseBase:
    """Sign a first visitor in as the first persona; after signing out, offer all of them."""
    if not settings.UNISONO_DEMO:
        raise Http404
    if request.method == "POST":
        return _be(request, request.POST.get("email", ""))
    if not request.user.is_authenticated and CHOOSES not in request.COOKIES:
        return _be(request, PERSONAS[0].email)
    people = [(persona, _(persona.role)) for persona in PERSONAS]
    context = {
        "people": people,
        "password": PASSWORD,
        "next": way_on(request),
        "wide": True,
    }
    return render(request, "entrance/demo.html", context)


def _be(request: HttpRequest, email: str) -> HttpResponseBase:
    """Only the demonstration's own people can be had without a password."""
    known = {persona.email for persona in PERSONAS}
    user = User.objects.filter(email=email, is_active=True).first() if email in known else None
    if user is None:
        return redirect(settings.LOGIN_URL)
    sign_in(request, user)
    answer = redirect(way_on(request))
    answer.delete_cookie(CHOOSES)
    return answer

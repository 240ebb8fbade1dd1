"""Language, theme, organization, and the way out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from unisono.rooms.people import actions as people
from unisono.rooms.people.models import Language, Theme
from unisono.rooms.people.sessions import CHOSEN
from unisono.rooms.people.sessions import organizations as organizations_of
from unisono.screens.doors import now
from unisono.screens.entrance.demo import CHOOSES
from unisono.screens.entrance.signing import way_on

YEAR = 365 * 24 * 3600


def language(request: Any) -> HttpResponseBase:
    """Speak this language from now on: to the member everywhere, to others in this browser."""
    chosen = request.POST.get("language", "")
    answer = redirect(way_on(request))
    if chosen in Language.values:
        _change(request, language=chosen)
        keep_language(answer, chosen)
    return answer


def theme(request: Any) -> HttpResponseBase:
    """Light, dark or as the device; kept with the member, and in the browser for the entrance."""
    chosen = request.POST.get("theme", "")
    fetched = request.headers.get("X-Requested-With") == "fetch"
    answer = HttpResponse(status=204) if fetched else redirect(way_on(request))
    if chosen in Theme.values:
        _change(request, theme=chosen)
        keep_theme(answer, chosen)
    return answer


def organizations(request: Any) -> HttpResponseBase:
    """The organizations one belongs to; choosing one shows it from now on."""
    rows = organizations_of(request.user)
    if request.method == "GET":
        return render(request, "entrance/organizations.html", {"rows": rows})
    wanted = request.POST.get("organization", "")
    if wanted not in {str(row.pk) for row in rows}:
        return render(request, "entrance/organizations.html", {"rows": rows}, status=404)
    request.session[CHOSEN] = wanted
    return redirect("desk")


def sign_out(request: Any) -> HttpResponseBase:
    """End the session. In the demonstration one may then choose who to be."""
    logout(request)
    answer = redirect("demo" if settings.UNISONO_DEMO else settings.LOGIN_URL)
    if settings.UNISONO_DEMO:
        answer.set_cookie(CHOOSES, "1", samesite="Lax", httponly=True)
    return answer


def keep_language(answer: HttpResponseBase, code: str) -> None:
    """Remember it in the browser, for the pages before signing in."""
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def keep_theme(answer: HttpResponseBase, name: str) -> None:
    """The same for the theme."""
    answer.set_cookie(
        "theme", name, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def _change(request: Any, **changed: str) -> None:
    member = request.actor.member if request.actor else None
    if member is None:
        return
    profile = {
        name: getattr(member, name) for name in ("name", "title", "language", "zone", "theme")
    }
    people.change_profile(member, **(profile | changed), by=request.actor, now=now())

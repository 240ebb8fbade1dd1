"""The two pages for people without an account: asking, and following what became of it.

Neither reads the session, and the form changes nothing in the name of whoever is signed in: its
address is what allows it. So it needs no cookie, and no proof that our own page sent it.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from unisono.kernel import tenancy
from unisono.kernel.clock import zone_named
from unisono.kernel.refusals import NotFound
from unisono.rooms.people.models import Organization
from unisono.rooms.publishing.promises import outcome
from unisono.rooms.requests import actions, queries
from unisono.rooms.requests.actions import TooMany
from unisono.rooms.requests.models import IntakeLink
from unisono.screens.doors import now, refusals_on, typed
from unisono.screens.requests.forms import AskForm

PROOF = "unisono.intake"
FRESH = timedelta(hours=24)
LONGEST = 64 * 1024


@csrf_exempt
def ask(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The form behind an intake link."""
    link = queries.link_behind(secret)
    if link is None:
        return _gone(request)
    with translation.override(_language(request)), tenancy.within(link.organization_id):
        house = Organization.objects.get(pk=link.organization_id)
        with timezone.override(zone_named(house.zone)):
            return _asking(request, link, house)


def asked(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Where a request stands, for the one who made it."""
    row = queries.request_behind(secret)
    if row is None:
        return _gone(request)
    with (
        translation.override(_language(request, row.language)),
        tenancy.within(row.organization_id),
    ):
        house = Organization.objects.get(pk=row.organization_id)
        context = {"house": house.name, "row": row, "outcome": outcome(row)}
        context |= {"fresh": request.GET.get("sent") == "1"}
        with timezone.override(zone_named(house.zone)):
            return _page(request, "requests/asked.html", context)


def _asking(request: HttpRequest, link: IntakeLink, house: Organization) -> HttpResponseBase:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST:
        return _page(request, "requests/gone.html", {"status": 413}, status=413)
    form = AskForm(typed(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["website"]:
            # A robot filled in what people do not see. It hears what it wants to hear.
            return _page(request, "requests/thanks.html", {"house": house.name})
        try:
            with refusals_on(form):
                return _sent(request, link, form, house)
        except NotFound:
            return _gone(request)
    if form.errors:
        status = 429 if getattr(form, "too_many", False) else 422
    context = {"house": house.name, "link": link, "form": form, "proof": _proof(request)}
    return _page(request, "requests/ask.html", context, status=status)


def _sent(
    request: HttpRequest, link: IntakeLink, form: AskForm, house: Organization
) -> HttpResponseBase:
    sending = _sending(request.POST.get("proof", ""))
    if sending is None:
        form.add_error(None, _("This page was open for too long. Please send the form again."))
        context = {"house": house.name, "link": link, "form": form, "proof": _fresh_proof()}
        return _page(request, "requests/ask.html", context, status=422)
    wish = form.wish_in(translation.get_language() or "en")
    try:
        _row, secret = actions.send(link, wish, sending=sending, sender=_sender(request), now=now())
    except TooMany:
        form.too_many = True  # type: ignore[attr-defined]
        raise
    if secret is None:
        # Sent twice: the first answer had the address, which is kept nowhere.
        return _page(request, "requests/thanks.html", {"house": house.name})
    return HttpResponseRedirect(f"{reverse('asked', args=[secret.reveal()])}?sent=1")


def _proof(request: HttpRequest) -> str:
    """The proof the form came with, while it is good: so a corrected form is still the same one."""
    given = request.POST.get("proof", "")
    return given if _sending(given) else _fresh_proof()


def _fresh_proof() -> str:
    return signing.dumps(uuid4().hex, salt=PROOF)


def _sending(proof: str) -> UUID | None:
    try:
        return UUID(signing.loads(proof, salt=PROOF, max_age=FRESH))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _sender(request: HttpRequest) -> str:
    """A keyed digest of the address: enough to count by, nothing to find somebody with."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"intake:{address}".encode(), hashlib.sha256).hexdigest()


def _language(request: HttpRequest, otherwise: str = "") -> str:
    known = dict(settings.LANGUAGES)
    wanted = request.GET.get("language", "")
    if wanted in known:
        return wanted
    return otherwise or translation.get_language_from_request(request)


def _gone(request: HttpRequest) -> HttpResponse:
    """The same answer for what never was, was revoked, or belongs to nobody."""
    with translation.override(_language(request)):
        return _page(request, "requests/gone.html", {"status": 404}, status=404)


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context["languages"] = settings.LANGUAGES
    context["language"] = translation.get_language()
    # Without the request: nothing of somebody who happens to be signed in gets onto the page.
    answer = HttpResponse(render_to_string(template, context), status=status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer

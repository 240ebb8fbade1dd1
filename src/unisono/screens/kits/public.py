"""The pages of share kits for people without an account: the kit behind its address, and the short
addresses that lead out.

Neither reads the session nor sets a cookie; knowing the address is what allows it. A short address
leads where its row says and nowhere else, whatever stands behind it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from unisono.kernel import tenancy
from unisono.kernel.clock import zone_named
from unisono.kernel.refusals import NotFound, Refusal
from unisono.rooms.advocacy import counting, queries, sharing
from unisono.rooms.advocacy.models import KitInvite
from unisono.rooms.people.models import Organization
from unisono.screens.doors import now
from unisono.screens.kits.views import handed_out, told

LONGEST = 8 * 1024


@csrf_exempt
def kit(request: HttpRequest, secret: str) -> HttpResponseBase:
    """A kit for colleagues without an account; what they did, they may say."""
    invite = queries.invite_behind(secret)
    if invite is None:
        return _gone(request)
    with translation.override(_language(request)), tenancy.within(invite.organization_id):
        house = Organization.objects.get(pk=invite.organization_id)
        try:
            with timezone.override(zone_named(house.zone)):
                return _looking(request, invite, house, secret)
        except counting.TooMany as refusal:
            return _page("kits/gone.html", {"status": 429, "sentence": refusal.sentence}, 429)


def picture(request: HttpRequest, secret: str, number: int) -> HttpResponseBase:
    """A picture of it: to look at, or with `?save=1` as a file."""
    invite = queries.invite_behind(secret)
    if invite is None:
        return _gone(request)
    with translation.override(_language(request)), tenancy.within(invite.organization_id):
        try:
            counting.bound(invite, sender=_sender(request), now=now())
            found = sharing.picture(invite.kit, number, now=now())
            return handed_out(*found, save=request.GET.get("save") == "1")
        except NotFound:
            return _gone(request)
        except counting.TooMany as refusal:
            return _page("kits/gone.html", {"status": 429, "sentence": refusal.sentence}, 429)


def short(request: HttpRequest, code: str) -> HttpResponseBase:
    """Count a visit, and on to where the link leads."""
    ahead = request.method == "HEAD" or any(
        "prefetch" in request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz")
    )
    try:
        target = counting.visit(
            code,
            agent=request.headers.get("User-Agent", ""),
            ahead=ahead,
            sender=_sender(request),
            now=now(),
        )
    except NotFound:
        return _gone(request)
    answer = HttpResponseRedirect(target)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _looking(
    request: HttpRequest, invite: KitInvite, house: Organization, secret: str
) -> HttpResponseBase:
    sender, agent = _sender(request), request.headers.get("User-Agent", "")
    counting.bound(invite, sender=sender, now=now())
    if request.method == "POST":
        if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST:
            return _page("kits/gone.html", {"status": 413}, 413)
        did = request.POST.get("did", "")
        try:
            counting.tally(invite, did=did, agent=agent, sender=sender, now=now())
        except Refusal as refusal:
            return _page(
                "kits/gone.html", {"status": 422, "sentence": refusal.sentence}, refusal.status
            )
        return HttpResponseRedirect(f"{request.path}?said={did}")
    shown = sharing.shown(invite.kit, now=now())
    if request.method == "GET" and not shown.stopped and "said" not in request.GET:
        counting.tally(invite, did="opened", agent=agent, sender=sender, now=now())
    context = told(invite.kit, shown, request.path, "shared_kit.picture", secret)
    context |= {"house": house.name, "said": request.GET.get("said") == "shared"}
    return _page("kits/shared.html", context)


def _sender(request: HttpRequest) -> str:
    """A keyed digest of the address, which is forgotten with the process that counts by it."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"kit:{address}".encode(), hashlib.sha256).hexdigest()


def _language(request: HttpRequest) -> str:
    wanted = request.GET.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        return wanted
    return translation.get_language_from_request(request)


def _gone(request: HttpRequest) -> HttpResponse:
    """The same answer for what never was, was revoked, or is closed."""
    with translation.override(_language(request)):
        return _page("kits/gone.html", {"status": 404}, 404)


def _page(template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    context["languages"] = settings.LANGUAGES
    context["language"] = translation.get_language()
    # Without the request: nothing of somebody who happens to be signed in gets onto the page.
    answer = HttpResponse(render_to_string(template, context), status=status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer

"""The pages of share kits for people without an account: the kit behind its address, and the short
addresses that lead out.

Neither reads the session nor sets a cookie; knowing the address is what allows it. A short address
leads where its row says and nowhere else, whatever stands behind it.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from unisono.kernel import tenancy
from unisono.kernel.clock import zone_named
from unisono.kernel.refusals import NotFound, Refusal
from unisono.rooms.advocacy import counting, queries, sharing
from unisono.rooms.advocacy.models import KitInvite
from unisono.rooms.people.models import Organization
from unisono.screens import outside
from unisono.screens.doors import now
from unisono.screens.kits.views import shown_picture, told

LONGEST = 8 * 1024
GONE = "kits/gone.html"


@csrf_exempt
def kit(request: HttpRequest, secret: str) -> HttpResponseBase:
    """A kit for colleagues without an account; what they did, they may say."""
    invite = queries.invite_behind(secret)
    if invite is None:
        return outside.gone(request, GONE)
    with translation.override(outside.language(request)), tenancy.within(invite.organization_id):
        house = Organization.objects.get(pk=invite.organization_id)
        try:
            with timezone.override(zone_named(house.zone)):
                return _looking(request, invite, house, secret)
        except counting.TooMany as refusal:
            return outside.page(GONE, {"status": 429, "sentence": refusal.sentence}, 429)


def picture(request: HttpRequest, secret: str, number: int) -> HttpResponseBase:
    """A picture of it: to look at, or with `?save=1` as a file."""
    invite = queries.invite_behind(secret)
    if invite is None:
        return outside.gone(request, GONE)
    with translation.override(outside.language(request)), tenancy.within(invite.organization_id):
        try:
            counting.bound(invite, sender=outside.sender(request, "kit"), now=now())
            found = sharing.picture(invite.kit, number, now=now())
            return shown_picture(*found, save=request.GET.get("save") == "1")
        except NotFound:
            return outside.gone(request, GONE)
        except counting.TooMany as refusal:
            return outside.page(GONE, {"status": 429, "sentence": refusal.sentence}, 429)


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
            sender=outside.sender(request, "kit"),
            now=now(),
        )
    except NotFound:
        return outside.gone(request, GONE)
    answer = HttpResponseRedirect(target)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _looking(
    request: HttpRequest, invite: KitInvite, house: Organization, secret: str
) -> HttpResponseBase:
    sender, agent = outside.sender(request, "kit"), request.headers.get("User-Agent", "")
    counting.bound(invite, sender=sender, now=now())
    if request.method == "POST":
        if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST:
            return outside.page(GONE, {"status": 413}, 413)
        did = request.POST.get("did", "")
        try:
            counting.tally(invite, did=did, agent=agent, sender=sender, now=now())
        except Refusal as refusal:
            return outside.page(GONE, {"status": 422, "sentence": refusal.sentence}, refusal.status)
        return HttpResponseRedirect(f"{request.path}?said={did}")
    shown = sharing.shown(invite.kit, now=now())
    if request.method == "GET" and not shown.stopped and "said" not in request.GET:
        counting.tally(invite, did="opened", agent=agent, sender=sender, now=now())
    context = told(invite.kit, shown, request.path, "shared_kit.picture", secret)
    context |= {"house": house.name, "said": request.GET.get("said") == "shared"}
    return outside.page("kits/shared.html", context)

"""Share kits as colleagues see them: the list, and one to share from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unisono.kernel.refusals import NotFound
from unisono.rooms.advocacy import counting, links, queries, sharing
from unisono.rooms.advocacy.models import Kit
from unisono.rooms.advocacy.sharing import Picture, Shown
from unisono.rooms.advocacy.states import KIT
from unisono.rooms.library import queries as library
from unisono.rooms.library.models import Asset
from unisono.rooms.people.capabilities import Capability
from unisono.screens.doors import ActorRequest, done, handed_out, now, page_of, uuids


def kits(request: ActorRequest) -> HttpResponse:
    """The kits on offer; those who make some see drafts and closed ones as well."""
    actor = request.actor
    every = queries.kits(actor, "").prefetch_related("texts")
    of = {name: uuids([request.GET.get(name, "")]) for name in ("post", "campaign")}
    if of["post"]:
        every = every.filter(post__in=of["post"])
    if of["campaign"]:
        every = every.filter(post__campaign__in=of["campaign"])
    state = request.GET.get("state", "")
    if state not in KIT.states:
        # Of one post or campaign those there are, rather than an empty page.
        there = set(every.order_by().values_list("state", flat=True)) if any(of.values()) else ()
        state = next((one for one in ("open", "draft", "closed") if one in there), "open")
    page = page_of(request, every.filter(state=state), 30)
    counts = queries.summary(page.object_list)
    kept = {name: str(pks[0]) for name, pks in of.items() if pks}
    context = {
        "page": page,
        "cards": [
            {"kit": row, "counts": counts[row.pk], "may": queries.may(actor, row)}
            for row in page.object_list
        ],
        "segments": _segments(state, kept),
        "state": state,
        "narrowed": bool(kept),
        "can_make": actor.can_anywhere(Capability.SCHEDULE),
        "nav": "campaigns",
    }
    return render(request, "kits/kits.html", context)


def kit(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One kit, to share from with one's own account."""
    actor = request.actor
    row = queries.kit(actor, pk)
    may = queries.may(actor, row)
    shown = sharing.shown(row, member=actor.member, draft=may, now=now())
    if row.state == "open" and not shown.stopped:
        counting.take_part(row, did="opened", by=actor, now=now())
    context = told(row, shown, reverse("kit.parts", args=[pk]), "kit.picture", pk) | {
        "may": may,
        "done": counting.has_done(row, actor),
        "own": links.has_own(row, actor),
        "nav": "campaigns",
    }
    return render(request, "kits/kit.html", context)


def parts(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """A colleague says that they copied or shared."""
    row, did = queries.kit(request.actor, pk), request.POST.get("did", "")
    counting.take_part(row, did=did, by=request.actor, now=now())
    if did == "shared":
        messages.success(request, _("Thank you. It is counted once, without your name."))
    return done(request, "kit", pk)


def own(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Have the visits of one's own links counted by name, or not any more."""
    row, wanted = queries.kit(request.actor, pk), request.POST.get("wanted") == "1"
    links.have_own(row, wanted=wanted, by=request.actor, now=now())
    if wanted:
        messages.success(request, _("The texts have links of your own now."))
    else:
        messages.success(request, _("Visits are no longer counted under your name."))
    return done(request, "kit", pk)


def picture(request: ActorRequest, pk: UUID, number: int) -> HttpResponseBase:
    """A picture of the kit: to look at, or with `?save=1` as a file."""
    row = queries.kit(request.actor, pk)
    found = sharing.picture(row, number, draft=queries.may(request.actor, row), now=now())
    return shown_picture(*found, save=request.GET.get("save") == "1")


def shown_picture(asset: Asset, picture: Picture, *, save: bool) -> HttpResponse:
    """A picture's bytes, small to look at and whole to save."""
    try:
        data, mime = library.stored(asset, "" if save else "thumb")
    except FileNotFoundError as lost:
        raise NotFound(_("This file is no longer in the store.")) from lost
    name = f"{asset.name.rsplit('.', 1)[0]}.{picture.mime.rpartition('/')[2]}"
    answer = HttpResponse(data, content_type=mime)
    answer.headers["Content-Disposition"] = content_disposition_header(save, name) or "inline"
    return handed_out(answer)


def told(kit: Kit, shown: Shown, did: str, picture: str, key: Any) -> dict[str, Any]:
    """What both pages of a kit show; `did` is where it is said what was done."""
    return {
        "kit": kit,
        "shown": shown,
        "did_url": did,
        "pictures": [(one, reverse(picture, args=[key, one.number])) for one in shown.pictures],
        "languages_told": len({text.language for text in shown.texts}) > 1,
    }


def _segments(state: str, kept: dict[str, str]) -> list[dict[str, Any]]:
    labels = {
        "open": pgettext("kits", "Open"),
        "draft": pgettext("kits", "Drafts"),
        "closed": pgettext("kits", "Closed"),
    }
    where = reverse("kits")
    return [
        {
            "label": label,
            "url": f"{where}?{urlencode({'state': name, **kept})}",
            "current": name == state,
        }
        for name, label in labels.items()
    ]

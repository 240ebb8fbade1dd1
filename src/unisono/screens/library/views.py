"""The library: images with their alt text, and the one door to their bytes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from unisono.kernel.refusals import Refusal
from unisono.rooms.library import actions, queries
from unisono.rooms.people.capabilities import Capability
from unisono.screens.doors import ActorRequest, again, done, now, page_of, refusals_on, typed

KINDS = {"full": "", "thumb": "thumb"}


class AssetForm(forms.Form):
    """What can be said of an image."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    alt = forms.CharField(
        label=gettext_lazy("Alt text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What is to be seen, for those who do not see it."),
    )
    credit = forms.CharField(label=gettext_lazy("Credit"), required=False, max_length=160)


def library(request: ActorRequest) -> HttpResponseBase:
    """All images on offer; a POST adds some. What could not be read is named, the rest is kept."""
    refused: list[tuple[str, str]] = []
    if request.method == "POST":
        added = 0
        for file in request.FILES.getlist("image"):
            try:
                actions.add_asset(
                    data=file.read(), name=file.name or "", by=request.actor, now=now()
                )
                added += 1
            except Refusal as refusal:
                refused.append((file.name or "", refusal.sentence))
        if not refused and added:
            said = ngettext("%(n)s image added.", "%(n)s images added.", added) % {"n": added}
            messages.success(request, said)
            return done(request, "library")
        if not refused:
            refused.append(("", _("Choose an image first.")))
    search = request.GET.get("q", "").strip()
    page = page_of(request, queries.assets(request.actor, search), 48)
    context: dict[str, Any] = {
        "page": page,
        "search": search,
        "refused": refused,
        "may": request.actor.can_anywhere(Capability.WRITE),
    }
    return again(request, "library/library.html", context, bad=bool(refused))


def asset(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """One image: what it shows, whose it is, where it is used."""
    row = queries.asset(request.actor, pk)
    first = {"name": row.name, "alt": row.alt, "credit": row.credit}
    form = AssetForm(typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.describe_asset(row, **form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("Saved."))
            return done(request, "asset", pk)
    context = {
        "asset": row,
        "form": form,
        "uses": row.uses.filter(post__removed_at=None).select_related("post")[:20],
        "may": request.actor.can_anywhere(Capability.WRITE),
        "nav": "library",
    }
    return again(request, "library/asset.html", context, bad=bool(form.errors))


def retire(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Offer an image no more."""
    actions.retire_asset(queries.asset(request.actor, pk), by=request.actor, now=now())
    messages.success(request, _("The image is no longer offered. Posts that carry it keep it."))
    return done(request, "library")


def media(request: ActorRequest, pk: UUID, kind: str) -> HttpResponse:
    """The bytes of an image. They never change under their address, so they may be kept long."""
    if kind not in KINDS:
        raise Http404
    row = queries.asset(request.actor, pk)
    tag = f'"{row.sha256[:32]}-{kind}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    try:
        data, mime = queries.stored(row, KINDS[kind])
    except FileNotFoundError as lost:
        raise Http404 from lost
    return HttpResponse(
        data,
        content_type=mime,
        headers={
            "ETag": tag,
            "Cache-Control": "private, max-age=31536000, immutable",
            "Content-Disposition": "inline",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )

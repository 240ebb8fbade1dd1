"""The pictures themselves."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.translation import gettext as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.library import queries
from unisono.screens.doors import ActorRequest

KINDS = {"full": "", "thumb": "thumb"}
A_YEAR = 365 * 24 * 3600


def media(request: ActorRequest, pk: UUID, kind: str) -> HttpResponseBase:
    """One picture, whole or small. An asset never changes, so browsers keep it."""
    asset = queries.asset(request.actor, pk)
    if kind not in KINDS:
        raise NotFound(_("There is no such image."))
    tag = f'"{asset.sha256[:32]}-{kind}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    data, mime = queries.stored(asset, KINDS[kind])
    return HttpResponse(
        data,
        content_type=mime,
        headers={
            "ETag": tag,
            "Cache-Control": f"private, max-age={A_YEAR}, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )

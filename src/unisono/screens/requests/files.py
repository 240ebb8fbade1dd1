"""The door to what came with requests: always a download, never shown as a page of ours."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponseBase
from django.utils.translation import gettext as _

from unisono.kernel.refusals import Refusal
from unisono.rooms.library import queries as library
from unisono.rooms.requests import files, queries
from unisono.rooms.requests.models import RequestFile
from unisono.screens.doors import ActorRequest, done, handed_out, now


def bytes_of(row: RequestFile, *, small: bool = False) -> FileResponse:
    """A file's bytes, or those of its small picture, to whoever was found to be allowed."""
    data = library.bytes_at(row.thumb if small and row.thumb else row.path)
    shown = small and bool(row.thumb)
    return handed_out(
        FileResponse(
            BytesIO(data),
            as_attachment=not shown,
            filename=row.name,
            content_type="image/webp" if shown else row.mime,
        )
    )


def file(request: ActorRequest, pk: UUID, file: UUID) -> FileResponse:
    """A file of a request; `?small=1` gives a picture's small form."""
    row = queries.file(request.actor, pk, file)
    return bytes_of(row, small=request.GET.get("small") == "1")


def added(request: ActorRequest, pk: UUID) -> list[tuple[str, str]]:
    """Put what was uploaded on a request; those that were refused, each with its sentence."""
    row = queries.request(request.actor, pk)
    refused = []
    for one in request.FILES.getlist("files"):
        try:
            files.add(row, data=one.read(), name=one.name or "", by=request.actor, now=now())
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            refused.append((one.name or "", refusal.sentence))
    if not request.FILES:
        refused.append(("", _("Choose a file first.")))
    return refused


def remove(request: ActorRequest, pk: UUID, file: UUID) -> HttpResponseBase:
    """Take a file off a request for good."""
    row = queries.file(request.actor, pk, file)
    files.remove(row, by=request.actor, now=now())
    messages.success(request, _("“%(name)s” is removed.") % {"name": row.name})
    return done(request, "request", pk)

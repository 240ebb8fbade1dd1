"""The plan outside: as a file, and as a calendar that other programs read."""

from __future__ import annotations

import hashlib
from datetime import datetime
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from unisono.kernel import tenancy
from unisono.kernel.clock import to_wall
from unisono.kernel.refusals import Invalid, Refusal
from unisono.rooms.exports import files, ical, links, pdf, sheet
from unisono.rooms.people.actors import actor_for
from unisono.screens.calendar import views
from unisono.screens.doors import ActorRequest, again, done, now
from unisono.ui.paper import ON_PAPER, label

LABELS = {"csv": "CSV", "xlsx": "Excel", "json": "JSON"}


def out(request: ActorRequest) -> HttpResponseBase:
    """The ways out. A POST makes a calendar link, whose address is shown once, here."""
    problem = address = ""
    name = request.POST.get("name", "")
    if request.method == "POST":
        try:
            filters = views.filters_of(request)
            _link, secret = links.make(name=name, filters=filters, by=request.actor, now=now())
            address, name = _public(reverse("calendar.feed", args=[secret.reveal()])), ""
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            problem = refusal.sentence
    kept = {k: request.GET.getlist(k) for k in (*views.KEPT, "view", "day") if k in request.GET}
    context: dict[str, Any] = {
        "view_files": _files(kept | {"span": ["view"]}, pdf="PDF") if "view" in kept else [],
        "all_files": _files({k: v for k, v in kept.items() if k in views.KEPT}),
        "narrowed": any(k in views.KEPT for k in kept),
        "query": urlencode(kept, doseq=True),
        "links": list(links.of(request.actor)[:50]),
        "address": address,
        "webcal": address.replace("https://", "webcal://").replace("http://", "webcal://"),
        "name": name,
        "problem": problem,
        "nav": "calendar",
    }
    answer = again(request, "calendar/out.html", context, bad=bool(problem))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def revoke(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Let nothing be read through a link any more."""
    link = links.link(request.actor, pk)
    links.revoke(link, by=request.actor, now=now())
    messages.success(request, _("“%(name)s” is revoked.") % {"name": link.name})
    return done(request, "calendar.out")


def export(request: ActorRequest) -> FileResponse:
    """`?format=` csv, xlsx or json. `?span=view` keeps to the days shown; filters hold as ever."""
    form, actor = request.GET.get("format", "csv"), request.actor
    if form not in (*files.FORMATS, "pdf"):
        raise Invalid(_("Choose one of the formats offered."), field="format")
    today = to_wall(now(), actor.zone).date()
    start = end = None
    if request.GET.get("span") == "view" or form == "pdf":
        around = views.span_of(request, today)
        start, end = around.bounds(actor.zone)
    name = f"unisono-{today.isoformat()}.{form}"
    if start and end and form == "pdf":
        return FileResponse(_paper(request, start, end), as_attachment=True, filename=name)
    lines = sheet.lines(
        actor, start=start, end=end, filters=views.filters_of(request), undated=start is None
    )
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    files.write(lines, form, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=files.FORMATS[form])


def _paper(request: ActorRequest, start: datetime, end: datetime) -> BytesIO:
    made = pdf.plan(
        request.actor,
        start=start,
        end=end,
        filters=views.filters_of(request),
        now=now(),
        **ON_PAPER,
    )
    return BytesIO(made)


def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a link: no cookie, no session, and only what its owner sees now."""
    link = links.behind(secret)
    if link is None:
        return HttpResponse(status=404, content_type="text/plain")
    with tenancy.within(link.organization_id):
        actor = actor_for(link.member)
        with translation.override(actor.language):
            body = ical.calendar(
                actor,
                links.filters_of(link),
                name=link.name,
                host=settings.UNISONO_PUBLIC_URL.host,
                label=label,
                page=lambda pk: _public(reverse("post", args=[pk])),
                now=now(),
            )
        links.note_read(link, now=now())
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = request.headers.get("If-None-Match", "")
    answer = HttpResponse(status=304) if tag in known else HttpResponse(body)
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = 'inline; filename="unisono.ics"'
    answer.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    answer.headers["ETag"] = tag
    return answer


def _public(path: str) -> str:
    return f"{settings.UNISONO_PUBLIC_URL.text.rstrip('/')}{path}"


def _files(kept: dict[str, list[str]], **further: str) -> list[tuple[str, str]]:
    """(label, address) of each format, and of `further` ones."""
    where = reverse("calendar.export")
    return [
        (label, f"{where}?{urlencode({**kept, 'format': [form]}, doseq=True)}")
        for form, label in (LABELS | further).items()
    ]

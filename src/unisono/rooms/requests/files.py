"""The verbs of the files that come with requests.

A file sent through an intake form is kept before the request is: so that a form that was refused
for something else need not be given its files again. It belongs to the filled-in form (`sending`)
until that is sent, and goes after a day if it never is.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.ids import uuid7
from unisono.kernel.refusals import Conflict, Invalid, NotFound
from unisono.rooms.library import actions as library
from unisono.rooms.library import documents
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Member
from unisono.rooms.requests.actions import WINDOW, TooMany, must
from unisono.rooms.requests.models import IntakeLink, Request, RequestFile

FILES_MAX = 5
BYTES_MAX = documents.BYTES_MAX
PER_LINK = 400 * 1024 * 1024
PER_SENDER = 150 * 1024 * 1024
"""How many bytes come through one form, and from one address, within an hour."""


def stage(
    link: IntakeLink, *, data: bytes, name: str, sending: UUID, sender: str, now: datetime
) -> RequestFile:
    """Keep a file of a form that is not sent yet; the same file twice is one.

    Raises Invalid for a file that is not taken or one too many, TooMany, or NotFound when the form
    was revoked meanwhile.
    """
    # Asked before as well: decoding a picture is what costs, and nobody shall have it for nothing.
    _bound(link, sender, len(data), now)
    document = documents.read(data)
    with transaction.atomic():
        # In line behind others of this form, so that the bounds hold for those sent at once.
        row = IntakeLink.objects.select_for_update().get(pk=link.pk)
        if row.revoked_at:
            raise NotFound(_("This form is closed."))
        there = RequestFile.objects.filter(sending=sending)
        known = there.filter(sha256=document.sha256).first()
        if known is not None:
            return known
        if there.count() >= FILES_MAX:
            raise too_many_files()
        _bound(row, sender, len(document.data), now)
        return _kept(document, name, link=row, sending=sending, sender=sender, now=now)


def unstage(sending: UUID, pk: UUID) -> None:
    """Take a file off a form that is not sent yet."""
    for row in RequestFile.objects.filter(pk=pk, sending=sending, request=None):
        _remove(row)


def add(request: Request, *, data: bytes, name: str, by: Actor, now: datetime) -> RequestFile:
    """Put a file on a request, such as one the requester sent by e-mail."""
    must(by, Capability.CAMPAIGN, request.department_id)
    document = documents.read(data)
    with transaction.atomic():
        Request.objects.select_for_update().get(pk=request.pk)
        there = RequestFile.objects.filter(request=request)
        known = there.filter(sha256=document.sha256).first()
        if known is not None:
            return known
        if there.count() >= 2 * FILES_MAX:
            raise Invalid(
                _("A request takes %(n)s files at most.") % {"n": 2 * FILES_MAX}, field="files"
            )
        made = _kept(document, name, request=request, sending=request.sending, by=by.member,
                     now=now)  # fmt: skip
        events.record("request.file_added", request, by=by, now=now, name=made.name)
    return made


def remove(file: RequestFile, *, by: Actor, now: datetime) -> None:
    """Take a file off a request for good. A picture that an idea took over stays there."""
    request = file.request
    if request is None:
        raise Conflict(_("This file belongs to no request yet."))
    must(by, Capability.CAMPAIGN, request.department_id)
    with transaction.atomic():
        events.record("request.file_removed", request, by=by, now=now, name=file.name)
        _remove(file)


def forget_unsent(*, before: datetime) -> None:
    """Delete files of forms that were never sent."""
    for row in RequestFile.objects.filter(request=None, added_at__lt=before):
        _remove(row)


def too_many_files() -> Invalid:
    """The refusal of a file more than a form takes."""
    return Invalid(_("%(n)s files at most.") % {"n": FILES_MAX}, field="files")


def _kept(
    document: documents.Document,
    name: str,
    *,
    request: Request | None = None,
    link: IntakeLink | None = None,
    sending: UUID,
    sender: str = "",
    by: Member | None = None,
    now: datetime,
) -> RequestFile:
    pk = uuid7()
    house = (request or link).organization_id  # type: ignore[union-attr]
    # Under a path of its own, so that it can go without asking who else has the same bytes.
    folder = f"{house}/requests/{pk.hex}"
    return RequestFile.objects.create(
        pk=pk,
        request=request,
        link=link,
        sending=sending,
        sender=sender,
        name=_name(name, document.suffix),
        mime=document.mime,
        sha256=document.sha256,
        size=len(document.data),
        path=library.store(f"{folder}.{document.suffix}", document.data),
        thumb=library.store(f"{folder}-thumb.webp", document.thumb) if document.thumb else "",
        added_by=by,
        added_at=now,
    )


def _remove(row: RequestFile) -> None:
    paths = (row.path, row.thumb)
    row.delete()
    for path in paths:
        transaction.on_commit(lambda path=path: library.discard(path))  # type: ignore[misc]


def _bound(link: IntakeLink, sender: str, size: int, now: datetime) -> None:
    recent = RequestFile.objects.filter(added_at__gt=now - WINDOW)
    bounds = [(recent.filter(link=link), PER_LINK)]
    bounds += [(recent.filter(sender=sender), PER_SENDER)] if sender else []
    for rows, most in bounds:
        if (rows.aggregate(sum=Sum("size"))["sum"] or 0) + size > most:
            raise TooMany(_("Too many files came at once. Please try again in an hour."))


def _name(said: str, suffix: str) -> str:
    """The name without folders and control characters, with the suffix of what the file is."""
    name = "".join(c for c in said.replace("\\", "/").split("/")[-1] if c.isprintable()).strip()
    path = PurePosixPath(name or "file")
    stem = path.name
    same = path.suffix.lower().lstrip(".")
    if same == suffix or (same, suffix) == ("jpeg", "jpg"):
        stem = path.stem
    return f"{stem[: 155 - len(suffix)]}.{suffix}"

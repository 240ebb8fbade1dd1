"""Files that come through the public form: read within bounds, kept over a refusal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from unisono.kernel.refusals import NotFound, Refusal
from unisono.rooms.library.documents import too_large
from unisono.rooms.requests import files, queries
from unisono.rooms.requests.actions import TooMany
from unisono.rooms.requests.models import IntakeLink, RequestFile
from unisono.screens.doors import uuids

BODY_MAX = 256 * 1024 * 1024
"""A form beyond this is not read at all. Below it a file that is too large is passed over while it
arrives, and all the words are there."""


class PassedOver(UploadedFile):  # type: ignore[type-arg]
    """A file that was not kept while it arrived; `why` says it to a person."""

    def __init__(self, name: str, why: Refusal) -> None:
        super().__init__(name=name, size=0)
        self.why = why


class Bounded(FileUploadHandler):
    """Stops keeping a file once it is larger than is taken, and those beyond the number taken.

    Not by `SkipFile`: that closes files which arrived before.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.seen = self.got = 0
        self.why: Refusal | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.seen, self.got = self.seen + 1, 0
        self.why = files.too_many_files() if self.seen > files.FILES_MAX else None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.got += len(raw_data)
        if self.got > files.BYTES_MAX and self.why is None:
            self.why = too_large(files.BYTES_MAX)
        return raw_data if self.why is None else None

    def file_complete(self, file_size: int) -> PassedOver | None:
        return None if self.why is None else PassedOver(self.file_name or "", self.why)


@dataclass
class Staged:
    """What the form came with: files `kept` for it so far, and those `refused` with a sentence."""

    kept: list[RequestFile] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    too_many: bool = False

    @property
    def left(self) -> int:
        """How many more may come."""
        return max(0, files.FILES_MAX - len(self.kept))


def bound(request: HttpRequest) -> None:
    """Read the form's files within bounds. Before anything asks for what was posted."""
    request.upload_handlers.insert(0, Bounded(request))


def staged(
    request: HttpRequest, link: IntakeLink, *, sending: UUID, sender: str, now: datetime
) -> Staged:
    """Take off what was ticked, keep what is new; raises NotFound for a form that was closed."""
    for pk in uuids(request.POST.getlist("off")):
        files.unstage(sending, pk)
    found = Staged()
    for one in request.FILES.getlist("files"):
        try:
            if isinstance(one, PassedOver):
                raise one.why
            files.stage(link, data=one.read(), name=one.name or "", sending=sending,
                        sender=sender, now=now)  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            found.too_many = found.too_many or isinstance(refusal, TooMany)
            found.refused.append((one.name or "", refusal.sentence))
    found.kept = queries.staged(sending)
    return found

"""Telling what a file is by its content: images, PDF and office documents, never by its name."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from unisono.rooms.library import images
from unisono.rooms.library.images import ImageTooLarge, NotAnImage

BYTES_MAX = 10 * 1024 * 1024
ENTRIES_MAX = 5_000
PDF = "application/pdf"
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
SUFFIX = {
    **images.SUFFIX,
    PDF: "pdf",
    f"{_OOXML}wordprocessingml.document": "docx",
    f"{_OOXML}spreadsheetml.sheet": "xlsx",
    f"{_OOXML}presentationml.presentation": "pptx",
    f"{_ODF}text": "odt",
    f"{_ODF}spreadsheet": "ods",
    f"{_ODF}presentation": "odp",
}
_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_MIME = {suffix: mime for mime, suffix in SUFFIX.items()}


class NotADocument(NotAnImage):
    """The file is of a kind that is not taken."""


@dataclass(frozen=True)
class Document:
    """A file as it will be stored; an image was written anew, without its metadata."""

    data: bytes
    mime: str
    thumb: bytes = b""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def suffix(self) -> str:
        return SUFFIX[self.mime]


def read(data: bytes, *, most: int = BYTES_MAX) -> Document:
    """What a file is. Raises NotADocument, or ImageTooLarge for one of more than `most` bytes."""
    if len(data) > most:
        raise too_large(most)
    if b"%PDF-" in data[:1024]:
        return Document(data, PDF)
    if data[:4] == b"PK\x03\x04":
        return Document(data, _office(data))
    try:
        picture = images.read(data)
    except NotAnImage:
        raise NotADocument(
            _("This kind of file is not taken. Pictures, PDF and office documents work."),
            field="files",
        ) from None
    return Document(picture.data, picture.mime, images.thumbnail(picture).data)


def too_large(most: int = BYTES_MAX) -> ImageTooLarge:
    """The refusal of a file that has too many bytes."""
    said = _("This file is larger than %(mb)s MB.") % {"mb": most // 1024 // 1024}
    return ImageTooLarge(said, field="files")


def _office(data: bytes) -> str:
    """The media type of an office document, by the parts its archive lists; nothing is unpacked
    but the few bytes with which an OpenDocument names itself."""
    # Counted in the bytes: opening an archive makes an object of each of its entries.
    if data.count(b"PK\x01\x02") > ENTRIES_MAX:
        raise NotADocument(_("This file holds too many parts."), field="files")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise NotADocument(
                    _("This document holds macros. Save it without them, or as a PDF."),
                    field="files",
                )
            for part, suffix in _PARTS.items():
                if part in names and "[Content_Types].xml" in names:
                    return _MIME[suffix]
            if "mimetype" in names:
                with archive.open("mimetype") as said:
                    mime = said.read(100).decode("ascii", "replace").strip()
                if mime in SUFFIX:
                    return mime
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        pass
    raise NotADocument(
        _("This kind of file is not taken. Pictures, PDF and office documents work."),
        field="files",
    )

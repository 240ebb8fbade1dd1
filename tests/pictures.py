"""Pictures and documents for tests."""

from __future__ import annotations

import zipfile
from io import BytesIO

from PIL import Image

PDF = b"%PDF-1.4\n%%EOF\n"


def png(colour: str = "#c98b4a", size: tuple[int, int] = (120, 90)) -> bytes:
    """A plain picture; another colour is another picture."""
    data = BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()


def office(*parts: str, mimetype: str = "") -> bytes:
    """An archive with the parts of an office document: `word/document.xml` makes a .docx."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
    return data.getvalue()

"""Pictures for tests."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def png(colour: str = "#c98b4a", size: tuple[int, int] = (120, 90)) -> bytes:
    """A plain picture; another colour is another picture."""
    data = BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()

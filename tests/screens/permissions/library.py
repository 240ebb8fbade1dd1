from __future__ import annotations

import io
from typing import Any

from PIL import Image

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.library import actions as library

ROWS = [
    row("library"),
    row("library", "POST", least="contributor", status=422, other=422),
    row("asset", pk="asset"),
    row("asset", "POST", least="contributor", status=302, pk="asset", data={"name": "Lamp"}),
    row("asset.retirement", "POST", least="contributor", status=302, pk="asset"),
    row("media", pk="asset", kind="thumb"),
]


def things(cast: Cast) -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 160, 90)).save(out, "PNG")
    return {
        "asset": library.add_asset(
            data=out.getvalue(), name="lamp.png", alt="A lamp", by=cast.actor("admin"), now=NOW
        )
    }

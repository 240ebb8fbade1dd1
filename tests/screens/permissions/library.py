from __future__ import annotations

from typing import Any

from tests.cast import NOW, Cast
from tests.pictures import png
from tests.screens.permissions import row
from unisono.rooms.library import actions as library

ROWS = [
    row("media", pk="asset", kind="thumb"),
]


def things(cast: Cast) -> dict[str, Any]:
    admin = cast.actor("admin")
    return {"asset": library.add_asset(data=png(), name="doors.png", by=admin, now=NOW)}

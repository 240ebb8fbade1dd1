from __future__ import annotations

from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.plan import audiences

COOKS = {"name": "Cooks at home", "languages": "fr, en", "department": "marketing"}

ROWS = [
    row("audiences"),
    row("audience.new", least="editor"),
    row("audience.new", "POST", least="editor", status=302, other=422, data=COOKS),
    row("audience.edit", least="editor", pk="cooks"),
    row("audience.edit", "POST", least="editor", status=302, pk="cooks", data=COOKS),
    row("audience.archiving", "POST", least="editor", status=302, pk="cooks"),
    row("audience.restoring", "POST", least="editor", status=302, pk="cooks"),
]


def things(cast: Cast) -> dict[str, Any]:
    cooks = audiences.describe(
        name="Cooks", department=cast.departments["Marketing"], by=cast.actor("editor"), now=NOW
    )
    return {"cooks": cooks}

from __future__ import annotations

from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.imports import actions as imports

PLAN = b"Title;Text;Department\nLamp;Light for Lyon;Marketing\n"
MAPPING = {"field": ["title", "text", "department"], "zone": "Europe/Paris"}

ROWS = [
    row("import", least="editor"),
    row("import", "POST", least="editor", status=422, other=422),
    row("import.run", least="admin", pk="run", but={"editor": 403}),
    row("import.mapping", "POST", least="admin", status=302, pk="run", data=MAPPING),
    row("import.confirmation", "POST", least="admin", status=302, pk="run"),
    row("import.undoing", "POST", least="admin", status=409, pk="run"),
    row("import.progress", least="editor", pk="run"),
]


def things(cast: Cast) -> dict[str, Any]:
    return {"run": imports.upload(data=PLAN, name="plan.csv", by=cast.actor("admin"), now=NOW)}

from __future__ import annotations

from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.orchestration.plans import actions

FORM = {"weeks": "2", "freedom": "balanced", "within": "three_days"}
GONE = {"first": "2026-03-10T00:00", "until": "2026-03-11T00:00"}

ROWS = [
    row("plans"),
    row("plans", "POST", least="editor", status=302, other=302, data=FORM),
    row("plan", pk="plan"),
    row("plan.take", "POST", least="contributor", status=302, pk="plan"),
    row("plan.undo", "POST", least="contributor", status=302, pk="plan"),
    row("plan.drop", "POST", least="editor", status=302, pk="plan"),
    row("plan.again", "POST", least="editor", status=302, pk="plan", data=GONE),
]


def things(cast: Cast) -> dict[str, Any]:
    marketing = cast.departments["Marketing"]
    return {"plan": actions.draw(departments=[marketing], by=cast.actor("editor"), now=NOW)}

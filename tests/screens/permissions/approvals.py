from __future__ import annotations

from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.workflow import actions as workflow

ROWS = [
    row("approvals"),
    row(
        "approval.post",
        "POST",
        least="approver",
        status=302,
        pk="post",
        data={"outcome": "approved"},
    ),
    row(
        "approval.decision",
        "POST",
        least="approver",
        status=302,
        pk="asked",
        data={"outcome": "approved"},
    ),
    row("approval.withdrawal", "POST", least="approver", status=302, pk="asked"),
]


def things(cast: Cast) -> dict[str, Any]:
    asked = workflow.ask_approval(cast.post, by=cast.actor("admin"), now=NOW)
    return {"asked": asked[0]}

from __future__ import annotations

from typing import Any

from tests.cast import Cast
from tests.rooms.test_orchestration import an_ask
from tests.screens.permissions import row

BOUNDS = {"kinds": ["move"], "a_day": "2", "from_hour": "8", "to_hour": "18"}

ROWS = [
    row("proposals"),
    row("autopilot"),
    row("autopilot.mandate", "POST", least="manager", status=302, pk="marketing", data=BOUNDS),
    row("autopilot.end", "POST", least="manager", status=302, pk="marketing"),
    row("post.lock", "POST", least="contributor", status=302, pk="post"),
    row("proposal.accept", "POST", least="contributor", status=302, pk="proposal"),
    row("proposal.decline", "POST", least="contributor", status=302, pk="proposal"),
    row("proposal.undo", "POST", least="contributor", status=302, pk="proposal"),
]


def things(cast: Cast) -> dict[str, Any]:
    return {"proposal": an_ask(cast)}

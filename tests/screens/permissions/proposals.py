from __future__ import annotations

from typing import Any

from tests.cast import Cast
from tests.rooms.test_orchestration import an_ask
from tests.screens.permissions import row

ROWS = [
    row("proposals"),
    row("proposal.accept", "POST", least="contributor", status=302, pk="proposal"),
    row("proposal.decline", "POST", least="contributor", status=302, pk="proposal"),
    row("proposal.undo", "POST", least="contributor", status=302, pk="proposal"),
]


def things(cast: Cast) -> dict[str, Any]:
    return {"proposal": an_ask(cast)}

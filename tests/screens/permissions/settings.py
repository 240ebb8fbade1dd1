from __future__ import annotations

from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.people import actions as people

ROWS = [
    row("settings"),
    row("settings", "POST", status=422),
    row("settings.security"),
    row("settings.sessions", "POST", status=302),
    row("settings.notices"),
    row("settings.notices", "POST", status=302, data={"wanted": "task.freed"}),
    row("settings.tokens"),
    row("settings.tokens", "POST", status=422),
    # A token is its owner's alone.
    row("settings.token", "POST", status=404, but={"editor": 302}, pk="token"),
    row("settings.organization", least="admin"),
    row("settings.organization", "POST", least="admin", status=422),
    row("settings.departments", least="admin"),
    row("settings.departments", "POST", least="admin", status=422),
    row("settings.department", least="admin", pk="marketing"),
    row("settings.department", "POST", least="admin", status=422, pk="marketing"),
]


def things(cast: Cast) -> dict[str, Any]:
    token, _secret = people.issue_token(
        name="Newsletter", scopes=["read"], by=cast.actor("editor"), now=NOW
    )
    return {"token": token}

from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.content import actions as content

ROWS = [
    row("ideas"),
    row("ideas", "POST", least="contributor", status=302, data={"title": "A lamp for reading"}),
    row("idea", pk="idea"),
    row("idea", "POST", least="contributor", status=302, pk="idea", data={"title": "Glass"}),
    row(
        "idea.development",
        "POST",
        least="contributor",
        status=302,
        pk="idea",
        data={"department": "marketing"},
    ),
    row("idea.dropping", "POST", least="contributor", status=302, pk="idea"),
    row("idea.return", "POST", least="contributor", status=302, pk="dropped"),
]


def things(cast: Cast) -> dict[str, Any]:
    admin = cast.actor("admin")
    dropped = content.capture_idea(title="Put aside", by=admin, now=NOW)
    content.drop_idea(dropped, by=admin, now=NOW)
    return {"dropped": dropped}

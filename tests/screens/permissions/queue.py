from __future__ import annotations

from datetime import time
from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from tests.screens.permissions.posts import agreed
from unisono.rooms.channels import slots

# The cast's channels belong to no department, so that the admin alone manages them.
ROWS = [
    row("queue"),
    row(
        "queue.fill",
        "POST",
        least="editor",
        status=302,
        other=404,
        data={"variant": "undated", "zone": "Europe/Paris", "way": "2099-03-11T07:50:00+00:00"},
    ),
    row(
        "channel.slots",
        "POST",
        least="admin",
        status=302,
        pk="agora",
        data={"at": "09:00", "zone": "Europe/Paris", "weekday": "1"},
    ),
    row("channel.warning", "POST", least="admin", status=302, pk="agora", data={"days": 5}),
    row("slot.removal", "POST", least="admin", status=302, pk="slot"),
]


def things(cast: Cast) -> dict[str, Any]:
    admin = cast.actor("admin")
    (slot,) = slots.add_slots(cast.agora, [2], at=time(9), zone="Europe/Paris", by=admin, now=NOW)
    return {"slot": slot, "undated": agreed(cast, "Undated").variants.get()}

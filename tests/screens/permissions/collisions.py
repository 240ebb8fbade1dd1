from __future__ import annotations

from typing import Any

from tests.cast import Cast
from tests.screens.permissions import row

AT = {"day": "2099-03-12", "time": "10:00", "zone": "Europe/Paris"}

ROWS = [
    row("collisions"),
    row(
        "collision.way",
        "POST",
        least="contributor",
        status=302,
        other=404,
        data={"variant": "variant", "way": "2099-03-12T10:00", "zone": "Europe/Paris"},
    ),
    row("collision.check", pk="post", data=AT),
]


def things(cast: Cast) -> dict[str, Any]:
    return {"variant": cast.post.variants.get(channel=cast.agora)}

from __future__ import annotations

from typing import Any

from tests.cast import Cast
from tests.screens.permissions import row

ROWS = [
    row("calendar"),
    row(
        "variant.time",
        "POST",
        least="contributor",
        status=204,
        pk="variant",
        data={"day": "2099-03-11", "time": "08:50"},
    ),
]


def things(cast: Cast) -> dict[str, Any]:
    return {"variant": cast.post.variants.get(channel=cast.agora)}

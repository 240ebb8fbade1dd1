from __future__ import annotations

from tests.screens.permissions import row

ROWS = [
    row("timeline"),
    row("timeline.day"),
    row("timeline.shelf"),
    row("timeline.moves", "POST", least="contributor", data={"moves": "[]"}),
    row("timeline.shift", "POST", least="contributor", data={"minutes": "60"}),
    row(
        "timeline.place",
        "POST",
        least="contributor",
        other=404,
        data={"post": "post", "channel": "agora", "wall": "2099-03-11T08:50"},
    ),
]

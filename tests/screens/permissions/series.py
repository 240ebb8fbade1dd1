from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.content.recurrence import End, Rule
from unisono.rooms.content.series import Pattern, Rhythm, make_series

WRITER = "contributor"
# The doors ask the real clock: this lies ahead of it.
RHYTHM = {
    "day": "2099-03-10",
    "at": "09:00",
    "zone": "Europe/Paris",
    "interval": "1",
    "every": "week",
    "ends": "count",
    "count": "3",
}
PATTERN = {
    "title": "Tuesday lamp",
    "text": "One lamp.",
    "language": "en",
    "department": "marketing",
    "channels": "agora",
}

ROWS = [
    row("series.all"),
    row("series.new", least=WRITER),
    # The department and channel named are none of the other house's.
    row("series.new", "POST", least=WRITER, status=302, other=422, data={**PATTERN, **RHYTHM}),
    row("series.dates", least=WRITER),
    row("series", pk="series"),
    row("series.edit", least=WRITER, pk="series"),
    row("series.edit", "POST", least=WRITER, status=302, pk="series", data={**PATTERN, **RHYTHM}),
    row(
        "series.skipping",
        "POST",
        least=WRITER,
        status=302,
        pk="series",
        data={"day": "2099-03-17"},
    ),
    row("series.approvals", "POST", least=WRITER, status=302, pk="near"),
    row("series.ending", "POST", least=WRITER, status=302, pk="series"),
]


def things(cast: Cast) -> dict[str, Any]:
    admin = cast.actor("admin")
    pattern = Pattern(
        title="Tuesday lamp",
        text="One lamp.",
        department=cast.departments["Marketing"],
        channels=[cast.agora],
    )
    far = datetime(2099, 3, 10, 9)
    # Made on the eve, as far as the verb knows: the real clock finds its posts ahead.
    eve = datetime(2099, 3, 9, 9, tzinfo=NOW.tzinfo)
    rule, end = Rule("week"), End(count=3)
    return {
        "series": make_series(pattern, Rhythm(rule, far, "Europe/Paris", end), by=admin, now=NOW),
        "near": make_series(pattern, Rhythm(rule, far, "Europe/Paris", end), by=admin, now=eve),
    }

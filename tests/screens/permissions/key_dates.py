from __future__ import annotations

from datetime import date
from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.plan import key_dates, occasions

FOUNDED = {"name": "Founded", "on": "2099-05-01", "lead_days": "20", "department": "marketing"}
IDEA = {
    "what": "capture",
    "title": "Come to the fair",
    "department": "marketing",
    "day": "2099-03-20",
    "time": "09:00",
}

ROWS = [
    row("key_dates"),
    row("key_dates.countries", "POST", least="admin", status=302, data={"countries": "FR"}),
    row("key_date.new", least="manager"),
    row("key_date.new", "POST", least="manager", status=302, other=422, data=FOUNDED),
    row("key_date.edit", least="manager", pk="fair"),
    row("key_date.edit", "POST", least="manager", status=302, pk="fair", data=FOUNDED),
    row("key_date.removal", "POST", least="manager", status=302, pk="fair"),
    row("key_date.preparation", least="contributor", pk="fair_day", on="2099-03-20"),
    row(
        "key_date.preparation",
        "POST",
        least="contributor",
        status=302,
        pk="fair_day",
        on="2099-03-20",
        data=IDEA,
    ),
]


def things(cast: Cast) -> dict[str, Any]:
    fair = key_dates.set_date(
        name="Fair", on=date(2099, 3, 20), department=cast.departments["Marketing"],
        by=cast.actor("manager"), now=NOW,
    )  # fmt: skip
    (day,) = occasions.occasions(cast.actor("viewer"), fair.on, fair.on, kind="company")
    return {"fair": fair, "fair_day": day}

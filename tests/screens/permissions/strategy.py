from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import key_results

OBJECTIVE = {
    "name": "Newsletter readers",
    "metric": "reach",
    "target": "1000",
    "starts_on": "2026-03-01",
    "ends_on": "2026-03-31",
    "department": "marketing",
}

KEY_RESULT = {"name": "Visits", "metric": "entered", "target": "500", "unit": "people"}

ROWS = [
    row("strategy"),
    row("strategy.unaligned"),
    row(
        "post.alignment",
        "POST",
        least="contributor",
        status=302,
        pk="post",
        data={"objective": "objective"},
    ),
    row("objective.new", least="manager"),
    # The department named is none of the other house's.
    row("objective.new", "POST", least="manager", status=302, other=422, data=OBJECTIVE),
    row("objective", pk="objective"),
    row("objective.report", pk="objective"),
    row("objective.edit", least="manager", pk="objective"),
    row("objective.edit", "POST", least="manager", status=302, pk="objective", data=OBJECTIVE),
    row("objective.archiving", "POST", least="manager", status=302, pk="objective"),
    row("objective.readings", "POST", least="manager", status=302, pk="hires", data={"value": "5"}),
    row("key_result.new", least="manager", pk="objective"),
    row("key_result.new", "POST", least="manager", status=302, pk="objective", data=KEY_RESULT),
    row("key_result.edit", least="manager", pk="visits"),
    row("key_result.edit", "POST", least="manager", status=302, pk="visits", data=KEY_RESULT),
    row("key_result.removal", "POST", least="manager", status=302, pk="visits"),
    row("key_result.readings", pk="visits"),
    row(
        "key_result.readings", "POST", least="manager", status=302, pk="visits", data={"value": "5"}
    ),
]


def things(cast: Cast) -> dict[str, Any]:
    hires = plan.set_objective(
        name="Hire twelve artisans",
        metric="entered",
        target=12,
        starts_on=NOW.date(),
        ends_on=NOW.date(),
        department=cast.departments["Marketing"],
        by=cast.actor("admin"),
        now=NOW,
    )
    visits = key_results.add(
        cast.objective,
        name="Visits",
        metric="entered",
        target=500,
        by=cast.actor("admin"),
        now=NOW,
    )
    return {"hires": hires, "visits": visits}

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.plan import templates
from unisono.rooms.plan.launches import Step

CAMPAIGN = {
    "name": "Summer light",
    "starts_on": "2026-06-01",
    "ends_on": "2026-06-30",
    "department": "marketing",
}
HELD = {"name": "Lamp", "day": "2099-06-01", "department": "marketing"}
TEMPLATE = {
    "name": "Lamp",
    "department": "marketing",
    "steps-TOTAL_FORMS": "1",
    "steps-INITIAL_FORMS": "0",
    "steps-0-title": "Hint",
    "steps-0-kind": "task",
    "steps-0-unit": "days",
    "steps-0-at": "09:00",
}
COPY = {"name": "Again", "starts_on": "2099-06-01"}
KEPT = {"name": "Doors", "day": date(2026, 3, 11)}

ROWS = [
    row("campaigns"),
    row("campaign.new", least="editor"),
    # The department named is none of the other house's.
    row("campaign.new", "POST", least="editor", status=302, other=422, data=CAMPAIGN),
    row("campaign", pk="campaign"),
    row("campaign.edit", least="editor", pk="campaign"),
    row("campaign.edit", "POST", least="editor", status=302, pk="campaign", data=CAMPAIGN),
    row("campaign.copy", least="editor", pk="campaign"),
    row("campaign.copy", "POST", least="editor", status=302, pk="campaign", data=COPY),
    row("campaign.keep", least="editor", pk="campaign"),
    row("campaign.keep", "POST", least="editor", status=302, pk="campaign", data=KEPT),
    row("campaign.archiving", "POST", least="editor", status=302, pk="campaign"),
    row("campaign.restoring", "POST", least="editor", status=302, pk="campaign"),
    row("campaign.templates"),
    row("campaign.template.new", least="editor"),
    row("campaign.template.new", "POST", least="editor", status=302, other=422, data=TEMPLATE),
    row("campaign.template", least="editor", key="own"),
    row("campaign.template", "POST", least="editor", status=302, key="own", data=HELD),
    row("campaign.template.days", least="editor", key="own"),
    row("campaign.template.edit", least="editor", key="own"),
    row("campaign.template.edit", "POST", least="editor", status=302, key="own", data=TEMPLATE),
    row("campaign.template.removal", "POST", least="editor", status=302, key="own"),
]


def things(cast: Cast) -> dict[str, Any]:
    own = templates.keep_template(
        name="Lamp", steps=[Step("Hint")], department=cast.departments["Marketing"],
        by=cast.actor("editor"), now=NOW,
    )  # fmt: skip
    return {"own": SimpleNamespace(pk=str(own.pk))}

from tests.screens.permissions import row

CAMPAIGN = {
    "name": "Summer light",
    "starts_on": "2026-06-01",
    "ends_on": "2026-06-30",
    "department": "marketing",
}

ROWS = [
    row("campaigns"),
    row("campaign.new", least="editor"),
    # The department named is none of the other house's.
    row("campaign.new", "POST", least="editor", status=302, other=422, data=CAMPAIGN),
    row("campaign", pk="campaign"),
    row("campaign.edit", least="editor", pk="campaign"),
    row("campaign.edit", "POST", least="editor", status=302, pk="campaign", data=CAMPAIGN),
    row("campaign.archiving", "POST", least="editor", status=302, pk="campaign"),
]

from tests.screens.permissions import row

# The cast's channels belong to no department, so that the admin alone manages them.
ROWS = [
    row("channels"),
    row("networks"),
    row("channel.new", least="manager", other=200, network="sandbox"),
    row("channel.new", "POST", least="manager", status=422, other=422, network="sandbox"),
    row("channel", pk="agora"),
    row("channel.sign_in", least="admin", pk="agora"),
    row("channel.sign_in", "POST", least="admin", status=422, pk="agora"),
    row(
        "channel.department",
        "POST",
        least="admin",
        status=302,
        pk="agora",
        data={"department": "marketing"},
    ),
    row("channel.rules", least="admin", pk="agora"),
    row("channel.rules", "POST", least="admin", status=302, pk="agora"),
    row("channel.disconnection", least="admin", pk="agora"),
    row("channel.disconnection", "POST", least="admin", status=302, pk="agora"),
]

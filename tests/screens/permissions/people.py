from __future__ import annotations

from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.people import actions as people
from unisono.rooms.people.actions import Grant

ROWS = [
    row("people"),
    row("roles"),
    row("invite", least="admin", other=200),
    row("invite", "POST", least="admin", status=422),
    row("invite.link", "POST", least="admin", pk="invited"),
    row("invite.withdrawal", "POST", least="admin", status=302, pk="invited"),
    row("member", pk="member_editor"),
    row("member.roles", "POST", least="admin", status=422, pk="member_editor"),
    row("member.suspension", "POST", least="admin", status=302, pk="member_editor"),
    row("member.readmission", "POST", least="admin", status=302, pk="member_sales_editor"),
]


def things(cast: Cast) -> dict[str, Any]:
    admin = cast.actor("admin")
    invited, _secret = people.invite(
        email="nina@lumen.example", grants=[Grant("viewer")], by=admin, now=NOW
    )
    people.suspend(cast.members["sales_editor"], by=admin, now=NOW)
    return {"invited": invited}

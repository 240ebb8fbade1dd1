from __future__ import annotations

from typing import Any

from tests.cast import NOW, Cast
from tests.rooms.test_kits import invited, kit_of
from tests.screens.permissions import row
from unisono.rooms.advocacy import actions

ROWS = [
    row("kits"),
    # Without a post, on to the posts.
    row("kit.new", least="editor", status=302),
    row("kit.new", "POST", least="editor", status=302),
    row("kit", pk="open_kit"),
    row("kit.parts", "POST", status=302, pk="open_kit", data={"did": "copied"}),
    row("kit.own", "POST", status=302, pk="open_kit", data={"wanted": "1"}),
    row("kit.picture", pk="open_kit", number="0"),
    row("kit.making", least="editor", pk="open_kit"),
    row("kit.making", "POST", least="editor", status=422, pk="open_kit", data={"title": "Ours"}),
    row("kit.opening", "POST", least="editor", status=302, pk="draft_kit"),
    row("kit.closing", "POST", least="editor", status=302, pk="open_kit"),
    row(
        "kit.sending",
        "POST",
        least="editor",
        status=302,
        pk="open_kit",
        data={"members": "member_viewer"},
    ),
    row("kit.invites", "POST", least="editor", pk="open_kit", data={"name": "The shop"}),
    row(
        "kit.invite.revocation",
        "POST",
        least="editor",
        status=302,
        pk="open_kit",
        invite="kit_invite",
    ),
    # Open to everybody who has the address, and to nobody who guesses one.
    row("shared_kit", status=404, other=404, anonymous=404, secret="of-nobody"),
    row("shared_kit", "POST", status=404, other=404, anonymous=404, secret="of-nobody"),
    row("shared_kit.picture", status=404, other=404, anonymous=404, secret="of-nobody", number="0"),
    row("short", status=404, other=404, anonymous=404, code="nowhere"),
]


def things(cast: Cast) -> dict[str, Any]:
    draft = kit_of(cast, picture=True)
    opened = actions.make(
        draft.post,
        revisions=draft.texts.values_list("revision_id", flat=True),
        by=cast.actor("admin"),
        now=NOW,
    )
    actions.open_kit(opened, by=cast.actor("admin"), now=NOW)
    invite, _secret = invited(cast, opened)
    return {"draft_kit": draft, "open_kit": opened, "kit_invite": invite}

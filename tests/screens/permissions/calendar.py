from __future__ import annotations

from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.exports import links, saved_views

ROWS = [
    row("calendar"),
    row("calendar.export"),
    row("calendar.out"),
    row("calendar.out", "POST", data={"name": "Mine"}),
    row("calendar.views"),
    row("calendar.views", "POST", data={"name": "Mine"}, status=302),
    row("calendar.view.share", "POST", least="admin", status=302, other=404, pk="view"),
    row("calendar.view.forget", "POST", least="admin", status=302, other=404, pk="view"),
    row("calendar.link.end", "POST", least="admin", status=302, other=404, pk="link"),
    row("calendar.feed", status=404, other=404, anonymous=404, secret="of-nobody"),
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
    admin = cast.actor("admin")
    link, _secret = links.make(name="The admin's", by=admin, now=NOW)
    view = saved_views.keep(
        name="All", page="calendar", shape={"view": ["week"]}, shared=True, by=admin, now=NOW
    )
    return {"view": view, "variant": cast.post.variants.get(channel=cast.agora), "link": link}

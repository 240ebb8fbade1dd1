from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.cast import NOW, Cast
from tests.pictures import png
from tests.screens.permissions import row
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.library import actions as library
from unisono.rooms.workflow import actions as workflow

WRITER = "contributor"
TEXT = {
    "title": "The doors",
    "text": "Open.",
    "language": "en",
    "department": "marketing",
    "campaign": "",
    "objective": "",
}

ROWS = [
    row("posts"),
    row("post.new", least=WRITER),
    row("post.new", "POST", least=WRITER, data=TEXT, status=302, other=422),
    row("post", pk="post"),
    row("post.text", "POST", least=WRITER, status=302, pk="post", data=TEXT),
    row("post.removal", "POST", least=WRITER, status=302, pk="post"),
    row("post.channels", "POST", least=WRITER, status=302, pk="post", data={"channels": "agora"}),
    row("post.images", "POST", least=WRITER, status=422, pk="post"),
    row("post.image", "POST", least=WRITER, pk="post", image="image"),
    row(
        "post.time",
        "POST",
        least=WRITER,
        status=302,
        pk="post",
        data={"day": "2099-03-11", "time": "08:50", "zone": "Europe/Paris"},
    ),
    row(
        "post.order",
        "POST",
        least="editor",
        status=302,
        pk="post",
        data={"after": "earlier", "minutes": 30},
    ),
    row(
        "post.embargo",
        "POST",
        least="editor",
        status=302,
        pk="post",
        data={"day": "2099-03-11", "time": "08:50", "zone": "Europe/Paris"},
    ),
    row("post.approvals", "POST", least=WRITER, status=302, pk="post"),
    row("post.publications", "POST", least="editor", status=302, pk="agreed"),
    row("post.preview", pk="post"),
    row("post.progress", pk="post"),
    row("post.comments", pk="post"),
    row("post.comments", "POST", least=WRITER, pk="post", data={"text": "Lovely."}),
    row("post.history", pk="post"),
]


def things(cast: Cast) -> dict[str, Any]:
    admin = cast.actor("admin")
    asset = library.add_asset(data=png(), name="doors.png", alt="Doors", by=admin, now=NOW)
    ready = agreed(cast, "Agreed")
    content.plan_variant(
        ready.variants.get(),
        wall=datetime.fromisoformat("2099-03-11T08:50"),
        zone="Europe/Paris",
        by=admin,
        now=NOW,
    )
    earlier = content.write_post(
        title="Earlier",
        department=cast.departments["Marketing"],
        campaign=cast.campaign,
        channels=[cast.agora],
        by=admin,
        now=NOW,
    )
    return {
        "earlier": earlier,
        "image": content.attach_image(cast.post, asset, by=admin, now=NOW),
        "agreed": ready,
    }


def agreed(cast: Cast, title: str) -> Post:
    """A post on the professional feed that may go out, and has no time."""
    admin = cast.actor("admin")
    post = content.write_post(
        title=title,
        text="This may go out.",
        department=cast.departments["Marketing"],
        channels=[cast.agora],
        by=admin,
        now=NOW,
    )
    workflow.ask_approval(post, by=admin, schedule_when_approved=False, now=NOW)
    workflow.approve_post(post, by=admin, now=NOW)
    return post

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.cast import NOW, SOON, Cast
from tests.screens.permissions import row
from unisono.kernel.states import advance
from unisono.rooms.content import actions as content
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import holds, order
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.reasons import because
from unisono.rooms.publishing.states import PUBLICATION
from unisono.rooms.workflow import actions as workflow

AT = {"day": "2099-03-12", "time": "10:00", "zone": "Europe/Paris"}

ROWS = [
    row("publication", pk="planned"),
    row("publication.cancellation", "POST", least="editor", status=302, pk="planned"),
    row("publication.retry", "POST", least="editor", status=302, pk="failed"),
    row(
        "publication.settlement",
        "POST",
        least="editor",
        status=302,
        pk="unknown",
        data={"outcome": "left"},
    ),
    row(
        "publication.drift",
        "POST",
        least="editor",
        status=302,
        pk="gone",
        data={"way": "accept"},
    ),
    row("publication.time", "POST", least="editor", status=302, pk="planned", data=AT),
    row(
        "publication.anyway",
        "POST",
        least="manager",
        status=302,
        pk="waiting",
        data={"why": "It cannot wait."},
    ),
    row(
        "campaign.embargo",
        "POST",
        least="editor",
        status=302,
        pk="campaign",
        data={"day": "2099-03-11", "time": "08:50", "zone": "Europe/Paris"},
    ),
    row("due"),
    row(
        "due",
        "POST",
        least="contributor",
        status=302,
        other=422,
        data={"publication": "planned", "way": "drop"},
    ),
    row("due.decisions", least="editor"),
    row("due.decisions", "POST", least="editor", status=302),
    row("trouble", status=302),
    row("holds"),
    row("holds", "POST", least="manager", status=200, data={"department": "marketing"}, other=422),
    row("hold.resume", least="manager", pk="hold"),
    row("hold.resume", "POST", least="manager", status=302, pk="hold"),
]


def things(cast: Cast) -> dict[str, Any]:
    admin = cast.actor("admin")
    found: dict[str, Any] = {
        "hold": holds.place(department=cast.departments["Marketing"], by=admin, now=NOW)
    }
    for state in ("planned", "failed", "unknown"):
        found[state] = scheduled(cast, state)
        if state != "planned":
            for to in ("publishing", state):
                advance(found[state], PUBLICATION, to, by=system(cast.lumen), now=SOON)
    found["gone"] = gone(cast)
    found["waiting"] = scheduled(cast, "waiting")
    order.embargo(
        found["waiting"].variant.post,
        wall=datetime.fromisoformat("2099-03-12T08:50"),
        zone="Europe/Paris",
        by=admin,
        now=NOW,
    )
    return found


def gone(cast: Cast) -> Publication:
    """Published, and not on its network any more."""
    row = scheduled(cast, "gone")
    for to in ("publishing", "published"):
        advance(row, PUBLICATION, to, by=system(cast.lumen), now=SOON)
    Publication.objects.filter(pk=row.pk).update(published_at=SOON, **because("gone"))
    row.refresh_from_db()
    return row


def scheduled(cast: Cast, title: str) -> Publication:
    """A post of its own, agreed to and scheduled on the professional feed."""
    admin = cast.actor("admin")
    post = content.write_post(
        title=title,
        text=f"About {title}.",
        department=cast.departments["Marketing"],
        channels=[cast.agora],
        by=admin,
        now=NOW,
    )
    (variant,) = post.variants.all()
    workflow.ask_approval(post, schedule_when_approved=False, by=admin, now=NOW)
    workflow.approve_post(post, by=admin, now=NOW)
    return publishing.schedule_variant(
        variant,
        wall=datetime.fromisoformat("2099-03-11T08:50"),
        zone="Europe/Paris",
        by=admin,
        now=NOW,
    )

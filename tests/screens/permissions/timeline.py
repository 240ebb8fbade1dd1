from __future__ import annotations

from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.orchestration.models import PlanMove
from unisono.rooms.orchestration.plans import actions

ROWS = [
    row("timeline"),
    row("timeline.day"),
    row("timeline.shelf"),
    row("timeline.ghost", pk="plan_move"),
    row("timeline.moves", "POST", least="contributor", data={"moves": "[]"}),
    row("timeline.shift", "POST", least="contributor", data={"minutes": "60"}),
    row(
        "timeline.place",
        "POST",
        least="contributor",
        other=404,
        data={"post": "post", "channel": "agora", "wall": "2099-03-11T08:50"},
    ),
]


def things(cast: Cast) -> dict[str, Any]:
    plan = actions.draw(
        departments=[cast.departments["Marketing"]], by=cast.actor("editor"), now=NOW
    )
    variant = cast.post.variants.first()
    move = PlanMove.objects.create(
        plan=plan, department=cast.departments["Marketing"], post=cast.post, variant=variant,
        channel=variant.channel, wall="2026-03-10T09:00", zone="Europe/Paris", at=NOW,
        expected=1.2, low=0.9, high=1.6, sample=9, basis="channel", gain=0.2,
    )  # fmt: skip
    return {"plan_move": move}

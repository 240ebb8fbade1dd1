from __future__ import annotations

from typing import Any

from tests.cast import NOW, Cast
from tests.rooms.test_experiments import draft, planned, running, tried
from tests.screens.permissions import row
from unisono.rooms.experiments import actions
from unisono.rooms.experiments.statistics.finding import Finding, Shown

ROWS = [
    row("experiments"),
    row("experiment.new", least="manager"),
    row("experiment.new", "POST", least="manager", status=422, data={"question": "Ours"}),
    row("experiment.sample", least="manager"),
    row("experiment", pk="planned"),
    row("experiment", pk="running"),
    row("experiment", pk="over"),
    row("experiment.edit", least="manager", pk="planned"),
    row(
        "experiment.edit", "POST", least="manager", status=422, pk="planned", data={"question": ""}
    ),
    row("experiment.start", "POST", least="manager", status=302, pk="planned"),
    row("experiment.stop", "POST", least="manager", status=302, pk="running", data={"reason": "."}),
    row(
        "experiment.add",
        "POST",
        least="contributor",
        status=302,
        pk="running",
        data={"variant": "trial_variant"},
    ),
    row(
        "experiment.out",
        "POST",
        least="contributor",
        status=302,
        pk="running",
        trial="trial",
        data={"reason": "Urgent"},
    ),
]


def things(cast: Cast) -> dict[str, Any]:
    going = running(cast)
    (trial,) = tried(cast, going, 0)
    free = draft(cast, "One more").variants.get()
    over = running(cast, question="Do noons bring more?")
    found = Finding(1.3, 1.1, 1.6, 24, 23, Shown.FIRST)
    actions.conclude(over, found, by=cast.actor("manager"), now=NOW)
    return {
        "planned": planned(cast), "running": going, "over": over, "trial": trial,
        "trial_variant": free,
    }  # fmt: skip

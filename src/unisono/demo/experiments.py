"""Experiments of the demonstration: one that runs, and one that was stopped early and says so."""

from __future__ import annotations

from typing import Any

from unisono.demo.company import House
from unisono.rooms.experiments import actions, queries, trying
from unisono.rooms.experiments.planning import ArmSaid

WORKDAYS = range(5)
MORNINGS, EVENINGS = ArmSaid("Mornings", WORKDAYS, 8, 11), ArmSaid("Evenings", WORKDAYS, 17, 20)
FIRST = 3


def ask(house: House) -> None:
    """Mornings against evenings on the house's channel, with the next posts that may take part."""
    by, now = house.actor("lea"), house.script.now
    said: dict[str, Any] = {
        "figure": "views",
        "hours": 72,
        "by": by,
        "department": house.departments["marketing"],
    }
    before = actions.plan(
        kind="variants", question="Does a question in the first line bring more?", uplift=0.25,
        arms=[ArmSaid("As it is"), ArmSaid("With a question")], channel=house.channels["uk"],
        now=house.script.ago(20), **said,
    )  # fmt: skip
    actions.start(before, by=by, now=house.script.ago(20))
    why = "It would take longer than the campaign it was for."
    actions.stop(before, reason=why, by=by, now=house.script.ago(6))
    row = actions.plan(
        kind="times", question="Do mornings bring more than evenings?", uplift=0.5, planned=20,
        arms=[MORNINGS, EVENINGS], channel=house.channels["maison"], now=now, **said,
    )  # fmt: skip
    actions.start(row, by=by, now=now)
    drafts = queries.addable(by, row).filter(publications=None, planned_at__gt=now)
    for variant in drafts[:FIRST]:
        trying.add(row, variant, by=by, now=now)

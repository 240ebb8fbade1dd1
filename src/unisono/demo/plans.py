"""A plan of the next two weeks, drawn and not yet decided about."""

from __future__ import annotations

from unisono.demo.company import House
from unisono.rooms.orchestration.plans import actions, working


def draw(house: House) -> None:
    """Ask for it as the head of marketing would, and find its moves at once."""
    by, now = house.actor("lea"), house.script.now
    departments = list(house.departments.values())
    plan = actions.draw(departments=departments, weeks=2, freedom="freely", by=by, now=now)
    working.work(house.organization.pk, plan.pk, now=now)

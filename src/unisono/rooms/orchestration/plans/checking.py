"""A result against the house rules themselves, to the minute: what breaks which."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from unisono.rooms.orchestration.plans.facts import Facts, Item

Places = Mapping[UUID, datetime]
"""When each post goes out, by variant."""


def broken(facts: Facts, places: Places) -> dict[UUID, list[str]]:
    """The rules that posts break which may move, by variant; both of two that collide are told."""
    found: dict[UUID, list[str]] = {}
    for channel in facts.channels:
        there = [
            (i, places[i.key]) for i in facts.items if i.channel == channel and i.key in places
        ]
        lane = facts.lane(channel, there)
        without = facts.lane(channel, [(item, at) for item, at in there if not item.anyway])
        for item, at in there:
            if item.movable:
                around = (without if at == item.at else lane).without(item.key)
                told = [one.kind.value for one in around.findings(item.place(at))]
                if any(a <= at < b and c in (None, channel) for a, b, c in facts.closed):
                    told.append("closed")
                if told:
                    found[item.key] = told
    for item in facts.items:
        if _out_of_turn(item, places):
            found.setdefault(item.key, []).append("order")
    return found


def _out_of_turn(item: Item, places: Places) -> bool:
    if item.after is None or item.key not in places or item.after not in places:
        return False
    return places[item.key] - places[item.after] < item.lag


def as_it_stands(facts: Facts) -> dict[UUID, datetime]:
    """The present times."""
    return {item.key: item.at for item in facts.items if item.at}

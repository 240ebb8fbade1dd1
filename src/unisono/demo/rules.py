"""House rules agreed on when much was planned already, and one post planned against them."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from unisono.demo.company import House
from unisono.demo.script import Script
from unisono.rooms.channels.house import set_rules
from unisono.rooms.channels.rules import Blackout, Quiet, Rules
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.models import Publication


def agree(house: House) -> None:
    """Set the rules; what they find on the plan stands as a collision."""
    script, now = house.script, house.script.ago(0.1)
    for entry in script.company["house_rules"]:
        by = house.actor(entry["by"])
        set_rules(house.channels[entry["channel"]], _rules(house, entry), by=by, now=now)
    for entry in script.company["override"]:
        row = Publication.objects.get(
            channel=house.channels[entry["channel"]],
            variant__post__title=entry["post"],
            state="scheduled",
            part=0,
        )
        day = datetime.fromisoformat(row.wall).date()
        publishing.retime(
            row,
            wall=datetime.combine(day, time.fromisoformat(entry["at"])),
            zone=row.zone,
            anyway=entry["why"],
            by=house.actor(entry["by"]),
            now=now,
        )


def _rules(house: House, entry: dict[str, Any]) -> Rules:
    script: Script = house.script
    return Rules(
        zone=script.zone,
        gap_minutes=entry.get("gap", 0),
        daily_most=entry.get("daily", 0),
        one_topic_a_day=entry.get("one_topic", False),
        shares={house.departments[key].pk: n for key, n in entry.get("shares", {}).items()},
        quiet=tuple(
            Quiet(time.fromisoformat(starts), time.fromisoformat(ends))
            for starts, ends in entry.get("quiet", ())
        ),
        blackouts=tuple(
            Blackout(dark["name"], script.day(dark["days"][0]), script.day(dark["days"][1]))
            for dark in entry.get("dark", ())
        ),
    )

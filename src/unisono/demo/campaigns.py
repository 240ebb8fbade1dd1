"""The demo's campaigns: their audiences, their briefs in full, and one after a template."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from typing import Any

from django.utils import translation

from unisono.demo.company import House
from unisono.demo.script import FOLDER, OPENING, workday
from unisono.kernel.models import Event
from unisono.rooms.content import campaigns as content
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import audiences, templates
from unisono.rooms.plan.briefs import Details, Link
from unisono.rooms.plan.models import Audience, Campaign
from unisono.rooms.plan.utm import Pattern
from unisono.rooms.workflow import campaigns as work
from unisono.rooms.workflow import reactions, tasks


def open_all(house: House) -> None:
    """Audiences, and the campaigns that are for them."""
    script, more = house.script, _more()
    known = _audiences(house, more["audience"])
    for entry in script.company["campaign"]:
        first, last = entry["days"]
        house.campaigns[entry["key"]] = plan.open_campaign(
            name=entry["name"],
            starts_on=script.day(first),
            ends_on=script.day(last),
            brief=script.lasting(entry["brief"].strip()),
            department=house.departments[entry["department"]],
            objective=house.objectives[entry["objective"]],
            owner=house.members[entry["owner"]],
            details=_details(house, more["campaign"][entry["key"]], known),
            by=house.actor("lea"),
            now=script.ago(5 - first),
        )


def hold_again(house: House) -> None:
    """One campaign after a built-in template; and the opening kept as a template of our own."""
    script, entry, lea = house.script, _more()["launch"], house.actor("lea")
    known = {row.name: row for row in Audience.objects.all()}
    named = {one["key"]: known[one["name"]] for one in _more()["audience"]}
    launch = content.Launch(
        name=entry["name"],
        day=workday(script.day(entry["days"])),
        zone=script.zone,
        department=house.departments[entry["department"]],
        objective=house.objectives[entry["objective"]],
        owner=house.members[entry["owner"]],
        audiences=[named[key] for key in entry["audiences"]],
        channels=[house.channels[key] for key in entry["channels"]],
    )
    with translation.override("en"):
        template = templates.template(lea, entry["template"])
        held = content.hold(template, launch, by=lea, now=script.ago(1))
    _prepared(house, held, house.actor(entry["owner"]))
    work.keep_as_template(
        house.campaigns["lyon"],
        name="Opening of a shop",
        day=workday(script.day(OPENING)),
        note="As we did it in Lyon: the building, the people, the doors.",
        by=lea,
        now=script.now - timedelta(hours=1),
    )


def _prepared(house: House, campaign: Campaign, by: Actor) -> None:
    """Its tasks, as the worker makes them of the news; what lies in the past is done."""
    for event in Event.objects.filter(kind="campaign.noted", subject_id=campaign.pk):
        reactions.campaign_noted(event)
    for row in campaign.tasks.filter(due_at__lt=house.script.now):
        tasks.finish(row, by=by, now=house.script.now - timedelta(hours=2))


def _more() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "campaigns.toml").read_text(encoding="utf-8"))


def _audiences(house: House, entries: list[dict[str, Any]]) -> dict[str, Audience]:
    return {
        entry["key"]: audiences.describe(
            name=entry["name"],
            description=entry["description"],
            interests=entry["interests"],
            languages=entry["languages"],
            zone=entry.get("zone", ""),
            department=house.departments[entry["department"]],
            by=house.actor("lea"),
            now=house.script.ago(80),
        )
        for entry in entries
    }


def _details(house: House, entry: dict[str, Any], known: dict[str, Audience]) -> Details:
    words = ("goal", "message", "tone", "dos", "donts", "budget", "code")
    return Details(
        **{name: entry[name].strip() for name in words},
        links=[Link(url, name) for url, name in entry["links"]],
        audiences=[known[key] for key in entry["audiences"]],
        channels=[house.channels[key] for key in entry["channels"]],
        departments=[house.departments[key] for key in entry.get("departments", ())],
        objectives=[house.objectives[key] for key in entry.get("objectives", ())],
        utm=Pattern.of(entry["utm"]),
    )

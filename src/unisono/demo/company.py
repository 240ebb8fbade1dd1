"""The company and all that stands before its first post, through the verbs."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from unisono.demo import PASSWORD, PERSONAS
from unisono.demo.pictures import painted
from unisono.demo.script import Script
from unisono.kernel import clock
from unisono.kernel.secrets import Secret
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels import slots
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import ideas
from unisono.rooms.content.models import Idea
from unisono.rooms.library import actions as library
from unisono.rooms.library.models import Asset
from unisono.rooms.people import actions as people
from unisono.rooms.people.actions import Grant
from unisono.rooms.people.actors import Actor, actor_for
from unisono.rooms.people.models import Department, Member, Organization
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import key_dates, key_results
from unisono.rooms.plan.models import Campaign, Objective

HANDLES_TRIED = 20


@dataclass
class House:
    """What has been made so far, by the keys of the script. `pictures` are bytes by digest;
    `asked` the ideas of requests, by the titles of the posts they become."""

    script: Script
    organization: Organization
    server: str
    members: dict[str, Member] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    objectives: dict[str, Objective] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    asked: dict[str, Idea] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        """A member's hands; roles do not change once people have arrived."""
        if key not in self.actors:
            self.actors[key] = actor_for(self.members[key], self.organization)
        return self.actors[key]


def found(script: Script, server: str) -> House:
    """The organization with its departments, three months ago."""
    house, first = script.company["organization"], PERSONAS[0]
    departments = script.company["department"]
    admin = people.found_organization(
        name=house["name"],
        zone=house["zone"],
        language=house["language"],
        admin_email=first.email,
        admin_name=first.name,
        password=Secret(PASSWORD),
        departments=[(entry["name"], entry["hue"]) for entry in departments],
        now=script.ago(97),
    )
    return House(script, admin.organization, server)


def furnish(house: House) -> None:
    """People, channels, library, objectives, key dates. Needs the house in scope."""
    _departments(house)
    _people(house)
    _channels(house)
    _library(house)
    _objectives(house)
    _key_dates(house)


def _departments(house: House) -> None:
    named = {department.name: department for department in Department.objects.all()}
    for entry in house.script.company["department"]:
        house.departments[entry["key"]] = named[entry["name"]]


def _people(house: House) -> None:
    script = house.script
    entries = script.company["member"]
    house.members[entries[0]["key"]] = Member.objects.get()
    lea = house.actor(entries[0]["key"])
    for entry, persona in zip(entries[1:], PERSONAS[1:], strict=True):
        grants = [Grant(role, house.departments.get(where)) for role, where in entry["roles"]]
        _invitation, secret = people.invite(
            email=persona.email,
            name=persona.name,
            grants=grants,
            language=persona.language,
            by=lea,
            now=script.ago(96),
        )
        house.members[entry["key"]] = people.accept_invitation(
            secret=secret.reveal(),
            name=persona.name,
            password=Secret(PASSWORD),
            now=script.ago(95.5),
        )
    for entry, persona in zip(entries, PERSONAS, strict=True):
        people.change_profile(
            house.members[entry["key"]],
            name=persona.name,
            title=entry["title"],
            language=persona.language,
            zone="Europe/London" if entry["key"] == "amelia" else "",
            theme="system",
            by=house.actor(entry["key"]),
            now=script.ago(95),
        )


def _channels(house: House) -> None:
    for entry in house.script.company["channel"]:
        channel = house.channels[entry["key"]] = _connected(house, entry)
        for slot in entry.get("slots", ()):
            slots.add_slots(
                channel,
                slot["days"],
                at=time.fromisoformat(slot["at"]),
                zone=house.script.zone,
                by=house.actor("lea"),
                now=house.script.ago(93),
            )


def _connected(house: House, entry: dict[str, Any]) -> Channel:
    """A new account on the pretend network; where an earlier demo left one, under a next name."""
    form = {"server": house.server, "place": entry["place"], "name": entry["name"]}
    form["followers"] = str(entry["followers"])
    for number in range(1, HANDLES_TRIED + 1):
        handle = entry["handle"] if number == 1 else f"{entry['handle']}.{number}"
        try:
            return channels.connect(
                network="sandbox",
                form={**form, "handle": handle},
                department=house.departments[entry["department"]],
                by=house.actor("lea"),
                now=house.script.ago(94),
            )
        except channels.CouldNotConnect as refusal:
            if refusal.field != "handle" or number == HANDLES_TRIED:
                raise
    raise AssertionError(entry)


def _library(house: House) -> None:
    for entry in house.script.company["image"]:
        dark, middle, light = entry["colours"]
        data = painted(entry["scene"], (dark, middle, light), key=entry["key"])
        asset = library.add_asset(
            data=data,
            name=entry["name"],
            alt=entry["alt"]["en"],
            credit="Maison Lumen",
            by=house.actor("amelia"),
            now=house.script.ago(93),
        )
        house.assets[entry["key"]] = asset


def _objectives(house: House) -> None:
    starts_on, ends_on = quarter(house.script.today)
    for entry in house.script.company["objective"]:
        objective = plan.set_objective(
            name=entry["name"],
            metric=entry["metric"],
            unit=entry.get("unit", ""),
            target=entry["target"],
            starts_on=starts_on,
            ends_on=ends_on,
            why=entry["why"],
            department=house.departments.get(entry.get("department", "")),
            owner=house.members[entry["owner"]],
            by=house.actor("pauline"),
            now=_morning_of(house, starts_on) - timedelta(days=6),
        )
        house.objectives[entry["key"]] = objective
        for more in entry.get("key_result", ()):
            key_results.add(
                objective, **more, by=house.actor("pauline"),
                now=_morning_of(house, starts_on) - timedelta(days=6),
            )  # fmt: skip
        for day, value in entry.get("readings", ()):
            key_results.enter_reading(
                objective, value=value, by=house.actor("lea"), now=house.script.ago(-day)
            )


def quarter(today: date) -> tuple[date, date]:
    """Three calendar months of which the current one is the second, so that the demo always
    shows a period under way."""
    first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    after = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first, after.replace(day=calendar.monthrange(after.year, after.month)[1])


def _key_dates(house: House) -> None:
    lea, now = house.actor(house.script.company["member"][0]["key"]), house.script.ago(60)
    key_dates.choose_countries(house.script.company["countries"], by=lea, now=now)
    for entry in house.script.company["key_date"]:
        key_dates.set_date(
            name=entry["name"],
            on=house.script.today + timedelta(entry["days"]),
            yearly=entry["yearly"],
            note=entry["note"],
            department=house.departments[entry["department"]],
            lead_days=entry["lead_days"],
            by=lea,
            now=now,
        )


def think(house: House) -> None:
    """The ideas people have had; some are for a campaign."""
    for entry in house.script.company["idea"]:
        ideas.capture(
            title=entry["title"],
            note=entry["note"],
            department=house.departments.get(entry.get("department", "")),
            campaign=house.campaigns.get(entry.get("campaign", "")),
            by=house.actor(entry["by"]),
            now=house.script.ago(-entry["day"]),
        )


def _morning_of(house: House, day: date) -> datetime:
    return clock.start_of_day(day, house.script.zone) + timedelta(hours=9)

"""Rules at work for some weeks: what they met is in the event log, so they are simply let at it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from unisono.demo.company import House
from unisono.kernel.models import Event
from unisono.rooms.automation import actions, running
from unisono.rooms.automation.models import Rule, RuleRun
from unisono.rooms.automation.triggers import TRIGGERS
from unisono.rooms.people.actors import system

RULES: tuple[dict[str, Any], ...] = (
    {
        "by": "lea",
        "name": "Somebody looks when a post could not go out",
        "department": None,
        "trigger": "publication.failed",
        "acts": [{"act": "task", "text": "See why this post did not go out", "days": "1"}],
    },
    {
        "by": "pauline",
        "name": "What is to change about Aube is told to Léa",
        "department": "marketing",
        "trigger": "approval_request.changes_asked",
        "conditions": [{"fact": "campaign", "is": "is", "value": "aube"}],
        "acts": [{"act": "notify", "text": "Changes were asked for, please read", "to": "lea"}],
        "off": True,
    },
    {
        "by": "lea",
        "name": "Lyon: each post that went out is looked at once",
        "department": "marketing",
        "trigger": "publication.published",
        # One channel that most of them go to: else each is met as often as it goes out.
        "conditions": [
            {"fact": "text", "is": "contains", "value": "Lyon"},
            {"fact": "channel", "is": "is", "value": "lumen"},
        ],
        "acts": [{"act": "comment", "text": "It is out. Who answers what people ask?"}],
    },
)
LATELY = timedelta(days=21)
AT_MOST = 12
"""Runs in all: enough to look at."""


def let_act(house: House) -> None:
    """Make the rules, and let each act on the last that it would have met."""
    for entry in RULES:
        by, made = house.actor(entry["by"]), house.script.now - LATELY
        rule = actions.make(
            name=entry["name"],
            department=house.departments[entry["department"]] if entry["department"] else None,
            trigger=entry["trigger"],
            conditions=[_named(house, one) for one in entry.get("conditions", ())],
            acts=[_told(house, one) for one in entry["acts"]],
            by=by,
            now=made,
        )
        if entry.get("off"):
            continue
        actions.switch_on(rule, by=by, now=made)
        for event in _met(rule, made):
            _act(house, event)


def _met(rule: Rule, since: datetime) -> list[Event]:
    rows = Event.objects.filter(kind=TRIGGERS[rule.trigger].kind, at__gt=since).order_by("-at")
    return sorted(rows[:200], key=lambda event: event.at)


def _act(house: House, event: Event) -> None:
    robot, now = system(house.organization), event.at + timedelta(seconds=4)
    if RuleRun.objects.filter(begun_at__gt=house.script.now - LATELY).count() >= AT_MOST:
        return
    for run in running.match([event], by=robot, now=now):
        for step in run.steps.all():
            running.act(step.pk, now=now)
        running.end(run, now=now)


def _named(house: House, one: dict[str, str]) -> dict[str, str]:
    """With the id for the script's key, where the condition is about a row."""
    rows: dict[str, Mapping[str, Any]] = {"campaign": house.campaigns, "channel": house.channels}
    known = rows.get(one["fact"])
    return {**one, "value": str(known[one["value"]].pk)} if known else one


def _told(house: House, one: dict[str, str]) -> dict[str, str]:
    to = one.get("to")
    return {**one, "member": str(house.members[to].pk)} if to else one

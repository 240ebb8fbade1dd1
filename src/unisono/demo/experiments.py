"""Experiments of the demonstration: one that found something, one that was stopped early and says
so, and one that runs."""

from __future__ import annotations

import tomllib
from datetime import datetime, time, timedelta
from typing import Any

from unisono.demo import echo, history
from unisono.demo.company import House
from unisono.demo.history import Wire
from unisono.demo.script import FOLDER, workday
from unisono.kernel import clock
from unisono.rooms.content import actions as content
from unisono.rooms.content.queries import variants_of
from unisono.rooms.experiments import actions, jobs, queries, trying
from unisono.rooms.experiments.models import Experiment
from unisono.rooms.experiments.planning import ArmSaid
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow

WORKDAYS = range(5)
MORNINGS, EVENINGS = ArmSaid("Mornings", WORKDAYS, 8, 11), ArmSaid("Evenings", WORKDAYS, 17, 20)
LUNCH, LATE = ArmSaid("Lunchtime", WORKDAYS, 12, 14), ArmSaid("Late evenings", WORKDAYS, 22, 24)
FIRST = 3
BEGAN, LOOKED = 65, 33
"""Days ago: when the one that is over began, and when its posts were counted."""


def tried(wire: Wire, house: House) -> list[Publication]:
    """Lunchtime against late evenings, a few weeks ago; the posts that went out for it."""
    row = actions.plan(
        kind="times", question="Does lunchtime bring more than late evenings?", uplift=0.75,
        arms=[LUNCH, LATE], channel=house.channels["lumen"], planned=6,
        by=house.actor("lea"), now=house.script.ago(BEGAN), **_said(house),
    )  # fmt: skip
    actions.start(row, by=house.actor("lea"), now=house.script.ago(BEGAN))
    lines = tomllib.loads((FOLDER / "experiments.toml").read_text(encoding="utf-8"))["post"]
    made = [_placed(house, row, line) for line in lines]
    for publication in sorted(made, key=lambda one: one.due_at):
        history.deliver(wire, house, due=publication.due_at)
    out = Publication.objects.filter(pk__in=[one.pk for one in made], state="published")
    rows = list(out.select_related("channel", "revision").order_by("due_at", "pk"))
    for publication in rows:
        echo.listen(publication)
    return rows


def conclude(house: House) -> None:
    """What was tried is counted, as it was then."""
    jobs.judge(house.organization.pk, now=house.script.ago(LOOKED))


def ask(house: House) -> None:
    """Mornings against evenings on the house's channel, with the next posts that may take part."""
    by, now = house.actor("lea"), house.script.now
    said = {**_said(house), "by": by}
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


def _said(house: House) -> dict[str, Any]:
    return {"figure": "views", "hours": 72, "department": house.departments["marketing"]}


def _placed(house: House, row: Experiment, line: dict[str, Any]) -> Publication:
    """One post from its first word to its time, which is drawn."""
    script, by = house.script, house.actor("amelia")
    wall = datetime.combine(workday(script.day(line["day"])), time(15))
    at = clock.resolve(wall, script.zone).instant - timedelta(days=5)
    post = content.write_post(
        title=line["title"], text=line["text"], language="en",
        department=house.departments["marketing"], campaign=None,
        objective=None, channels=[house.channels["lumen"]], by=by, now=at,
    )  # fmt: skip
    (variant,) = variants_of(post)
    content.plan_variant(variant, wall=wall, zone=script.zone, by=by, now=at)
    (trial,) = trying.add(row, variant, by=by, now=at + timedelta(hours=1))
    workflow.ask_approval(post, by=by, now=at + timedelta(hours=2))
    workflow.approve_post(post, by=house.actor("pauline"), now=at + timedelta(days=1))
    trial.variant.refresh_from_db()
    return publishing.schedule_variant(
        trial.variant, by=house.actor("lea"), now=at + timedelta(days=1, hours=1)
    )

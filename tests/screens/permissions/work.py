from __future__ import annotations

from datetime import date
from typing import Any

from tests.cast import NOW, Cast
from tests.screens.permissions import row
from unisono.rooms.workflow import absences, tasks

SAID = {"title": "Call the mayor", "days": "1"}

ROWS = [
    row("work"),
    row("tasks"),
    row("task.new", least="contributor"),
    row("task.new", "POST", least="contributor", status=302, data=SAID),
    row("task", pk="chore"),
    row("task", "POST", least="contributor", status=302, pk="chore", data=SAID),
    # One's own task is one's own to tick: the viewer's.
    row("task.state", "POST", status=302, pk="own", data={"to": "done"}, but={"viewer": 302}),
    row("task.owner", "POST", least="contributor", status=302, pk="chore", data={"owner": "me"}),
    row("task.needs", "POST", least="contributor", status=302, pk="chore", data={"needed": "own"}),
    row("work.risks"),
    row("work.load"),
    row("work.person", pk="member_viewer"),
    # One's own days, and those of people one plans for.
    row(
        "work.absences",
        "POST",
        least="manager",
        status=302,
        pk="member_viewer",
        data={"first_on": "2099-03-11", "last_on": "2099-03-12"},
        but={"viewer": 302},
    ),
    row("absence.end", "POST", least="manager", status=302, pk="away", but={"viewer": 302}),
    row("post.work", pk="post"),
    row("post.work", "POST", least="contributor", status=302, pk="post", data=SAID),
    row("post.plan", "POST", least="contributor", status=302, pk="post"),
    row("campaign.work", pk="campaign"),
    row("campaign.work", "POST", least="contributor", status=302, pk="campaign", data=SAID),
    row("settings.work", least="manager"),
    row("settings.work", "POST", least="manager", data={"act": "add"}),
    row("settings.work.own", "POST", least="manager", status=302, data={"department": "marketing"},
        other=404),
]  # fmt: skip


def things(cast: Cast) -> dict[str, Any]:
    admin, marketing = cast.actor("admin"), cast.departments["Marketing"]
    viewer = cast.members["viewer"]
    return {
        "chore": tasks.add(title="Call", department=marketing, by=admin, now=NOW),
        "own": tasks.add(title="Look", department=marketing, owner=viewer, by=admin, now=NOW),
        "away": absences.note_absence(
            viewer, first_on=date(2026, 3, 9), last_on=date(2026, 3, 10), by=admin, now=NOW
        ),
    }

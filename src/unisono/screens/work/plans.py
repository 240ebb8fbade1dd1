"""The work plan in the settings: one form of all its steps, rearranged before it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from babel import Locale
from django.contrib import messages
from django.http import HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from unisono.kernel.ids import uuid7
from unisono.kernel.refusals import Refusal
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan import almanac
from unisono.rooms.workflow import queries, workplans
from unisono.rooms.workflow.models import Closes, OwnerRule
from unisono.rooms.workflow.workplans import StepLine
from unisono.screens.doors import ActorRequest, again, done, now, uuids
from unisono.screens.settings.tabs import tabs


@dataclass
class Line:
    """A step as it stands in the form, as it was typed."""

    key: str
    name: str = ""
    days: str = "1"
    rule: str = OwnerRule.NOBODY
    member: str = ""
    closes: str = ""
    after: list[str] = field(default_factory=list)
    others: list[tuple[str, str, bool]] = field(default_factory=list)

    def step(self, actor: Actor) -> StepLine:
        chosen = uuids([self.member])
        member = people.member(actor, chosen[0]) if chosen else None
        days = int(self.days) if self.days.strip().isdecimal() else -1
        return StepLine(
            self.name, days, self.rule, member, tuple(self.after), self.closes, self.key
        )


def plan(request: ActorRequest) -> HttpResponseBase:
    """The steps of the organization's plan, or of a department's; `act` says what was pressed."""
    actor = request.actor
    department = _department(request)
    actor.must(Capability.PLAN, department)
    held = workplans.plan_for(department.pk if department else None)
    if request.method != "POST":
        row = held.row
        first = {"country": row.country if row else "", "automatic": held.automatic}
        return _page(request, department, held, [_line(step) for step in held.steps], first)
    lines = _typed(request.POST)
    said = {name: request.POST.get(name, "") for name in ("country", "automatic")}
    act = request.POST.get("act", "save")
    if act != "save":
        return _page(request, department, held, _rearranged(lines, act), said)
    try:
        workplans.set_plan(
            department=department,
            steps=[line.step(actor) for line in lines if line.name.strip()],
            country=said["country"],
            automatic=bool(said["automatic"]),
            by=actor,
            now=now(),
        )
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _page(request, department, held, lines, said, refusal.sentence)
    messages.success(request, _("Saved. Posts that are planned already keep their tasks."))
    return _on(request, department)


def forget(request: ActorRequest) -> HttpResponseBase:
    """Let the organization's plan hold in a department again."""
    department = _department(request)
    if department is not None:
        workplans.forget_plan(department, by=request.actor, now=now())
        messages.success(request, _("The organization's plan holds here again."))
    return _on(request, department)


def _on(request: ActorRequest, department: Department | None) -> HttpResponseBase:
    chosen = f"?{urlencode({'department': str(department.pk)})}" if department else ""
    return done(request, reverse("settings.work") + chosen)


def _department(request: ActorRequest) -> Department | None:
    """The one that was asked for; else the organization, for those who may plan all of it."""
    given = request.POST if request.method == "POST" else request.GET
    chosen = uuids([given.get("department", "")])
    if chosen:
        return people.department(request.actor, chosen[0])
    if request.actor.can(Capability.PLAN):
        return None
    return people.departments(request.actor, Capability.PLAN).first()


def _line(step: StepLine) -> Line:
    member = str(step.member.pk) if step.member else ""
    return Line(
        step.key, step.name, str(step.days), step.owner_rule, member, step.closes, list(step.after)
    )


def _typed(said: QueryDict) -> list[Line]:
    return [
        Line(
            key,
            said.get(f"name-{key}", ""),
            said.get(f"days-{key}", ""),
            said.get(f"rule-{key}", ""),
            said.get(f"member-{key}", ""),
            said.get(f"closes-{key}", ""),
            said.getlist(f"after-{key}"),
        )
        for key in said.getlist("step")[: workplans.STEPS_MAX + 1]
    ]


def _rearranged(lines: list[Line], act: str) -> list[Line]:
    """`add`, or `up`, `down` and `remove` with a step's key behind a colon."""
    what, _colon, key = act.partition(":")
    if what == "add":
        last = [lines[-1].key] if lines else []
        return [*lines, Line(uuid7().hex, after=last)]
    at = next((n for n, line in enumerate(lines) if line.key == key), None)
    if at is None:
        return lines
    if what == "remove":
        lines.pop(at)
        for line in lines:
            line.after = [one for one in line.after if one != key]
    elif what in ("up", "down"):
        other = at + (1 if what == "down" else -1)
        if 0 <= other < len(lines):
            lines[at], lines[other] = lines[other], lines[at]
    return lines


def _page(
    request: ActorRequest,
    department: Department | None,
    held: workplans.Plan,
    lines: list[Line],
    said: dict[str, Any],
    problem: str = "",
) -> HttpResponseBase:
    actor = request.actor
    for line in lines:
        line.others = [
            (one.key, one.name, one.key in line.after) for one in lines if one.key != line.key
        ]
    territories = Locale.parse(actor.language).territories
    countries = sorted(
        ((code, territories.get(code, code)) for code in almanac.countries()), key=lambda p: p[1]
    )
    own = bool(department and held.row and held.row.department_id == department.pk)
    everywhere = [("", _("All of the organization"))] if actor.can(Capability.PLAN) else []
    mine = people.departments(actor, Capability.PLAN)
    context = {
        "lines": lines,
        "said": said,
        "problem": problem,
        "department": department,
        "departments": everywhere + [(str(d.pk), d.name) for d in mine],
        "own": own,
        "countries": [("", _("as the organization")), *countries],
        "rules": OwnerRule.choices,
        "closes": Closes.choices,
        "people": [("", "–"), *((str(m.pk), m.name) for m in queries.colleagues(actor))],
        "tabs": tabs(actor, "settings.work"),
        "nav": "settings",
    }
    return again(request, "work/plan.html", context, bad=bool(problem))

"""What stands in each part of the desk. Every part asks a constant number of questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from babel.numbers import format_decimal
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unisono.kernel.clock import day_bounds, to_wall, zone_named
from unisono.rooms.channels import queries as channels
from unisono.rooms.content import queries as content
from unisono.rooms.engagement import queries as engagement
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.metrics.queries import Progress
from unisono.rooms.orchestration import queries as proposals
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import Metric
from unisono.rooms.publishing import queries as publications
from unisono.rooms.publishing.agenda import Item, agenda
from unisono.rooms.publishing.delivery import Delivery, delivery
from unisono.rooms.workflow import queries as workflow
from unisono.screens.calendar.grid import bundled
from unisono.screens.desk import outlook
from unisono.screens.proposals.cards import cards
from unisono.ui import wording
from unisono.ui.navigation import address

SHOWN = 6
"""Objectives and conversations the desk shows; the rest is one click away."""

TODAY = 14
PROPOSED = 3
URGENT = timedelta(hours=24)
WEEK = timedelta(days=7)
ORDER = ("behind", "on_course", "ahead", "reached", "no_figure", "not_started", "missed")


@dataclass(frozen=True)
class Tile:
    """One figure: `note` says what it means now."""

    label: str
    value: int | str
    note: str
    href: str
    tone: str = ""


@dataclass(frozen=True)
class Standing:
    """An objective that runs, with the words of its chip."""

    progress: Progress
    words: str
    tone: str

    @property
    def behind(self) -> bool:
        return self.progress.standing == "behind"

    @property
    def percent(self) -> float:
        return self.progress.share * 100

    @property
    def pace_percent(self) -> float | None:
        return self.progress.pace_percent


@dataclass(frozen=True)
class Asked:
    """An open approval request; `mine` when the actor may decide it."""

    post_id: UUID
    title: str
    due_at: datetime | None
    department: str
    asker: str | None
    mine: bool


def open_requests(actor: Actor) -> list[Asked]:
    """The open approval requests of the departments the actor sees, the soonest due first."""
    rows = workflow.requests(actor).order_by(F("due_at").asc(nulls_last=True))
    read: QuerySet[Any, Any] = rows.values_list(
        "post_id", "post__title", "due_at", "department__name", "asked_by__name", "department_id"
    )
    return [
        Asked(post, title, due, department, asker, actor.can(Capability.APPROVE, place))
        for post, title, due, department, asker, place in read
    ]


@dataclass(frozen=True)
class Ahead:
    """What lies on the actor's present day, what goes out in the coming seven, and what lies on the
    days that the outlook shows."""

    today: list[Item]
    week: list[Item]
    days: list[Item]


def ahead(actor: Actor, now: datetime) -> Ahead:
    """All of it, from one look at the agenda."""
    first = to_wall(now, actor.zone).date()
    start, end = day_bounds(first, actor.zone)
    _last, late = day_bounds(first + timedelta(days=outlook.DAYS - 1), actor.zone)
    until = now + WEEK
    items = agenda(actor, start, max(late, until))
    return Ahead(
        today=[item for item in items if item.at < end],
        week=[item for item in items if now <= item.at < until],
        days=items,
    )


def looked_out(actor: Actor, now: datetime, found: Ahead | None = None) -> dict[str, Any]:
    """The next fourteen days of each department."""
    return outlook.outlook(actor, (found or ahead(actor, now)).days, now)


def today(actor: Actor, now: datetime, found: Ahead | None = None) -> dict[str, Any]:
    """Today's agenda; when it is long, what is past makes room first."""
    items = (found or ahead(actor, now)).today
    notes = bundled(items)
    past = [n for n in notes if n.first.at < now and not n.first.needs_a_person]
    skipped = past[: max(len(notes) - TODAY, 0)]
    shown = [note for note in notes if note not in skipped][:TODAY]
    return {"today": shown, "more_today": len(notes) - len(shown)}


def tiles(
    actor: Actor,
    now: datetime,
    found: Ahead | None = None,
    asked: Sequence[Asked] | None = None,
    conversations: Sequence[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The four figures at the top."""
    latest = engagement.latest(actor, 1) if conversations is None else conversations
    asked = open_requests(actor) if asked is None else asked
    items = (found or ahead(actor, now)).today
    return {
        "tiles": [
            _going_out(actor, items, now),
            _waiting(actor, [row for row in asked if row.mine], now),
            _unanswered(actor, latest, now),
            _delivered(delivery(actor, since=now - timedelta(days=30), now=now)),
        ]
    }


def objectives(actor: Actor, now: datetime) -> dict[str, Any]:
    """The objectives whose period runs, those behind first."""
    on = to_wall(now, actor.organization.zone).date()
    running = plan.objectives(actor).filter(starts_on__lte=on, ends_on__gte=on)
    rows = list(running.select_related(None).select_related("department"))
    found = metrics.progress(actor, rows, now=now).values()
    standings = [
        Standing(progress, *chip(progress))
        for progress in sorted(found, key=lambda p: ORDER.index(p.standing))
    ]
    return {"standings": standings, "more_objectives": max(len(standings) - SHOWN, 0)}


def proposed(actor: Actor, now: datetime) -> dict[str, Any]:
    """The proposals that end soonest; the others are on their page. One query."""
    rows = proposals.proposals(actor, "offered").filter(ends_at__gt=now)
    return {"cards": cards(actor, list(rows[:PROPOSED]))}


def inbox(actor: Actor, now: datetime) -> dict[str, Any]:
    """The open conversations with the latest words."""
    return {"conversations": engagement.latest(actor, SHOWN)}


def first_steps(actor: Actor) -> list[dict[str, Any]]:
    """The way to the first published post; nothing once something is on its way."""
    if publications.publications(actor).exists():
        return []
    steps = [
        (_("Connect a channel"), "channels", Capability.CHANNELS, channels.usable(actor).exists()),
        (_("Set an objective"), "objective.new", Capability.PLAN, plan.objectives(actor).exists()),
        (_("Invite your colleagues"), "people", Capability.PEOPLE, len(people.members(actor)) > 1),
        (_("Write a post"), "post.new", Capability.WRITE, content.posts(actor).exists()),
        (_("Give it a time"), "calendar", Capability.SCHEDULE, False),
    ]
    return [
        {"label": label, "url": address(name), "may": actor.can_anywhere(need), "done": done}
        for label, name, need, done in steps
    ]


def chip(progress: Progress) -> tuple[str, str]:
    """The words and the tone of an objective's chip; empty words: those of its standing."""
    if progress.standing != "behind" or progress.lower_is_better:
        return "", ""
    if progress.objective.metric == Metric.ENTERED and not progress.value:
        return _("behind: no figure entered yet"), "bad"
    if not progress.planned and progress.objective.metric != Metric.ENTERED:
        return _("behind: nothing more is planned"), "bad"
    missing = wording.compact(max(round(progress.pace - progress.value), 1))
    return _("behind by %(figure)s") % {"figure": missing}, "bad"


def _going_out(actor: Actor, items: list[Item], now: datetime) -> Tile:
    sent = [item for item in items if item.publication_id]
    ahead = [item for item in sent if item.at > now and item.state == "scheduled"]
    zone = zone_named(actor.zone)
    if ahead:
        clock = wording.clock(ahead[0].at.astimezone(zone))
        note = _("%(n)s still to come, next at %(time)s") % {"n": len(ahead), "time": clock}
    else:
        note = _("nothing more today") if sent else _("nothing is scheduled for today")
    calendar = f"{reverse('calendar')}?view=list"
    return Tile(_("Going out today"), len(sent), note, calendar)


def _waiting(actor: Actor, asked: Sequence[Asked], now: datetime) -> Tile:
    posts = {row.post_id for row in asked}
    first = next((row.due_at for row in asked if row.due_at), None)
    label, to = _("Waiting for you"), reverse("approvals")
    if not posts:
        return Tile(label, 0, _("nothing to approve"), to)
    if first is None:
        return Tile(label, len(posts), _("none has a time yet"), to)
    said = {"when": wording.moment(first, zone_named(actor.zone), "relative", now)}
    if first <= now:
        return Tile(label, len(posts), _("the first was due %(when)s") % said, to, "bad")
    tone = "warn" if first - now < URGENT else ""
    return Tile(label, len(posts), _("the first goes out %(when)s") % said, to, tone)


def _unanswered(actor: Actor, latest: Sequence[dict[str, Any]], now: datetime) -> Tile:
    label, to = _("Unanswered"), reverse("conversations")
    if not latest:
        return Tile(label, 0, _("every conversation is closed"), to)
    waiting, oldest = latest[0]["waiting"], latest[0]["oldest"]
    said = {"when": wording.moment(oldest, zone_named(actor.zone), "relative", now)}
    tone = "warn" if now - oldest > URGENT else ""
    return Tile(label, waiting, _("the oldest came %(when)s") % said, to, tone)


def _delivered(found: Delivery) -> Tile:
    label, to = _("Delivery, 30 days"), reverse("due")
    if found.share is None:
        return Tile(label, "–", _("nothing fell due yet"), to)
    faults = {"lost": found.lost, "twice": found.twice}
    note = _("%(lost)s lost · %(twice)s twice") % faults
    need = found.needs_a_person
    if need:
        asks = ngettext("%(n)s needs you", "%(n)s need you", need) % {"n": need}
        note = _("%(faults)s · %(asks)s") % {"faults": note, "asks": asks}
    tone = "bad" if found.lost or found.twice else "warn" if need else ""
    return Tile(label, _share(found.share), note, to, tone)


def _share(value: float) -> str:
    """Never rounded up to a hundred: 99.97 % stays what it is."""
    hundredths = int(value * 10_000) / 100
    return _("%(share)s %%") % {"share": format_decimal(hundredths, locale=wording.locale())}

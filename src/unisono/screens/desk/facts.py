"""What changed and what follows from it: facts that are there now, each with its reason.

Nothing here is a guess: every line is read from rows, and gone as soon as its cause is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from unisono.kernel.clock import to_wall, zone_named
from unisono.rooms.channels import queries as channels
from unisono.rooms.channels.sentences import said_again
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import Metric
from unisono.rooms.publishing import queries as publications
from unisono.rooms.publishing.agenda import Item
from unisono.rooms.publishing.delivery import asked_to_change
from unisono.screens.desk import parts
from unisono.screens.desk.parts import WEEK, Asked, Standing
from unisono.ui import wording
from unisono.ui.navigation import row_url

SHOWN = 9
EACH = 4
"""Lines of one kind at most, so that one bad day of a channel does not hide the rest."""

SOON = timedelta(hours=24)


@dataclass(frozen=True)
class Fact:
    """One line: what is the case, why, and the one thing to do about it."""

    kind: str
    tone: str
    title: str
    reason: str
    action: str
    url: str


def changed(
    actor: Actor,
    now: datetime,
    standings: Sequence[Standing] | None = None,
    asked: Sequence[Asked] | None = None,
    week: Sequence[Item] | None = None,
) -> dict[str, Any]:
    """The facts, most pressing first."""
    if standings is None:
        standings = parts.objectives(actor, now)["standings"]
    groups = (
        _channels(actor),
        _troubled(actor),
        _late(actor, now, parts.open_requests(actor) if asked is None else asked),
        _sent_back(actor),
        _behind(standings),
        _gaps(actor, now, standings, parts.ahead(actor, now).week if week is None else week),
    )
    found = [fact for group in groups for fact in group[:EACH]]
    left = sum(len(group) for group in groups) - len(found[:SHOWN])
    return {"facts": found[:SHOWN], "more_facts": left}


def _channels(actor: Actor) -> list[Fact]:
    may = actor.can_anywhere(Capability.CHANNELS)
    return [
        Fact(
            _("Channel"),
            "bad",
            _("%(channel)s must be connected again") % {"channel": name},
            _("Its posts wait until then."),
            _("Connect") if may else _("Look"),
            reverse("channels"),
        )
        for name in channels.channels(actor)
        .filter(state="needs_sign_in")
        .values_list("name", flat=True)
    ]


def _troubled(actor: Actor) -> list[Fact]:
    kinds = {
        "failed": (_("Failed"), _("“%(title)s” did not go out on %(channel)s")),
        "held": (_("Held"), _("“%(title)s” is held back on %(channel)s")),
        "unknown": (_("In doubt"), _("Nobody knows whether “%(title)s” is out on %(channel)s")),
    }
    facts = []
    rows = publications.troubled(actor).values_list(
        "pk", "state", "reason", "due_at", "variant__post__title", "channel__name"
    )
    for pk, state, reason, due_at, title, channel in rows:
        kind, sentence = kinds[state]
        said = {"title": title, "channel": channel}
        facts.append(
            Fact(
                kind,
                "warn" if state == "held" else "bad",
                sentence % said,
                said_again(reason) or wording.moment(due_at, zone_named(actor.zone), "full"),
                _("Resolve") if actor.can_anywhere(Capability.SCHEDULE) else _("Look"),
                row_url("publication", pk),
            )
        )
    return facts


def _late(actor: Actor, now: datetime, asked: Sequence[Asked]) -> list[Fact]:
    """Approvals without which a post misses its time."""
    zone = zone_named(actor.zone)
    facts: dict[UUID, Fact] = {}
    for row in asked:
        if row.due_at is None or row.due_at > now + SOON:
            continue
        said = {"title": row.title, "when": wording.moment(row.due_at, zone, "relative", now)}
        where = {"department": row.department, "who": row.asker or _("somebody who left")}
        missed = row.due_at <= now
        fact = Fact(
            _("Late"),
            "bad" if missed else "warn",
            _("“%(title)s” has missed its time, %(when)s") % said
            if missed
            else _("“%(title)s” is to go out %(when)s, and is not approved") % said,
            _("In review at %(department)s, asked by %(who)s.") % where,
            _("Decide") if row.mine else _("Look"),
            f"{reverse('approvals')}#{row.post_id}" if row.mine else row_url("post", row.post_id),
        )
        facts.setdefault(row.post_id, fact)
    return list(facts.values())


def _sent_back(actor: Actor) -> list[Fact]:
    facts: dict[UUID, Fact] = {}
    for row in asked_to_change(actor):
        may = actor.can(Capability.WRITE, row["department_id"])
        reason = _("%(who)s: %(note)s") % {"who": row["said_by"], "note": row["said"]}
        fact = Fact(
            _("Changes"),
            "warn",
            _("Changes were asked for “%(title)s”") % {"title": row["title"]},
            reason,
            _("Edit") if may else _("Look"),
            reverse("post", args=[row["post_id"]]),
        )
        facts.setdefault(row["post_id"], fact)
    return list(facts.values())


def _behind(standings: Sequence[Standing]) -> list[Fact]:
    return [
        Fact(
            _("Behind"),
            "bad",
            _("%(objective)s is at %(value)s, and should be at %(pace)s by now")
            % {
                "objective": one.progress.objective.name,
                "value": wording.compact(one.progress.value),
                "pace": wording.compact(round(one.progress.pace)),
            },
            _("%(out)s out, %(planned)s planned, until %(end)s.")
            % {
                "out": one.progress.published,
                "planned": one.progress.planned,
                "end": wording.day(one.progress.objective.ends_on),
            },
            _("Look"),
            row_url("objective", one.progress.objective.pk),
        )
        for one in standings
        if one.behind
    ]


def _gaps(
    actor: Actor, now: datetime, standings: Sequence[Standing], week: Sequence[Item]
) -> list[Fact]:
    """Campaigns and objectives that run, with nothing planned for them in the coming week."""
    on = to_wall(now, actor.organization.zone).date()
    with_campaign = {item.campaign_id for item in week}
    with_objective = {item.objective_id for item in week}
    running = plan.campaigns(actor).filter(starts_on__lte=on + WEEK, ends_on__gte=on)
    rows = running.values("pk", "name", "ends_on", "objective_id", "objective__name")
    empty = [dict(row) for row in rows if row["pk"] not in with_campaign]
    said = {row["objective_id"] for row in empty}
    facts = [_gap_of_campaign(actor, row) for row in empty]
    for one in standings:
        objective = one.progress.objective
        quiet = objective.pk not in with_objective and objective.pk not in said
        if quiet and objective.metric != Metric.ENTERED and one.progress.standing != "reached":
            facts.append(
                _gap(
                    _("Nothing is planned for “%(name)s” in the next seven days")
                    % {"name": objective.name},
                    _("It runs until %(end)s.") % {"end": wording.day(objective.ends_on)},
                    {"objective": objective.pk},
                    actor.can_anywhere(Capability.WRITE),
                    row_url("objective", objective.pk),
                )
            )
    return facts


def _gap_of_campaign(actor: Actor, row: dict[str, Any]) -> Fact:
    end = {"end": wording.day(row["ends_on"])}
    if row["objective__name"]:
        reason = _("It serves “%(objective)s” and runs until %(end)s.") % {
            "objective": row["objective__name"],
            **end,
        }
    else:
        reason = _("It serves no objective, and runs until %(end)s.") % end
    return _gap(
        _("“%(name)s” has no post in the next seven days") % {"name": row["name"]},
        reason,
        {"campaign": row["pk"]},
        actor.can_anywhere(Capability.WRITE),
        reverse("campaign", args=[row["pk"]]),
    )


def _gap(title: str, reason: str, first: dict[str, UUID], may: bool, otherwise: str) -> Fact:
    new = f"{reverse('post.new')}?{urlencode({k: str(v) for k, v in first.items()})}"
    action, url = (_("Plan one"), new) if may else (_("Look"), otherwise)
    return Fact(_("Gap"), "info", title, reason, action, url)

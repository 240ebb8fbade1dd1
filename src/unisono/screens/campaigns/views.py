"""Campaigns: windows with a brief, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unisono.kernel.clock import start_of_day, to_wall
from unisono.rooms.advocacy import queries as kits
from unisono.rooms.content import queries as content
from unisono.rooms.metrics import campaigns as standing_of
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.metrics.campaigns import Standing
from unisono.rooms.metrics.queries import Progress
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import queries
from unisono.rooms.plan.briefs import TIES
from unisono.rooms.plan.models import Campaign, Objective
from unisono.rooms.plan.queries import Wanted
from unisono.rooms.plan.utm import Pattern
from unisono.rooms.publishing.agenda import Filters, agenda
from unisono.rooms.publishing.standings import standing
from unisono.rooms.workflow import campaigns as work
from unisono.screens import filtering
from unisono.screens.calendar.grid import bundled
from unisono.screens.campaigns import strip
from unisono.screens.campaigns.forms import CampaignForm
from unisono.screens.doors import (
    ActorRequest,
    again,
    done,
    now,
    page_of,
    refusals_on,
    typed,
    uuids,
)

SHOWN = (
    "published",
    "scheduled",
    "in_review",
    "draft",
    "changes_asked",
    "failed",
    "incomplete",
    "gone",
    "changed",
    "unknown",
)
PERIODS = {
    "running": "running",
    "coming": "planned",
    "past": "ended",
    "archived": "archived",
    "all": "",
}
"""What the address says, and the status it means."""

FILTERS = ("department", "owner", "objective", "audience")
FIRST = ("department", "objective")


@dataclass(frozen=True)
class Card:
    """A campaign as its card shows it; `counts` are posts by badge, most telling ones only."""

    campaign: Campaign
    state: str
    progress: Progress | None
    standing: Standing

    @property
    def counts(self) -> list[tuple[str, int]]:
        badges = self.standing.badges
        return [(state, badges[state]) for state in SHOWN if badges[state]]

    @property
    def stages(self) -> list[tuple[str, int]]:
        """How far its posts are: (stage, count), each stage with any."""
        return [(stage, self.standing.stages[stage]) for stage in standing_of.STAGES]

    @property
    def out_percent(self) -> float:
        return self.standing.out_share * 100

    @property
    def percent(self) -> float:
        return self.progress.share * 100 if self.progress else 0

    @property
    def pace_percent(self) -> float | None:
        return self.progress.pace_percent if self.progress else None


def campaigns(request: ActorRequest) -> HttpResponse:
    """The campaigns of a period, as cards, narrowed by who, what for and to whom."""
    actor = request.actor
    today = today_of(actor)
    period = request.GET.get("period", "running")
    period = period if period in PERIODS else "running"
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    search = request.GET.get("q", "").strip()[:200]
    wanted = Wanted(
        status=PERIODS[period],
        text=search,
        **{f"{name}s": uuids([value]) for name, value in chosen.items()},
    )
    rows = queries.find_campaigns(actor, wanted, today).prefetch_related("audiences")
    page = page_of(request, rows, 60)
    kept = {name: value for name, value in {**chosen, "q": search}.items() if value}
    context = {
        "cards": _cards(actor, list(page.object_list), today),
        "page": page,
        "count": page.paginator.count,
        "period": period,
        "narrowed": bool(kept),
        "segments": _segments(period, kept),
        "chosen": chosen,
        "search": search,
        "can_campaign": actor.can_anywhere(Capability.CAMPAIGN),
        **filtering.row(actor, FILTERS, chosen, first=FIRST),
    }
    template = "campaigns/list.html" if request.htmx else "campaigns/campaigns.html"
    return render(request, template, context)


def campaign(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One campaign: brief, people, timeline, how it stands, posts."""
    actor = request.actor
    row = queries.campaign(actor, pk)
    today = today_of(actor)
    if request.htmx:
        return render(request, "campaigns/timeline.html", _timeline(actor, row, today))
    posts = page_of(request, content.posts(actor).filter(campaign=row), 40)
    badges = standing(posts.object_list)
    (card,) = _cards(actor, [row], today)
    leads = actor.can(Capability.CAMPAIGN, row.department_id)
    context = _timeline(actor, row, today) | {
        "card": card,
        "page": posts,
        "posts": [(post, badges[post.pk]) for post in posts.object_list],
        "series": content.all_series(actor).filter(campaign=row).count(),
        "ideas": list(content.ideas(actor).filter(campaign=row)[:8]),
        "in_the_way": standing_of.in_the_way(actor, row, now=now()),
        "served": standing_of.served(actor, row, now=now()),
        "ties": {name: list(getattr(row, name).all()) for name in TIES},
        "tags": _tags(row),
        "kits": kits.line_of_campaign(actor, row.pk),
        "leads": leads,
        "can_campaign": leads and not row.archived_at,
        "can_write": actor.can_anywhere(Capability.WRITE),
        "nav": "campaigns",
    }
    return render(request, "campaigns/campaign.html", context)


def new(request: ActorRequest) -> HttpResponseBase:
    """Open a campaign."""
    actor, today = request.actor, today_of(request.actor)
    first = {"starts_on": today, "ends_on": today + timedelta(27), **request.GET.dict()}
    form = CampaignForm(actor, None, typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            row = plan.open_campaign(**form.values(), by=actor, now=now())
            messages.success(request, _("“%(name)s” is open.") % {"name": row.name})
            return done(request, "campaign", row.pk)
    context = {"form": form, "campaign": None, "nav": "campaigns"}
    return again(request, "campaigns/form.html", context, bad=bool(form.errors))


def edit(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Change a campaign."""
    actor = request.actor
    row = queries.campaign(actor, pk)
    actor.must(Capability.CAMPAIGN, row.department_id)
    form = CampaignForm(actor, row, typed(request), initial=CampaignForm.of(row))
    title = row.name
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            plan.change_campaign(row, **form.values(), by=actor, now=now())
            messages.success(request, _("“%(name)s” is changed.") % {"name": row.name})
            return done(request, "campaign", row.pk)
    context = {"form": form, "campaign": row, "title": title, "nav": "campaigns"}
    return again(request, "campaigns/form.html", context, bad=bool(form.errors))


def archive(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Put a campaign away."""
    row = queries.campaign(request.actor, pk)
    plan.archive_campaign(row, by=request.actor, now=now())
    said = _("“%(name)s” is archived.")
    if work.resting(row):
        said = _("“%(name)s” is archived. Its open tasks rest until it is back.")
    messages.success(request, said % {"name": row.name})
    return done(request, "campaigns")


def restore(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take a campaign out of the archive."""
    row = queries.campaign(request.actor, pk)
    plan.restore_campaign(row, by=request.actor, now=now())
    messages.success(request, _("“%(name)s” is back from the archive.") % {"name": row.name})
    return done(request, "campaign", row.pk)


def today_of(actor: Actor) -> date:
    """The reader's day."""
    return to_wall(now(), actor.zone).date()


def _cards(actor: Actor, rows: list[Campaign], today: date) -> list[Card]:
    """Cards of campaigns; a constant number of queries."""
    objectives: dict[UUID, Objective] = {r.objective.pk: r.objective for r in rows if r.objective}
    progress = metrics.progress(actor, objectives.values(), now=now()) if objectives else {}
    stands = standing_of.standings(actor, rows)
    return [
        Card(
            row,
            row.status(today),
            progress.get(row.objective_id) if row.objective_id else None,
            stands[row.pk],
        )
        for row in rows
    ]


def _timeline(actor: Actor, row: Campaign, today: date) -> dict[str, Any]:
    zone = actor.zone
    items = agenda(
        actor,
        start_of_day(row.starts_on - timedelta(60), zone),
        start_of_day(row.ends_on + timedelta(61), zone),
        Filters(campaigns=(row.pk,)),
    )
    return {"campaign": row, "strip": strip.draw(row, bundled(items), zone, today)}


def _tags(row: Campaign) -> list[tuple[str, str]]:
    """What its links carry, as it was written: (parameter, pattern)."""
    pattern = Pattern.of(row.utm)
    names = ("source", "medium", "campaign", "content", "term")
    said = ((f"utm_{name}", getattr(pattern, name)) for name in names)
    return [(name, value) for name, value in said if value]


def _segments(period: str, kept: dict[str, str]) -> list[dict[str, Any]]:
    labels = {
        "running": pgettext("campaigns", "Running"),
        "coming": pgettext("campaigns", "Coming"),
        "past": pgettext("campaigns", "Past"),
        "archived": pgettext("campaigns", "Archived"),
        "all": pgettext("campaigns", "All"),
    }
    return [
        {
            "label": labels[name],
            "url": f"{reverse('campaigns')}?{urlencode({'period': name, **kept})}",
            "current": name == period,
        }
        for name in PERIODS
    ]

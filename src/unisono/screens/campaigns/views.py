"""Campaigns: windows with a brief, and what they hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unisono.kernel.clock import start_of_day, to_wall
from unisono.rooms.content import queries as content
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.metrics.queries import Progress
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import queries
from unisono.rooms.plan.models import Campaign, Objective
from unisono.rooms.publishing.queries import Filters, agenda
from unisono.rooms.publishing.standings import standing
from unisono.screens.calendar.grid import bundled
from unisono.screens.campaigns import strip
from unisono.screens.campaigns.forms import CampaignForm
from unisono.screens.doors import ActorRequest, again, done, now, page_of, refusals_on, typed

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
PERIODS = ("running", "coming", "past", "all")


@dataclass(frozen=True)
class Card:
    """A campaign as its card shows it; `counts` are posts by badge, most telling ones only."""

    campaign: Campaign
    state: str
    progress: Progress | None
    counts: list[tuple[str, int]]
    posts: int

    @property
    def percent(self) -> float:
        return self.progress.share * 100 if self.progress else 0

    @property
    def pace_percent(self) -> float | None:
        return self.progress.pace_percent if self.progress else None


def campaigns(request: ActorRequest) -> HttpResponse:
    """The campaigns of a period, as cards."""
    actor = request.actor
    today = _today(actor)
    period = request.GET.get("period", "running")
    period = period if period in PERIODS else "running"
    rows = list(queries.campaigns(actor).filter(_within(period, today)))
    context = {
        "cards": _cards(actor, rows, today),
        "count": len(rows),
        "period": period,
        "segments": _segments(period),
        "can_campaign": actor.can_anywhere(Capability.CAMPAIGN),
    }
    template = "campaigns/list.html" if request.htmx else "campaigns/campaigns.html"
    return render(request, template, context)


def campaign(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One campaign: brief, timeline, posts."""
    actor = request.actor
    row = queries.campaign(actor, pk)
    today = _today(actor)
    if request.htmx:
        return render(request, "campaigns/timeline.html", _timeline(actor, row, today))
    posts = page_of(request, content.posts(actor).filter(campaign=row), 40)
    badges = standing(posts.object_list)
    (card,) = _cards(actor, [row], today)
    may = actor.can(Capability.CAMPAIGN, row.department_id) and not row.archived_at
    context = _timeline(actor, row, today) | {
        "card": card,
        "page": posts,
        "posts": [(post, badges[post.pk]) for post in posts.object_list],
        "series": content.all_series(actor).filter(campaign=row).count(),
        "ideas": list(content.ideas(actor).filter(campaign=row)[:8]),
        "can_campaign": may,
        "can_write": actor.can_anywhere(Capability.WRITE),
        "nav": "campaigns",
    }
    return render(request, "campaigns/campaign.html", context)


def new(request: ActorRequest) -> HttpResponseBase:
    """Open a campaign."""
    actor, today = request.actor, _today(request.actor)
    first = {"starts_on": today, "ends_on": today + timedelta(27), **request.GET.dict()}
    form = CampaignForm(actor, typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            row = plan.open_campaign(**form.cleaned_data, by=actor, now=now())
            messages.success(request, _("“%(name)s” is open.") % {"name": row.name})
            return done(request, "campaign", row.pk)
    context = {"form": form, "campaign": None, "nav": "campaigns"}
    return again(request, "campaigns/form.html", context, bad=bool(form.errors))


def edit(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Change a campaign."""
    actor = request.actor
    row = queries.campaign(actor, pk)
    actor.must(Capability.CAMPAIGN, row.department_id)
    form = CampaignForm(actor, typed(request), initial=CampaignForm.of(row))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            plan.change_campaign(row, **form.cleaned_data, by=actor, now=now())
            messages.success(request, _("“%(name)s” is changed.") % {"name": row.name})
            return done(request, "campaign", row.pk)
    context = {"form": form, "campaign": row, "nav": "campaigns"}
    return again(request, "campaigns/form.html", context, bad=bool(form.errors))


def archive(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Put a campaign away."""
    row = queries.campaign(request.actor, pk)
    plan.archive_campaign(row, by=request.actor, now=now())
    messages.success(request, _("“%(name)s” is archived.") % {"name": row.name})
    return done(request, "campaigns")


def _cards(actor: Actor, rows: list[Campaign], today: date) -> list[Card]:
    """Cards of campaigns; a constant number of queries."""
    objectives: dict[UUID, Objective] = {r.objective.pk: r.objective for r in rows if r.objective}
    progress = metrics.progress(actor, objectives.values(), now=now()) if objectives else {}
    posts = list(content.posts(actor).filter(campaign__in=rows))
    badges = standing(posts)
    counted: dict[UUID | None, Counter[str]] = {}
    for post in posts:
        counted.setdefault(post.campaign_id, Counter())[badges[post.pk]["state"]] += 1
    cards = []
    for row in rows:
        counts = counted.get(row.pk, Counter())
        cards.append(
            Card(
                row,
                _state(row, today),
                progress.get(row.objective_id) if row.objective_id else None,
                [(state, counts[state]) for state in SHOWN if counts[state]],
                counts.total(),
            )
        )
    return cards


def _timeline(actor: Actor, row: Campaign, today: date) -> dict[str, Any]:
    zone = actor.zone
    items = agenda(
        actor,
        start_of_day(row.starts_on - timedelta(60), zone),
        start_of_day(row.ends_on + timedelta(61), zone),
        Filters(campaigns=(row.pk,)),
    )
    return {"campaign": row, "strip": strip.draw(row, bundled(items), zone, today)}


def _state(row: Campaign, today: date) -> str:
    if row.ends_on < today:
        return "ended"
    return "running" if row.starts_on <= today else "planned"


def _within(period: str, today: date) -> Q:
    return {
        "running": Q(starts_on__lte=today, ends_on__gte=today),
        "coming": Q(starts_on__gt=today),
        "past": Q(ends_on__lt=today),
        "all": Q(),
    }[period]


def _segments(period: str) -> list[dict[str, Any]]:
    labels = {
        "running": pgettext("campaigns", "Running"),
        "coming": pgettext("campaigns", "Coming"),
        "past": pgettext("campaigns", "Past"),
        "all": pgettext("campaigns", "All"),
    }
    return [
        {
            "label": labels[name],
            "url": f"{reverse('campaigns')}?period={name}",
            "current": name == period,
        }
        for name in PERIODS
    ]


def _today(actor: Actor) -> date:
    return to_wall(now(), actor.zone).date()

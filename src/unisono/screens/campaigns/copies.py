"""A campaign once more: at other dates, or as a template."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from unisono.rooms.content import campaigns as content
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import queries
from unisono.rooms.workflow import campaigns as work
from unisono.screens.campaigns.forms import CopyForm, KeepForm
from unisono.screens.campaigns.views import today_of
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed


def copy(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """The campaign from another first day on, with its posts as drafts or without."""
    actor = request.actor
    row = queries.campaign(actor, pk)
    actor.must(Capability.CAMPAIGN, row.department_id)
    first = {"name": row.name, "starts_on": today_of(actor), "drafts": True}
    form = CopyForm(typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = content.clone(row, **form.cleaned_data, by=actor, now=now())
            messages.success(request, _("“%(name)s” is open.") % {"name": made.name})
            return done(request, "campaign", made.pk)
    context = {"form": form, "campaign": row, "nav": "campaigns"}
    return again(request, "campaigns/copy.html", context, bad=bool(form.errors))


def keep(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """What the campaign did, as steps around one day."""
    actor = request.actor
    row = queries.campaign(actor, pk)
    actor.must(Capability.CAMPAIGN, row.department_id)
    first = {"name": row.name, "day": row.starts_on, "note": row.brief}
    form = KeepForm(typed(request), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            kept = work.keep_as_template(row, **form.cleaned_data, by=actor, now=now())
            messages.success(request, _("“%(name)s” is a template now.") % {"name": kept.name})
            return done(request, "campaign.template", str(kept.pk))
    context = {"form": form, "campaign": row, "nav": "campaigns"}
    return again(request, "campaigns/keep.html", context, bad=bool(form.errors))

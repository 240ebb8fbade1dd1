"""A campaign's embargo, and what is sent although its turn has not come."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from unisono.kernel.refusals import Invalid
from unisono.rooms.plan import queries as plan
from unisono.rooms.publishing import order, queries
from unisono.screens.doors import ActorRequest, done, now
from unisono.screens.posts.forms import TimeForm


def anyway(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Send it out of turn; why is kept."""
    row = queries.publication(request.actor, pk)
    order.send_anyway(row, why=request.POST.get("why", ""), by=request.actor, now=now())
    messages.success(request, _("It is on its way."))
    return done(request, "publication", pk)


def embargo(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Place an embargo on a campaign, or (`wipe`) lift it."""
    campaign = plan.campaign(request.actor, pk)
    if "wipe" in request.POST:
        order.lift_embargo(campaign, by=request.actor, now=now())
        return done(request, "campaign", pk)
    form = TimeForm(request.POST)
    if not form.is_valid() or form.wall is None:
        raise Invalid(_("Choose a day and a time."), field="day")
    zone = form.cleaned_data["zone"] or request.actor.zone
    order.embargo(campaign, wall=form.wall, zone=zone, by=request.actor, now=now())
    return done(request, "campaign", pk)

"""Receipts, and what can be done about one publication."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.kernel.refusals import Invalid
from unisono.networks import registry
from unisono.rooms.engagement.queries import conversations
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import queries, readback, turns
from unisono.screens.doors import ActorRequest, done, now
from unisono.screens.posts.forms import TimeForm


def publication(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The receipt: what was agreed to, sent and answered; figures; and what can be done."""
    receipt = queries.receipt(request.actor, pk)
    row = receipt.publication
    samples = metrics.samples(row)
    context = {
        "receipt": receipt,
        "row": row,
        "revision": row.revision,
        "post": row.variant.post,
        "adapter": registry.adapter(row.channel.network),
        "state": queries.badge(row),
        "figures": metrics.totals([row]).get(row.pk, {}),
        "fresh": metrics.sampled_at([row]).get(row.pk),
        "views": [s.value for s in samples if s.figure == "views"],
        "conversations": conversations(request.actor).filter(publication=row)[:5],
        "may": request.actor.can(Capability.SCHEDULE, row.variant.post.department_id),
        "turn": receipt.turn,
        "anyway": row.state == "scheduled"
        and row.pk in turns.waits_on([row.pk], now())
        and request.actor.can(Capability.HOLD, row.variant.post.department_id),
        "nav": "calendar",
    }
    template = "publications/body.html" if request.htmx else "publications/publication.html"
    return render(request, template, context)


def cancel(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take it back before it goes out."""
    row = queries.publication(request.actor, pk)
    publishing.cancel(row, by=request.actor, now=now())
    messages.success(request, _("Cancelled. The post keeps its text and its approval."))
    return done(request, "post", row.variant.post_id)


def retry(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Send again what failed or is held."""
    publishing.retry(queries.publication(request.actor, pk), by=request.actor, now=now())
    messages.success(request, _("It is on its way again."))
    return done(request, "publication", pk)


def settle(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """A person says what became of an unknown."""
    publishing.settle_by_person(
        queries.publication(request.actor, pk),
        outcome=request.POST.get("outcome", ""),
        url=request.POST.get("url", ""),
        by=request.actor,
        now=now(),
    )
    return done(request, "publication", pk)


def drift(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """What shall become of what is no more on its network as it was sent."""
    row = queries.publication(request.actor, pk)
    if request.POST.get("way") == "again":
        made = readback.again(row, by=request.actor, now=now())
        messages.success(request, _("It is sent once more."))
        return done(request, "publication", made.pk)
    readback.accept(row, by=request.actor, now=now())
    messages.success(request, _("It stays as it is, and is not watched any more."))
    return done(request, "publication", pk)


def retime(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Move what is scheduled or held."""
    form = TimeForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["day"]:
        raise Invalid(_("Choose a day and a time."), field="day")
    publishing.retime(
        queries.publication(request.actor, pk),
        wall=datetime.combine(form.cleaned_data["day"], form.cleaned_data["time"]),
        zone=form.cleaned_data["zone"] or request.actor.zone,
        along=form.along,
        by=request.actor,
        now=now(),
    )
    return done(request, "publication", pk)

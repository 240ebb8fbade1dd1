"""Channels: which accounts speak for us, and whether they still can."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.networks import registry
from unisono.networks.contract import Connects
from unisono.rooms.channels import actions, queries
from unisono.rooms.channels.models import Channel
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing.agenda import Filters
from unisono.rooms.publishing.lateness import waiting_on
from unisono.rooms.publishing.queries import publications
from unisono.screens.channels.cards import card, cards, network_rows
from unisono.screens.channels.forms import AccountForm, ConnectForm, DepartmentForm, known_answers
from unisono.screens.channels.house import sentences
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed

RECENT = 8


def channels(request: ActorRequest) -> HttpResponse:
    """All channels, by network; those that are disconnected only where they are asked for."""
    rows = list(queries.channels(request.actor))
    gone = [row for row in rows if row.state == "disconnected"]
    here = [row for row in rows if row.state != "disconnected"]
    show_gone = request.GET.get("show") == "disconnected"
    context = {
        "groups": cards(request.actor, gone if show_gone else here),
        "count": len(here),
        "gone": len(gone),
        "show_gone": show_gone,
        "troubled": sum(row.state == "needs_sign_in" for row in here),
        "may_connect": request.actor.can_anywhere(Capability.CHANNELS),
    }
    template = "channels/list.html" if request.htmx else "channels/channels.html"
    return render(request, template, context)


def networks(request: ActorRequest) -> HttpResponse:
    """What each network can do, and the way to connect an account of it."""
    context = {
        "rows": network_rows(),
        "may_connect": request.actor.can_anywhere(Capability.CHANNELS),
        "nav": "channels",
    }
    return render(request, "channels/networks.html", context)


def new(request: ActorRequest, network: str) -> HttpResponseBase:
    """Connect an account of one network."""
    adapter = _connector(network)
    form = ConnectForm(request.actor, adapter, typed(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            channel = actions.connect(
                network=network,
                form=form.answers(),
                department=form.cleaned_data["department"],
                by=request.actor,
                now=now(),
            )
            messages.success(request, _("%(name)s is connected.") % {"name": channel.name})
            return done(request, "channel", channel.pk)
    context = {"form": form, "adapter": adapter, "nav": "channels"}
    return again(request, "channels/new.html", context, bad=bool(form.errors))


def channel(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One channel: whose it is, what it takes, what went out last."""
    return _page(request, queries.channel(request.actor, pk))


def sign_in(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Give a channel fresh credentials; also brings a disconnected one back."""
    found = queries.channel(request.actor, pk)
    request.actor.must(Capability.CHANNELS, found.department_id)
    adapter = _connector(found.network)
    form = AccountForm(adapter, typed(request), initial=known_answers(found, adapter))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.reconnect(found, form=form.answers(), by=request.actor, now=now())
            messages.success(request, _("%(name)s is connected again.") % {"name": found.name})
            return done(request, "channel", pk)
    context = {
        "form": form,
        "adapter": adapter,
        "channel": queries.channel(request.actor, pk),
        "nav": "channels",
    }
    return again(request, "channels/sign_in.html", context, bad=bool(form.errors))


def department(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Give the channel into a department's hands."""
    found = queries.channel(request.actor, pk)
    form = DepartmentForm(request.actor, request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.assign_channel(
                found, department=form.cleaned_data["department"], by=request.actor, now=now()
            )
            return done(request, "channel", pk)
    return _page(request, queries.channel(request.actor, pk), form)


def disconnection(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Disconnect, after a page that says what follows from it."""
    found = queries.channel(request.actor, pk)
    request.actor.must(Capability.CHANNELS, found.department_id)
    if request.method == "POST":
        actions.disconnect(found, by=request.actor, now=now())
        messages.success(request, _("%(name)s is disconnected.") % {"name": found.name})
        return done(request, "channels")
    context = {"channel": found, "planned": _planned(request, found), "nav": "channels"}
    return render(request, "channels/disconnection.html", context)


def _page(
    request: ActorRequest, found: Channel, form: DepartmentForm | None = None
) -> HttpResponse:
    rows = publications(request.actor, Filters(channels=(found.pk,)))
    waiting = waiting_on(request.actor, found)
    rules = queries.rules_of(found)
    context: dict[str, Any] = {
        "house_rules": sentences(request.actor, rules) if rules else [],
        "house_zone": rules.zone if rules else "",
        "card": card(request.actor, found),
        "form": form or DepartmentForm(request.actor, initial={"department": found.department_id}),
        "recent": rows.filter(state="published", part=0).order_by("-due_at")[:RECENT],
        "planned": _planned(request, found),
        "at_risk": waiting[:RECENT],
        "at_risk_count": waiting.count(),
        "nav": "channels",
    }
    return again(request, "channels/channel.html", context, bad=bool(form and form.errors))


def _planned(request: ActorRequest, found: Channel) -> int:
    rows = publications(request.actor, Filters(channels=(found.pk,)))
    return rows.filter(state__in=("scheduled", "held"), part=0).count()


def _connector(network: str) -> Any:
    """The adapter, if accounts of the network can be connected."""
    try:
        adapter = registry.adapter(network)
    except registry.UnknownNetwork as error:
        raise Http404 from error
    if not adapter.offers(Connects):
        raise Http404
    return adapter

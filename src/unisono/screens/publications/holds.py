"""Holding publishing back, and resuming it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.queries import usable
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import queries
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed


class HoldForm(forms.Form):
    """One target; none holds the whole organization."""

    department: forms.ModelChoiceField[Department] = forms.ModelChoiceField(
        None, label=gettext_lazy("Department"), required=False, empty_label="—"
    )
    campaign: forms.ModelChoiceField[Campaign] = forms.ModelChoiceField(
        None, label=gettext_lazy("Campaign"), required=False, empty_label="—"
    )
    channel: forms.ModelChoiceField[Channel] = forms.ModelChoiceField(
        None, label=gettext_lazy("Channel"), required=False, empty_label="—"
    )
    keyword = forms.CharField(
        label=gettext_lazy("Posts that contain"), required=False, max_length=80
    )
    why = forms.CharField(label=gettext_lazy("Why"), required=False)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "department": people.departments(actor, Capability.HOLD),
            "campaign": plan.campaigns(actor),
            "channel": usable(actor),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]


def holds(request: ActorRequest) -> HttpResponseBase:
    """The holds in force. A new one shows what it stops before it is placed."""
    form = HoldForm(request.actor, typed(request))
    impact = None
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            if request.POST.get("confirmed"):
                publishing.place_hold(**form.cleaned_data, by=request.actor, now=now())
                messages.warning(request, _("Publishing is on hold there."))
                return done(request, "holds")
            target = {k: v for k, v in form.cleaned_data.items() if k != "why"}
            impact = queries.stopped_by(request.actor, **target)
    context = {
        "form": form,
        "impact": impact,
        "holds": queries.holds(request.actor),
        "may": request.actor.can_anywhere(Capability.HOLD),
        "nav": "calendar",
    }
    return again(request, "publications/holds.html", context, bad=bool(form.errors))


def lift(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Resume publishing; what is late by now waits for a person."""
    released = publishing.lift_hold(queries.hold(request.actor, pk), by=request.actor, now=now())
    messages.success(
        request,
        _("Publishing goes on. %(n)s posts are back on schedule; late ones wait for you.")
        % {"n": released},
    )
    return done(request, "trouble" if queries.troubled(request.actor).exists() else "holds")

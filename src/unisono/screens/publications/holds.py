"""Holding publishing back, and resuming it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.queries import usable
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing import holds as publishing
from unisono.rooms.publishing import stops
from unisono.rooms.publishing.holds import Resumed
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed
from unisono.screens.publications import choices

SHOWN = 30
"""So many of the posts a hold would stop are listed; the rest is counted."""


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
                publishing.place(**form.cleaned_data, by=request.actor, now=now())
                messages.warning(request, _("Publishing is on hold there."))
                return done(request, "holds")
            target = {k: v for k, v in form.cleaned_data.items() if k != "why"}
            impact = stops.impact(request.actor, **target)
    rows = list(stops.holds(request.actor))
    context = {
        "form": form,
        "impact": impact,
        "shown": SHOWN,
        "holds": [(row, stops.may_lift(request.actor, row)) for row in rows],
        "may": request.actor.can_anywhere(Capability.HOLD),
        "nav": "calendar",
    }
    return again(request, "publications/holds.html", context, bad=bool(form.errors))


def resume(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """What a hold stopped, with a choice for each; one POST lifts it and carries them out."""
    hold = stops.hold(request.actor, pk)
    request.actor.must(Capability.HOLD, stops.where_of(hold))
    impact = stops.impact_of(request.actor, hold)
    if request.method == "POST":
        wanted = choices.each(request, impact.posts)
        result = publishing.resume(hold, wanted, by=request.actor, now=now())
        choices.tell(request, result.outcomes, impact.posts)
        _tell(request, result)
        return done(request, "due" if result.waiting else "holds")
    at = now()
    context = {
        "hold": hold,
        "unseen": impact.unseen,
        "ahead": [row for row in impact.posts if row.due_at > at],
        "for_all": choices.FOR_ALL,
        "late": [row for row in impact.posts if row.due_at <= at],
        "back": reverse("holds"),
        "nav": "calendar",
    }
    return render(request, "publications/decisions.html", context)


def _tell(request: ActorRequest, result: Resumed) -> None:
    messages.success(request, _("The hold is lifted. What is still to come goes out as planned."))
    if result.waiting:
        said = ngettext(
            "%(n)s post stays held until somebody decides about it.",
            "%(n)s posts stay held until somebody decides about them.",
            result.waiting,
        )
        messages.warning(request, said % {"n": result.waiting})

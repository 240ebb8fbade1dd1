"""Which notices one wants."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.rooms.notifications import actions, queries
from unisono.rooms.notifications.choices import CHOICES
from unisono.screens.doors import ActorRequest, done, now
from unisono.screens.settings.tabs import tabs


def notices(request: ActorRequest) -> HttpResponseBase:
    """A switch for each notice that one may do without."""
    if request.method == "POST":
        actions.choose_notices(request.POST.getlist("wanted"), by=request.actor, now=now())
        messages.success(request, _("Saved."))
        return done(request, "settings.notices")
    wanted = queries.wanted(request.actor)
    context = {
        "choices": [(name, label, name in wanted) for name, label in CHOICES.items()],
        "tabs": tabs(request.actor, "settings.notices"),
        "nav": "settings",
    }
    return render(request, "settings/notices.html", context)

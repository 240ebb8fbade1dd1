"""The autopilot's page: what it may do by itself, where, what it did, and what it leaves alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unisono.rooms.content import queries as content
from unisono.rooms.orchestration import autopilot as pilot
from unisono.rooms.orchestration import queries, words
from unisono.rooms.orchestration.models import Mandate
from unisono.rooms.people import queries as people
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.screens.doors import ActorRequest, back_to, done, now, refusals_on
from unisono.screens.proposals.cards import cards

LATELY = 10


class MandateForm(forms.Form):
    """The bounds of what may be done without a person."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=[(one, one.label) for one in pilot.ACTS],
        required=False,
    )
    a_day = forms.IntegerField(
        label=gettext_lazy("Changes a day, at most"), min_value=1, max_value=pilot.MOST_A_DAY
    )
    from_hour = forms.IntegerField(label=gettext_lazy("From (hour)"), min_value=0, max_value=23)
    to_hour = forms.IntegerField(label=gettext_lazy("Until (hour)"), min_value=1, max_value=24)
    bold = forms.BooleanField(
        label=gettext_lazy("Also moves to hours that are only likely better"), required=False
    )
    trials_one_in = forms.IntegerField(
        label=gettext_lazy("Trials: at most one post in"),
        help_text=gettext_lazy(
            "A trial goes to an hour little is known about, to learn. Choose 4 or more; 0 is none."
        ),
        min_value=0,
        max_value=pilot.MOST_BETWEEN,
        required=False,
    )

    def clean_trials_one_in(self) -> int:
        """Left empty, it is none."""
        return self.cleaned_data["trials_one_in"] or 0


@dataclass(frozen=True)
class Place:
    """One department: the mandate in force, and the form as it was sent or as it stands."""

    department: Department
    mandate: Mandate | None
    form: MandateForm
    may: bool
    tried: str

    @property
    def kinds(self) -> list[str]:
        """What is ticked: as it was sent, else as it stands."""
        if self.form.is_bound:
            return list(self.form.data.getlist("kinds"))  # type: ignore[attr-defined]
        return list(self.form.initial["kinds"])


def autopilot(request: ActorRequest) -> HttpResponse:
    """Every department the reader sees, off or on."""
    return _page(request)


def mandate(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Give a mandate, or change its bounds."""
    department = people.department(request.actor, pk)
    form = MandateForm(request.POST, auto_id=f"{pk}-%s")
    if form.is_valid():
        with refusals_on(form):
            pilot.give_mandate(department, **form.cleaned_data, by=request.actor, now=now())
    if form.errors:
        request.actor.must(Capability.PLAN, department)
        return _page(request, sent=form, at=pk)
    said = _("The autopilot is on for %(department)s.") % {"department": department.name}
    messages.success(request, said)
    return done(request, f"{reverse('autopilot')}#department-{pk}")


def mandate_end(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Switch it off."""
    department = people.department(request.actor, pk)
    pilot.end_mandate(department, by=request.actor, now=now())
    said = _("The autopilot is off for %(department)s.") % {"department": department.name}
    messages.success(request, said)
    return done(request, f"{reverse('autopilot')}#department-{pk}")


def lock(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Keep a post where it is, or let it be moved again."""
    post = content.post(request.actor, pk)
    if "unlock" in request.POST:
        pilot.unlock(post, by=request.actor, now=now())
        messages.success(request, _("“%(title)s” may be moved again.") % {"title": post.title})
    else:
        pilot.lock(post, reason=request.POST.get("reason", ""), by=request.actor, now=now())
        messages.success(request, _("“%(title)s” stays where it is.") % {"title": post.title})
    return done(request, back_to(request, reverse("autopilot")))


def _page(
    request: ActorRequest, *, sent: MandateForm | None = None, at: UUID | None = None
) -> HttpResponse:
    actor = request.actor
    given = {row.department_id: row for row in queries.mandates(actor)}
    by_itself = queries.proposals(actor, "accepted", "undone").exclude(mandate=None)
    trying = [pk for pk, row in given.items() if row.trials_one_in]
    zone = actor.organization.zone
    trials = queries.tried(trying, zone=zone, now=now()) if trying else {}
    context: dict[str, Any] = {
        "places": [
            Place(
                one,
                given.get(one.pk),
                sent if sent is not None and at == one.pk else _form(one.pk, given.get(one.pk)),
                actor.can(Capability.PLAN, one),
                words.tried(trials[one.pk]) if one.pk in trials else "",
            )
            for one in people.departments_seen(actor)
        ],
        "acts": [(one.value, one.label) for one in pilot.ACTS],
        "cards": cards(actor, by_itself.order_by("-decided_at")[:LATELY]),
        "locks": [
            (row, actor.can(Capability.WRITE, row.post.department_id))
            for row in queries.locks(actor)[:50]
        ],
        "here": request.get_full_path(),
        "zone": zone,
        "nav": "proposals",
    }
    return render(request, "proposals/autopilot.html", context, status=422 if sent else 200)


def _form(pk: UUID, given: Mandate | None) -> MandateForm:
    shown = given or Mandate()
    bounds = {name: getattr(shown, name) for name in MandateForm.base_fields}
    return MandateForm(initial=bounds, auto_id=f"{pk}-%s")

"""Planning an experiment: the form, and what it would take, told while one chooses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unisono.rooms.channels import queries as channels
from unisono.rooms.experiments import actions, queries, words
from unisono.rooms.experiments.models import Experiment, Kind
from unisono.rooms.experiments.planning import ArmSaid
from unisono.rooms.metrics.models import Figure
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed

NUMBERS = (0, 1)


class SampleForm(forms.Form):
    """What decides how many posts are needed."""

    channel: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=gettext_lazy("Channel"), empty_label=None
    )
    figure = forms.ChoiceField(label=gettext_lazy("Counted by"))
    hours = forms.IntegerField(
        label=gettext_lazy("Hours after a post is out"), min_value=1, max_value=720, initial=72
    )
    uplift = forms.IntegerField(
        label=gettext_lazy("Smallest difference worth knowing, in percent"),
        min_value=5, max_value=500, initial=25,
    )  # fmt: skip
    planned = forms.IntegerField(
        label=gettext_lazy("Posts each way"), required=False, min_value=5,
        help_text=gettext_lazy("Left empty, as many as are needed."),
    )  # fmt: skip

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = channels.usable(actor)  # type: ignore[attr-defined]
        figures: Any = self.fields["figure"]
        figures.choices = [(str(one), words.counted(one)) for one in Figure.values]

    def told(self) -> list[str]:
        """What it would take, in sentences; none while something is missing."""
        if not self.is_valid():
            return []
        given = {**self.cleaned_data, "uplift": self.cleaned_data["uplift"] / 100}
        return words.takes(queries.planned_sample(**_of_sample(given), now=now()))


class PlanForm(SampleForm):
    """A question, and the two things held against each other."""

    question = forms.CharField(label=gettext_lazy("What do you want to know?"), max_length=160)
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=gettext_lazy("Department"), empty_label=None
    )

    def __init__(self, actor: Actor, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        where = people.departments(actor, Capability.PLAN)
        self.fields["department"].queryset = where  # type: ignore[attr-defined]
        for number in NUMBERS:
            self.fields[f"label_{number}"] = forms.CharField(label=_("Name"), max_length=60)
            if kind == Kind.TIMES:
                self._hours(number)

    def _hours(self, number: int) -> None:
        self.fields[f"weekdays_{number}"] = forms.TypedMultipleChoiceField(
            label=_("Weekdays"), coerce=int, choices=list(WEEKDAYS_ABBR.items()),
            initial=[0, 1, 2, 3, 4], required=False,
        )  # fmt: skip
        self.fields[f"from_hour_{number}"] = forms.IntegerField(
            label=_("From (hour)"), min_value=0, max_value=23, initial=(8, 17)[number]
        )
        self.fields[f"to_hour_{number}"] = forms.IntegerField(
            label=_("Until (hour)"), min_value=1, max_value=24, initial=(11, 20)[number]
        )

    def arms(self) -> list[ArmSaid]:
        """The two as the verb takes them."""
        said = self.cleaned_data
        return [
            ArmSaid(
                said[f"label_{n}"], said.get(f"weekdays_{n}") or (),
                said.get(f"from_hour_{n}", 0), said.get(f"to_hour_{n}", 24),
            )
            for n in NUMBERS
        ]  # fmt: skip

    def plan(self) -> dict[str, Any]:
        """All that was said, as the verbs take it."""
        said = self.cleaned_data
        sample = _of_sample({**said, "uplift": said["uplift"] / 100})
        return {name: said[name] for name in ("question", "department")} | {
            **sample, "arms": self.arms()
        }  # fmt: skip

    def sides(self) -> list[dict[str, Any]]:
        """The fields of either, as the page shows them."""
        names = ("label", "weekdays", "from_hour", "to_hour")
        sides = []
        for n in NUMBERS:
            side: dict[str, Any] = {
                name: self[f"{name}_{n}"] for name in names if f"{name}_{n}" in self.fields
            }
            days = side["weekdays"].value() if "weekdays" in side else ()
            side["days"] = {str(day) for day in days or ()}
            sides.append(side)
        return sides


def new(request: ActorRequest) -> HttpResponseBase:
    """Plan one; on to its page, where it is started."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else Kind.TIMES
    form = PlanForm(request.actor, kind, typed(request), initial=_first(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.plan(kind=kind, **form.plan(), by=request.actor, now=now())
            messages.success(request, _("The experiment is planned. Start it when you are ready."))
            return done(request, "experiment", made.pk)
    return _form(request, form, kind, kinds=_kinds(kind))


def edit(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Change the plan of one that has not started."""
    row = queries.experiment(request.actor, pk)
    request.actor.must(Capability.PLAN, row.department_id)
    if row.state != "planned":
        messages.info(request, _("It has started or ended: its plan cannot be changed any more."))
        return done(request, "experiment", pk)
    form = PlanForm(request.actor, row.kind, typed(request), initial=_as_planned(row))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change(row, **form.plan(), by=request.actor, now=now())
            messages.success(request, _("The plan is changed."))
            return done(request, "experiment", pk)
    return _form(request, form, row.kind, row=row)


def _form(request: ActorRequest, form: PlanForm, kind: str, **more: Any) -> HttpResponse:
    probe = SampleForm(request.actor, typed(request) or form.initial)
    context = {
        "form": form, "told": probe.told(), "nav": "proposals", "kind": kind,
        "weekdays": [(str(day), name) for day, name in WEEKDAYS_ABBR.items()],
        "zone": request.actor.organization.zone, **more,
    }  # fmt: skip
    return again(request, "experiments/new.html", context, bad=bool(form.errors))


def sample(request: ActorRequest) -> HttpResponse:
    """What it would take with what is chosen now."""
    told = SampleForm(request.actor, request.GET).told()
    return render(request, "experiments/sample.html", {"told": told})


def _of_sample(said: dict[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in ("channel", "figure", "hours", "uplift", "planned")}


def _first(request: ActorRequest) -> dict[str, Any]:
    """What stands in the form at first."""
    channel = channels.usable(request.actor).first()
    return {
        "channel": channel.pk if channel else None, "figure": "views", "hours": 72, "uplift": 25,
    }  # fmt: skip


def _as_planned(row: Experiment) -> dict[str, Any]:
    """What stands in the form of a plan that is changed."""
    said = {
        "question": row.question, "department": row.department_id, "channel": row.channel_id,
        "figure": row.figure, "hours": row.hours, "uplift": round(row.uplift * 100),
        "planned": row.chosen,
    }  # fmt: skip
    for arm in row.arms.all():
        for name in ("label", "weekdays", "from_hour", "to_hour"):
            said[f"{name}_{arm.position}"] = getattr(arm, name)
    return said


def _kinds(current: str) -> list[dict[str, Any]]:
    where = reverse("experiment.new")
    return [
        {"label": name, "url": f"{where}?kind={kind}", "current": kind == current}
        for kind, name in Kind.choices
    ]

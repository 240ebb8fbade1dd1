"""The steps of a template as they are typed, and what it is held with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.rooms.channels import queries as channels
from unisono.rooms.content.campaigns import Launch
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import launches
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.launches import Kind, Step, Unit
from unisono.rooms.plan.templates import Template
from unisono.screens.campaigns.forms import offer_departments, several, words
from unisono.screens.strategy.forms import Day


class HoldForm(forms.Form):
    """A campaign after a template: the day it is about, and who holds it."""

    name = forms.CharField(label=_("Name"), max_length=120)
    day = Day(label=_("The day it is about"))
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Department"), help_text=_("It writes the posts.")
    )
    owner: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Owner"), required=False, empty_label=_("You")
    )
    objective: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Objective"), required=False, empty_label=_("No objective")
    )
    audiences = several(_("Audiences"))
    channels = several(_("Channels"))
    move = forms.BooleanField(label=_("Leave out weekends and holidays"), required=False)
    dated = forms.BooleanField(label=_("Pencil in the times"), required=False)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = actor.zone
        offered: dict[str, Any] = {
            "department": people.departments(actor, Capability.CAMPAIGN),
            "owner": people.members(actor).filter(state="active"),
            "objective": plan.objectives(actor),
            "audiences": plan.audiences(actor),
            "channels": channels.usable(actor),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        if offered["department"].count() == 1:
            self.fields["department"].empty_label = None  # type: ignore[attr-defined]

    @property
    def launch(self) -> Launch:
        """What the verb takes, once valid."""
        said = dict(self.cleaned_data)
        for name in ("audiences", "channels"):
            said[name] = list(said[name])
        return Launch(**said, zone=self.zone)


class TemplateForm(forms.Form):
    """A template without its steps."""

    name = forms.CharField(label=_("Name"), max_length=120)
    note = words(_("Note"), rows=2)
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("Department"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_departments(self.fields["department"], actor)


class StepForm(forms.Form):
    """One step. One without a title and a text is left out."""

    title = forms.CharField(label=_("Title"), max_length=160, required=False)
    kind = forms.ChoiceField(label=_("Becomes"), choices=Kind.choices)
    offset = forms.IntegerField(
        label=_("Distance"), required=False, min_value=-launches.FARTHEST,
        max_value=launches.FARTHEST, help_text=_("Before the day with a minus."),
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("Counted in"), choices=Unit.choices)
    at = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    text = words(_("Text to begin with"), rows=2)
    channels = forms.MultipleChoiceField(
        label=_("Channels"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Without any, those the campaign is given."),
    )  # fmt: skip
    department = forms.CharField(required=False, widget=forms.HiddenInput)
    gone = forms.BooleanField(label=_("Take it out"), required=False)

    def __init__(self, *args: Any, known: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channels"].choices = known  # type: ignore[attr-defined]

    @property
    def step(self) -> Step | None:
        """The step, once valid; None when it was taken out."""
        said = dict(self.cleaned_data)
        if said.pop("gone") or not (said["title"] or said["text"]):
            return None
        said |= {"offset": said["offset"] or 0, "at": f"{said['at']:%H:%M}"}
        return Step(**{**said, "channels": tuple(said["channels"])})


BLANK = {"at": "09:00", "unit": Unit.DAYS, "kind": Kind.POST, "offset": 0}


def step_forms(actor: Actor, data: Any, template: Template | None, more: int = 0) -> Any:
    """The formset: what was typed, or the template's steps and one more."""
    known = [(str(c.pk), c.name) for c in channels.usable(actor)]
    kind = forms.formset_factory(StepForm, extra=0, max_num=launches.STEPS_MAX, validate_max=True)
    if data is None:
        first = [step.kept for step in template.steps] if template else [BLANK]
        return kind(initial=first, prefix="steps", form_kwargs={"known": known})
    if more:
        said = str(data.get("steps-TOTAL_FORMS", ""))[:3]
        total = min((int(said) if said.isdecimal() else 0) + more, launches.STEPS_MAX)
        data = data.copy()
        data["steps-TOTAL_FORMS"] = str(total)
        for name, value in BLANK.items():
            data.setdefault(f"steps-{total - 1}-{name}", value)
    return kind(data, prefix="steps", form_kwargs={"known": known})

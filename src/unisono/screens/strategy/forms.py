"""What is said of an objective."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.rooms.channels import queries as channels
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import KeyResult, Metric, Objective


class Day(forms.DateField):
    """A day, picked or typed."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ObjectiveForm(forms.Form):
    """An objective: so much of a metric between two days."""

    name = forms.CharField(label=_("Name"), max_length=120)
    why = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    metric = forms.ChoiceField(label=_("Metric"), choices=Metric.choices)
    target = forms.IntegerField(
        label=_("Target"), max_value=10**15, widget=forms.NumberInput(attrs={"min": 1})
    )
    unit = forms.CharField(
        label=_("Unit"),
        max_length=30,
        required=False,
        help_text=_("What the figure counts, such as “people” or “visits”."),
    )
    starts_on = Day(label=_("First day"))
    ends_on = Day(label=_("Last day"))
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("Department"))
    parent: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Serves"), required=False, empty_label=_("No objective above it")
    )
    owner: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Owner"), required=False, empty_label=_("You")
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        objective: Objective | None = kwargs.pop("objective", None)
        super().__init__(*args, **kwargs)
        above = plan.objectives(actor)
        offered = {
            "department": people.departments(actor, Capability.PLAN),
            "parent": above.exclude(pk=objective.pk) if objective else above,
            "owner": people.members(actor).filter(state="active"),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        whole = actor.can(Capability.PLAN)
        self.fields["department"].required = not whole
        if whole:
            self.fields["department"].empty_label = _("The whole organization")  # type: ignore[attr-defined]

    @staticmethod
    def of(objective: Objective) -> dict[str, Any]:
        """What the form starts with for an objective that exists."""
        names = ("name", "why", "metric", "target", "unit", "starts_on", "ends_on")
        values = {name: getattr(objective, name) for name in names}
        return values | {
            "department": objective.department_id,
            "parent": objective.parent_id,
            "owner": objective.owner_id,
        }


class KeyResultForm(forms.Form):
    """A further figure an objective is judged by."""

    name = forms.CharField(label=_("Name"), max_length=120)
    metric = forms.ChoiceField(label=_("Metric"), choices=Metric.choices)
    target = forms.IntegerField(
        label=_("Target"),
        max_value=10**15,
        widget=forms.NumberInput(attrs={"min": 1}),
        help_text=_("For followers the number to reach; for a response time, minutes at most."),
    )
    unit = forms.CharField(
        label=_("Unit"),
        max_length=30,
        required=False,
        help_text=_("What the figure counts, such as “people” or “visits”."),
    )
    channel: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None,
        label=_("Channel"),
        required=False,
        empty_label=_("All channels of the department"),
        help_text=_("Only for followers."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = channels.channels(actor)  # type: ignore[attr-defined]

    @staticmethod
    def of(key_result: KeyResult) -> dict[str, Any]:
        """What the form starts with for a key result that exists."""
        names = ("name", "metric", "target", "unit")
        values = {name: getattr(key_result, name) for name in names}
        return values | {"channel": key_result.channel_id}


class ReadingForm(forms.Form):
    """How far an entered figure has come."""

    value = forms.IntegerField(
        label=_("Total so far"),
        min_value=0,
        max_value=10**15,
        help_text=_("The whole figure as it stands now, not what was added."),
    )

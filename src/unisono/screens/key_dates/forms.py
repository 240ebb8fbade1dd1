"""What is said of a key date, and of what is prepared for it."""

from __future__ import annotations

from datetime import datetime
from datetime import time as time_of_day
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.rooms.channels import queries as channels
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan.models import KeyDate
from unisono.screens.strategy.forms import Day

WHAT = [("capture", _("An idea on the board")), ("write", _("A post with its day pencilled in"))]


class KeyDateForm(forms.Form):
    """A date of the organization's own."""

    name = forms.CharField(label=_("Name"), max_length=120)
    on = Day(label=_("Day"))
    yearly = forms.BooleanField(label=_("Comes again every year"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("Department"))
    lead_days = forms.IntegerField(
        label=_("Days of preparation"),
        widget=forms.NumberInput(attrs={"min": 0, "max": 365}),
        help_text=_("So many days before, preparing something is proposed."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["department"]
        field.queryset = people.departments(actor, Capability.PLAN)
        if actor.can(Capability.PLAN):
            field.required, field.empty_label = False, _("The whole organization")

    @staticmethod
    def of(row: KeyDate) -> dict[str, Any]:
        """What the form starts with for a date that exists."""
        names = ("name", "on", "yearly", "note", "lead_days")
        return {name: getattr(row, name) for name in names} | {"department": row.department_id}


class PreparationForm(forms.Form):
    """An idea or a post for a date. Only a post needs a department, channels and a time."""

    what = forms.ChoiceField(label=_("What"), choices=WHAT, widget=forms.RadioSelect)
    title = forms.CharField(label=_("Title"), max_length=160)
    note = forms.CharField(
        label=_("Text or note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Department"), required=False, empty_label=_("None yet")
    )
    channels: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        None, label=_("Channels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    day = Day(label=_("Day"))
    time = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, Any] = {
            "department": people.departments(actor, Capability.WRITE),
            "channels": channels.usable(actor),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["time"].help_text = actor.zone

    def clean(self) -> dict[str, Any]:
        """A post belongs to a department, an idea need not."""
        data = super().clean() or {}
        missing = not data.get("department") and "department" not in self.errors
        if data.get("what") == "write" and missing:
            self.add_error("department", _("Choose the department of the post."))
        return data

    @property
    def wall(self) -> datetime:
        """When the post is to go out, in the zone of whoever writes."""
        at: time_of_day = self.cleaned_data["time"]
        return datetime.combine(self.cleaned_data["day"], at)

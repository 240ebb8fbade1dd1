"""What is typed about tasks and absences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.content import queries as content
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import queries as plan
from unisono.rooms.requests import queries as requests
from unisono.rooms.workflow import queries
from unisono.rooms.workflow.models import Task
from unisono.rooms.workflow.tasks import DAYS_MAX, NOTE_MAX, Due, Of

FINDERS: dict[str, Callable[[Actor, UUID], Any]] = {
    "post": content.post,
    "campaign": plan.campaign,
    "idea": content.idea,
    "request": requests.request,
}


class DateInput(forms.DateInput):
    input_type = "date"


class TimeInput(forms.TimeInput):
    input_type = "time"


class TaskForm(forms.Form):
    """A task as it is written down; `owner`, `department` and what it is for only once."""

    title = forms.CharField(label=_("What has to be done"), max_length=160)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    on = forms.DateField(label=_("Due on"), required=False, widget=DateInput(format="%Y-%m-%d"))
    time = forms.CharField(label=_("Time"), required=False, max_length=5, widget=TimeInput())
    zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    days = forms.IntegerField(
        label=_("Working days it takes"), min_value=0, max_value=DAYS_MAX, initial=1
    )
    owner: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Who does it"), required=False, empty_label=_("nobody yet")
    )
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Department"), required=False, empty_label=_("All of the organization")
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = people.departments(actor, Capability.WRITE)
        self.fields["owner"].queryset = queries.colleagues(actor)  # type: ignore[attr-defined]
        self.fields["department"].queryset = mine  # type: ignore[attr-defined]

    @staticmethod
    def of(task: Task) -> dict[str, Any]:
        """What stands, as the form shows it."""
        return {
            "title": task.title,
            "note": task.note,
            "on": task.due_on,
            "time": task.due_time,
            "zone": task.zone,
            "days": task.days,
            "owner": task.owner_id,
            "department": task.department_id,
        }

    @property
    def due(self) -> Due | None:
        """By when, if a day was typed."""
        said = self.cleaned_data
        return Due(said["on"], said["time"][:5], said["zone"].strip()) if said["on"] else None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("time") and not said.get("on"):
            self.add_error("on", _("Choose the day as well."))
        return said


class AbsenceForm(forms.Form):
    """Days away, and who stands in."""

    first_on = forms.DateField(label=_("Away from"), widget=DateInput(format="%Y-%m-%d"))
    last_on = forms.DateField(label=_("Up to and with"), widget=DateInput(format="%Y-%m-%d"))
    cover: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Who stands in"), required=False, empty_label=_("nobody")
    )

    def __init__(self, actor: Actor, member: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = queries.colleagues(actor).exclude(pk=member.pk)
        self.fields["cover"].queryset = others  # type: ignore[attr-defined]


def named_of(actor: Actor, given: Any) -> tuple[str, Of]:
    """What a task is for, by `post=<id>` and the like; ("", None) where it names nothing."""
    for name, find in FINDERS.items():
        if given.get(name):
            try:
                return name, find(actor, forms.UUIDField().clean(given[name]))
            except forms.ValidationError:
                raise NotFound(_("There is nothing here that this task could be for.")) from None
    return "", None

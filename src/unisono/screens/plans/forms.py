from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.rooms.channels import queries as channels
from unisono.rooms.orchestration.plans.models import Freedom
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.people.queries import departments_seen


class DrawForm(forms.Form):
    """What shall be optimised; departments are those in which the actor schedules."""

    weeks = forms.TypedChoiceField(
        label=_("Weeks ahead"), coerce=int, initial=2, choices=[(n, str(n)) for n in range(1, 7)]
    )
    department = forms.ChoiceField(label=_("Department"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    freedom = forms.ChoiceField(
        label=_("How readily posts are moved"), choices=Freedom.choices, initial=Freedom.BALANCED
    )
    undated = forms.BooleanField(
        label=_("Also place approved posts that have no time"), required=False
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mine = [
            row for row in departments_seen(actor) if actor.can(Capability.SCHEDULE, row.pk)
        ]
        self.usable = [row for row in channels.channels(actor) if row.state != "disconnected"]
        mine = [(str(row.pk), row.name) for row in self.mine]
        usable = [(str(row.pk), row.name) for row in self.usable]
        self.fields["department"].choices = [("", _("All I schedule for")), *mine]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [("", _("All channels")), *usable]  # type: ignore[attr-defined]

    @property
    def departments(self) -> list[Department]:
        chosen = self.cleaned_data["department"]
        return [row for row in self.mine if not chosen or str(row.pk) == chosen]

    def told(self) -> dict[str, Any]:
        """As the verb takes it."""
        chosen = self.cleaned_data["channel"]
        return {
            "departments": self.departments,
            "channels": [row for row in self.usable if str(row.pk) == chosen],
            "weeks": self.cleaned_data["weeks"],
            "undated": self.cleaned_data["undated"],
            "freedom": self.cleaned_data["freedom"],
        }


class AgainForm(forms.Form):
    """From when until when nothing goes out, by the actor's clock."""

    first = forms.DateTimeField(
        label=_("Nothing goes out from"), widget=forms.DateTimeInput({"type": "datetime-local"})
    )
    until = forms.DateTimeField(
        label=_("until"), widget=forms.DateTimeInput({"type": "datetime-local"})
    )
    channel = forms.ChoiceField(label=_("Channel"), required=False)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.usable = [row for row in channels.channels(actor) if row.state != "disconnected"]
        usable = [(str(row.pk), row.name) for row in self.usable]
        self.fields["channel"].choices = [("", _("All channels")), *usable]  # type: ignore[attr-defined]

"""What is said of a campaign."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import Campaign


class Day(forms.DateField):
    """A day, picked or typed."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CampaignForm(forms.Form):
    """A campaign: a window of days with a brief, in service of an objective."""

    name = forms.CharField(label=_("Name"), max_length=120)
    brief = forms.CharField(
        label=_("Brief"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What is to be said, to whom, and in which tone. Every author reads it."),
    )
    starts_on = Day(label=_("First day"))
    ends_on = Day(label=_("Last day"))
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("Department"))
    objective: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Objective"), required=False, empty_label=_("No objective")
    )
    owner: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Owner"), required=False, empty_label=_("You")
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "department": people.departments(actor, Capability.CAMPAIGN),
            "objective": plan.objectives(actor),
            "owner": people.members(actor).filter(state="active"),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        whole = actor.can(Capability.CAMPAIGN)
        self.fields["department"].required = not whole
        if whole:
            self.fields["department"].empty_label = _("The whole organization")  # type: ignore[attr-defined]

    @staticmethod
    def of(campaign: Campaign) -> dict[str, Any]:
        """What the form starts with for a campaign that exists."""
        return {
            "name": campaign.name,
            "brief": campaign.brief,
            "starts_on": campaign.starts_on,
            "ends_on": campaign.ends_on,
            "department": campaign.department_id,
            "objective": campaign.objective_id,
            "owner": campaign.owner_id,
        }

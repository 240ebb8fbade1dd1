"""What is said of an idea."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.rooms.channels import queries as channels
from unisono.rooms.content.models import Idea
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import queries as plan


class IdeaForm(forms.Form):
    """A thought, quickly written down; only the title is needed."""

    title = forms.CharField(label=_("Idea"), max_length=160)
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    link = forms.URLField(label=_("Link"), required=False, max_length=500, assume_scheme="https")
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Department"), required=False, empty_label=_("Not decided")
    )
    campaign: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Campaign"), required=False, empty_label=_("No campaign")
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = people.departments(actor)  # type: ignore[attr-defined]
        self.fields["campaign"].queryset = plan.campaigns(actor)  # type: ignore[attr-defined]

    @staticmethod
    def of(idea: Idea) -> dict[str, Any]:
        """What the form starts with for an idea that exists."""
        return {
            "title": idea.title,
            "note": idea.note,
            "link": idea.link,
            "department": idea.department_id,
            "campaign": idea.campaign_id,
        }


class DevelopForm(forms.Form):
    """Where the post of an idea belongs, and on which channels it goes out."""

    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("Department"))
    channels: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        None, label=_("Channels"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = people.departments(actor, Capability.WRITE)
        self.fields["department"].queryset = mine  # type: ignore[attr-defined]
        self.fields["channels"].queryset = channels.usable(actor)  # type: ignore[attr-defined]

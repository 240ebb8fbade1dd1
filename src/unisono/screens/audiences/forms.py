"""What is said of an audience."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.rooms.people.actors import Actor
from unisono.rooms.plan.models import Audience
from unisono.screens.campaigns.forms import offer_departments


class AudienceForm(forms.Form):
    """A group of people: who they are, what they care for, what they speak, where they live."""

    name = forms.CharField(label=_("Name"), max_length=80)
    description = forms.CharField(
        label=_("Who they are"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    interests = forms.CharField(
        label=_("What they care for"), required=False, max_length=300,
        help_text=_("A few words, with commas between."),
    )  # fmt: skip
    languages = forms.CharField(
        label=_("Languages"), required=False, max_length=80,
        help_text=_("By their letters, with commas between: fr, en, it."),
    )  # fmt: skip
    zone = forms.CharField(
        label=_("Time zone"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"list": "zones"}),
        help_text=_("Where most of them live; empty when it is all over the world."),
    )  # fmt: skip
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("Department"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_departments(self.fields["department"], actor)

    def values(self) -> dict[str, Any]:
        """What the verbs take."""
        codes = self.cleaned_data["languages"].replace(",", " ").split()
        return {**self.cleaned_data, "languages": codes}

    @staticmethod
    def of(row: Audience) -> dict[str, Any]:
        """What the form starts with for an audience that exists."""
        names = ("name", "description", "interests", "zone")
        said = {name: getattr(row, name) for name in names}
        return said | {"languages": ", ".join(row.languages), "department": row.department_id}

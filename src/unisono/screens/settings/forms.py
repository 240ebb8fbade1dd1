"""What can be set."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.rooms.people import queries
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import SCOPES
from unisono.rooms.people.models import Department, Hue, Language, Theme

SCOPE_NAMES = {
    "read": _("Read everything you see"),
    "write": _("Write ideas, posts and plans"),
    "approve": _("Approve, and ask for changes"),
    "publish": _("Schedule, publish, hold"),
    "manage": _("Look after channels, people, settings"),
}


class ZoneField(forms.CharField):
    """An IANA zone, typed with suggestions."""

    widget = forms.TextInput(attrs={"list": "zones", "autocomplete": "off"})


class ProfileForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=80)
    title = forms.CharField(label=_("What you do"), max_length=80, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    zone = ZoneField(
        label=_("Time zone"),
        required=False,
        help_text=_("Empty: the organization's. Every time you see is in this zone, and says so."),
    )
    theme = forms.ChoiceField(label=_("Appearance"), choices=Theme.choices)


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What will use it, for when you look back.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[(scope, SCOPE_NAMES[scope]) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may yourself."),
        error_messages={"required": _("Choose at least one of the scopes offered.")},
    )
    expires_on = forms.DateField(
        label=_("Ends on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class OrganizationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    zone = ZoneField(
        label=_("Time zone"), help_text=_("In which people here speak of times by default.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)


class DepartmentForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    hue = forms.ChoiceField(label=_("Colour"), choices=Hue.choices)
    parent: forms.ModelChoiceField[Department] = forms.ModelChoiceField(
        None, label=_("Belongs to"), required=False, empty_label=_("nothing above it")
    )
    approval_required = forms.BooleanField(
        label=_("Its posts need approval before they go out"), required=False
    )

    def __init__(
        self, actor: Actor, *args: Any, itself: Department | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rows = queries.departments(actor)
        if itself is not None:
            rows = rows.exclude(pk=itself.pk)
        self.fields["parent"].queryset = rows  # type: ignore[attr-defined]

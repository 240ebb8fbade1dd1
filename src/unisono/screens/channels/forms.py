"""The forms that connect accounts, made from what each network declares it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.kernel.secrets import Secret
from unisono.networks.contract import Connects, Field
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.sentences import said
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability


class AccountForm(forms.Form):
    """What `network` asks for. Secrets are never shown again, not even after a mistake."""

    def __init__(self, network: Connects, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = network.connect_fields
        for field in self.asked:
            self.fields[field.name] = _control(field)

    @property
    def ordered(self) -> list[forms.BoundField]:
        """The network's own fields, in its order."""
        return [self[field.name] for field in self.asked]

    def answers(self) -> Mapping[str, str | Secret]:
        """What was typed, secrets wrapped."""
        return {
            field.name: Secret(value) if field.kind == "secret" else value
            for field in self.asked
            for value in [str(self.cleaned_data[field.name]).strip()]
        }


class DepartmentForm(forms.Form):
    """Which department looks after a channel; nothing chosen means the whole organization."""

    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Looked after by"), required=False
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        field.queryset = people.departments(actor, Capability.CHANNELS)  # type: ignore[attr-defined]
        field.empty_label = _("The whole organization")  # type: ignore[attr-defined]
        if not actor.can(Capability.CHANNELS):
            field.required = True
            field.empty_label = None  # type: ignore[attr-defined]


class ConnectForm(DepartmentForm, AccountForm):
    """A new channel: the account, and who looks after it."""

    def __init__(self, actor: Actor, network: Connects, *args: Any, **kwargs: Any) -> None:
        AccountForm.__init__(self, network, *args, **kwargs)
        own = DepartmentForm(actor)
        self.fields["department"] = own.fields["department"]


def known_answers(channel: Channel, network: Connects) -> dict[str, str]:
    """What the form for signing in again need not ask: the account's own facts."""
    learnt = {key: value for key, value in channel.profile.items() if isinstance(value, str)}
    facts = {**learnt, "server": channel.server, "handle": channel.handle}
    wanted = {field.name for field in network.connect_fields if field.kind != "secret"}
    return {name: value for name, value in facts.items() if name in wanted and value}


def _control(field: Field) -> forms.Field:
    label = said(field.label)
    help_text = said(field.help) if field.help else ""
    common: dict[str, Any] = {
        "label": label,
        "help_text": help_text,
        "required": field.required,
        "initial": field.default,
    }
    if field.kind == "choice":
        choices = [(value, said(name)) for value, name in field.choices]
        return forms.ChoiceField(choices=choices, **common)
    if field.kind == "secret":
        quiet = {"autocomplete": "off", "spellcheck": "false"}
        return forms.CharField(
            max_length=2000, strip=True, widget=forms.PasswordInput(attrs=quiet), **common
        )
    attributes = {"autocapitalize": "none", "spellcheck": "false"}
    if field.kind == "url":
        attributes["inputmode"] = "url"
    return forms.CharField(max_length=500, widget=forms.TextInput(attrs=attributes), **common)

"""What is asked for, and what is answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.rooms.channels import queries as channels
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.requests.actions import REASON_MAX, Wish


class AskForm(forms.Form):
    """Two minutes for somebody without an account. `website` is for robots, unseen by people."""

    title = forms.CharField(label=_("What do you need?"), max_length=160)
    reason = forms.CharField(
        label=_("What is it for?"),
        max_length=REASON_MAX,
        help_text=_("Whom should it reach, and what should happen then?"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    wanted_on = forms.DateField(
        label=_("By when?"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    wish = forms.CharField(label=_("Where should it appear?"), required=False, max_length=300)
    reference = forms.URLField(
        label=_("Link to more"), required=False, max_length=500, assume_scheme="https"
    )
    name = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(label=_("Your e-mail"), max_length=254)
    website = forms.CharField(required=False)

    def wish_in(self, language: str) -> Wish:
        """What was asked for, in the language it was asked in."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "website"}
        return Wish(**said, language=language)


class AnswerForm(forms.Form):
    """What the requester says to a question."""

    text = forms.CharField(label=_("Your answer"), widget=forms.Textarea(attrs={"rows": 4}))


class QuestionForm(forms.Form):
    """Something to know before a promise can be given."""

    question = forms.CharField(
        label=_("Question, as the requester reads it"), widget=forms.Textarea(attrs={"rows": 3})
    )


class LinkForm(forms.Form):
    """A new intake form."""

    name = forms.CharField(label=_("Name"), max_length=80)
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Department"), required=False, empty_label=_("All of the organization")
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = people.departments(actor, Capability.PLAN)
        self.fields["department"].queryset = mine  # type: ignore[attr-defined]


class PromiseForm(forms.Form):
    """By which day it will be there."""

    on = forms.DateField(label=_("Promised for"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=_("A word to the requester"), required=False)


class RefusalForm(forms.Form):
    """No, and why."""

    reason = forms.CharField(
        label=_("Reason, as the requester reads it"), widget=forms.Textarea(attrs={"rows": 3})
    )


class PostForm(forms.Form):
    """Where the post of a request belongs."""

    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("Department"))
    channels: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        None, label=_("Channels"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = people.departments(actor, Capability.WRITE)
        self.fields["department"].queryset = mine  # type: ignore[attr-defined]
        self.fields["channels"].queryset = channels.usable(actor)  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """Whose a request is."""

    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Hand over to"), required=False, empty_label=_("All of the organization")
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "hand-over-%s"})
        self.fields["department"].queryset = people.departments(actor)  # type: ignore[attr-defined]

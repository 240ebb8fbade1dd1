"""What makes a kit, and whom it goes to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.rooms.advocacy.actions import NOTE_MAX
from unisono.rooms.advocacy.offers import Offer
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor


class KitForm(forms.Form):
    """A kit's texts are chosen among what is approved, and never typed."""

    title = forms.CharField(label=_("Title"), max_length=160)
    note = forms.CharField(
        label=_("A word to colleagues"),
        required=False,
        max_length=NOTE_MAX,
        help_text=_("Why it is worth sharing. They read it; it is no part of what they share."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    revisions = forms.TypedMultipleChoiceField(coerce=UUID, required=False)
    offers: list[Offer]

    def __init__(self, keys: list[UUID], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Others are let through to the verb, whose refusal says what is the matter with them.
        field: Any = self.fields["revisions"]
        given = self.data.getlist("revisions") if hasattr(self.data, "getlist") else []
        field.choices = [(key, key) for key in {*(str(one) for one in keys), *given}]

    def chosen(self) -> list[str]:
        """The keys that are ticked, as text."""
        value = self["revisions"].value() or []
        return [str(one) for one in value]


class SendForm(forms.Form):
    """Members, and all members of departments."""

    departments: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        None, label=_("Departments"), required=False, widget=forms.CheckboxSelectMultiple
    )
    members: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        None, label=_("People"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "send-%s"})
        active = people.members(actor).filter(state="active").order_by("name")
        self.fields["departments"].queryset = people.departments(actor)  # type: ignore[attr-defined]
        self.fields["members"].queryset = active  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """An address for colleagues without an account."""

    name = forms.CharField(
        label=_("Whom is it for?"),
        max_length=80,
        help_text=_("For instance the workshop, or the shop in Lyon. Only you read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "invite-%s"})

"""What is said of an idea."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.rooms.channels import queries as channels
from unisono.rooms.content import queries as content
from unisono.rooms.content.board import COLUMNS_MAX
from unisono.rooms.content.models import Idea, IdeaColumn
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import queries as plan

OFFERED = 200
"""So many ideas a list to merge into shows, the newest first."""


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
        super().__init__(*args, **kwargs | {"auto_id": "develop_%s"})
        mine = people.departments(actor, Capability.WRITE)
        self.fields["department"].queryset = mine  # type: ignore[attr-defined]
        self.fields["channels"].queryset = channels.usable(actor)  # type: ignore[attr-defined]


class CommentForm(forms.Form):
    """A word among colleagues."""

    text = forms.CharField(label=_("Your comment"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "comment-%s"})


class TagsForm(forms.Form):
    """The tags of an idea in one line."""

    tags = forms.CharField(
        label=_("Tags, separated by commas"),
        required=False,
        widget=forms.TextInput(attrs={"list": "known-tags", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "idea-%s"})


class PlaceForm(forms.Form):
    """The column an idea lies in."""

    column: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Column"), empty_label=None
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "place-%s"})
        field: Any = self.fields["column"]
        field.queryset = IdeaColumn.objects.filter(pk__in=[c.pk for c in content.columns(actor)])
        field.error_messages["invalid_choice"] = _("There is no such column any more.")
        self.offered = bool(field.queryset)


class MergeForm(forms.Form):
    """The idea that another becomes part of."""

    into: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("Idea"))

    def __init__(self, actor: Actor, idea: Idea, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "merge-%s"})
        field: Any = self.fields["into"]
        field.queryset = content.ideas(actor).exclude(pk=idea.pk)
        field.error_messages["invalid_choice"] = _("This idea is not open any more.")
        self.offered = [(row.pk, row.title) for row in field.queryset[:OFFERED]]
        # Any open idea may be chosen; a list to pick from ends somewhere.
        field.widget.choices = [("", _("Choose one")), *self.offered]


class FeedForm(forms.Form):
    """A feed to follow."""

    url = forms.URLField(label=_("Address of the feed"), max_length=500, assume_scheme="https")
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Department"), required=False, empty_label=_("All")
    )
    every_hours = forms.TypedChoiceField(
        label=_("How often"),
        coerce=int,
        initial=6,
        choices=[(1, _("Every hour")), (6, _("Every 6 hours")), (24, _("Once a day"))],
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = people.departments(actor, Capability.CAMPAIGN)
        self.fields["department"].queryset = mine  # type: ignore[attr-defined]


FIRST = (_("Inbox"), _("Explore"), _("Ready"))


class ColumnsForm(forms.Form):
    """The names of the board's columns from left to right; an empty one goes.

    Each place keeps its column, so that renaming moves no idea; `order` says where it stands.
    """

    def __init__(self, columns: list[IdeaColumn], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        starting = [c.name for c in columns] or [str(name) for name in FIRST]
        for at in range(COLUMNS_MAX):
            label = _("Column %(n)s") % {"n": at + 1}
            name = starting[at] if at < len(starting) else ""
            self.fields[f"name_{at}"] = forms.CharField(
                label=label, max_length=40, required=False, initial=name
            )
            self.fields[f"order_{at}"] = forms.IntegerField(
                label=_("Place"), min_value=1, max_value=COLUMNS_MAX, initial=at + 1
            )

    def rows(self) -> list[tuple[Any, Any]]:
        """The fields in pairs, for the page."""
        return [(self[f"name_{at}"], self[f"order_{at}"]) for at in range(COLUMNS_MAX)]

    def chosen(self) -> list[tuple[IdeaColumn | None, str]]:
        """What was said, in its order."""
        said = []
        for at in range(COLUMNS_MAX):
            name = self.cleaned_data[f"name_{at}"].strip()
            column = self.columns[at] if at < len(self.columns) else None
            if name:
                said.append((self.cleaned_data[f"order_{at}"], at, column, name))
        return [(column, name) for _order, _at, column, name in sorted(said, key=lambda s: s[:2])]

"""What is said of a campaign."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.rooms.channels import queries as channels
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan import utm
from unisono.rooms.plan.briefs import TIES, WORDS, Details, Link, details_of
from unisono.rooms.plan.models import Campaign
from unisono.rooms.plan.utm import Pattern
from unisono.screens.strategy.forms import Day


def words(label: Any, help_text: Any = "", rows: int = 3) -> forms.CharField:
    """A few lines that may be left out."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, widget=widget, help_text=help_text)


def several(label: Any) -> Any:
    """Any number of rows, as boxes to tick."""
    return forms.ModelMultipleChoiceField(
        queryset=None, label=label, required=False, widget=forms.CheckboxSelectMultiple
    )


def parameter(label: str, help_text: Any = "") -> forms.CharField:
    """A link parameter; its name is the same in every language."""
    return forms.CharField(
        label=label, required=False, max_length=utm.LONGEST, help_text=help_text,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
    )  # fmt: skip


def offer_departments(field: Any, actor: Actor) -> None:
    """The departments whose campaigns one may make; the whole organization to whom it is open."""
    field.queryset = people.departments(actor, Capability.CAMPAIGN)
    if actor.can(Capability.CAMPAIGN):
        field.required, field.empty_label = False, _("The whole organization")
    elif field.queryset.count() == 1:
        field.empty_label = None


class CampaignForm(forms.Form):
    """A campaign: a window of days with a brief, who takes part, and what its links carry."""

    name = forms.CharField(label=_("Name"), max_length=120)
    brief = words(_("In short"), _("What it is about. Every author reads it."), 4)
    starts_on = Day(label=_("First day"))
    ends_on = Day(label=_("Last day"))
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("Department"))
    objective: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Objective"), required=False, empty_label=_("No objective"),
        help_text=_("What its posts earn counts for it, unless a post says otherwise."),
    )  # fmt: skip
    owner: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Owner"), required=False, empty_label=_("You")
    )
    goal = words(_("Goal"), _("What is different when it has worked."))
    message = words(_("Message"), _("The one sentence people should remember."))
    tone = words(_("Tone"))
    dos = words(_("Do"))
    donts = words(_("Do not"))
    links = words(_("Links"), _("One a line: the address, then what is there."))
    budget = words(_("Budget"), _("A note; nothing is counted by it."), 2)
    departments = several(_("Departments that take part"))
    audiences = several(_("Audiences"))
    channels = several(_("Channels"))
    objectives = several(_("Helps these objectives as well"))
    code = forms.CharField(
        label=_("Short name in links"), max_length=60, required=False,
        help_text=_("Stands for {campaign}. Left empty, it is made of the name."),
    )  # fmt: skip
    utm_source = parameter("utm_source")
    utm_medium = parameter("utm_medium")
    utm_campaign = parameter("utm_campaign")
    utm_content = parameter("utm_content")
    utm_term = parameter("utm_term")
    utm_hosts = words(_("Hosts that are left alone"), _("One a line, such as shop.example."), 2)
    utm_replace = forms.BooleanField(
        label=_("Replace parameters a link has already"), required=False
    )

    def __init__(self, actor: Actor, row: Campaign | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        offered: dict[str, QuerySet[Any]] = {
            "departments": people.departments(actor),
            "objective": plan.objectives(actor),
            "objectives": plan.objectives(actor),
            "owner": people.members(actor).filter(state="active"),
            "audiences": plan.audiences(actor),
            "channels": channels.usable(actor),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        offer_departments(self.fields["department"], actor)

    @property
    def says_more(self) -> bool:
        """Whether the brief says more than what is always shown."""
        return any(self[name].value() or self[name].errors for name in (*WORDS, "links"))

    @property
    def tags(self) -> bool:
        """Whether anything is said of links."""
        names = ("code", "hosts", *utm.PARAMETERS)
        found = (self[name if name == "code" else f"utm_{name}"] for name in names)
        return any(one.value() or one.errors for one in found)

    def values(self) -> dict[str, Any]:
        """What the verbs take. What the reader cannot see of a campaign's ties stays."""
        said = self.cleaned_data
        ties: dict[str, Any] = {name: list(said[name]) for name in TIES}
        if self.row:
            before = details_of(self.row)
            for name, rows in ties.items():
                offered = set(self.fields[name].queryset)  # type: ignore[attr-defined]
                rows += [one for one in getattr(before, name) if one not in offered]
        names = ("name", "brief", "starts_on", "ends_on", "department", "objective", "owner")
        details = Details(
            **{name: said[name] for name in WORDS},
            **ties,
            links=[_link(line) for line in said["links"].splitlines() if line.strip()],
            code=said["code"],
            utm=Pattern(
                **{name: said[f"utm_{name}"] for name in utm.PARAMETERS},
                hosts=tuple(said["utm_hosts"].split()),
                replace=said["utm_replace"],
            ),
        )
        return {**{name: said[name] for name in names}, "details": details}

    @staticmethod
    def of(campaign: Campaign) -> dict[str, Any]:
        """What the form starts with for a campaign that exists."""
        names = ("name", "brief", "starts_on", "ends_on", "code", *WORDS)
        said = {name: getattr(campaign, name) for name in names}
        pattern = Pattern.of(campaign.utm)
        said |= {f"utm_{name}": getattr(pattern, name) for name in utm.PARAMETERS}
        said |= {"utm_hosts": "\n".join(pattern.hosts), "utm_replace": pattern.replace}
        said["links"] = "\n".join(f"{link['url']} {link['name']}" for link in campaign.links)
        said |= {name: [one.pk for one in getattr(campaign, name).all()] for name in TIES}
        for name in ("department", "objective", "owner"):
            said[name] = getattr(campaign, f"{name}_id")
        return said


def _link(line: str) -> Link:
    url, _space, name = line.strip().partition(" ")
    return Link(url, name.strip())


class CopyForm(forms.Form):
    """The same campaign at other dates."""

    name = forms.CharField(label=_("Name"), max_length=120)
    starts_on = Day(
        label=_("First day"), help_text=_("All other dates move by the same number of days.")
    )
    drafts = forms.BooleanField(
        label=_("Copy its posts as drafts"), required=False,
        help_text=_("At the same times of their new days; what would lie in the past has none."),
    )  # fmt: skip


class KeepForm(forms.Form):
    """What a campaign did as a template."""

    name = forms.CharField(label=_("Name"), max_length=120)
    day = Day(
        label=_("The day it was about"),
        help_text=_("Every step is kept as so many days before or after it."),
    )
    note = words(_("Note"))

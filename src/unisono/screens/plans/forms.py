from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.kernel.clock import resolve
from unisono.rooms.channels import queries as channels
from unisono.rooms.orchestration.models import Plan
from unisono.rooms.orchestration.plans.models import Freedom, Within
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.people.queries import departments_seen
from unisono.rooms.publishing.queue import undated


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
    within = forms.ChoiceField(
        label=_("How far posts may be moved"), choices=Within.choices, initial=Within.THREE
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
            "within": self.cleaned_data["within"],
        }


class AgainForm(forms.Form):
    """From when until when nothing goes out, by the actor's clock; or a post of the `plan`'s
    departments, approved and without a time, that is urgent."""

    first = forms.DateTimeField(
        label=_("Nothing goes out from"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )
    until = forms.DateTimeField(
        label=_("until"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    urgent = forms.ChoiceField(
        label=_("Urgent: goes out as soon as it may"),
        required=False,
        help_text=_("Posts that are approved and have no time yet."),
    )

    def __init__(self, actor: Actor, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.usable = [row for row in channels.channels(actor) if row.state != "disconnected"]
        usable = [(str(row.pk), row.name) for row in self.usable]
        self.fields["channel"].choices = [("", _("All channels")), *usable]  # type: ignore[attr-defined]
        waiting = undated(actor).filter(post__department__in=plan.departments)
        self.waiting = {str(row.post_id): row.post for row in waiting}
        titles = [(pk, post.title) for pk, post in self.waiting.items()]
        self.fields["urgent"].choices = [("", _("None")), *titles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if self.errors:
            return told
        if bool(told["first"]) != bool(told["until"]):
            missing = "until" if told["first"] else "first"
            self.add_error(missing, _("Give both the beginning and the end."))
        return told

    def told(self, zone: str) -> dict[str, Any]:
        """As the verb takes it."""
        found: dict[str, Any] = {"closed": [], "urgent": []}
        if self.cleaned_data["first"]:
            walls = [self.cleaned_data[name].replace(tzinfo=None) for name in ("first", "until")]
            first, until = (resolve(wall, zone).instant for wall in walls)
            chosen = self.cleaned_data["channel"]
            channel = next((one for one in self.usable if str(one.pk) == chosen), None)
            found["closed"] = [(first, until, channel)]
        if self.cleaned_data["urgent"]:
            found["urgent"] = [self.waiting[self.cleaned_data["urgent"]]]
        return found

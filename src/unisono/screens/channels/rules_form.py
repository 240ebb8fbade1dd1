"""The form of a channel's house rules. Empty lines are no rule; two more are always offered."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.rooms.channels.house import DAILY_MAX, GAP_MAX, LIST_MAX
from unisono.rooms.channels.rules import EVERY_DAY, Blackout, Quiet, Rules
from unisono.rooms.people.models import Department
from unisono.screens.calendar.grid import first_weekday
from unisono.screens.series.words import weekday_names

MORE = 2


def weekdays_from(first: int) -> list[tuple[str, str]]:
    """The weekdays as the reader's weeks begin."""
    names = weekday_names("abbreviated")
    return [(str(day % 7), names[day % 7]) for day in range(first, first + 7)]


class RulesForm(forms.Form):
    """All rules of one channel. Departments are those of the organization."""

    gap_minutes = forms.IntegerField(
        label=_("Minutes between two posts"), required=False, min_value=0, max_value=GAP_MAX
    )
    daily_most = forms.IntegerField(
        label=_("Posts a day at most"), required=False, min_value=0, max_value=DAILY_MAX
    )
    one_topic_a_day = forms.BooleanField(
        label=_("At most one post on a topic a day"),
        required=False,
        help_text=_("A topic is a tag of the idea a post was made of."),
    )
    zone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        required=False,
        help_text=_("Days, hours and months are counted in it."),
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )

    def __init__(
        self, departments: list[Department], rules: Rules, language: str, data: Any = None
    ) -> None:
        super().__init__(data)
        self.departments = departments
        for name in ("gap_minutes", "daily_most"):
            self.fields[name].initial = getattr(rules, name) or None
        self.fields["one_topic_a_day"].initial = rules.one_topic_a_day
        self.fields["zone"].initial = rules.zone
        for department in departments:
            share = forms.IntegerField(
                label=department.name,
                required=False,
                min_value=0,
                max_value=100,
                initial=rules.shares.get(department.pk),
            )
            self.fields[f"share-{department.pk}"] = share
        choices = weekdays_from(first_weekday(language))
        for n in range(_lines("quiet", len(rules.quiet), data)):
            self._quiet(n, rules.quiet[n] if n < len(rules.quiet) else None, choices)
        for n in range(_lines("dark", len(rules.blackouts), data)):
            self._dark(n, rules.blackouts[n] if n < len(rules.blackouts) else None)

    def _quiet(self, n: int, quiet: Quiet | None, choices: list[tuple[str, str]]) -> None:
        for part, label in (("starts", _("Quiet from")), ("ends", _("until"))):
            self.fields[f"quiet-{n}-{part}"] = forms.TimeField(
                label=label,
                required=False,
                initial=getattr(quiet, part, None),
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            )
        days = quiet.weekdays if quiet else EVERY_DAY
        self.fields[f"quiet-{n}-weekdays"] = forms.MultipleChoiceField(
            label=_("beginning on"),
            required=False,
            choices=choices,
            initial=[str(day) for day in days],
            widget=forms.CheckboxSelectMultiple,
        )

    def _dark(self, n: int, dark: Blackout | None) -> None:
        self.fields[f"dark-{n}-name"] = forms.CharField(
            label=_("Known as"), required=False, max_length=80, initial=dark.name if dark else ""
        )
        for part, label in (("first", _("First day")), ("last", _("Last day"))):
            self.fields[f"dark-{n}-{part}"] = forms.DateField(
                label=label,
                required=False,
                initial=getattr(dark, part, None),
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )

    @property
    def shares(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("share-")]

    @property
    def quiets(self) -> list[list[forms.BoundField]]:
        """The lines of quiet hours: from, until, weekdays."""
        return self._grouped("quiet", ("starts", "ends", "weekdays"))

    @property
    def darks(self) -> list[list[forms.BoundField]]:
        """The lines of days without posts: name, first, last."""
        return self._grouped("dark", ("name", "first", "last"))

    def _grouped(self, kind: str, parts: tuple[str, ...]) -> list[list[forms.BoundField]]:
        count = sum(1 for name in self.fields if name.startswith(f"{kind}-")) // len(parts)
        return [[self[f"{kind}-{n}-{part}"] for part in parts] for n in range(count)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for starts, ends, _weekdays in self.quiets:
            given = [bool(self._said(one)) for one in (starts, ends)]
            if any(given) and not all(given):
                missing = ends if given[0] else starts
                self.add_error(missing.name, _("Say both hours, or leave both empty."))
        for name, first, last in self.darks:
            if self._said(name) and not self._said(first) and first.name not in self.errors:
                self.add_error(first.name, _("Choose the day."))
            if (self._said(first) or self._said(last)) and not self._said(name):
                self.add_error(name.name, _("Say what the days are known as."))
        return data

    def _said(self, field: forms.BoundField) -> Any:
        return self.data.get(field.name, "").strip()

    def rules(self) -> Rules:
        """What was said, once valid."""
        data = self.cleaned_data
        return Rules(
            zone=data["zone"],
            gap_minutes=data["gap_minutes"] or 0,
            daily_most=data["daily_most"] or 0,
            one_topic_a_day=data["one_topic_a_day"],
            shares={
                UUID(name.removeprefix("share-")): value
                for name, value in data.items()
                if name.startswith("share-") and value is not None
            },
            quiet=tuple(
                Quiet(_hour(data[starts.name]), _hour(data[ends.name]), _days(data[days.name]))
                for starts, ends, days in self.quiets
                if data[starts.name] is not None
            ),
            blackouts=tuple(
                Blackout(data[name.name], data[first.name], data[last.name] or data[first.name])
                for name, first, last in self.darks
                if data[first.name]
            ),
        )


def _lines(kind: str, known: int, data: Any) -> int:
    """How many lines there are: those sent, or those kept and a few more."""
    if data is None:
        return min(known + MORE, LIST_MAX)
    sent = 0
    while f"{kind}-{sent}-{'starts' if kind == 'quiet' else 'name'}" in data and sent < LIST_MAX:
        sent += 1
    return sent


def _hour(at: time) -> time:
    return at.replace(second=0, microsecond=0)


def _days(values: list[str]) -> frozenset[int]:
    return frozenset(map(int, values))

"""What is said of a series: what its posts start as, and when they come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from unisono.rooms.channels import queries as channels
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Series, SeriesChannel
from unisono.rooms.content.recurrence import INTERVAL_MAX, NTH, OCCURRENCES_MAX, End, Rule
from unisono.rooms.content.series import Pattern, Rhythm
from unisono.rooms.library.models import Asset
from unisono.rooms.people.actors import Actor
from unisono.screens.posts.board import Part
from unisono.screens.posts.follow_ups import FollowUps, own_or_none
from unisono.screens.posts.forms import PlaceForm
from unisono.screens.series.words import nth_name, weekday_names

ENDS = (("until", _("On a day")), ("count", _("After a number of posts")))


def _periods() -> list[tuple[str, str]]:
    return [
        ("day", gettext("days")),
        ("week", gettext("weeks")),
        ("month", gettext("months")),
        ("year", gettext("years")),
    ]


def _weekdays() -> list[tuple[str, str]]:
    first = gettext("as the first day")
    return [("", first), *((str(day), name) for day, name in enumerate(weekday_names()))]


def _short_weekdays() -> list[tuple[str, str]]:
    return [(str(day), name) for day, name in enumerate(weekday_names("abbreviated"))]


def _nths() -> list[tuple[str, str]]:
    day = gettext("the same day of the month")
    return [("0", day), *((str(nth), nth_name(nth)) for nth in NTH)]


@dataclass(frozen=True)
class Side:
    """What one channel of a series says: its own text ("": the common one) and the follow-ups as
    they stand for it. `own`: it does not follow the common ones in all."""

    channel: Channel
    text: str
    parts: list[Part]
    own: bool

    @property
    def where(self) -> str:
        return str(self.channel.pk)


def _numbered(where: str, texts: list[str]) -> list[Part]:
    return [Part(where, n, text, []) for n, text in enumerate(texts, start=1)]


class Day(forms.DateField):
    """A day, picked or typed."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RhythmForm(forms.Form):
    """When the posts of a series come."""

    day = Day(label=_("First day"))
    at = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    zone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    interval = forms.IntegerField(label=_("Every"), min_value=1, max_value=INTERVAL_MAX)
    every = forms.ChoiceField(label=_("Period"), choices=_periods)
    weekdays = forms.MultipleChoiceField(
        label=_("On these weekdays"),
        required=False,
        choices=_short_weekdays,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: the weekday of the first day."),
    )
    nth = forms.ChoiceField(label=_("On"), required=False, choices=_nths)
    weekday = forms.ChoiceField(label=_("Weekday"), required=False, choices=_weekdays)
    ends = forms.ChoiceField(label=_("It ends"), choices=ENDS, widget=forms.RadioSelect)
    until = Day(label=_("Last day"), required=False)
    count = forms.IntegerField(
        label=_("How many posts"), required=False, min_value=1, max_value=OCCURRENCES_MAX
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("until", "count"):
            if given.get("ends") == name and given.get(name) is None and name not in self.errors:
                self.add_error(name, _("Say when the series ends: on a day, or after a number."))
        return given

    def rhythm(self) -> Rhythm:
        """What was said, for the verb."""
        given = self.cleaned_data
        nth = int(given["nth"] or 0) if given["every"] == "month" else 0
        chosen = [given["weekday"]] * bool(given["weekday"]) if nth else given["weekdays"]
        until = given["ends"] == "until"
        return Rhythm(
            Rule(given["every"], given["interval"], tuple(int(day) for day in chosen), nth),
            datetime.combine(given["day"], given["at"].replace(second=0, microsecond=0)),
            given["zone"].strip(),
            End(given["until"], None) if until else End(None, given["count"]),
        )

    @staticmethod
    def starting(wall: datetime, zone: str) -> dict[str, Any]:
        """What the form starts with around a first time: weekly, for some months."""
        return {
            "day": wall.date(),
            "at": wall.time(),
            "zone": zone,
            "interval": 1,
            "every": "week",
            "weekdays": [],
            "nth": "0",
            "weekday": "",
            "ends": "count",
            "count": 12,
        }

    @classmethod
    def rhythm_of(cls, series: Series) -> dict[str, Any]:
        """What the form starts with for a series that exists."""
        rule, anchor = series.rule, series.anchor
        weekly = rule.every == "week"
        return {
            **cls.starting(anchor, series.zone),
            "interval": rule.interval,
            "every": rule.every,
            "weekdays": [str(day) for day in rule.weekdays] if weekly else [],
            "nth": str(rule.nth),
            "weekday": str(rule.weekdays[0]) if rule.nth else "",
            "ends": "until" if series.until else "count",
            "until": series.until,
            "count": series.count,
        }


class SeriesForm(RhythmForm, PlaceForm, FollowUps):
    """All of a series. `series` is the one that is changed; without it a new one is made."""

    text = forms.CharField(label=_("Text"), required=False, widget=forms.Textarea, strip=False)
    channels: forms.ModelMultipleChoiceField[Channel] = forms.ModelMultipleChoiceField(
        queryset=None, label=_("Channels"), widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, actor: Actor, *args: Any, series: Series | None = None, **kwargs: Any
    ) -> None:
        super().__init__(actor, *args, **kwargs)
        self.series = series
        usable = channels.usable(actor)
        if series:
            usable = Channel.objects.filter(Q(pk__in=usable) | Q(series__series=series)).distinct()
        self.fields["channels"].queryset = usable  # type: ignore[attr-defined]
        self.parts = list(series.channels.select_related("channel", "series")) if series else []
        self.images = list(series.images.select_related("asset")) if series else []

    def pattern(self, fresh: list[Asset]) -> Pattern:
        """What was said, for the verb, with the images just uploaded after those kept."""
        given = self.cleaned_data
        kept = set(self.data.getlist("keep"))  # type: ignore[attr-defined]
        images: list[tuple[Asset, str | None]] = [
            (image.asset, self.data.get(f"alt-{image.asset_id}", image.alt))
            for image in self.images
            if str(image.asset_id) in kept
        ]
        return Pattern(
            title=given["title"],
            department=given["department"],
            channels=list(given["channels"]),
            text=given["text"],
            follow_ups=self._common(),
            language=given["language"],
            campaign=given["campaign"],
            objective=given["objective"],
            words={part.channel_id: self._own(part) for part in self.parts},
            own_follow_ups={part.channel_id: self._own_follow_ups(part) for part in self.parts},
            options={part.channel_id: part.options for part in self.parts},
            images=[*images, *((asset, None) for asset in fresh)],
        )

    def sides(self) -> list[Side]:
        """Each channel of the pattern with what it says itself."""
        return [
            Side(
                part.channel,
                self._own(part) or "",
                _numbered(str(part.channel_id), self._shown(part)),
                self._own(part) is not None or self._own_follow_ups(part) is not None,
            )
            for part in self.parts
        ]

    def follow_ups(self) -> list[Part]:
        """The common follow-ups as they stand in the form."""
        return _numbered("common", self._common())

    def kept(self) -> set[str]:
        """The images that stay, by id."""
        if not self.is_bound:
            return {str(image.asset_id) for image in self.images}
        return set(self.data.getlist("keep"))  # type: ignore[attr-defined]

    def _common(self) -> list[str]:
        typed = self.parts_in("common") if self.is_bound else None
        kept: list[str] = self.series.follow_ups if self.series else []
        return kept if typed is None else typed

    def _own_follow_ups(self, part: SeriesChannel) -> list[str] | None:
        before: list[str] | None = part.follow_ups
        if not self.is_bound:
            return before
        common = (part.series.follow_ups, self._common())
        return own_or_none(self.parts_in(str(part.channel_id)), before, common)

    def _shown(self, part: SeriesChannel) -> list[str]:
        own = self._own_follow_ups(part)
        return self._common() if own is None else own

    def _own(self, part: Any) -> str | None:
        typed = self.data.get(f"words-{part.channel_id}") if self.is_bound else part.text
        return typed if typed and typed.strip() else None

    @classmethod
    def of(cls, series: Series) -> dict[str, Any]:
        """What the form starts with for a series that exists."""
        return {
            **cls.rhythm_of(series),
            "title": series.title,
            "text": series.text,
            "language": series.language,
            "department": series.department_id,
            "campaign": series.campaign_id,
            "objective": series.objective_id,
            "channels": list(series.channels.values_list("channel", flat=True)),
            "version": series.version,
        }

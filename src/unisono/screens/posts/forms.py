"""What is typed into the composer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.kernel.clock import to_wall
from unisono.networks import registry
from unisono.networks.contract import Field
from unisono.rooms.channels import queries as channels
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Post, PostImage, Variant
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department, Language
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import Audience, Campaign, Objective
from unisono.screens.posts.follow_ups import FollowUps, own_or_none, unified

EVERY = "all"
"""What the time's form sends when it means every channel."""


class PlaceForm(forms.Form):
    """The fields every post has; choices are what the actor may use."""

    title = forms.CharField(label=_("Title"), max_length=160, strip=True)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    department: forms.ModelChoiceField[Department] = forms.ModelChoiceField(
        None, label=_("Department")
    )
    campaign: forms.ModelChoiceField[Campaign] = forms.ModelChoiceField(
        None, label=_("Campaign"), required=False, empty_label=_("No campaign")
    )
    objective: forms.ModelChoiceField[Objective] = forms.ModelChoiceField(
        None,
        label=_("Objective"),
        required=False,
        empty_label=_("As its campaign"),
    )

    audiences: forms.ModelMultipleChoiceField[Audience] = forms.ModelMultipleChoiceField(
        queryset=None,
        label=_("Audiences"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without any, those of its campaign."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, Any] = {
            "department": people.departments(actor, Capability.WRITE),
            "campaign": plan.campaigns(actor),
            "objective": plan.objectives(actor),
            "audiences": plan.audiences(actor),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        if offered["department"].count() == 1:
            self.fields["department"].empty_label = None  # type: ignore[attr-defined]


class NewPostForm(PlaceForm):
    """A new post: where it belongs, its first words, and its channels."""

    text = forms.CharField(label=_("Text"), required=False, widget=forms.Textarea, strip=False)
    channels: forms.ModelMultipleChoiceField[Channel] = forms.ModelMultipleChoiceField(
        queryset=None,
        label=_("Channels"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    field_order = ("title", "text", "channels", "department", "campaign", "objective", "language")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        self.fields["channels"].queryset = channels.usable(actor)  # type: ignore[attr-defined]


class TextForm(PlaceForm, FollowUps):
    """All that the composer saves by itself."""

    def __init__(self, actor: Actor, post: Post, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        self.post = post

    text = forms.CharField(required=False, strip=False)
    version = forms.IntegerField(required=False)

    def values(self) -> dict[str, Any]:
        """What the verb takes. Audiences that were not shown stay as they are."""
        said = dict(self.cleaned_data)
        if "shows-audiences" not in self.data:
            return {**said, "audiences": None}
        return {**said, "audiences": [*said["audiences"], *self._others()]}

    def _others(self) -> list[Audience]:
        """Those of the post that this person is not offered."""
        return list(self.post.audiences.exclude(pk__in=self.fields["audiences"].queryset))  # type: ignore[attr-defined]

    def words(self, post: Post, variants: list[Variant]) -> dict[UUID, str | None]:
        """Each variant's own text. Words equal to the common ones, old or new, follow them."""
        common = {unified(post.text), unified(self.cleaned_data["text"])}
        found: dict[UUID, str | None] = {}
        for variant in variants:
            own = self.data.get(f"text-{variant.pk}")
            if self.data.get("follow") == str(variant.pk):
                found[variant.pk] = None
            elif own is not None:
                own = unified(own)
                follows = own in common and (variant.text is None or own != variant.text)
                found[variant.pk] = None if follows else own
        return found

    def follow_ups(self) -> list[str] | None:
        """The common follow-ups; None where they were not shown."""
        return self.parts_in("common")

    def own_follow_ups(self, post: Post, variants: list[Variant]) -> dict[UUID, list[str] | None]:
        """Each variant's own follow-ups; those equal to the common ones, old or new, follow."""
        common = (post.follow_ups, self.follow_ups())
        found: dict[UUID, list[str] | None] = {}
        for variant in variants:
            own = self.parts_in(str(variant.pk))
            if self.data.get("follow") == str(variant.pk):
                found[variant.pk] = None
            elif own is not None:
                found[variant.pk] = own_or_none(own, variant.follow_ups, common)
        return found

    def options(self, variants: list[Variant]) -> dict[UUID, dict[str, str]]:
        """What was chosen of each network's own options."""
        found: dict[UUID, dict[str, str]] = {}
        for variant in variants:
            chosen = {
                option.name: self.data[name]
                for option in offered(variant)
                if (name := option_name(variant, option)) in self.data
            }
            if chosen:
                found[variant.pk] = {**variant.options, **chosen}
        return found

    def alts(self, images: list[PostImage]) -> dict[UUID, str]:
        """Each image's alt text."""
        named = {image.pk: self.data.get(f"alt-{image.pk}") for image in images}
        return {pk: alt for pk, alt in named.items() if alt is not None}


class TimeForm(forms.Form):
    """A wall time in a zone; `wipe` takes it away. Without a variant it is meant for all.

    A button that offers a time sends it as `way`, an instant or a wall time in the zone, which
    counts before day and time.
    """

    day = forms.DateField(label=_("Day"), required=False)
    time = forms.TimeField(label=_("Time"), required=False)
    zone = forms.CharField(label=_("Time zone"), max_length=60, required=False)
    variant = forms.CharField(label=_("Channel"), required=False)

    def clean_variant(self) -> UUID | None:
        """The one channel's variant; None stands for all of them."""
        asked = self.cleaned_data["variant"]
        if asked in ("", EVERY):
            return None
        try:
            return UUID(asked)
        except ValueError:
            raise forms.ValidationError(_("Choose one of the channels.")) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "wipe" in self.data:
            return {**data, "day": None, "time": None}
        if self.data.get("way"):
            return {**data, **self._offered(data.get("zone") or "UTC")}
        if not data.get("day") and "day" not in self.errors:
            self.add_error("day", _("Choose a day."))
        if data.get("day") and not data.get("time") and "time" not in self.errors:
            self.add_error("time", _("Choose a time as well."))
        return data

    def _offered(self, zone: str) -> dict[str, Any]:
        try:
            at = datetime.fromisoformat(self.data["way"])
            wall = to_wall(at, zone) if at.tzinfo else at
        except ValueError:
            raise forms.ValidationError(_("This is not a day and a time.")) from None
        for name in ("day", "time"):
            self.errors.pop(name, None)
        return {"day": wall.date(), "time": wall.time()}

    @property
    def along(self) -> bool:
        """Whether what follows the post is to be moved with it."""
        return "along" in self.data

    @property
    def wall(self) -> datetime | None:
        """The naive wall time, once valid."""
        day, at = self.cleaned_data["day"], self.cleaned_data["time"]
        return datetime.combine(day, at) if day else None


def offered(variant: Variant) -> tuple[Field, ...]:
    """The options the variant's network declares."""
    channel = variant.channel
    return registry.adapter(channel.network).options_for(channel.account)


def option_name(variant: Variant, option: Field) -> str:
    """The name of an option's control in the composer."""
    return f"option-{variant.pk}-{option.name}"

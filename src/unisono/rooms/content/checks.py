"""What stands against a variant, and what to advise; asked while typing and again at every gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from unisono.networks import registry
from unisono.networks.contract import Adapter, Continues
from unisono.networks.text import entities
from unisono.rooms.channels.sentences import said
from unisono.rooms.content import snapshot, tagging
from unisono.rooms.content.models import PostImage, Variant


@dataclass(frozen=True)
class Remark:
    """One finding as people read it: level is bad, warn or ok; `about` names its origin."""

    level: str
    code: str
    sentence: str
    field: str
    about: str

    def as_data(self) -> dict[str, str]:
        return {
            "level": self.level,
            "code": self.code,
            "sentence": self.sentence,
            "field": self.field,
        }


def findings(variant: Variant, images: list[PostImage] | None = None) -> list[Remark]:
    """All remarks on the variant as it stands: its network's, then the house's own."""
    if images is None:
        images = list(variant.post.images.select_related("asset"))
    channel = variant.channel
    adapter = registry.adapter(channel.network)
    remarks = [
        Remark(f.level, f.code, said(f.message), f.field, channel.name)
        for f in adapter.check(snapshot.draft(variant, images), channel.account)
    ]
    remarks += _follow_ups(variant, adapter)
    if (words := tagging.words(variant)) != variant.words:
        remarks.append(_tagged(channel.name, variant, words))
    if channel.state != "connected":
        remarks.append(
            Remark(
                "warn",
                "channel_needs_sign_in",
                _("This channel must be connected again before anything can go out on it."),
                "channels",
                channel.name,
            )
        )
    return remarks


def _tagged(channel_name: str, variant: Variant, words: str) -> Remark:
    """Says what the preview shows: links that are not what was typed."""
    shown = [entity.text for entity in entities(words) if entity.kind == "url"]
    typed = {entity.text for entity in entities(variant.words) if entity.kind == "url"}
    first = next((link for link in shown if link not in typed), "")
    sentence = _("Links go out with the campaign's parameters: %(link)s") % {"link": first}
    return Remark("ok", "utm", sentence, "text", channel_name)


def _follow_ups(variant: Variant, adapter: Adapter) -> list[Remark]:
    """Remarks on the follow-ups; each names the part it is about, the post being the first."""
    channel, parts = variant.channel, variant.parts
    if parts and not adapter.offers(Continues):
        sentence = _("%(network)s takes no follow-ups. Take them away for this channel.")
        told = sentence % {"network": adapter.label}
        return [Remark("bad", "follow_ups", told, "follow_ups", channel.name)]
    return [
        Remark(f.level, f.code, _part(number, said(f.message)), "follow_ups", channel.name)
        for number in range(1, len(parts) + 1)
        for f in adapter.check(snapshot.draft(variant, [], number), channel.account)
    ]


def _part(number: int, sentence: str) -> str:
    return _("Part %(number)s: %(sentence)s") % {"number": number + 1, "sentence": sentence}


def house_findings(variant: Variant) -> list[Remark]:
    """Remarks on the post itself rather than on one network."""
    post = variant.post
    objective = post.serves
    if objective is None:
        return [
            Remark(
                "warn",
                "no_objective",
                _("No objective yet: say which one this content serves."),
                "objective",
                _("Objective"),
            )
        ]
    return [
        Remark(
            "ok",
            "objective",
            _("Serves “%(objective)s”.") % {"objective": objective.name},
            "objective",
            _("Objective"),
        )
    ]


def measure(variant: Variant, text: str | None = None) -> dict[str, Any]:
    """The counter under the text, or another one, as it is sent: {length, limit, over, unit}."""
    adapter = registry.adapter(variant.channel.network)
    account = variant.channel.account
    limits = adapter.limits(account)
    words = tagging.as_sent(variant, variant.words if text is None else text)
    length = adapter.length(words, account)
    return {
        "length": length,
        "limit": limits.text_max,
        "over": max(0, length - limits.text_max),
        "unit": limits.text_unit,
    }

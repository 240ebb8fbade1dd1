"""The house rules in a verb: a plan that breaks one is refused, with ways out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unisono.kernel import clock, events
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed
from unisono.rooms.channels.models import HouseRules
from unisono.rooms.channels.rules import of_row
from unisono.rooms.content.models import Variant
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing.models import Override
from unisono.rooms.publishing.pacing.lane import Finding, Place
from unisono.rooms.publishing.pacing.queries import lanes, span_around, topics_of
from unisono.rooms.publishing.pacing.ways import Ask, Way, findings, ways_out
from unisono.rooms.publishing.pacing.words import Reader, reader, said

REASON_MAX = 500

Against = tuple[Variant, Finding, str]
"""A post on a channel, what its time breaks there, and that as a sentence."""


class Collides(Conflict):
    """A house rule of a channel is against this time.

    `against` says what; `ways` are other times at which all `variants` may go out together;
    `may_override` whether the actor could plan it so nevertheless, giving a reason.
    """

    code = "collides"

    def __init__(
        self,
        variants: Sequence[Variant],
        at: datetime,
        zone: str,
        against: Sequence[Against],
        ways: Sequence[Way],
        *,
        eyes: Reader,
        may_override: bool,
    ) -> None:
        self.variants, self.at, self.zone = list(variants), at, zone
        self.against, self.ways, self.may_override = list(against), list(ways), may_override
        data = {
            "findings": [_finding(*one, eyes) for one in against],
            "ways_out": [way_shape(way, zone) for way in ways],
        }
        super().__init__(" ".join(self.sentences), field="at", data=data)

    @property
    def sentences(self) -> list[str]:
        """What is against it, each with its channel."""
        return [
            _("%(channel)s: %(sentence)s") % {"channel": v.channel.name, "sentence": sentence}
            for v, _found, sentence in self.against
        ]


def collision(
    variants: Sequence[Variant], at: datetime, *, zone: str, by: Actor, now: datetime
) -> Collides | None:
    """What the house rules would say if these went out then; `zone` is that of the ways out."""
    return _collision(variants, at, _rules(variants), zone=zone, by=by, now=now)


def must_fit(
    variants: Sequence[Variant], at: datetime, *, zone: str, anyway: str, by: Actor, now: datetime
) -> None:
    """Raise Collides unless the time keeps to the house rules of every channel concerned.

    With a reason in `anyway` the actor, who must be allowed to, plans it so nevertheless: that is
    recorded, and holds for this instant. Call it inside the verb's transaction, before any other
    lock: until its end nobody else plans on these channels, so that the last place is taken once.
    """
    found = _collision(variants, at, _rules(variants, lock=True), zone=zone, by=by, now=now)
    if found is None:
        return
    broken: dict[UUID, set[str]] = {}
    for variant, finding, _sentence in found.against:
        broken.setdefault(variant.pk, set()).add(finding.kind.value)
    given = Override.objects.filter(variant__in=broken, at=at)
    without_leave = set(broken) - set(given.values_list("variant_id", flat=True))
    if not without_leave:
        return
    reason = anyway.strip()
    if not reason:
        raise found
    if len(reason) > REASON_MAX:
        raise Invalid(
            _("Give the reason in %(n)s characters at most.") % {"n": REASON_MAX}, field="reason"
        )
    for variant in variants:
        if variant.pk in without_leave:
            _override(variant, at, sorted(broken[variant.pk]), reason, by=by, now=now)


def keep_to_oneself(variants: Sequence[Variant]) -> None:
    """Until the transaction's end nobody else plans on the channels of these."""
    _rules(variants, lock=True)


def may_override(actor: Actor, variant: Variant) -> bool:
    """Whether the actor may plan against a rule: in the post's department, or the channel's."""
    return actor.can(Capability.OVERRIDE, variant.post.department_id) or actor.can(
        Capability.OVERRIDE, variant.channel.department_id
    )


def _override(
    variant: Variant, at: datetime, rules: list[str], reason: str, *, by: Actor, now: datetime
) -> None:
    if not may_override(by, variant):
        raise NotAllowed(
            gettext_lazy("Your role does not allow this here. Ask a manager or an admin for it."),
            data={"capability": str(Capability.OVERRIDE)},
        )
    Override.objects.create(
        variant=variant, at=at, rules=rules, reason=reason, given_by=by.member, given_at=now
    )
    events.record(
        "variant.overridden",
        variant,
        by=by,
        now=now,
        at=at.astimezone(UTC).isoformat(),
        rules=rules,
        reason=reason,
    )


def _rules(variants: Sequence[Variant], *, lock: bool = False) -> dict[UUID, HouseRules]:
    rows = HouseRules.objects.filter(channel__in={v.channel_id for v in variants}).order_by("pk")
    if lock:
        # Of the channel's own row the dispatcher makes use; this one is for those who plan.
        rows = rows.select_for_update()
    return {row.channel_id: row for row in rows}


def _collision(
    variants: Sequence[Variant],
    at: datetime,
    rows: dict[UUID, HouseRules],
    *,
    zone: str,
    by: Actor,
    now: datetime,
) -> Collides | None:
    rules = {channel: meant for channel, row in rows.items() if (meant := of_row(row))}
    ruled = [variant for variant in variants if variant.channel_id in rules]
    if not ruled:
        return None
    found = lanes(rules, span_around([at]))
    about = topics_of(ruled) if any(meant.one_topic_a_day for meant in rules.values()) else {}
    asked = {}
    for variant in ruled:
        topics = about.get(variant.pk, frozenset())
        post = variant.post
        wish = Place(variant.pk, at, post.department_id, topics, post.title)
        asked[variant.pk] = Ask(found[variant.channel_id].without(variant.pk), wish)
    asks = list(asked.values())
    against = findings(asks)
    if not against:
        return None
    named, eyes = {variant.pk: variant for variant in ruled}, reader(by)
    told = [
        (named[ask.wish.variant], finding, said(finding, ask.wish, eyes))
        for ask, finding in against
    ]
    ways = ways_out(asks, now=now, zone=zone)
    may = all(may_override(by, variant) for variant, _finding, _sentence in told)
    return Collides(variants, at, zone, told, ways, eyes=eyes, may_override=may)


def _finding(variant: Variant, finding: Finding, sentence: str, eyes: Reader) -> dict[str, Any]:
    other = finding.other
    return {
        "rule": finding.kind.value,
        "sentence": sentence,
        "channel_id": str(variant.channel_id),
        "variant_id": str(variant.pk),
        "limit": finding.limit,
        "other_variant_id": str(other.variant) if other and eyes.sees(other) else None,
        "department_id": str(other.department) if other else None,
    }


def way_shape(way: Way, zone: str) -> dict[str, Any]:
    """A way out for programs, with its wall time in `zone`."""
    return {
        "way": way.name,
        "at": way.at.astimezone(UTC).isoformat(),
        "wall": f"{clock.to_wall(way.at, zone):%Y-%m-%dT%H:%M}",
        "zone": zone,
    }

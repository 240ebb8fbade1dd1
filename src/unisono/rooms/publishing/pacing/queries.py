"""What is planned on channels with house rules, and what does not keep to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.queries import rules_on
from unisono.rooms.channels.rules import Rules
from unisono.rooms.content.models import IdeaTag, Post, Variant
from unisono.rooms.content.queries import seen
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.publishing.models import Override, Publication
from unisono.rooms.publishing.pacing.lane import Finding, Lane, Place, among
from unisono.rooms.publishing.pacing.ways import REACH, Ask, Way, ways_out
from unisono.rooms.publishing.pacing.words import reader, said
from unisono.rooms.publishing.states import LIVE

PLACED = (*LIVE, "published")
"""States in which a publication has its place on the channel."""

A_GAP = timedelta(days=8)
"""Longer than the longest gap a rule can ask for."""


@dataclass(frozen=True)
class Span:
    """Between these instants all that has a place is known, in whole months."""

    start: datetime
    end: datetime


def span_around(instants: Sequence[datetime], reach: timedelta = REACH) -> Span:
    """As far as another time may be looked for from any of the instants, and what matters there."""
    first, last = min(instants) - reach, max(instants) + reach
    following = last.replace(day=1) + timedelta(days=32)
    return Span(first.replace(day=1) - A_GAP, following.replace(day=1) + A_GAP)


def lanes(rules: Mapping[UUID, Rules], span: Span) -> dict[UUID, Lane]:
    """The lanes of these channels. One query, however many."""
    found = {channel: Lane(meant) for channel, meant in rules.items()}
    rows = _placed(rules, span).values_list("channel_id", *_PLACE)
    for channel, *told in rows:
        found[channel].add(_place(told))
    return found


def topics_of(variants: Iterable[Variant]) -> dict[UUID, frozenset[str]]:
    """What each post is about: the tags of the idea it was made of. By the variant; one query."""
    variants = list(variants)
    told = topics_of_posts({variant.post_id: variant.post for variant in variants}.values())
    return {variant.pk: told[variant.post_id] for variant in variants if variant.post.idea_id}


def topics_of_posts(posts: Iterable[Post]) -> dict[UUID, frozenset[str]]:
    """The same by the post; every post is there. One query."""
    ideas = {post.pk: post.idea_id for post in posts}
    known = {idea for idea in ideas.values() if idea}
    told: dict[UUID | None, set[str]] = {}
    if known:
        rows = IdeaTag.objects.filter(idea__in=known).values_list("idea_id", "tag__name")
        for idea, name in rows:
            told.setdefault(idea, set()).add(name)
    return {pk: frozenset(told.get(idea, ())) for pk, idea in ideas.items()}


@dataclass(frozen=True)
class House:
    """Channels with house rules, and what is planned there; other channels take everything."""

    lanes: Mapping[UUID, Lane]

    def free(
        self,
        channel: UUID,
        instants: Iterable[datetime],
        *,
        department: UUID,
        topics: frozenset[str] = frozenset(),
        without: UUID | None = None,
    ) -> list[datetime]:
        """Which of these instants break no rule of the channel, in their order.

        `without` is the variant that would give up the place it has.
        """
        lane = self.lanes.get(channel)
        if lane is None:
            return list(instants)
        if without is not None:
            lane = lane.without(without)
        return [at for at in instants if lane.free(Place(channel, at, department, topics))]


def house_of(channels: Iterable[UUID], instants: Sequence[datetime]) -> House:
    """The house rules of these channels as far as they matter at these instants. Two queries."""
    rules = rules_on(channels) if instants else {}
    return House(lanes(rules, span_around(instants)) if rules else {})


def free_at(
    channel: Channel,
    instants: Iterable[datetime],
    *,
    department_id: UUID,
    topic: str | None = None,
    now: datetime,
) -> list[datetime]:
    """Which of these instants are ahead and break no house rule of the channel, in their order.

    Two queries, however many instants.
    """
    ahead = [at for at in instants if at > now]
    topics = frozenset({topic} if topic else ())
    house = house_of([channel.pk], ahead)
    return house.free(channel.pk, ahead, department=department_id, topics=topics)


@dataclass(frozen=True)
class Clash:
    """A planned post that does not keep to the rules of its channel, and what it breaks.

    `anyway` is the reason for which it was planned so, where somebody gave one.
    """

    place: Place
    post_id: UUID
    publication_id: UUID | None
    state: str
    zone: str
    channel: Channel
    department: Department
    findings: list[Finding]
    anyway: str
    lane: Lane
    known: Span

    @property
    def variant_id(self) -> UUID:
        return self.place.variant

    def ways(self, *, now: datetime, zone: str) -> list[Way]:
        """Where it could go instead."""
        ask = Ask(self.lane.without(self.place.variant), self.place)
        start, end = self.known.start + A_GAP, self.known.end - A_GAP
        return ways_out([ask], now=now, zone=zone, start=max(start, now), end=end)


def collisions(
    actor: Actor, start: datetime, end: datetime, *, reach: timedelta = timedelta()
) -> list[Clash]:
    """What the reader sees of what goes out from `start` up to `end`, or is pencilled in there, and
    breaks a rule. Of two that collide it is the one that came later, or was planned so knowingly.

    `reach` is how far beyond that ways out are wanted. At most six queries, however many posts;
    one where no channel has rules.
    """
    allowed = actor.departments_with(Capability.SEE)
    rules = rules_on()
    if not rules:
        return []
    channels = Channel.objects.in_bulk(list(rules))
    known = span_around([start, end], reach)
    rows = _placed(rules, known).annotate(anyway=_anyway("due_at"))
    placed = [_Row(*row) for row in rows.values_list(*_ROW, *_PLACE)]
    pencilled = [_Row(*row) for row in _pencilled(actor, rules, start, end)]
    departments = actor.departments.by_id({row.department for row in (*placed, *pencilled)})
    found = []
    for channel, meant in rules.items():
        own = [row for row in placed if row.channel == channel]
        order = sorted(own, key=lambda row: (row.anyway is not None, row.since, row.pk))
        lane, told = among(meant, [row.place for row in order], start, end)
        told += [
            (row.place, against)
            for row in pencilled
            if row.channel == channel and (against := lane.findings(row.place))
        ]
        drawn = {(row.variant, row.at): row for row in (*pencilled, *own)}
        for place, against in told:
            row = drawn[place.variant, place.at]
            shown = start <= place.at < end and row.state in ("scheduled", "held", "")
            if shown and (allowed is None or row.department in allowed):
                named = (channels[channel], departments[row.department])
                found.append(row.clash(*named, against, lane, known))
    return sorted(found, key=lambda clash: (clash.place.at, str(clash.variant_id)))


def clashing(actor: Actor, start: datetime, end: datetime) -> dict[UUID, str]:
    """What breaks a house rule between these instants, by variant, and which, for the actor."""
    found = collisions(actor, start, end)
    eyes = reader(actor) if found else None
    return {
        one.variant_id: " ".join(said(finding, one.place, eyes) for finding in one.findings)
        for one in found
        if eyes
    }


def override_of(variant_id: UUID, at: datetime) -> Override | None:
    """The leave this variant has to go out at that instant against a rule."""
    rows = Override.objects.filter(variant=variant_id, at=at).select_related("given_by")
    return rows.order_by("-given_at").first()


def reasons_of(variants: Iterable[Variant]) -> dict[UUID, str]:
    """Why these were planned against a rule at the time they have now; the others are missing."""
    given = Override.objects.filter(
        variant__in=[variant.pk for variant in variants], at=F("variant__planned_at")
    )
    return dict(given.order_by("given_at").values_list("variant_id", "reason"))


@dataclass(frozen=True)
class _Row:
    """A row that wants or has a place, as plain values."""

    channel: UUID
    post: UUID
    pk: UUID
    publication: UUID | None
    state: str
    zone: str
    since: datetime
    anyway: str | None
    variant: UUID
    at: datetime
    department: UUID
    title: str
    topics: list[str] | None

    @property
    def place(self) -> Place:
        return _place((self.variant, self.at, self.department, self.title, self.topics))

    def clash(
        self,
        channel: Channel,
        department: Department,
        findings: list[Finding],
        lane: Lane,
        known: Span,
    ) -> Clash:
        return Clash(
            place=self.place,
            post_id=self.post,
            publication_id=self.publication,
            state=self.state,
            zone=self.zone,
            channel=channel,
            department=department,
            findings=findings,
            anyway=self.anyway or "",
            lane=lane,
            known=known,
        )


_PLACE = ("variant_id", "at", "variant__post__department_id", "variant__post__title", "topics")
_ROW = (
    "channel_id", "variant__post_id", "pk", "pk", "state", "zone", "scheduled_at", "anyway",
)  # fmt: skip


def _placed(rules: Mapping[UUID, Rules], span: Span) -> QuerySet[Publication]:
    rows = Publication.objects.filter(
        channel__in=list(rules),
        part=0,
        state__in=PLACED,
        due_at__gte=span.start,
        due_at__lt=span.end,
    )
    return rows.order_by("due_at").annotate(
        at=Coalesce("published_at", "due_at"), topics=_topics(rules, "variant__post__idea")
    )


def _pencilled(
    actor: Actor, rules: Mapping[UUID, Rules], start: datetime, end: datetime
) -> Iterable[Any]:
    sent = Publication.objects.filter(variant=OuterRef("pk")).exclude(state="cancelled")
    rows = Variant.objects.filter(
        seen(actor, "post__department"),
        ~Exists(sent),
        channel__in=list(rules),
        dropped_at=None,
        post__removed_at=None,
        planned_at__gte=start,
        planned_at__lt=end,
    ).annotate(topics=_topics(rules, "post__idea"), anyway=_anyway("planned_at", "pk"))
    told = rows.order_by("planned_at").values_list(
        "channel_id", "post_id", "pk", "planned_zone", "planned_at", "anyway",
        "post__department_id", "post__title", "topics",
    )  # fmt: skip
    for channel, post, pk, zone, at, anyway, department, title, topics in told:
        yield channel, post, pk, None, "", zone, at, anyway, pk, at, department, title, topics


def _topics(rules: Mapping[UUID, Rules], idea: str) -> ArraySubquery | Value:
    """The tags of the idea, where any of the rules wants to know them."""
    if not any(meant.one_topic_a_day for meant in rules.values()):
        return Value(None, output_field=ArrayField(TextField()))
    return ArraySubquery(IdeaTag.objects.filter(idea=OuterRef(idea)).values("tag__name"))


def _anyway(at: str, variant: str = "variant") -> Subquery:
    given = Override.objects.filter(variant=OuterRef(variant), at=OuterRef(at))
    return Subquery(given.order_by("-given_at").values("reason")[:1])


def _place(told: Sequence[Any]) -> Place:
    variant, at, department, title, topics = told
    return Place(variant, at, department, frozenset(topics or ()), title)

"""The watcher of times: posts ahead for which another hour near by is shown to bring more, or is
only likely to. Both keep the house rules; nothing locked is looked at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from unisono.kernel.clock import day_bounds, to_wall
from unisono.rooms.content.models import Variant
from unisono.rooms.orchestration import hearing, likely
from unisono.rooms.orchestration.audience.judgement import Better, better_time
from unisono.rooms.orchestration.audience.learning import Learned
from unisono.rooms.orchestration.audience.prior import Basis
from unisono.rooms.orchestration.likely import Hour, Likely
from unisono.rooms.orchestration.models import Act, Noticed, Proposal, Signal
from unisono.rooms.orchestration.sights import Sight
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.pacing.queries import house_of

MOVABLE = timedelta(days=14)
NOT_BEFORE = timedelta(hours=6)
"""Posts between these are looked at for a better time; nearer, people count on it."""

REACH = timedelta(days=2)
"""As far from its time a better one is looked for."""

AROUND = timedelta(days=2)
"""Other posts farther off than this do not matter to one."""

A_DAY = 5
"""So many times that are only likely better are told of a department on one day."""

DECIDED = ("accepted", "declined", "undone")


@dataclass(frozen=True)
class Prospect:
    """A post ahead, the instants it could have within the house rules, and the channel's gap."""

    row: Variant
    hours: list[datetime]
    gap: timedelta

    @property
    def channel(self) -> str:
        return str(self.row.channel_id)

    @property
    def was(self) -> datetime:
        assert self.row.planned_at is not None
        return self.row.planned_at


@dataclass
class Places:
    """When each channel's posts go out, or may by what is offered: (post, instant) by channel."""

    taken: dict[UUID, list[tuple[UUID, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, row: Variant, at: datetime) -> None:
        self.taken[row.channel_id].append((row.pk, at))

    def beside(self, row: Variant) -> list[datetime]:
        """Those of other posts that are near enough to matter."""
        assert row.planned_at is not None
        reach = REACH + AROUND
        return [
            at
            for pk, at in self.taken[row.channel_id]
            if pk != row.pk and abs(at - row.planned_at) <= reach
        ]


def better_times(by: Actor, now: datetime) -> Iterator[Sight]:
    """What is shown first, then what is likely of the rest."""
    prospects = _prospects(now)
    if not prospects:
        return
    known = hearing.learned(by, now=now)
    places = _places(prospects, now)
    rest = []
    for one in prospects:
        if one.channel not in known.places or not one.hours:
            continue
        found = _better(by, known, one.row, one.hours)
        if found is None:
            rest.append(one)
            continue
        at, better = found
        places.add(one.row, at)
        told = {"ratio": better.ratio, "low": better.low, "high": better.high}
        yield _sight(Noticed.TIME, one.row, at, told | {"posts": better.posts})
    yield from _likely(by, known, rest, places, now)


def _likely(
    by: Actor, known: Learned, prospects: Sequence[Prospect], places: Places, now: datetime
) -> Iterator[Sight]:
    """What was told before and still holds; then the most promising, a few for each department."""
    decided = set(
        Proposal.objects.filter(kind=Act.MOVE, state__in=DECIDED).values_list("variant", flat=True)
    )
    lying = dict(
        Signal.objects.filter(kind=Noticed.LIKELY, state="open").values_list("subject_id", "data")
    )
    found = []
    for one in prospects:
        belief = known.belief(one.channel)
        if belief.posts < likely.FEWEST or one.row.pk in decided:
            continue
        told = lying.get(one.row.pk)
        if told is None:
            best = _best(by, known, one, places)
            found += [(best, one)] if best else []
        elif kept := _kept(by, known, one, places, datetime.fromisoformat(told["at"])):
            places.add(one.row, kept.at)
            yield _likely_sight(known, one, kept)
    today = _told_today(by, now)
    for _first, one in sorted(found, key=lambda each: -each[0].ratio):
        department = one.row.post.department_id
        # Once more, beside those told before it.
        best = _best(by, known, one, places) if today[department] < A_DAY else None
        if best:
            today[department] += 1
            places.add(one.row, best.at)
            yield _likely_sight(known, one, best)


def _best(by: Actor, known: Learned, one: Prospect, places: Places) -> Likely | None:
    return likely.best(
        known.belief(one.channel),
        [_hour(by, at) for at in one.hours],
        _hour(by, one.was),
        places.beside(one.row),
        one.gap,
    )


def _kept(by: Actor, known: Learned, one: Prospect, places: Places, at: datetime) -> Likely | None:
    """What was offered, as long as it can be had and is likely."""
    others = places.beside(one.row)
    if at not in one.hours or not likely.spaced(at, others, max(one.gap, likely.APART)):
        return None
    belief = known.belief(one.channel)
    told = likely.against(belief, _hour(by, at), _hour(by, one.was), others)
    return told if told.worth_keeping else None


def _hour(by: Actor, at: datetime) -> Hour:
    return Hour(at, hearing.hour_at(by, at))


def _likely_sight(known: Learned, one: Prospect, told: Likely) -> Sight:
    belief = known.belief(one.channel)
    basis = "channel" if belief.basis is Basis.NOTHING else str(belief.basis)
    data = {
        "ratio": told.ratio, "low": told.low, "high": told.high, "chance": told.chance,
        "posts": belief.posts, "basis": basis,
    }  # fmt: skip
    return _sight(Noticed.LIKELY, one.row, told.at, data)


def _sight(kind: str, row: Variant, at: datetime, told: dict[str, Any]) -> Sight:
    data = {"title": row.post.title, "channel": row.channel.name, "at": at.isoformat()}
    subject = ("variant", row.pk)
    return Sight(kind, str(row.pk), row.post.department_id, subject, data | told)


def _told_today(by: Actor, now: datetime) -> Counter[UUID | None]:
    start, _end = day_bounds(to_wall(now, by.organization.zone).date(), by.organization.zone)
    rows = Signal.objects.filter(kind=Noticed.LIKELY, noticed_at__gte=start)
    return Counter(rows.values_list("department", flat=True))


def _prospects(now: datetime) -> list[Prospect]:
    rows = list(
        Variant.objects.filter(
            planned_at__gt=now + NOT_BEFORE,
            planned_at__lte=now + MOVABLE,
            dropped_at=None,
            post__removed_at=None,
            post__lock=None,
        )
        .exclude(channel__state="disconnected")
        .exclude(publications__state__in=("publishing", "published", "failed", "unknown"))
        .select_related("post", "channel")
        .order_by("planned_at", "pk")
    )
    around = {row.pk: _hours_near(row, now) for row in rows}
    every = [at for hours in around.values() for at in hours]
    if not every:
        return []
    house = house_of({row.channel_id for row in rows}, every)
    found = []
    for row in rows:
        department, lane = row.post.department_id, house.lanes.get(row.channel_id)
        hours = house.free(row.channel_id, around[row.pk], department=department, without=row.pk)
        found.append(Prospect(row, hours, lane.rules.gap if lane else timedelta()))
    return found


def _places(prospects: Sequence[Prospect], now: datetime) -> Places:
    """All that is planned near by on these channels, and where offers would put what."""
    channels = {one.row.channel_id for one in prospects}
    reach = REACH + AROUND
    planned = Variant.objects.filter(
        channel__in=channels, dropped_at=None, post__removed_at=None,
        planned_at__gte=now - reach, planned_at__lte=now + MOVABLE + reach,
    )  # fmt: skip
    offered = Proposal.objects.filter(channel__in=channels, state="offered").exclude(variant=None)
    found = Places()
    for rows, when in ((planned, ("pk", "planned_at")), (offered, ("variant_id", "at"))):
        for channel, pk, at in rows.values_list("channel_id", *when):
            if at is not None:
                found.taken[channel].append((pk, at))
    return found


def _hours_near(row: Variant, now: datetime) -> list[datetime]:
    """The instants whole hours from a post's time, two days either way, by day in its zone."""
    assert row.planned_at is not None
    steps = int(REACH / timedelta(hours=1))
    near = (row.planned_at + timedelta(hours=n) for n in range(-steps, steps + 1) if n)
    return [
        at
        for at in near
        if at > now + NOT_BEFORE and 7 <= to_wall(at, row.planned_zone or "UTC").hour <= 21
    ]


def _better(
    by: Actor, known: Learned, row: Variant, hours: list[datetime]
) -> tuple[datetime, Better] | None:
    """The hour of which the most is shown, and what."""
    channel = str(row.channel_id)
    assert row.planned_at is not None
    now_at = hearing.hour_at(by, row.planned_at)
    worth = known.belief(channel).worth
    for at in sorted(hours, key=lambda at: -worth[hearing.hour_at(by, at)])[:3]:
        told = better_time(known, channel, hearing.hour_at(by, at), now_at)
        if isinstance(told, Better):
            return at, told
    return None

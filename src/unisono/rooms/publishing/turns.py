"""Whose turn it is: posts that follow others, and embargoes. Asked before a time is saved, at the
claim, and at the gate.

A post may follow one other post of its campaign, at a distance of minutes from when all of that is
out; nothing of a post goes out before its own embargo, or its campaign's, is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unisono.kernel.clock import to_wall
from unisono.kernel.refusals import Conflict, Invalid
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.publishing.models import Embargo, PostOrder, Publication
from unisono.rooms.publishing.reasons import because

STUCK = tuple(f"follows_{how}" for how in ("failed", "held", "unknown", "cancelled", "unplanned"))
"""Reasons of what waits for a post that does not go out unless somebody acts."""

WAITS = ("follows", *STUCK, "embargo")
"""Reasons of what is scheduled and has to wait for its turn."""

SOON = timedelta(seconds=20)
LATER = timedelta(minutes=1)
"""How long one waits before it is asked again whether the post before it is out: that post gives
it its time when it goes out, so this is only for what that missed."""

A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class WayOut:
    """A time that would do, and what a button that takes it says."""

    at: datetime
    label: str


class TooEarly(Invalid):
    """It would go out before its turn; `ways_out` are times that would do."""

    code = "too_early"

    def __init__(self, sentence: str, ways_out: Sequence[WayOut]) -> None:
        told = [way.at.isoformat() for way in ways_out]
        super().__init__(sentence, field="at", data={"ways_out": told})
        self.ways_out = list(ways_out)


class Overtakes(Conflict):
    """Posts that follow would go out too early then; they can be moved along in the same act."""

    code = "followers"
    along = True


@dataclass(frozen=True)
class Stand:
    """Where one variant stands. `at` is when it goes or went out; None while nobody knows.

    `stuck` says why it does not go out by itself; `movable`, whether its time can be changed.
    """

    variant_id: UUID
    post_id: UUID
    at: datetime | None
    zone: str
    out: bool
    stuck: str
    movable: bool


@dataclass(frozen=True)
class Turn:
    """Where a whole post stands: when the last of it goes or went out, and what keeps it."""

    at: datetime | None = None
    out: bool = False
    stuck: str = "unplanned"


def stands_of(posts: Iterable[UUID]) -> list[Stand]:
    """Where every variant of these posts stands. Two queries."""
    ids = list(posts)
    variants = Variant.objects.filter(post__in=ids, dropped_at=None).order_by("pk")
    rows = variants.values_list("pk", "post_id", "planned_at", "planned_zone")
    sent: dict[UUID, Publication] = {}
    found = Publication.objects.filter(variant__post__in=ids, part=0)
    for row in found.order_by("scheduled_at", "occurrence"):
        before = sent.get(row.variant_id)
        if row.state != "cancelled" or before is None or before.state == "cancelled":
            sent[row.variant_id] = row
    return [_stand(pk, post_id, at, zone, sent.get(pk)) for pk, post_id, at, zone in rows]


def _stand(
    pk: UUID, post_id: UUID, planned: datetime | None, zone: str, row: Publication | None
) -> Stand:
    if row is None or row.state == "cancelled":
        return Stand(pk, post_id, planned, zone, False, "cancelled" if row else "unplanned", True)
    if row.state == "published":
        return Stand(pk, post_id, row.published_at, row.zone, True, "", False)
    stuck = row.state if row.state in ("failed", "held", "unknown") else ""
    movable = row.state in ("scheduled", "held") and row.unbound_at is None
    return Stand(pk, post_id, row.due_at, row.zone, False, stuck, movable)


def turns_of(posts: Iterable[UUID]) -> dict[UUID, Turn]:
    """Where each of these posts stands. Two queries."""
    ids = set(posts)
    if not ids:
        return {}
    stands: dict[UUID, list[Stand]] = {pk: [] for pk in ids}
    for stand in stands_of(ids):
        stands[stand.post_id].append(stand)
    return {pk: _turn(found) for pk, found in stands.items()}


def _turn(stands: Sequence[Stand]) -> Turn:
    if not stands:
        return Turn()
    times = [stand.at for stand in stands if stand.at is not None]
    order = ("failed", "held", "unknown", "cancelled", "unplanned")
    stuck = next((how for how in order if any(s.stuck == how for s in stands)), "")
    return Turn(max(times, default=None), all(stand.out for stand in stands), stuck)


def must_be_its_turn(post: Post, at: datetime, zone: str, *, now: datetime) -> None:
    """Refuse a time that is too early for the post, and say the earliest that is not."""
    order = order_of(post)
    if order and at <= now and not turns_of([order.after_id])[order.after_id].out:
        first = order.after.title
        raise TooEarly(_("“%(first)s” goes out first, and is not out yet.") % {"first": first}, [])
    free, first = earliest(post, order)
    if free is not None and at < free:
        raise _too_early(whole_minute(free), zone, first, now=now)


def earliest(post: Post, order: PostOrder | None) -> tuple[datetime | None, str]:
    """When a post's turn comes, as far as is known, and the title of the post it waits for then."""
    waits = [(embargo.until, "") for embargo in embargoes_on(post)]
    turn = turns_of([order.after_id])[order.after_id] if order else Turn()
    if order and turn.at is not None:
        waits.append((turn.at + timedelta(minutes=order.minutes), order.after.title))
    return max(waits, default=(None, ""))


def earliest_of(posts: Sequence[Post]) -> dict[UUID, datetime]:
    """The same of many posts; those that wait for nothing are missing. Four queries."""
    orders = list(PostOrder.objects.filter(post__in=posts))
    turns = turns_of({order.after_id for order in orders})
    waits: dict[UUID, list[datetime]] = {}
    for order in orders:
        at = turns[order.after_id].at
        if at is not None:
            waits.setdefault(order.post_id, []).append(at + timedelta(minutes=order.minutes))
    campaigns = {post.campaign_id for post in posts if post.campaign_id}
    on = Q(post__in=posts) | Q(campaign__in=campaigns)
    for embargo in Embargo.objects.filter(on):
        for post in posts:
            if embargo.post_id == post.pk or (
                embargo.campaign_id and embargo.campaign_id == post.campaign_id
            ):
                waits.setdefault(post.pk, []).append(embargo.until)
    return {pk: max(found) for pk, found in waits.items()}


def _too_early(earliest: datetime, zone: str, first: str, *, now: datetime) -> TooEarly:
    """The refusal: which time is the earliest, and because of which post or of an embargo."""
    told = {"first": first, "when": said_time(earliest, zone), "zone": zone}
    if first:
        sentence = _("“%(first)s” goes out first: the earliest time is %(when)s (%(zone)s).")
    else:
        sentence = _("There is an embargo: the earliest time is %(when)s (%(zone)s).")
    ways = [WayOut(earliest, said_time(earliest, zone))] if earliest > now else []
    return TooEarly(sentence % told, ways)


def said_time(at: datetime, zone: str) -> str:
    """The wall time of an instant, as people read it."""
    wall = to_wall(at, zone)
    return f"{date_format(wall, 'D j M')}, {wall:%H:%M}"


def whole_minute(at: datetime) -> datetime:
    """The instant, or the next full minute after it: times are said in minutes."""
    floor = at.replace(second=0, microsecond=0)
    return floor if floor == at else floor + A_MINUTE


def overtaken(post: Post, before: datetime | None) -> list[tuple[PostOrder, Stand, datetime]]:
    """What follows the post and would go out too early as things stand now, with a time that does.

    `before` is when the post was to go out until now: what follows keeps its distance.
    """
    orders = {o.post_id: o for o in PostOrder.objects.filter(after=post).select_related("post")}
    if not orders:
        return []
    turn = turns_of([post.pk])[post.pk]
    if turn.at is None:
        return []
    found = []
    for stand in stands_of(orders):
        order = orders[stand.post_id]
        earliest = whole_minute(turn.at + timedelta(minutes=order.minutes))
        if stand.movable and stand.at is not None and stand.at < earliest:
            kept = stand.at + (turn.at - before) if before else earliest
            found.append((order, stand, max(earliest, kept)))
    return found


def overtakes(order: PostOrder, stand: Stand, *, fresh: bool = False) -> Overtakes:
    """The refusal that offers to move what follows along; `fresh`: the order is only being set."""
    moved = gettext_lazy(
        "“%(title)s” goes out %(minutes)s min after this, and is due %(when)s (%(zone)s)."
        " Move it along, or choose an earlier time."
    )
    set_now = gettext_lazy(
        "“%(title)s” is due %(when)s (%(zone)s), which is too early to be %(minutes)s min after"
        " that. Move it along, or choose another distance."
    )
    return Overtakes(
        (set_now if fresh else moved)
        % {
            "title": order.post.title,
            "minutes": order.minutes,
            "when": said_time(stand.at, stand.zone) if stand.at else "",
            "zone": stand.zone,
        },
        data={"followers": [str(order.post_id)]},
    )


def order_of(post: Post) -> PostOrder | None:
    """Which post this one follows."""
    return PostOrder.objects.filter(post=post).select_related("after").first()


def followers_of(post: Post) -> QuerySet[PostOrder]:
    """What follows this post."""
    return PostOrder.objects.filter(after=post).select_related("post")


def embargoes_on(post: Post) -> list[Embargo]:
    """The embargoes on the post: its own, its campaign's."""
    mine = Q(post=post)
    if post.campaign_id:
        mine |= Q(campaign=post.campaign_id)
    return list(Embargo.objects.filter(mine).select_related("campaign"))


# Annotations of the ledger's own statements. Written by hand, since building them of querysets
# costs more than all else they do; row-level security narrows them to the organization.


def any_order() -> RawSQL:
    """Whether the organization has put any posts in order."""
    return RawSQL("EXISTS (SELECT 1 FROM post_order)", (), output_field=BooleanField())


def anything_waits(now: datetime) -> RawSQL:
    """The same, or whether it has any embargo in force: only then it is asked which."""
    sql = "EXISTS (SELECT 1 FROM post_order) OR EXISTS (SELECT 1 FROM embargo WHERE until > %s)"
    return RawSQL(sql, (now,), output_field=BooleanField())  # noqa: S611


def waits_on(ids: Iterable[UUID], now: datetime) -> dict[UUID, dict[str, Any]]:
    """Of these publications, those whose turn has not come: when they ask again, and why."""
    rows = Publication.objects.filter(pk__in=list(ids), part=0, unbound_at=None).order_by()
    told = list(
        rows.values_list(
            "pk",
            "variant__post__order__after_id",
            "variant__post__order__after__title",
            "variant__post__order__minutes",
            *(f"variant__post__embargo__{name}" for name in ("until", "zone")),
            *(f"variant__post__campaign__embargo__{name}" for name in ("until", "zone")),
        )
    )
    turns = turns_of({after for _pk, after, *_rest in told if after})
    found: dict[UUID, dict[str, Any]] = {}
    for pk, after, title, minutes, until, zone, common, common_zone in told:
        why = _embargoed([(until, zone), (common, common_zone)], now)
        if why is None and after:
            why = _behind(turns[after], title, minutes, now)
        if why:
            found[pk] = why
    return found


def _embargoed(
    embargoes: Sequence[tuple[datetime | None, str]], now: datetime
) -> dict[str, Any] | None:
    ahead = [(until, zone) for until, zone in embargoes if until and until > now]
    if not ahead:
        return None
    until, zone = max(ahead)
    when = f"{to_wall(until, zone):%Y-%m-%d %H:%M}"
    return {"next_at": until, **because("embargo", when=when, zone=zone)}


def _behind(turn: Turn, title: str, minutes: int, now: datetime) -> dict[str, Any] | None:
    free = turn.at + timedelta(minutes=minutes) if turn.at else None
    if turn.out and free and free <= now:
        return None
    if turn.stuck:
        return {"next_at": now + LATER, **stuck_because(turn, title)}
    when = free if free and free > now else now + SOON
    return {"next_at": when, **because("follows", title=title, minutes=minutes)}


def stuck_because(turn: Turn, title: str) -> dict[str, Any]:
    """The columns that say why it waits for a post that does not go out by itself."""
    return because(f"follows_{turn.stuck}", title=title)


def stuck_behind(rows: QuerySet[Publication]) -> list[Publication]:
    """Of the rows, those scheduled behind a post that does not go out by itself, with why.

    Three queries; the reason is that of this moment, whatever the ledger wrote last.
    """
    ordered = PostOrder.objects.filter(post=OuterRef("variant__post"))
    scheduled = rows.filter(Exists(ordered), state="scheduled", part=0, unbound_at=None)
    waiting = list(scheduled.select_related("variant__post__order__after"))
    turns = turns_of({row.variant.post.order.after_id for row in waiting})
    found = []
    for row in waiting:
        order = row.variant.post.order
        turn = turns[order.after_id]
        if turn.stuck:
            why = stuck_because(turn, order.after.title)
            row.reason_code, row.reason = why["reason_code"], why["reason"]
            found.append(row)
    return found

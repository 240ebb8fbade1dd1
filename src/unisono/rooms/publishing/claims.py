"""What the worker takes up: claims with a lease and a fence, in the order of each channel.

What nobody knows the outcome of is taken up by `doubts`.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, DataError, IntegrityError, ProgrammingError, connection
from django.db.models import Min, Q, Window
from django.db.models.functions import RowNumber

from unisono.kernel import tenancy
from unisono.kernel.refusals import Refusal
from unisono.kernel.rows import insert
from unisono.kernel.states import advance, advance_all
from unisono.networks import registry
from unisono.networks.contract import Account, Content, Handle, SecondPost
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import snapshot
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import pauses
from unisono.rooms.publishing.models import Attempt, Publication
from unisono.rooms.publishing.obstacles import obstacles
from unisono.rooms.publishing.reasons import NO_REASON, because
from unisono.rooms.publishing.states import PUBLICATION

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
"""What a worker claims is its own for so long; a living one renews it with every turn."""


TWINS_WAIT = timedelta(seconds=2)
"""How long one waits before it is asked again whether its twin is out."""


@dataclass(frozen=True)
class Errand:
    """All a delivery needs, read in the claim's own transaction. `sealed` opens in the worker.

    `ready`: what has to be prepared was prepared ahead, and lasts.
    """

    publication_id: UUID
    organization_id: UUID
    channel_id: UUID
    attempt_id: UUID
    fence: int
    network: str
    account: Account
    sealed: str
    binding: str
    content: Content
    handle: Handle
    armed: bool
    looking: bool
    since: datetime
    taken: tuple[str, ...] = ()
    ready: bool = False


@dataclass(frozen=True)
class Parcel:
    """A row, put together for its network. `ready`: nothing is left to be prepared."""

    row: Publication
    content: Content
    handle: dict[str, Any]
    ready: bool


def database_now() -> datetime:
    """The one clock all workers share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    instant: datetime = row[0]
    return instant


def next_due() -> datetime | None:
    """When the ledger has something to do next."""
    with tenancy.everywhere("the ledger serves every organization"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT least("
            "(SELECT min(next_at) FROM publication WHERE state = 'scheduled'),"
            "(SELECT min(next_at) FROM publication WHERE state = 'unknown'),"
            "(SELECT min(lease_until) FROM publication WHERE state = 'publishing'))"
        )
        row = cursor.fetchone()
    instant: datetime | None = row[0]
    return instant


def claim_due(
    *,
    worker: str,
    now: datetime,
    limit: int = 400,
    depth: int = 400,
    ahead: Mapping[UUID, int] | None = None,
) -> list[Errand]:
    """Claim what is due, at most `limit`, and of one channel at most `depth` at a time.

    `ahead` says so for single channels.

    A channel's publications leave in the order of their times, through one worker: while another
    worker has some of a channel, its others wait. Holds, approvals and edits are asked again here.
    The first of a channel is armed at once when nothing has to be prepared for it.
    """
    errands: list[Errand] = []
    for organization_id, channels in _due(now).items():
        room = limit - len(errands)
        if room <= 0:
            break
        with alone(organization_id):
            most = {pk: (ahead or {}).get(pk, depth) for pk in channels}
            errands += _claim(most, worker, now, room)
    return errands


@contextmanager
def alone(organization_id: UUID) -> Iterator[None]:
    """Serve one organization; what goes wrong with its rows must not keep others waiting."""
    try:
        with tenancy.within(organization_id):
            yield
    except (
        IntegrityError,
        DataError,
        ProgrammingError,
        Refusal,
        LookupError,
        TypeError,
        ValueError,
    ):
        log.exception("The ledger's work for organization %s went wrong.", organization_id)


def renew(*, worker: str, now: datetime) -> None:
    """A living worker keeps what it has claimed.

    What it is writing at this moment is passed by: arming renews the lease as well.
    """
    with tenancy.everywhere("a worker serves every organization"):
        mine = Publication.objects.filter(state="publishing", worker=worker).order_by()
        free = list(mine.select_for_update(skip_locked=True).values_list("pk", flat=True))
        mine.filter(pk__in=free).update(lease_until=now + LEASE)


def _due(now: datetime) -> dict[UUID, list[UUID]]:
    """The channels on which something is due, by organization, who waits longest first."""
    with tenancy.everywhere("the ledger serves every organization"):
        due = Publication.objects.filter(state="scheduled", next_at__lte=now)
        for network, server in pauses.paused(now):
            due = due.exclude(channel__network=network, channel__server=server)
        rows = (
            due.values("organization_id", "channel_id")
            .annotate(first=Min("next_at"))
            .order_by("first")
        )
        found: dict[UUID, list[UUID]] = {}
        for row in rows:
            found.setdefault(row["organization_id"], []).append(row["channel_id"])
    return found


def _claim(most: Mapping[UUID, int], worker: str, now: datetime, limit: int) -> list[Errand]:
    """Claim on these channels of the organization in scope, so many at most of each."""
    # Who holds a channel's row alone adds to its lane; another worker passes it by.
    channels = Channel.objects.select_for_update(skip_locked=True, no_key=True).in_bulk(list(most))
    mine, others = _under_way(channels, worker)
    free = {pk: most[pk] - mine[pk] for pk in channels if pk not in others}
    rows = _apart(_next_of(free, now, limit), channels, now)
    if not rows:
        return []
    by = system(rows[0].organization_id)
    stops = obstacles(rows, now)
    parcels = []
    for row in _ready(rows, stops):
        row.channel = channels[row.channel_id]
        parcel = None if row.pk in stops else put_together(row, now)
        if parcel:
            parcels.append(parcel)
        else:
            why = stops.get(row.pk) or because("broken")
            advance(row, PUBLICATION, "held", by=by, now=now, **why)
    at_once = _at_once(parcels, started=set(mine))
    going = [parcel.row for parcel in parcels]
    moved = advance_all(
        going,
        PUBLICATION,
        "publishing",
        by=by,
        now=now,
        each={
            "fence": [row.fence + 1 for row in going],
            "tries": [row.tries + 1 for row in going],
            "handle": [parcel.handle for parcel in parcels],
            "armed_at": [now if row.pk in at_once else row.armed_at for row in going],
            "first_armed_at": [
                row.first_armed_at or (now if row.pk in at_once else None) for row in going
            ],
        },
        worker=worker,
        lease_until=now + LEASE,
        **NO_REASON,
    )
    attempts = insert(
        Attempt(
            publication=row,
            fence=row.fence,
            phase=Attempt.Phase.COMMIT if row.pk in at_once else Attempt.Phase.PREPARE,
            worker=worker,
            request_sha256=row.revision.digest,
            started_at=now,
            armed_at=now if row.pk in at_once else None,
        )
        for row in moved
    )
    contents = {parcel.row.pk: parcel.content for parcel in parcels}
    return [
        replace(
            errand_of(row, attempt, contents[row.pk], armed=row.pk in at_once),
            ready=row.ready_at(now),
        )
        for row, attempt in zip(moved, attempts, strict=True)
    ]


def _ready(
    rows: Iterable[Publication], stops: Mapping[UUID, Mapping[str, Any]]
) -> list[Publication]:
    """Without those whose turn has not come: they stay on schedule, and ask again later."""
    ready = []
    for row in rows:
        why = stops.get(row.pk, {})
        if "next_at" in why:
            Publication.objects.filter(pk=row.pk).update(**why)
        else:
            ready.append(row)
    return ready


def put_together(row: Publication, now: datetime) -> Parcel | None:
    """What is to be sent of the row (with its channel and revision), and its identity there.

    None when that cannot be made of what is kept: no other post must wait for it.
    """
    try:
        content = snapshot.frozen(row.revision, row.part, row.reply_to)
        publisher = registry.publisher(row.channel.network)
        ready = row.ready_at(now) or not publisher.prepares(content, row.channel.account)
        return Parcel(row, content, planned(row, content, now), ready)
    except DatabaseError:
        raise
    except Exception:
        log.exception("Publication %s cannot be put together", row.pk)
        return None


def _at_once(parcels: Iterable[Parcel], *, started: set[UUID]) -> set[UUID]:
    """Those that may leave now: the first of an idle channel, with nothing left to prepare."""
    found = set()
    for parcel in parcels:
        if parcel.row.channel_id not in started and parcel.ready:
            found.add(parcel.row.pk)
        started.add(parcel.row.channel_id)
    return found


def _apart(
    rows: list[Publication], channels: Mapping[UUID, Channel], now: datetime
) -> list[Publication]:
    """Without those whose twin is on its way where a post is known only by what it says.

    A look could not tell one from the other. They wait a moment; nothing else of the channel does.
    """
    alike = {pk for pk in {row.channel_id for row in rows} if found_by_look(channels[pk])}
    if not alike:
        return rows
    open_ones = Publication.objects.filter(
        Q(state="publishing") | Q(state="unknown", next_at__isnull=False), channel__in=alike
    )
    out = set(open_ones.order_by().values_list("channel_id", "revision__digest", "part"))
    apart, twins = [], []
    for row in rows:
        what = (row.channel_id, row.revision.digest, row.part)
        if row.channel_id in alike and what in out:
            twins.append(row.pk)
        else:
            apart.append(row)
            out.add(what)
    if twins:
        Publication.objects.filter(pk__in=twins).update(next_at=now + TWINS_WAIT)
    return apart


def found_by_look(channel: Channel) -> bool:
    """Whether the channel's network knows a post by nothing but what it says."""
    safety = registry.publisher(channel.network).safety(channel.account)
    return safety.how is SecondPost.LOOK_UP


def _under_way(channels: Iterable[UUID], worker: str) -> tuple[Counter[UUID], set[UUID]]:
    """How many of each channel this worker has claimed, and the channels another one has."""
    rows = Publication.objects.filter(state="publishing", channel__in=list(channels))
    mine: Counter[UUID] = Counter()
    others: set[UUID] = set()
    for channel_id, whose in rows.order_by().values_list("channel_id", "worker"):
        if whose == worker:
            mine[channel_id] += 1
        else:
            others.add(channel_id)
    return mine, others


def _next_of(free: Mapping[UUID, int], now: datetime, limit: int) -> list[Publication]:
    """The next due rows of each channel, as many as it has room for, locked and in order."""
    places = (
        Publication.objects.filter(channel__in=list(free), state="scheduled", next_at__lte=now)
        .annotate(
            place=Window(
                RowNumber(), partition_by="channel_id", order_by=["next_at", "due_at", "pk"]
            )
        )
        .filter(place__lte=max(free.values(), default=0))
        .order_by("place", "next_at", "pk")
        .values_list("pk", "channel_id", "place")[:limit]
    )
    ids = [pk for pk, channel_id, place in places if place <= free[channel_id]]
    rows = (
        Publication.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk__in=ids, state="scheduled", next_at__lte=now)
        .select_related("revision")
        .order_by("next_at", "due_at", "pk")
    )
    return list(rows)


def planned(row: Publication, content: Content, now: datetime) -> dict[str, Any]:
    """The identity on the network, made once and kept over all attempts.

    What was prepared ahead for a time that was put off since goes: the network forgets it.
    """
    ended = row.prepared_until is not None and not row.ready_at(now)
    kept = {} if ended and row.first_armed_at is None else row.handle
    made = kept or registry.publisher(row.channel.network).plan(
        content, row.channel.account, publication_id=row.pk, due_at=row.due_at
    )
    return dict(made)


def errand_of(row: Publication, attempt: Attempt, content: Content, *, armed: bool) -> Errand:
    """All that a delivery of this attempt needs; the row comes with its channel."""
    return Errand(
        publication_id=row.pk,
        organization_id=row.organization_id,
        channel_id=row.channel_id,
        attempt_id=attempt.pk,
        fence=row.fence,
        network=row.channel.network,
        account=row.channel.account,
        sealed=row.channel.credentials,
        binding=row.channel.binding,
        content=content,
        handle=row.handle,
        armed=armed,
        looking=attempt.phase == Attempt.Phase.LOOK,
        since=row.first_armed_at or attempt.started_at,
    )

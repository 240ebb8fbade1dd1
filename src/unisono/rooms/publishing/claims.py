"""What the worker takes up: claims with a lease and a fence, in the order of each channel.

An expired lease after arming becomes *unknown*, never *scheduled*; an unknown is looked up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Min, Window
from django.db.models.functions import RowNumber

from unisono.kernel import tenancy
from unisono.kernel.states import advance, advance_all
from unisono.networks import registry
from unisono.networks.contract import Account, Content, Handle
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import snapshot
from unisono.rooms.people.actors import system
from unisono.rooms.publishing.models import Attempt, Publication
from unisono.rooms.publishing.obstacles import obstacles
from unisono.rooms.publishing.reasons import NO_REASON, because
from unisono.rooms.publishing.states import PUBLICATION

LEASE = timedelta(seconds=30)
"""What a worker claims is its own for so long; a living one renews it with every turn."""

LOOKING = timedelta(seconds=90)
"""Longer than a look may take; past it another one is due."""


@dataclass(frozen=True)
class Errand:
    """All a delivery needs, read in the claim's own transaction. `sealed` opens in the worker."""

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
        with tenancy.within(organization_id):
            most = {pk: (ahead or {}).get(pk, depth) for pk in channels}
            errands += _claim(most, worker, now, room)
    return errands


def claim_doubtful(*, worker: str, now: datetime, limit: int = 100) -> list[Errand]:
    """Claim unknowns whose time to look has come. Their state stays unknown until proof."""
    errands: list[Errand] = []
    with tenancy.everywhere("the ledger serves every organization"):
        found = list(
            Publication.objects.filter(state="unknown", next_at__lte=now)
            .order_by("next_at")
            .values_list("organization_id", "pk")[:limit]
        )
    for organization_id, pk in found:
        with tenancy.within(organization_id):
            taken = Publication.objects.filter(pk=pk, state="unknown", next_at__lte=now)
            if taken.update(next_at=now + LOOKING) == 0:
                continue
            row = Publication.objects.select_related("channel", "revision").get(pk=pk)
            errands.append(_errand(row, _look(row, worker, now), armed=True))
    return errands


def renew(*, worker: str, now: datetime) -> None:
    """A living worker keeps what it has claimed.

    What it is writing at this moment is passed by: arming renews the lease as well.
    """
    with tenancy.everywhere("a worker serves every organization"):
        mine = Publication.objects.filter(state="publishing", worker=worker).order_by()
        free = list(mine.select_for_update(skip_locked=True).values_list("pk", flat=True))
        mine.filter(pk__in=free).update(lease_until=now + LEASE)


def workers() -> list[str]:
    """The names of the workers that have something claimed."""
    with tenancy.everywhere("the ledger serves every organization"):
        rows = Publication.objects.filter(state="publishing").order_by()
        return list(rows.values_list("worker", flat=True).distinct())


def give_up(worker: str, *, now: datetime) -> None:
    """A worker is known to be dead: what it had claimed need not wait for its lease to run out."""
    with tenancy.everywhere("a worker serves every organization"):
        Publication.objects.filter(state="publishing", worker=worker).update(lease_until=now)


def reap(*, now: datetime) -> int:
    """Take back what a lost worker left. Before arming nothing can be out; after it, look first."""
    with tenancy.everywhere("the ledger serves every organization"):
        lost = list(
            Publication.objects.filter(state="publishing", lease_until__lt=now).values_list(
                "organization_id", "pk"
            )
        )
    for organization_id, pk in lost:
        with tenancy.within(organization_id):
            row = Publication.objects.select_for_update().get(pk=pk)
            if row.state != "publishing" or row.lease_until is None or row.lease_until >= now:
                continue
            by = system(organization_id)
            attempt = row.attempts.filter(fence=row.fence).first()
            if attempt and attempt.armed_at is None:
                advance(row, PUBLICATION, "scheduled", by=by, now=now, next_at=now)
            else:
                advance(
                    row,
                    PUBLICATION,
                    "unknown",
                    by=by,
                    now=now,
                    next_at=now,
                    looks=0,
                    **because("worker_lost"),
                )
            row.attempts.filter(fence=row.fence).update(outcome="lost", finished_at=now)
    return len(lost)


def _due(now: datetime) -> dict[UUID, list[UUID]]:
    """The channels on which something is due, by organization, who waits longest first."""
    with tenancy.everywhere("the ledger serves every organization"):
        rows = (
            Publication.objects.filter(state="scheduled", next_at__lte=now)
            .values("organization_id", "channel_id")
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
    rows = _next_of(free, now, limit)
    if not rows:
        return []
    by = system(rows[0].organization_id)
    stops = obstacles(rows, now)
    going = []
    for row in rows:
        if row.pk in stops:
            advance(row, PUBLICATION, "held", by=by, now=now, **stops[row.pk])
        else:
            row.channel = channels[row.channel_id]
            going.append(row)
    contents = [snapshot.frozen(row.revision, row.part, row.reply_to) for row in going]
    at_once = _at_once(zip(going, contents, strict=True), started=set(mine))
    moved = advance_all(
        going,
        PUBLICATION,
        "publishing",
        by=by,
        now=now,
        each={
            "fence": [row.fence + 1 for row in going],
            "tries": [row.tries + 1 for row in going],
            "handle": [_handle(row, c) for row, c in zip(going, contents, strict=True)],
            "armed_at": [now if row.pk in at_once else row.armed_at for row in going],
            "first_armed_at": [
                row.first_armed_at or (now if row.pk in at_once else None) for row in going
            ],
        },
        worker=worker,
        lease_until=now + LEASE,
        **NO_REASON,
    )
    attempts = Attempt.objects.bulk_create(
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
    return [
        _errand(row, attempt, armed=row.pk in at_once)
        for row, attempt in zip(moved, attempts, strict=True)
    ]


def _at_once(going: Iterable[tuple[Publication, Content]], *, started: set[UUID]) -> set[UUID]:
    """Those that may leave now: the first of an idle channel, with nothing to prepare."""
    found = set()
    for row, content in going:
        if row.channel_id not in started and content.ready:
            found.add(row.pk)
        started.add(row.channel_id)
    return found


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


def _handle(row: Publication, content: Content) -> dict[str, Any]:
    """The identity on the network, made once and kept over all attempts."""
    made = row.handle or registry.publisher(row.channel.network).plan(
        content, row.channel.account, publication_id=row.pk, due_at=row.due_at
    )
    return dict(made)


def _look(row: Publication, worker: str, now: datetime) -> Attempt:
    """The attempt of a look, with a fence of its own."""
    row.fence += 1
    Publication.objects.filter(pk=row.pk).update(fence=row.fence)
    return Attempt.objects.create(
        publication=row,
        fence=row.fence,
        phase=Attempt.Phase.LOOK,
        worker=worker,
        request_sha256=row.revision.digest,
        started_at=now,
    )


def _errand(row: Publication, attempt: Attempt, *, armed: bool) -> Errand:
    taken: tuple[str, ...] = ()
    if attempt.phase == Attempt.Phase.LOOK:
        known = Publication.objects.filter(channel=row.channel).exclude(remote_id="")
        taken = tuple(known.order_by("-due_at").values_list("remote_id", flat=True)[:500])
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
        content=snapshot.frozen(row.revision, row.part, row.reply_to),
        handle=row.handle,
        armed=armed,
        looking=attempt.phase == Attempt.Phase.LOOK,
        since=row.first_armed_at or attempt.started_at,
        taken=taken,
    )

"""What nobody knows the outcome of: lost workers, lost answers, clocks that jump, old backups.

An expired lease after arming becomes *unknown*, never *scheduled*; an unknown is looked up, and
sent again only when its absence is proved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from unisono.kernel import events, tenancy
from unisono.kernel.rows import insert
from unisono.kernel.states import advance, advance_all
from unisono.networks import registry
from unisono.networks.contract import Content
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import claims, takeover
from unisono.rooms.publishing.claims import Errand, errand_of, found_by_look, put_together
from unisono.rooms.publishing.models import Attempt, Publication
from unisono.rooms.publishing.reasons import because
from unisono.rooms.publishing.states import PUBLICATION

LOOKING = timedelta(seconds=90)
"""Longer than a look may take; past it another one is due."""

PAUSE = timedelta(seconds=10)
"""Before what may have ended its worker is sent again."""

KNOWN = 500
"""How many posts of a channel are named to a look as known to be others."""

EVERYWHERE = "the ledger serves every organization"


def claim_doubtful(*, worker: str, now: datetime, limit: int = 200) -> list[Errand]:
    """Claim unknowns whose time to look has come. Their state stays unknown until proof."""
    doubtful = Q(state="unknown", next_at__lte=now)
    errands: list[Errand] = []
    for organization_id, ids in _by_organization(doubtful, limit=limit).items():
        with claims.alone(organization_id):
            errands += _claim(ids, worker, now)
    return errands


def reap(*, now: datetime) -> int:
    """Take back what a lost worker left. Before arming nothing can be out; after it, look first."""
    parts = _by_organization(Q(state="publishing", lease_until__lte=now))
    for organization_id, ids in parts.items():
        with claims.alone(organization_id):
            _reap(organization_id, ids, now)
    return sum(map(len, parts.values()))


def clock_jumped(by: timedelta, *, now: datetime) -> None:
    """The database's clock was set: let no lease, look or settling time be misled by that.

    All that is under way counts as sent only just now, so that no absence is believed too early;
    what was sent "in the future" is looked for from well before. May be called by every worker.
    """
    with tenancy.everywhere(EVERYWHERE):
        rows = Publication.objects.filter(state__in=("publishing", "unknown"))
        rows.filter(armed_at__isnull=False).update(armed_at=now)
        rows.filter(first_armed_at__gt=now).update(first_armed_at=now - abs(by) - claims.LEASE)
        lease = now + claims.LEASE
        rows.filter(lease_until__gt=lease).update(lease_until=lease)
        # What waits to be looked at or tried again was meant to wait for moments, not for hours.
        again = Q(state="unknown") | Q(state="scheduled", next_at__gt=F("due_at"))
        if by < timedelta():
            Publication.objects.filter(again, next_at__gt=now).update(
                next_at=Greatest(F("next_at") + Value(by), Value(now))
            )


def restored(*, taken_at: datetime, now: datetime) -> int:
    """A backup taken at `taken_at` was put back: what has fallen due since may be out already.

    It is looked up before anything is sent; where nothing can be looked up, a person is asked.
    Returns how many publications that concerns.
    """
    parts = _by_organization(Q(state="scheduled", next_at__lte=now))
    for organization_id, ids in parts.items():
        with tenancy.within(organization_id):
            _doubt_all(ids, taken_at, now)
    return sum(map(len, parts.values()))


def _by_organization(which: Q, *, limit: int | None = None) -> dict[UUID, list[UUID]]:
    """The keys of these publications by organization; of many, those whose time came first."""
    found: dict[UUID, list[UUID]] = {}
    with tenancy.everywhere(EVERYWHERE):
        rows = Publication.objects.filter(which).order_by("next_at")
        for organization_id, pk in rows.values_list("organization_id", "pk")[:limit]:
            found.setdefault(organization_id, []).append(pk)
    return found


def _doubt_all(ids: Iterable[UUID], taken_at: datetime, now: datetime) -> None:
    rows = Publication.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    for row in rows.select_related("channel", "revision"):
        safety = registry.publisher(row.channel.network).safety(row.channel.account)
        parcel = put_together(row, now)
        advance(
            row,
            PUBLICATION,
            "unknown",
            by=system(row.organization_id),
            now=now,
            data={"asks": not safety.can_look},
            handle=row.handle if parcel is None else parcel.handle,
            first_armed_at=taken_at,
            armed_at=taken_at,
            next_at=now if safety.can_look else None,
            **because("restored" if safety.can_look else "person_decides"),
        )


def _claim(ids: Iterable[UUID], worker: str, now: datetime) -> list[Errand]:
    """Claim looks in the organization in scope, each with a fence of its own."""
    free = Publication.objects.filter(pk__in=ids, state="unknown", next_at__lte=now)
    mine = list(free.select_for_update(skip_locked=True).values_list("pk", flat=True))
    claimed = Publication.objects.filter(pk__in=mine)
    claimed.update(next_at=now + LOOKING, fence=F("fence") + 1)
    rows, contents = _to_look_for(list(claimed.select_related("channel", "revision")), now)
    attempts = insert(
        Attempt(
            publication=row,
            fence=row.fence,
            phase=Attempt.Phase.LOOK,
            worker=worker,
            request_sha256=row.revision.digest,
            started_at=now,
        )
        for row in rows
    )
    known = _known(rows)
    return [
        replace(
            errand_of(row, attempt, contents[row.pk], armed=True),
            taken=known.get(row.channel_id, ()),
        )
        for row, attempt in zip(rows, attempts, strict=True)
    ]


def _to_look_for(
    rows: Iterable[Publication], now: datetime
) -> tuple[list[Publication], dict[UUID, Content]]:
    """Those of the rows that can be looked for, and what is sought. The others ask a person."""
    rows = list(rows)
    vain = takeover.sought_in_vain([row.pk for row in rows])
    parcels = [put_together(row, now) for row in rows if row.pk not in vain]
    contents = {parcel.row.pk: parcel.content for parcel in parcels if parcel}
    for row in rows:
        if row.pk not in contents:
            ask = because("person_decides")
            Publication.objects.filter(pk=row.pk).update(next_at=None, **ask)
            events.record("publication.doubtful", row, by=system(row.organization_id), now=now)
    return [row for row in rows if row.pk in contents], contents


def _known(rows: Iterable[Publication]) -> dict[UUID, tuple[str, ...]]:
    """Of channels on which posts are found by what they say: those known to be others'."""
    alike = {row.channel_id for row in rows if found_by_look(row.channel)}
    return {
        pk: tuple(
            Publication.objects.filter(channel=pk)
            .exclude(remote_id="")
            .order_by("-due_at")
            .values_list("remote_id", flat=True)[:KNOWN]
        )
        for pk in alike
    }


def _reap(organization_id: UUID, ids: Iterable[UUID], now: datetime) -> None:
    by = system(organization_id)
    gone = Q(pk__in=list(ids), state="publishing", lease_until__lte=now)
    rows = list(Publication.objects.select_for_update().filter(gone))
    tries = Attempt.objects.filter(
        publication__in=[row.pk for row in rows], fence=F("publication__fence")
    )
    armed = dict(tries.values_list("publication_id", "armed_at"))
    # Without an attempt of its own nothing is known: then it counts as armed.
    safe = {pk for pk, at in armed.items() if at is None}
    unarmed = [row for row in rows if row.pk in safe]
    doubtful = [row for row in rows if row.pk not in safe]
    tries.filter(outcome="").update(outcome="lost", finished_at=now)
    fatal = takeover.fatal_now(safe)
    for row in unarmed:
        if fatal.get(row.pk, 0) >= takeover.SENDS:
            advance(row, PUBLICATION, "held", by=by, now=now, lease_until=None, **because("poison"))
    again = [row for row in unarmed if row.state == "publishing"]
    # What may have ended its worker lets the others go first.
    when = [now + PAUSE if row.pk in fatal else now for row in again]
    advance_all(again, PUBLICATION, "scheduled", by=by, now=now, each={"next_at": when})
    why = because("worker_lost")
    advance_all(doubtful, PUBLICATION, "unknown", by=by, now=now, next_at=now, looks=0, **why)

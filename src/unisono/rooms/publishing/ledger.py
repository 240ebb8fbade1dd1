"""What the worker writes: claims, arming, outcomes. Short transactions, none open during a call.

The rules: an intent is committed before the first byte; every write after a claim names its fence;
an expired lease after arming becomes *unknown*, never *scheduled*; an unknown is looked up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from unisono.kernel import tenancy
from unisono.kernel.states import advance
from unisono.networks import registry
from unisono.networks.contract import (
    Absent,
    Account,
    Content,
    Handle,
    Published,
    Refused,
    SignInAgain,
    Unknown,
    Unsent,
    Verdict,
)
from unisono.rooms.content import snapshot
from unisono.rooms.people.actors import Actor, system
from unisono.rooms.publishing import evidence, verdicts
from unisono.rooms.publishing.models import Attempt, Publication
from unisono.rooms.publishing.queries import holds_on
from unisono.rooms.publishing.reasons import NO_REASON, because
from unisono.rooms.publishing.states import PUBLICATION
from unisono.rooms.workflow.queries import cleared

LEASE = timedelta(seconds=90)
"""Longer than the longest a single call may take; past it the attempt counts as lost."""


@dataclass(frozen=True)
class Errand:
    """All a delivery needs, read in the claim's own transaction. `sealed` opens in the worker."""

    publication_id: UUID
    organization_id: UUID
    attempt_id: UUID
    fence: int
    network: str
    account: Account
    sealed: str
    binding: str
    content: Content
    handle: Handle
    armed: bool
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


def claim_due(*, worker: str, now: datetime, limit: int = 200) -> list[Errand]:
    """Claim what is due, at most `limit`. Holds, approvals and edits are asked again here.

    A publication without media is armed at once, since nothing has to be prepared for it.
    """
    errands: list[Errand] = []
    for organization_id, ids in _due(now, limit).items():
        with tenancy.within(organization_id):
            by = system(organization_id)
            rows = _full(ids, "scheduled", now)
            held = holds_on(rows)
            for row in rows:
                stop = _obstacle(row, row.pk in held, now)
                if stop:
                    advance(row, PUBLICATION, "held", by=by, now=now, **stop)
                else:
                    errands.append(_claim(row, worker, by=by, now=now))
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
            if taken.update(next_at=now + LEASE) == 0:
                continue
            row = _full([pk], "unknown", None)[0]
            errands.append(_errand(row, _attempt(row, "look", worker, now), armed=True))
    return errands


def arm(errand: Errand, handle: Handle, *, now: datetime) -> Errand | None:
    """The last gate before the network may make the post: committed first, or not sent at all.

    None: the claim is no longer ours, or a hold, an edit or a withdrawn approval came in between.
    """
    with tenancy.within(errand.organization_id):
        row = _mine(errand)
        if row is None:
            return None
        stop = _obstacle(row, bool(holds_on([row])), now)
        if stop:
            by = system(errand.organization_id)
            _finish(errand, "stopped", now)
            advance(row, PUBLICATION, "held", by=by, now=now, **stop)
            return None
        _arm(row, errand.attempt_id, dict(handle), now)
    return Errand(**{**errand.__dict__, "handle": dict(handle), "armed": True})


def settle(errand: Errand, verdict: Verdict | Absent, *, now: datetime) -> str:
    """Write what came of an attempt or a look. Returns the state the publication is in then.

    A verdict that comes too late (the fence moved on) is kept as evidence only.
    """
    with tenancy.within(errand.organization_id):
        by = system(errand.organization_id)
        row = _mine(errand, states=("publishing", "unknown"))
        raw = {"verdict": type(verdict).__name__, **_told(verdict)}
        attempt = Attempt.objects.get(pk=errand.attempt_id)
        kind = "look" if attempt.phase == Attempt.Phase.LOOK else "answer"
        current = row or Publication.objects.get(pk=errand.publication_id)
        evidence.keep(current, attempt, kind, raw, now=now)
        _finish(errand, type(verdict).__name__.lower(), now)
        if row is None:
            return current.state
        verdicts.apply(row, verdict, by=by, now=now)
        return row.state


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


def _due(now: datetime, limit: int) -> dict[UUID, list[UUID]]:
    """Due rows by organization. Each claim below is a compare-and-set, so no lock is kept."""
    with tenancy.everywhere("the ledger serves every organization"):
        rows = (
            Publication.objects.filter(state="scheduled", next_at__lte=now)
            .order_by("next_at", "pk")
            .values_list("organization_id", "pk")[:limit]
        )
        found: dict[UUID, list[UUID]] = {}
        for organization_id, pk in rows:
            found.setdefault(organization_id, []).append(pk)
    return found


def _full(ids: Iterable[UUID], state: str, due: datetime | None) -> list[Publication]:
    """The rows with all a delivery reads; locked, skipping those another worker is claiming."""
    rows = (
        Publication.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk__in=list(ids), state=state)
        .select_related(
            "channel",
            "revision__variant__post__department",
            "variant__post__department",
        )
        .order_by("next_at", "pk")
    )
    return list(rows.filter(next_at__lte=due) if due else rows)


def _obstacle(row: Publication, held: bool, now: datetime) -> dict[str, Any] | None:
    """Why this may not go out now: columns for the held row, or None."""
    if held:
        return because("on_hold")
    if not cleared(row.revision):
        return because("not_approved")
    if row.revision.digest != row.variant.digest:
        return because("edited")
    if row.channel.state != "connected":
        return because(row.channel.state)
    if now > row.latest_at:
        return because("late", minutes=int((now - row.due_at).total_seconds() // 60))
    return None


def _claim(row: Publication, worker: str, *, by: Actor, now: datetime) -> Errand:
    content = snapshot.frozen(row.revision)
    handle = row.handle or dict(
        registry.publisher(row.channel.network).plan(
            content, row.channel.account, publication_id=row.pk, due_at=row.due_at
        )
    )
    advance(
        row,
        PUBLICATION,
        "publishing",
        by=by,
        now=now,
        fence=row.fence + 1,
        lease_until=now + LEASE,
        handle=handle,
        tries=row.tries + 1,
        **NO_REASON,
    )
    attempt = _attempt(row, "prepare", worker, now)
    ready = not content.media
    if ready:
        _arm(row, attempt.pk, handle, now)
    return _errand(row, attempt, armed=ready)


def _attempt(row: Publication, phase: str, worker: str, now: datetime) -> Attempt:
    if phase == Attempt.Phase.LOOK:
        row.fence += 1
        Publication.objects.filter(pk=row.pk).update(fence=row.fence)
    return Attempt.objects.create(
        publication=row,
        fence=row.fence,
        phase=phase,
        worker=worker,
        request_sha256=row.revision.digest,
        started_at=now,
    )


def _arm(row: Publication, attempt_id: UUID, handle: Handle, now: datetime) -> None:
    row.armed_at, row.first_armed_at = now, row.first_armed_at or now
    row.handle = dict(handle)
    Publication.objects.filter(pk=row.pk).update(
        armed_at=now,
        first_armed_at=row.first_armed_at,
        handle=row.handle,
        lease_until=now + LEASE,
    )
    Attempt.objects.filter(pk=attempt_id).update(armed_at=now, phase=Attempt.Phase.COMMIT)


def _errand(row: Publication, attempt: Attempt, *, armed: bool) -> Errand:
    taken: tuple[str, ...] = ()
    if attempt.phase == Attempt.Phase.LOOK:
        known = Publication.objects.filter(channel=row.channel).exclude(remote_id="")
        taken = tuple(known.order_by("-due_at").values_list("remote_id", flat=True)[:500])
    return Errand(
        publication_id=row.pk,
        organization_id=row.organization_id,
        attempt_id=attempt.pk,
        fence=row.fence,
        network=row.channel.network,
        account=row.channel.account,
        sealed=row.channel.credentials,
        binding=row.channel.binding,
        content=snapshot.frozen(row.revision),
        handle=row.handle,
        armed=armed,
        since=row.first_armed_at or attempt.started_at,
        taken=taken,
    )


def _mine(errand: Errand, states: tuple[str, ...] = ("publishing",)) -> Publication | None:
    """The row, locked, if the claim still stands."""
    return (
        Publication.objects.select_for_update(of=("self",))
        .filter(pk=errand.publication_id, fence=errand.fence, state__in=states)
        .select_related("channel", "revision__variant__post__department", "variant__post")
        .first()
    )


def _finish(errand: Errand, outcome: str, now: datetime) -> None:
    Attempt.objects.filter(pk=errand.attempt_id).update(outcome=outcome, finished_at=now)


def _told(verdict: Verdict | Absent) -> dict[str, Any]:
    told: dict[str, Any] = {"raw": dict(verdict.raw)}
    if isinstance(verdict, Published):
        told |= {"remote_id": verdict.remote_id, "url": verdict.url}
    if isinstance(verdict, (Refused, SignInAgain, Unsent, Unknown)):
        told["reason"] = str(verdict.reason)
    return told

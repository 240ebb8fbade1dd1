"""What the worker writes of its errands: arming and outcomes, in short transactions.

The rules: an intent is committed before the first byte; every write after a claim names its fence;
what comes too late is evidence only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from unisono.kernel import tenancy
from unisono.kernel.rows import insert
from unisono.kernel.states import advance, advance_all, rewrite
from unisono.networks.contract import (
    Absent,
    Handle,
    Published,
    Refused,
    SignInAgain,
    Unknown,
    Unsent,
    Verdict,
)
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import chain, claims, evidence, followers, turns, verdicts
from unisono.rooms.publishing.claims import Errand
from unisono.rooms.publishing.models import Attempt, Publication
from unisono.rooms.publishing.obstacles import obstacles
from unisono.rooms.publishing.reasons import NO_REASON
from unisono.rooms.publishing.states import PUBLICATION

T = TypeVar("T")


def arm(errand: Errand, handle: Handle, *, now: datetime) -> Errand | None:
    """`arm_all` for one; None when it may not be sent."""
    return arm_all([(errand, handle)], now=now).get(errand.attempt_id)


def arm_all(wanted: Sequence[tuple[Errand, Handle]], *, now: datetime) -> dict[UUID, Errand]:
    """The last gate before the network may make the posts: committed first, or not sent at all.

    The armed errands by attempt. One is missing when its claim is no longer ours, or when a hold,
    an edit or a withdrawn approval came in between.
    """
    armed: dict[UUID, Errand] = {}
    for organization_id, errands in _by_organization(wanted):
        with tenancy.within(organization_id):
            mine = _mine_of([errand for errand, _handle in errands])
            stops = obstacles(list(mine.values()), now)
            going = []
            for errand, handle in errands:
                row = mine.get(errand.attempt_id)
                if row is None:
                    continue
                if row.pk in stops:
                    _finish([errand], "stopped", now)
                    _stop(row, stops[row.pk], now)
                else:
                    going.append((errand, row, dict(handle)))
            _arm(going, now)
            for errand, _row, handle in going:
                armed[errand.attempt_id] = replace(errand, handle=handle, armed=True)
    return armed


def _stop(row: Publication, why: Mapping[str, Any], now: datetime) -> None:
    """What was claimed may not be sent: it is held, or waits for its turn on schedule."""
    by = system(row.organization_id)
    if "next_at" in why:
        # Being told to wait is no failed try.
        tries = max(row.tries - 1, 0)
        advance(row, PUBLICATION, "scheduled", by=by, now=now, lease_until=None, tries=tries, **why)
    else:
        advance(row, PUBLICATION, "held", by=by, now=now, **why)


def settle(errand: Errand, verdict: Verdict | Absent, *, now: datetime) -> str:
    """Write what came of an attempt or a look. Returns the state the publication is in then.

    A verdict that comes too late (the fence moved on) is kept as evidence only.
    """
    with tenancy.within(errand.organization_id):
        by = system(errand.organization_id)
        row = _mine(errand, states=("publishing", "unknown")) or _proved(errand, verdict)
        raw = _raw(verdict)
        attempt = Attempt.objects.get(pk=errand.attempt_id)
        kind = "look" if attempt.phase == Attempt.Phase.LOOK else "answer"
        current = row or Publication.objects.get(pk=errand.publication_id)
        evidence.keep(current, attempt, kind, raw, now=now)
        _finish([errand], type(verdict).__name__.lower(), now)
        if row is None:
            return current.state
        verdicts.apply(row, verdict, by=by, now=now, asked_at=attempt.started_at)
        return row.state


def settle_all(outcomes: Sequence[tuple[Errand, Verdict | Absent]], *, now: datetime) -> None:
    """Write what came of many attempts. What is plainly published is written in one go."""
    for organization_id, found in _by_organization(outcomes):
        with tenancy.within(organization_id):
            rest = _publish([o for o in found if isinstance(o[1], Published)], now)
            rest += [o for o in found if not isinstance(o[1], Published)]
            for errand, verdict in rest:
                settle(errand, verdict, now=now)


def _arm(going: Sequence[tuple[Errand, Publication, dict[str, Any]]], now: datetime) -> None:
    rows = [row for _errand, row, _handle in going]
    rewrite(
        rows,
        {
            "handle": [handle for _errand, _row, handle in going],
            "first_armed_at": [row.first_armed_at or now for row in rows],
        },
        armed_at=now,
        lease_until=now + claims.LEASE,
    )
    Attempt.objects.filter(pk__in=[errand.attempt_id for errand, _row, _handle in going]).update(
        armed_at=now, phase=Attempt.Phase.COMMIT
    )


def _publish(
    found: Sequence[tuple[Errand, Any]], now: datetime
) -> list[tuple[Errand, Verdict | Absent]]:
    """Write what is plainly published; the others, which need a closer look, come back."""
    mine = _mine_of([errand for errand, _verdict in found if errand.armed])
    named = Publication.objects.filter(
        channel__in={errand.channel_id for errand, _verdict in found},
        remote_id__in=[verdict.remote_id for _errand, verdict in found],
    )
    taken = set(named.exclude(remote_id="").order_by().values_list("channel_id", "remote_id"))
    plain, rest = [], []
    for errand, verdict in found:
        row = mine.get(errand.attempt_id)
        key = (row.channel_id, verdict.remote_id) if row else None
        if row is None or errand.looking or key in taken or not verdict.remote_id:
            rest.append((errand, verdict))
        else:
            taken.add((row.channel_id, verdict.remote_id))
            plain.append((errand, verdict, row))
    if not plain:
        return rest
    insert(
        evidence.made(e.publication_id, e.attempt_id, "answer", _raw(v), now=now)
        for e, v, _row in plain
    )
    _finish([errand for errand, _verdict, _row in plain], "published", now)
    advance_all(
        [row for _errand, _verdict, row in plain],
        PUBLICATION,
        "published",
        by=system(plain[0][0].organization_id),
        now=now,
        each={
            "remote_id": [verdict.remote_id for _errand, verdict, _row in plain],
            "url": [verdict.url for _errand, verdict, _row in plain],
        },
        data=[{"url": verdict.url} for _errand, verdict, _row in plain],
        published_at=now,
        next_at=None,
        lease_until=None,
        **NO_REASON,
    )
    chain.release([(row, chain.reference(v)) for _errand, v, row in plain], now=now)
    followers.release([row for _errand, _verdict, row in plain], now=now)
    return rest


def _mine_of(errands: Sequence[Errand]) -> dict[UUID, Publication]:
    """The rows, locked, whose claims still stand, by attempt."""
    rows = (
        Publication.objects.select_for_update(of=("self",))
        .filter(pk__in=[errand.publication_id for errand in errands], state="publishing")
        .only(
            "state",
            "fence",
            "channel",
            "variant",
            "revision",
            "organization_id",
            "first_armed_at",
            "occurrence",
            "part",
            "parts",
            "reply_to",
            "tries",
        )
        .annotate(leads=turns.any_order())
        .order_by("pk")
        .in_bulk()
    )
    found = {errand.attempt_id: rows.get(errand.publication_id) for errand in errands}
    fences = {errand.attempt_id: errand.fence for errand in errands}
    return {pk: row for pk, row in found.items() if row and row.fence == fences[pk]}


def _by_organization(
    work: Sequence[tuple[Errand, T]],
) -> Iterable[tuple[UUID, list[tuple[Errand, T]]]]:
    parts: dict[UUID, list[tuple[Errand, T]]] = {}
    for errand, what in work:
        parts.setdefault(errand.organization_id, []).append((errand, what))
    return parts.items()


def _mine(errand: Errand, states: tuple[str, ...] = ("publishing",)) -> Publication | None:
    """The row, locked, if the claim still stands."""
    return (
        Publication.objects.select_for_update(of=("self",))
        .filter(pk=errand.publication_id, fence=errand.fence, state__in=states)
        .select_related("channel", "revision__variant__post__department", "variant__post")
        .annotate(leads=turns.any_order())
        .first()
    )


def _proved(errand: Errand, verdict: Verdict | Absent) -> Publication | None:
    """An answer that comes too late is still proof for a row about which nothing is known."""
    if not isinstance(verdict, Published):
        return None
    rows = Publication.objects.select_for_update(of=("self",)).select_related("channel")
    return rows.filter(pk=errand.publication_id, state="unknown").first()


def _finish(errands: Sequence[Errand], outcome: str, now: datetime) -> None:
    done = [errand.attempt_id for errand in errands]
    Attempt.objects.filter(pk__in=done).update(outcome=outcome, finished_at=now)


def _raw(verdict: Verdict | Absent) -> dict[str, Any]:
    """The verdict as evidence keeps it."""
    told: dict[str, Any] = {"verdict": type(verdict).__name__, "raw": dict(verdict.raw)}
    if isinstance(verdict, Published):
        told |= {"remote_id": verdict.remote_id, "url": verdict.url}
    if isinstance(verdict, (Refused, SignInAgain, Unsent, Unknown)):
        told["reason"] = str(verdict.reason)
    return told

"""What each verdict of a network does to a publication. Everything unclear is an unknown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from unisono.kernel import events
from unisono.kernel.states import advance
from unisono.networks import registry
from unisono.networks.contract import (
    Absent,
    Limited,
    Pending,
    Published,
    Refused,
    SecondPost,
    SignInAgain,
    Unknown,
    Unsent,
    Verdict,
)
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels.sentences import said
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing import chain, followers, pauses, takeover
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.reasons import NO_REASON, because, late, told
from unisono.rooms.publishing.states import PUBLICATION

LOOKS_MAX = 12
"""With the doubling pauses between them, looks go on for more than an hour."""

FIRST_BACKOFF = timedelta(seconds=10)
LAST_BACKOFF = timedelta(minutes=15)
SOON = timedelta(seconds=5)
A_MOMENT = timedelta(milliseconds=200)
AGREEING_LOOKS = 2


def apply(
    row: Publication,
    verdict: Verdict | Absent,
    *,
    by: Actor,
    now: datetime,
    asked_at: datetime | None = None,
) -> None:
    """Write what the verdict means for the (locked) row; `asked_at` is when the network was asked.

    An answer may be written long after it was true: absence is as old as its question.
    """
    match verdict:
        case Published() if _is_anothers(row, verdict):
            _doubt(row, None, by=by, now=now, ask=True)
        case Published():
            advance(
                row,
                PUBLICATION,
                "published",
                by=by,
                now=now,
                remote_id=verdict.remote_id,
                url=verdict.url,
                published_at=now,
                next_at=None,
                lease_until=None,
                data={"url": verdict.url},
                **NO_REASON,
            )
            chain.release([(row, chain.reference(verdict))], now=now)
            followers.release([row], now=now)
        case Pending():
            _doubt(
                row,
                now + verdict.check_after,
                by=by,
                now=now,
                handle=dict(verdict.handle),
            )
        case Refused(permanent=True):
            _end(row, told("refused", verdict.reason), by=by, now=now)
        case Refused() | Unsent():
            why = told("retrying", verdict.reason)
            _again(row, now + _backoff(row.tries), why, by=by, now=now)
        case Limited():
            if verdict.everyone:
                pauses.pause((row.channel.network, row.channel.server), until=verdict.until)
            # Being asked to wait is no failed try.
            tries = max(row.tries - 1, 0)
            _again(row, verdict.until, because("limited"), by=by, now=now, tries=tries)
            Publication.objects.filter(
                channel=row.channel, state="scheduled", next_at__lt=verdict.until
            ).update(next_at=verdict.until)
        case SignInAgain():
            channels.needs_sign_in(row.channel, trouble=said(verdict.reason), by=by, now=now)
            _hold(row, because("needs_sign_in"), by=by, now=now)
        case Absent():
            _absent(row, asked_at or now, by=by, now=now)
        case Unknown():
            _doubt(row, None, by=by, now=now)


def _is_anothers(row: Publication, verdict: Published) -> bool:
    """Whether the post found belongs to another publication: a twin, and so no proof."""
    taken = Publication.objects.filter(channel=row.channel, remote_id=verdict.remote_id)
    return bool(verdict.remote_id) and taken.exclude(pk=row.pk).exists()


def _absent(row: Publication, asked_at: datetime, *, by: Actor, now: datetime) -> None:
    """Not there: proof only after the network's settling time; then the same identity again.

    Where a post is known by nothing but what it says, two looks have to agree: a list may lag.
    """
    safety = registry.publisher(row.channel.network).safety(row.channel.account)
    by_its_words = safety.how is SecondPost.LOOK_UP
    settled = row.armed_at is not None and asked_at - row.armed_at >= safety.settles_after
    if not safety.can_look or row.armed_at is None:
        _doubt(row, None, by=by, now=now)
    elif settled and (not by_its_words or row.looks >= AGREEING_LOOKS):
        if takeover.fatal_now([row.pk]).get(row.pk, 0) >= takeover.SENDS:
            _end(row, because("poison"), by=by, now=now)
        else:
            _again(row, now, because("retrying"), by=by, now=now)
    else:
        # Whoever asks again at the end of the settling time asks once more, and no more often.
        pause = safety.settles_after / 2 if by_its_words else A_MOMENT
        _doubt(row, max(row.armed_at + safety.settles_after, now + pause), by=by, now=now)


def _doubt(
    row: Publication,
    at: datetime | None,
    *,
    by: Actor,
    now: datetime,
    ask: bool = False,
    **changes: Any,
) -> None:
    """It may be out: look (again), and after enough looks ask a person."""
    safety = registry.publisher(row.channel.network).safety(row.channel.account)
    looks = row.looks + 1
    pause = max(SOON, safety.settles_after) * (1 << min(looks - 1, 12))
    when: datetime | None = at or now + min(pause, LAST_BACKOFF)
    if ask or not safety.can_look or looks > LOOKS_MAX:
        when = None
    why = because("checking" if when else "person_decides")
    changes |= {"next_at": when, "looks": looks, "lease_until": None, **why}
    if row.state == "publishing":
        advance(
            row,
            PUBLICATION,
            "unknown",
            by=by,
            now=now,
            data={"asks": when is None},
            **changes,
        )
        return
    Publication.objects.filter(pk=row.pk).update(**changes)
    if when is None:
        events.record("publication.doubtful", row, by=by, now=now)


def _again(
    row: Publication,
    at: datetime,
    why: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
    **changes: Any,
) -> None:
    """Nothing was made: back on schedule, unless that would be past its latest time."""
    if at > row.latest_at:
        if row.state == "publishing":
            _hold(
                row,
                late(row.due_at, at),
                by=by,
                now=now,
            )
        else:
            _end(row, because("given_up"), by=by, now=now)
        return
    advance(
        row,
        PUBLICATION,
        "scheduled",
        by=by,
        now=now,
        next_at=at,
        lease_until=None,
        **changes,
        **why,
    )


def _hold(row: Publication, why: dict[str, Any], *, by: Actor, now: datetime) -> None:
    advance(row, PUBLICATION, "held", by=by, now=now, lease_until=None, **why)


def _end(row: Publication, why: dict[str, Any], *, by: Actor, now: datetime) -> None:
    advance(
        row,
        PUBLICATION,
        "failed",
        by=by,
        now=now,
        next_at=None,
        lease_until=None,
        **why,
    )


def _backoff(tries: int) -> timedelta:
    """10 s, 20 s, 40 s … at most 15 min."""
    doubled: timedelta = FIRST_BACKOFF * (1 << min(tries - 1, 10))
    return min(doubled, LAST_BACKOFF)

"""The verbs of what happens by the clock: what is noticed, and what is proposed about it.

They reckon, and so bring the libraries for that: only the jobs' process loads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from math import log

from django.db import transaction

from unisono.kernel import events
from unisono.kernel.refusals import Refusal
from unisono.kernel.states import advance
from unisono.rooms.orchestration import queries
from unisono.rooms.orchestration.audience.policy import Trials, drawn
from unisono.rooms.orchestration.models import Act, Mandate, Noticed, Proposal, Signal
from unisono.rooms.orchestration.proposing import PROPOSERS, Proposer, Suggestion
from unisono.rooms.orchestration.sights import Sight, Watcher
from unisono.rooms.orchestration.states import PROPOSAL, SIGNAL
from unisono.rooms.orchestration.watching import WATCHERS
from unisono.rooms.people.actors import Actor

MOST_A_DEPARTMENT = 12
"""Proposals that lie before one department at a time: more are read by nobody."""

MOST_LIKELY = 8
"""While so many lie there, no time that is only likely better is put beside them."""


def notice(*, by: Actor, now: datetime, watchers: Iterable[Watcher] = WATCHERS) -> list[Signal]:
    """Look at everything once: open what is new, end what is over. Returns what is new."""
    seen: dict[tuple[str, str], Sight] = {}
    for watcher in watchers:
        for sight in watcher(by, now):
            seen.setdefault((sight.kind, sight.key), sight)
    with transaction.atomic(), events.gathered():
        known = {(row.kind, row.key): row for row in Signal.objects.filter(state="open")}
        for mark, row in known.items():
            if mark not in seen:
                advance(row, SIGNAL, "over", by=by, now=now, over_at=now)
            else:
                _seen_again(row, seen[mark], now)
        return [_open(sight, by, now) for mark, sight in seen.items() if mark not in known]


def propose(*, by: Actor, now: datetime) -> list[Proposal]:
    """Offer what could be done about the open signals; withdraw what has lost its reason."""
    made = []
    with events.gathered():
        _expire(by, now)
        lying = Counter(
            Proposal.objects.filter(state="offered").values_list("department", flat=True)
        )
        rows = Signal.objects.filter(state="open").order_by("noticed_at")
        open_ones = sorted(
            rows.prefetch_related("proposals"), key=lambda one: one.kind == Noticed.LIKELY
        )
        for signal, proposer in _unanswered(open_ones):
            suggestion = proposer(signal, by, now)
            if suggestion is None or suggestion.ends_at <= now:
                continue
            likely = signal.kind == Noticed.LIKELY
            most = MOST_LIKELY if likely else MOST_A_DEPARTMENT
            if lying[suggestion.department] >= most:
                continue
            offered = _offer(signal, suggestion, by=by, now=now)
            if offered:
                lying[suggestion.department] += 1
                made.append(offered)
        _mark_trials(by, now)
    return made


def _mark_trials(by: Actor, now: datetime) -> None:
    """Make trials of some moves whose gain is least certain, where a mandate allows it."""
    given = Mandate.objects.filter(state="given", trials_one_in__gt=0)
    bounds = dict(given.values_list("department", "trials_one_in"))
    zone = by.organization.zone
    start, end = queries.month(zone, now)
    counted = queries.tried(bounds, zone=zone, now=now) if bounds else {}
    for department, count in counted.items():
        rows = list(
            Proposal.objects.filter(
                state="offered", kind=Act.MOVE, signal__kind=Noticed.LIKELY, trial=False,
                department=department, at__gte=start, at__lt=end, low__gt=0,
            ).order_by("pk")
        )  # fmt: skip
        bound = Trials(1 / bounds[department], trials=count.trials)
        due = min(bound.due(count.posts), len(rows))
        lot = f"{department}:{start:%Y-%m}:{count.trials}"
        for n in drawn([log(row.high / row.low) for row in rows], due, lot=lot):
            _try_out(rows[n], by, now)


def _try_out(row: Proposal, by: Actor, now: datetime) -> None:
    with transaction.atomic():
        if Proposal.objects.filter(pk=row.pk, state="offered", trial=False).update(trial=True):
            events.record("proposal.trial", row, by=by, now=now)


def _unanswered(signals: Iterable[Signal]) -> Iterator[tuple[Signal, Proposer]]:
    """Each signal with what could answer it, unless that was proposed for it before."""
    for signal in signals:
        answered = {one.kind for one in signal.proposals.all()}
        for kind, act, proposer in PROPOSERS:
            if kind == signal.kind and act not in answered:
                yield signal, proposer


def _open(sight: Sight, by: Actor, now: datetime) -> Signal:
    kind, subject = sight.subject
    signal = Signal.objects.create(
        kind=sight.kind,
        key=sight.key,
        department_id=sight.department,
        subject_type=kind,
        subject_id=subject,
        data=sight.data,
        noticed_at=now,
        seen_at=now,
    )
    events.record("signal.open", signal, by=by, now=now, of=sight.kind)
    return signal


def _seen_again(row: Signal, sight: Sight, now: datetime) -> None:
    if row.data != sight.data:
        row.data, row.seen_at = sight.data, now
        row.save(update_fields=["data", "seen_at"])


def _offer(signal: Signal, one: Suggestion, *, by: Actor, now: datetime) -> Proposal | None:
    evidence = one.evidence
    if Proposal.objects.filter(kind=one.kind, key=one.key, state="offered").exists():
        return None
    proposal = Proposal.objects.create(
        kind=one.kind,
        signal=signal,
        key=one.key,
        department_id=one.department,
        post=one.post,
        variant=one.variant,
        channel_id=one.channel,
        campaign_id=one.campaign,
        data=one.data,
        wall=one.wall,
        zone=one.zone,
        at=one.at,
        was_at=one.variant.planned_at if one.variant else None,
        figure=evidence.figure,
        expected=evidence.expected,
        low=evidence.low,
        high=evidence.high,
        sample=evidence.sample,
        basis=evidence.basis,
        offered_at=now,
        ends_at=one.ends_at,
    )
    events.record("proposal.offered", proposal, by=by, now=now, act=one.kind)
    return proposal


def _expire(by: Actor, now: datetime) -> None:
    """End offers whose time has come or whose signal is over."""
    for row in Proposal.objects.filter(state="offered").select_related("signal"):
        gone = row.signal is None or row.signal.state == "over"
        if gone or row.ends_at <= now:
            try:
                advance(row, PROPOSAL, "expired", by=by, now=now)
            except Refusal:
                # Somebody decided this very moment.
                continue

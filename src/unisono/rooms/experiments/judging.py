"""What experiments show by now: posts counted at their age, and the answer once there is one.

Whatever can be foretold of a post is taken out of its count first: what its like bring (`Likes`),
at its format and, where it is not just the hour that is asked about, at its hour. What is left is
compared. Whether that is done is settled before the first count, and holds to the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from math import log
from uuid import UUID

from unisono.kernel.clock import to_wall
from unisono.kernel.refusals import Refusal
from unisono.rooms.experiments import actions, counts, queries, trying
from unisono.rooms.experiments.models import Experiment, Left, Trial
from unisono.rooms.experiments.statistics.finding import Shown
from unisono.rooms.experiments.statistics.sample import LEAST
from unisono.rooms.experiments.statistics.sequence import found
from unisono.rooms.orchestration import hearing
from unisono.rooms.orchestration.audience.samples import Sample
from unisono.rooms.orchestration.audience.signals import LEAST_POSTS, Likes
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.models import Publication

PATIENCE = timedelta(days=14)
"""So long after its age a post may still be counted."""

LATE = timedelta(minutes=30)
"""How much later than its hours a post may go out and still count for them."""


class Foresight:
    """What the like of posts bring; learnt when it is first asked for."""

    def __init__(self, by: Actor, now: datetime) -> None:
        self.by, self.now = by, now

    @cached_property
    def likes(self) -> Likes:
        return Likes(hearing.learned(self.by, now=self.now))

    def expected(self, trial: Trial, out: Publication) -> float | None:
        """What the like of this post bring at its age; None where too little is known of them."""
        row = trial.experiment
        counted = [
            one
            for one in hearing.samples(self.by, [out.pk], now=self.now)
            if one.meaning.split("/")[0] == row.figure
        ]
        if not counted or counted[0].channel not in self.likes.learned.places:
            return None
        return self._of(row, counted[-1])

    def _of(self, row: Experiment, one: Sample) -> float | None:
        # Taking out the hour would take out the answer: all are held against one and the same.
        at = one.posted_at if row.paired or row.started_at is None else row.started_at
        alike = replace(one, posted_at=at, observed_at=at + timedelta(hours=row.hours))
        forecast = self.likes.forecast(alike)
        if forecast.posts < LEAST_POSTS:
            return None
        return max(forecast.verdict(alike, 0.0).expected, 0.5)


def judge(*, by: Actor, now: datetime) -> int:
    """Count what is ripe and draw the answer where there is one; how many posts were judged."""
    rows = Experiment.objects.filter(state="running").select_related("department", "channel")
    foresight, judged = Foresight(by, now), 0
    for row in rows.order_by("started_at"):
        fresh = _count(row, foresight, by=by, now=now)
        judged += fresh
        if fresh:
            _answer(row, by=by, now=now)
        if row.state == "running" and _hopeless(row):
            _end_without(row, by=by, now=now)
    return judged


def _count(row: Experiment, foresight: Foresight, *, by: Actor, now: datetime) -> int:
    waiting = list(
        row.trials.filter(state="assigned").select_related("post", "arm", "variant", "experiment")
    )
    out = _out(waiting)
    ages = {one.pk: one.published_at for one in out.values() if one.published_at}
    known = counts.counted(ages, row.figure, row.hours, now=now)
    fresh = 0
    for trial in waiting:
        if trial.state != "assigned":
            continue
        trial.experiment, sent = row, out.get(trial.variant_id)
        counted = sent is not None and sent.pk in known
        why = _lost(trial, sent, counted, by=by, now=now)
        if why is None and sent is not None and counted:
            fresh += _judged(trial, sent, known[sent.pk], foresight, by=by, now=now)
            why = Left.UNCOUNTED if trial.state == "assigned" and _late(trial, sent, now) else None
        if why:
            _leave(trial, why, waiting, by=by, now=now)
    return fresh


def _judged(
    trial: Trial, out: Publication, count: int, foresight: Foresight, *, by: Actor, now: datetime
) -> int:
    row = trial.experiment
    expected = None if row.adjusts is False else foresight.expected(trial, out)
    if row.adjusts is None:
        trying.settle_adjusting(row, adjusts=expected is not None)
    if row.adjusts and expected is None:
        return 0
    trying.keep_count(trial, count, expected if row.adjusts else None, by=by, now=now)
    return 1


def _out(trials: Sequence[Trial]) -> dict[UUID, Publication]:
    """What went out of these, by its variant: the first that did after it was drawn for."""
    rows = Publication.objects.filter(
        variant__in=[one.variant_id for one in trials], part=0, state="published"
    ).order_by("published_at")
    since = {one.variant_id: one.assigned_at for one in trials}
    found: dict[UUID, Publication] = {}
    for row in rows:
        if row.published_at and row.published_at >= since[row.variant_id]:
            found.setdefault(row.variant_id, row)
    return found


def _lost(
    trial: Trial, out: Publication | None, counted: bool, *, by: Actor, now: datetime
) -> Left | None:
    """Why the post can try nothing any more; None while it can."""
    if out is None or out.published_at is None:
        if trial.post.removed_at is not None or trial.variant.dropped_at is not None:
            return Left.GONE
        due = max(trial.variant.planned_at or trial.assigned_at, trial.assigned_at)
        return Left.UNSENT if due + PATIENCE <= now else None
    row, zone = trial.experiment, by.organization.zone
    if not row.paired and not any(
        trial.arm.holds(to_wall(at, zone)) for at in (out.published_at, out.published_at - LATE)
    ):
        return Left.MOVED
    return Left.UNCOUNTED if not counted and _late(trial, out, now) else None


def _late(trial: Trial, out: Publication, now: datetime) -> bool:
    """Whether it has waited for its count, or for what to hold it against, for long enough."""
    age = timedelta(hours=trial.experiment.hours)
    return out.published_at is not None and out.published_at + age + PATIENCE <= now


def _leave(trial: Trial, why: Left, waiting: Sequence[Trial], *, by: Actor, now: datetime) -> None:
    """It leaves; of a pair the other too, even if that is judged: alone it says nothing."""
    trying.leave(trial, why, by=by, now=now)
    if not trial.experiment.paired:
        return
    others = trial.experiment.trials.filter(number=trial.number).exclude(state="left")
    known = {one.pk: one for one in waiting}
    for other in others.select_related("post"):
        trying.leave(known.get(other.pk, other), Left.ALONE, by=by, now=now)


def _answer(row: Experiment, *, by: Actor, now: datetime) -> None:
    first, second = _logarithms(row)
    last = min(len(first), len(second)) >= row.planned or _full(row, len(first) + len(second))
    told = found(first, second, planned=row.planned, paired=row.paired, last=last)
    if told is None:
        return
    actions.keep_finding(row, told, now=now)
    if told.shown is not Shown.OPEN:
        try:
            actions.conclude(row, told, by=by, now=now)
        except Refusal:
            # Somebody stopped it this very moment.
            return


def _full(row: Experiment, judged: int) -> bool:
    """Whether as many are judged as were planned; where some left, not quite half each way."""
    return judged >= 2 * row.planned


def _hopeless(row: Experiment) -> bool:
    """Whether it can no longer come to any range: its places are taken and too few of them are one
    way's, or as many posts were lost as were planned, and hardly any was counted."""
    if queries.finding(row) is not None:
        return False
    inside: Counter[int] = Counter(
        row.trials.exclude(state="left").values_list("arm__position", flat=True)
    )
    if inside.total() >= 2 * row.planned and min(inside[0], inside[1]) < LEAST:
        return True
    lost = row.trials.filter(state="left").exclude(left__in=(Left.PERSON, Left.ENDED))
    return lost.count() >= 2 * row.planned


def _end_without(row: Experiment, *, by: Actor, now: datetime) -> None:
    try:
        actions.give_up(row, by=by, now=now)
    except Refusal:
        # Somebody stopped it this very moment.
        return


def _logarithms(row: Experiment) -> tuple[list[float], list[float]]:
    """What is compared, of either arm in the order of the draws; of pairs only whole ones."""
    arms: list[dict[int, float]] = [{}, {}]
    for trial in row.trials.filter(state="judged").select_related("arm").order_by("number"):
        assert trial.count is not None
        value = log(trial.count + 0.5) - (log(trial.expected) if trial.expected else 0.0)
        arms[trial.arm.position][trial.number] = value
    if row.paired:
        whole = sorted(arms[0].keys() & arms[1].keys())
        return [arms[0][n] for n in whole], [arms[1][n] for n in whole]
    return list(arms[0].values()), list(arms[1].values())

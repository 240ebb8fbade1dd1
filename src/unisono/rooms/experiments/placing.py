"""Where a post of an experiment goes: a time in its arm's hours that breaks no house rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from unisono.kernel import clock
from unisono.kernel.refusals import Conflict, Refusal
from unisono.rooms.content.models import Variant
from unisono.rooms.experiments.models import Experiment, ExperimentArm
from unisono.rooms.experiments.statistics.drawing import shuffled
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.pacing.asking import Collides

AHEAD = timedelta(hours=18)
"""No time is drawn nearer than this: a post wants to be looked at before."""

DAYS = 28
"""So far around its time, or from now, a place is looked for."""

A_DAY = 3
STEP = 15
SECOND = (7, 8, 6, 9, 5, 14)
"""Days between the two of one content; a week first, so that weekday and hour are the same."""


def put_in(
    experiment: Experiment, arm: ExperimentArm, variant: Variant, number: int, *, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Move the variant to a time drawn in the arm's hours, the day nearest to the time it has.

    Raises Conflict where no time there keeps to the house rules.
    """
    zone = by.organization.zone
    start = clock.to_wall(variant.planned_at or now + AHEAD, zone)
    walls = _drawn(experiment, arm, number, start, clock.to_wall(now + AHEAD, zone))
    if variant.planned_at and variant.planned_at > now and arm.holds(start):
        # It tries these hours already.
        return
    if not _first(variant, walls, zone, by=by, now=now):
        said = _("In the hours of “%(arm)s” there is no time within four weeks that keeps to the"
                 " house rules of %(channel)s.")  # fmt: skip
        raise Conflict(said % {"arm": arm.label, "channel": variant.channel.name}, field="variant")


def put_apart(
    first: Variant, second: Variant, wall: datetime, zone: str, *, by: Actor, now: datetime
) -> None:
    """Give one of two the time `wall`, and the other the same hour about a week later."""
    later = [wall + timedelta(days=days) for days in SECOND]
    # The later one first: it may stand where the other is to go.
    if not _first(second, later, zone, by=by, now=now):
        said = _("There is no time about a week after it that keeps to the house rules of"
                 " %(channel)s.")  # fmt: skip
        raise Conflict(said % {"channel": second.channel.name}, field="variant")
    if first.planned_wall != f"{wall:%Y-%m-%dT%H:%M}" or first.planned_zone != zone:
        publishing.move(first, wall=wall, zone=zone, by=by, now=now)


def _drawn(
    experiment: Experiment, arm: ExperimentArm, number: int, start: datetime, soonest: datetime
) -> Iterator[datetime]:
    """Naive wall times in the arm's hours: day by day away from `start`, a few drawn for each."""
    apart = sorted(range(-DAYS, DAYS + 1), key=lambda days: (abs(days), days < 0))
    minutes = shuffled(experiment.seed, number, range(arm.from_hour * 60, arm.to_hour * 60, STEP))[
        :A_DAY
    ]
    for days in apart:
        day = start.date() + timedelta(days=days)
        if day.weekday() not in arm.weekdays:
            continue
        for minute in minutes:
            wall = datetime.combine(day, time(minute // 60, minute % 60))
            if wall > soonest.replace(tzinfo=None):
                yield wall


def _first(
    variant: Variant, walls: Iterable[datetime], zone: str, *, by: Actor, now: datetime
) -> bool:
    """Move it to the first of these that no house rule is against; other refusals stand."""
    for wall in walls:
        try:
            publishing.move(variant, wall=wall, zone=zone, by=by, now=now)
        except Collides:
            continue
        except Refusal:
            raise
        return True
    return False

"""What dead workers leave: their claims are given up, and the post that ended them is named.

A post that ends its worker is tried once more, after a pause in which the others go on; ending a
second one, it waits for a person. A look may end three, as it can make nothing public.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from unisono.kernel import processes, tenancy
from unisono.rooms.publishing import steps
from unisono.rooms.publishing.models import Attempt, Publication

FATAL = "fatal"
"""The outcome of an attempt that ended its worker."""

SENDS = 2
LOOKS = 3
"""So many workers a post may end by being sent, or looked for, before a person decides."""


def notes() -> Path:
    """The folder in which this machine's workers note what they are at."""
    return Path(settings.UNISONO_DATA) / "workers" / "deliveries"


def workers() -> list[str]:
    """The names of the workers that have something claimed."""
    with tenancy.everywhere("the ledger serves every organization"):
        rows = Publication.objects.filter(state="publishing").order_by()
        return list(rows.values_list("worker", flat=True).distinct())


def take_over(*, now: datetime) -> list[str]:
    """Give up for the dead workers of this machine, and say what ended them; their names."""
    dead = [name for name in workers() if processes.is_dead(name)]
    for mark in steps.last_of_the_dead(notes()):
        _blame(mark, now)
    for name in dead:
        give_up(name, now=now)
    return dead


def give_up(worker: str, *, now: datetime) -> None:
    """A worker is known to be dead: what it had claimed need not wait for its lease to run out."""
    with tenancy.everywhere("a worker serves every organization"):
        Publication.objects.filter(state="publishing", worker=worker).update(lease_until=now)


def fatal_now(ids: Iterable[UUID]) -> dict[UUID, int]:
    """Of these, those whose last sending ended its worker: how many they ended in all."""
    ended: dict[UUID, list[bool]] = {}
    tries = Attempt.objects.filter(publication__in=list(ids)).exclude(phase=Attempt.Phase.LOOK)
    told = tries.order_by("fence").values_list("publication_id", "outcome")
    for pk, outcome in told:
        ended.setdefault(pk, []).append(outcome == FATAL)
    return {pk: sum(each) for pk, each in ended.items() if each[-1]}


def sought_in_vain(ids: Sequence[UUID]) -> set[UUID]:
    """Of these, those that ended a worker each time they were looked for, too often."""
    looks = Attempt.objects.filter(
        publication__in=ids, phase=Attempt.Phase.LOOK, outcome=FATAL
    ).values_list("publication_id", flat=True)
    found = list(looks.order_by())
    return {pk for pk in found if found.count(pk) >= LOOKS}


def _blame(mark: steps.Mark, now: datetime) -> None:
    pk, fence = mark
    with tenancy.everywhere("a worker serves every organization"):
        attempts = Attempt.objects.filter(publication=pk, fence=fence, outcome__in=("", "lost"))
        attempts.update(outcome=FATAL, finished_at=now)

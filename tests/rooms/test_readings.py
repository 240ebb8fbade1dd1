"""Figures and answers are read in their turn; in a rush posts go first, for a minute at most."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.cast import NOW, Cast
from tests.rooms.test_lanes import queued
from unisono.networks.contract import Published
from unisono.rooms.metrics.models import Watch
from unisono.rooms.publishing import claims, ledger, readings
from unisono.rooms.publishing.models import Publication

MOMENT = timedelta(seconds=5)


@pytest.fixture
def watched(cast: Cast) -> list[Publication]:
    """One post that is out on each of two channels; agora's figures are due first."""
    made = []
    for number, channel in enumerate(("agora", "chirp")):
        (row,) = queued(cast, 1, channel)
        (errand,) = claims.claim_due(worker="a", now=NOW, depth=1)
        ledger.settle(errand, Published(f"r-{channel}", ""), now=NOW)
        Watch.objects.update_or_create(
            publication=row, defaults={"next_at": NOW + number * timedelta(seconds=1)}
        )
        made.append(row)
    return made


def turns(*instants: datetime) -> list[object]:
    """Whose turn it is; the clock shows one instant after the other, and stays at the last."""
    shown = list(instants)
    clock = lambda: shown.pop(0) if len(shown) > 1 else shown[0]  # noqa: E731
    by_watch = dict(Watch.objects.values_list("pk", "publication_id"))
    return [by_watch[pk] for _, _, pks in readings.turns(Watch, now=clock) for pk in pks]


def test_the_oldest_is_read_first_and_nothing_before_its_time(watched: list[Publication]) -> None:
    agora, chirp = (row.pk for row in watched)
    assert turns(NOW - MOMENT) == []
    assert turns(NOW) == [agora]
    assert turns(NOW + MOMENT) == [agora, chirp]


def test_readings_give_way_to_a_rush_but_not_for_ever(
    cast: Cast, watched: list[Publication], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "RUSH", 3)
    queued(cast, 2)
    assert len(turns(NOW + MOMENT)) == 2, "two posts are no rush"
    queued(cast, 1, "chirp")
    assert turns(NOW + MOMENT) == []
    assert len(turns(NOW + readings.GIVING_WAY + MOMENT)) == 2


def test_a_rush_that_begins_ends_the_turns(
    cast: Cast, watched: list[Publication], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "RUSH", 3)
    later = timedelta(seconds=30)
    rows = queued(cast, 3)
    for row in rows:
        Publication.objects.filter(pk=row.pk).update(next_at=NOW + later)
    assert turns(NOW + MOMENT, NOW + MOMENT, NOW + later) == [watched[0].pk]


def test_what_follows_from_a_rush_waits_for_its_end_but_not_for_ever() -> None:
    at, rush = [0.0], [True]

    def waited(ends_at: float | None) -> float:
        def sleep(seconds: float) -> None:
            at[0] += seconds
            rush[0] = ends_at is None or at[0] < ends_at

        give_way = readings.GiveWay(
            lambda: rush[0], patience=10, pause=0.5, clock=lambda: at[0], sleep=sleep
        )
        at[0], rush[0] = 0.0, True
        give_way("mails")
        assert at[0] == 0.0, "other queues do not wait"
        give_way("reactions")
        first = at[0]
        give_way("reactions")
        assert at[0] == first, "a rush that lasts is waited for only once"
        return first

    assert waited(ends_at=3.0) == 3.0
    assert waited(ends_at=None) == 10.0

"""Reading back: two readings make a post gone, the network's word makes it changed, once told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from tests.cast import NOW, Cast
from tests.rooms.test_lanes import queued
from unisono.kernel import jobs
from unisono.kernel.refusals import Conflict, NotAllowed
from unisono.networks.contract import Published, Seen
from unisono.rooms.notifications.models import Notice
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import claims, decisions, ledger, queries, readback
from unisono.rooms.publishing.decisions import Choice
from unisono.rooms.publishing.models import Publication, ReadBack
from unisono.rooms.publishing.standings import standing

MINUTE = timedelta(minutes=1)


def out(cast: Cast, count: int = 1) -> list[Publication]:
    """Published at NOW, and watched."""
    rows = queued(cast, count)
    for number, row in enumerate(rows):
        (errand,) = claims.claim_due(worker="w", now=NOW, limit=1)
        assert errand.publication_id == row.pk
        ledger.settle(errand, Published(f"r-{number}", "http://x/"), now=NOW)
    jobs.run_pending()
    return rows


def read(rows: list[Publication], answer: Mapping[str, Seen], at: datetime) -> None:
    """The same answer about each, at a time."""
    backs = ReadBack.objects.filter(publication__in=rows).select_related(
        "publication__channel", "publication__revision"
    )
    readback.record(list(backs), answer, by=system(rows[0].organization_id), now=at)
    jobs.run_pending()


def told(kind: str) -> int:
    return Notice.objects.filter(kind=kind).values("link").distinct().count()


def test_what_is_published_is_read_back_at_its_ages(cast: Cast) -> None:
    (row,) = out(cast)
    back = ReadBack.objects.get(publication=row)
    assert back.next_at == NOW + MINUTE
    seen = []
    while back.next_at:
        seen.append(back.next_at - NOW)
        read([row], {"r-0": Seen()}, back.next_at)
        back.refresh_from_db()
    assert tuple(seen) == readback.AGES
    proof = queries.receipt(cast.actor("editor"), row.pk)
    assert [piece.kind for piece in proof.evidence] == ["answer", "read"], "once, not each time"
    assert proof.read_back and proof.read_back.seen_at == NOW + readback.AGES[-1]


def test_only_two_readings_minutes_apart_make_it_gone(cast: Cast) -> None:
    (row,) = out(cast)
    gone = {"r-0": Seen(there=False)}
    read([row], gone, NOW + MINUTE)
    read([row], {"r-0": Seen()}, NOW + 4 * MINUTE)
    row.refresh_from_db()
    assert row.reason_code == "", "a list that lagged"
    read([row], gone, NOW + 20 * MINUTE)
    back = ReadBack.objects.get(publication=row)
    assert back.next_at == NOW + 20 * MINUTE + readback.AGREE_AFTER
    for later in (23, 40):
        read([row], gone, NOW + later * MINUTE)
    row.refresh_from_db()
    assert (row.state, row.reason_code, told("publication.gone")) == ("published", "gone", 1)
    assert standing([row.variant.post])[row.variant.post_id]["state"] == "gone"
    assert row in queries.troubled(cast.actor("editor"))
    read([row], {"r-0": Seen()}, NOW + timedelta(days=1))
    row.refresh_from_db()
    assert row.reason_code == "", "it is there again: nothing is left to decide"


def test_an_account_that_was_shut_is_told_of_once(cast: Cast) -> None:
    rows = out(cast, 3)
    gone = {f"r-{n}": Seen(there=False) for n in range(3)}
    read(rows, gone, NOW + MINUTE)
    read(rows, gone, NOW + 5 * MINUTE)
    assert (told("publication.gone"), told("publication.gone.several")) == (0, 1)


@pytest.mark.parametrize(
    ("first", "then", "drift"),
    [
        (Seen(), Seen(text="Other."), "changed"),
        (Seen(text="Other.", edited=True), Seen(text="Other.", edited=True), "changed"),
        (Seen(text="As it shows all."), Seen(text="As it shows all."), ""),
        (Seen(text="As it shows all."), Seen(text="Other.", edited=True), "changed"),
    ],
    ids=["was the same", "says so itself", "shows it otherwise", "otherwise, then edited"],
)
def test_changed_is_what_was_changed(cast: Cast, first: Seen, then: Seen, drift: str) -> None:
    (row,) = out(cast)
    read([row], {"r-0": first}, NOW + MINUTE)
    for later in (15, 30):
        read([row], {"r-0": then}, NOW + later * MINUTE)
    row.refresh_from_db()
    assert (row.reason_code, told("publication.changed")) == (drift, int(bool(drift)))


def test_what_cannot_be_read_says_nothing(cast: Cast) -> None:
    (row,) = out(cast)
    for turn in range(readback.PATIENCE + 1):
        read([row], {}, NOW + turn * 30 * MINUTE)
    row.refresh_from_db()
    back = ReadBack.objects.get(publication=row)
    assert (row.reason_code, back.seen_at, back.missing_since) == ("", None, None)
    assert back.next_at is not None


def drifted(cast: Cast) -> Publication:
    (row,) = out(cast)
    for later in (1, 5):
        read([row], {"r-0": Seen(there=False)}, NOW + later * MINUTE)
    row.refresh_from_db()
    return row


def test_it_may_be_left_so(cast: Cast) -> None:
    row, at = drifted(cast), NOW + 9 * MINUTE
    with pytest.raises(NotAllowed):
        readback.accept(row, by=cast.actor("viewer"), now=at)
    (outcome,) = decisions.decide([Choice(row.pk, "accept")], by=cast.actor("editor"), now=at)
    assert outcome.refusal is None
    row.refresh_from_db()
    assert (row.reason_code, ReadBack.objects.get(publication=row).next_at) == ("", None)
    with pytest.raises(Conflict):
        readback.accept(row, by=cast.actor("editor"), now=at)


def test_it_may_be_sent_once_more_as_a_post_of_its_own(cast: Cast) -> None:
    row, at = drifted(cast), NOW + 9 * MINUTE
    made = readback.again(row, by=cast.actor("editor"), now=at)
    row.refresh_from_db()
    assert (row.state, row.reason_code, made.state) == ("published", "", "scheduled")
    assert (made.pk != row.pk, made.revision_id) == (True, row.revision_id)
    (errand,) = claims.claim_due(worker="w", now=at)
    assert errand.publication_id == made.pk
    ledger.settle(errand, Published("r-9", "http://x/9"), now=at)
    with pytest.raises(Conflict):
        readback.again(made, by=cast.actor("editor"), now=at)

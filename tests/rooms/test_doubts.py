"""What nobody knows the outcome of: jumps of the clock, old backups, pauses, twins."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import NOW, Cast
from unisono.kernel import jobs, tenancy
from unisono.networks.contract import Absent, Limited, Published, Unknown
from unisono.networks.verdicts import Sentence
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.content.queries import variants_of
from unisono.rooms.notifications.models import Notice
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, doubts, ledger, pauses
from unisono.rooms.publishing.models import Attempt, Publication

HOUR = timedelta(hours=1)
WHY = Sentence("The answer was lost.")


def due(cast: Cast, channel: Channel, *, text: str = "Said once.", at: Any = NOW) -> Publication:
    """A publication of a department whose posts need no approval."""
    department = cast.departments["Sales"]
    editor = cast.actor("admin")
    type(department).objects.filter(pk=department.pk).update(approval_required=False)
    department.refresh_from_db()
    post = content.write_post(
        title="Doubt", text=text, department=department, channels=[channel], by=editor, now=NOW
    )
    (variant,) = variants_of(post)
    revision = content.freeze(variant, by=editor, now=NOW)
    return publishing.publish_now(revision, by=editor, now=at)


@pytest.fixture
def channel(cast: Cast) -> Channel:
    agora: Channel = cast.things["agora"]
    return agora


def promise(channel: Channel, what: str) -> None:
    channel.profile = {**channel.profile, "promise": what, "limits": {"text_max": 500}}
    channel.save(update_fields=["profile"])


def test_a_jump_of_the_clock_brings_no_absence_too_early(cast: Cast, channel: Channel) -> None:
    row = due(cast, channel)
    (errand,) = claims.claim_due(worker="w", now=NOW)
    ledger.settle(errand, Unknown(WHY), now=NOW)
    later = NOW + HOUR
    doubts.clock_jumped(HOUR, now=later)
    (look,) = doubts.claim_doubtful(worker="w", now=later)
    assert ledger.settle(look, Absent(), now=later) == "unknown"
    row.refresh_from_db()
    assert row.next_at == later + timedelta(seconds=5)


def test_a_jump_back_frees_leases_and_looks(cast: Cast, channel: Channel) -> None:
    row = due(cast, channel)
    (errand,) = claims.claim_due(worker="gone", now=NOW)
    before = NOW - HOUR
    doubts.clock_jumped(-HOUR, now=before)
    row.refresh_from_db()
    assert row.lease_until == before + claims.LEASE
    assert row.first_armed_at <= NOW - 2 * HOUR
    assert doubts.reap(now=before + 2 * claims.LEASE) == 1
    assert ledger.settle(errand, Published("1", "https://x.example/1"), now=before) == "published"


def test_a_restored_backup_looks_before_it_sends(cast: Cast, channel: Channel) -> None:
    row = due(cast, channel)
    assert doubts.restored(taken_at=NOW - HOUR, now=NOW + HOUR) == 1
    assert claims.claim_due(worker="w", now=NOW + HOUR) == []
    (look,) = doubts.claim_doubtful(worker="w", now=NOW + HOUR)
    assert look.handle["key"] == str(row.pk)
    assert look.since == NOW - HOUR
    assert ledger.settle(look, Absent(), now=NOW + HOUR) == "scheduled"


def test_a_restored_backup_asks_where_nothing_can_be_looked_up(
    cast: Cast, channel: Channel
) -> None:
    promise(channel, "nothing")
    row = due(cast, channel)
    doubts.restored(taken_at=NOW - HOUR, now=NOW + HOUR)
    assert doubts.claim_doubtful(worker="w", now=NOW + 2 * HOUR) == []
    jobs.run_pending()
    row.refresh_from_db()
    assert (row.state, row.next_at) == ("unknown", None)
    assert Notice.objects.filter(kind="publication.doubtful").exists()


def test_a_limit_of_the_application_stops_every_channel_there(cast: Cast, channel: Channel) -> None:
    first, second = channel, cast.things["chirp"]
    assert first.server == second.server
    due(cast, first, text="The one that is told.")
    (errand,) = claims.claim_due(worker="w", now=NOW)
    due(cast, second, text="Another channel's.")
    until = NOW + timedelta(minutes=3)
    assert ledger.settle(errand, Limited(until, everyone=True), now=NOW) == "scheduled"
    assert claims.claim_due(worker="other", now=until - timedelta(seconds=1)) == []
    assert len(claims.claim_due(worker="other", now=until)) == 2
    assert pauses.paused(until) == {}


def test_being_asked_to_wait_is_no_failed_try(cast: Cast, channel: Channel) -> None:
    row = due(cast, channel)
    (errand,) = claims.claim_due(worker="w", now=NOW)
    ledger.settle(errand, Limited(NOW + timedelta(minutes=3)), now=NOW)
    row.refresh_from_db()
    assert row.tries == 0


def test_twins_wait_where_a_post_is_known_by_its_words_only(cast: Cast, channel: Channel) -> None:
    promise(channel, "list")
    one, two = due(cast, channel, text="Same."), due(cast, channel, text="Same.")
    other = due(cast, channel, text="Not the same.")
    claimed = claims.claim_due(worker="w", now=NOW)
    assert [errand.publication_id for errand in claimed] == [one.pk, other.pk]
    ledger.settle_all([(e, Published(str(n), f"https://x.example/{n}")) for n, e in enumerate(
        replace(errand, armed=True) for errand in claimed)], now=NOW)  # fmt: skip
    (left,) = claims.claim_due(worker="w", now=NOW + claims.TWINS_WAIT)
    assert left.publication_id == two.pk


def test_a_lost_look_is_taken_up_again(cast: Cast, channel: Channel) -> None:
    row = due(cast, channel)
    (errand,) = claims.claim_due(worker="w", now=NOW)
    ledger.settle(errand, Unknown(WHY), now=NOW)
    row.refresh_from_db()
    (gone,) = doubts.claim_doubtful(worker="a", now=row.next_at)
    assert doubts.claim_doubtful(worker="b", now=row.next_at) == []
    (look,) = doubts.claim_doubtful(worker="b", now=row.next_at + doubts.LOOKING)
    assert look.fence == gone.fence + 1
    assert ledger.settle(look, Published("7", "https://x.example/7"), now=NOW) == "published"
    assert ledger.settle(gone, Absent(), now=NOW) == "published"
    assert Attempt.objects.filter(publication=row, phase="look").count() == 2


def test_many_looks_are_claimed_with_few_queries(
    cast: Cast, channel: Channel, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        due(cast, channel, text=f"Number {number}.")
    claimed = claims.claim_due(worker="w", now=NOW)
    for errand in claimed:
        ledger.settle(errand, Unknown(WHY), now=NOW)
    with django_assert_max_num_queries(20), tenancy.everywhere("the ledger's own scope"):
        assert len(doubts.claim_doubtful(worker="w", now=NOW + HOUR)) == 6

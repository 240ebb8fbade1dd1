"""Weekly slots, how long what is approved lasts, gaps, free good slots, and the warning."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from tests.screens.permissions.posts import agreed
from unisono.kernel import jobs
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed
from unisono.rooms.channels import slots
from unisono.rooms.channels.models import Channel, Slot
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.notifications.models import Notice
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import jobs as publishing_jobs
from unisono.rooms.publishing import order, queue

PARIS = "Europe/Paris"
FRIDAY = datetime(2026, 3, 6, 8, 0, tzinfo=UTC)
"""9:00 in Paris, two days after NOW."""


@pytest.fixture
def agora(cast: Cast) -> Channel:
    """A channel with slots on Mondays and Fridays at nine."""
    slots.add_slots(cast.agora, [0, 4], at=time(9), zone=PARIS, by=cast.actor("admin"), now=NOW)
    channel: Channel = cast.agora
    return channel


def health(cast: Cast, channel: Channel) -> queue.Health:
    (found,) = queue.health(cast.actor("editor"), now=NOW, only=[channel.pk])
    return found


def offered(post: Post, channel: Channel) -> list[datetime]:
    found = queue.free_slots([(post, channel)], now=NOW)
    return [at for at, _zone in found[post.pk, channel.pk]]


def plan(cast: Cast, post: Post, wall: datetime) -> None:
    publishing.move_post(post, wall=wall, zone=PARIS, by=cast.actor("admin"), now=NOW)


def test_slots_are_kept_by_who_looks_after_the_channel(cast: Cast, agora: Channel) -> None:
    with pytest.raises(NotAllowed):
        slots.add_slots(agora, [1], at=time(9), zone=PARIS, by=cast.actor("manager"), now=NOW)
    admin = cast.actor("admin")
    for days, zone in (([], PARIS), ([7], PARIS), ([1], "Mars/Olympus")):
        with pytest.raises(Invalid):
            slots.add_slots(agora, days, at=time(9), zone=zone, by=admin, now=NOW)
    (made,) = slots.add_slots(agora, [0, 1], at=time(9), zone=PARIS, by=admin, now=NOW)
    assert made.weekday == 1
    slots.remove_slot(made, by=admin, now=NOW)
    assert [slot.weekday for slot in agora.slots.all()] == [0, 4]
    for hour in range(6):
        slots.add_slots(agora, range(7), at=time(hour), zone=PARIS, by=admin, now=NOW)
    with pytest.raises(Conflict, match="50"):
        slots.add_slots(agora, range(7), at=time(12), zone=PARIS, by=admin, now=NOW)


@pytest.mark.parametrize(
    ("at", "sunday", "instant"),
    [
        # The clocks skip 2:30: it moves forward by the gap.
        ("02:30", date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # They show 2:30 twice: the first counts.
        ("02:30", date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("09:00", date(2026, 3, 29), datetime(2026, 3, 29, 7, 0, tzinfo=UTC)),
        ("09:00", date(2026, 3, 22), datetime(2026, 3, 22, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_slot_keeps_its_wall_time_over_a_change_of_clocks(
    cast: Cast, at: str, sunday: date, instant: datetime
) -> None:
    slot = Slot(channel=cast.agora, weekday=6, at=at, zone=PARIS)
    day = datetime.combine(sunday, time(), tzinfo=UTC)
    found = slots.instants([slot], day - timedelta(hours=3), day + timedelta(days=1))
    assert found == [instant]
    weeks = slots.instants([slot], day - timedelta(weeks=2), day + timedelta(weeks=2))
    assert len(weeks) == len(set(weeks)) == 4


def test_what_is_approved_lasts_until_the_first_slot_it_does_not_fill(
    cast: Cast, agora: Channel
) -> None:
    assert (health(cast, agora).ready, health(cast, agora).days) == (0, 0)
    for number in range(3):
        agreed(cast, f"Agreed {number}")
    found = health(cast, agora)
    # Friday, Monday and the next Friday are filled; the Monday after, twelve days on, is not.
    assert (found.ready, found.days) == (3, 11)
    assert found.until == datetime(2026, 3, 16, 8, 0, tzinfo=UTC)
    assert found.a_week == 2
    assert not found.low
    # What is only written is not ready, and what is scheduled is counted once.
    publishing.schedule_variant(
        Post.objects.get(title="Agreed 0").variants.get(),
        wall=datetime(2026, 3, 6, 9),
        zone=PARIS,
        by=cast.actor("admin"),
        now=NOW,
    )
    plan(cast, cast.post, datetime(2026, 3, 9, 9))
    assert health(cast, agora).ready == 3


def test_without_slots_the_usual_pace_counts_and_without_both_nothing_is_said(
    cast: Cast,
) -> None:
    agreed(cast, "Agreed")
    assert health(cast, cast.agora).days is None
    row = publishing.publish_now(
        content.freeze(agreed(cast, "Out").variants.get(), by=cast.actor("admin"), now=NOW),
        by=cast.actor("admin"),
        now=NOW,
    )
    type(row).objects.filter(pk=row.pk).update(
        state="published", published_at=NOW - timedelta(days=9)
    )
    found = health(cast, cast.agora)
    assert (found.a_week, found.days, found.gaps) == (0.25, 28, [])


def test_gaps_are_days_with_slots_and_nothing_planned(cast: Cast, agora: Channel) -> None:
    slots.add_slots(agora, [4], at=time(17), zone=PARIS, by=cast.actor("admin"), now=NOW)
    plan(cast, cast.post, datetime(2026, 3, 9, 11))
    gaps = health(cast, agora).gaps
    days = [gap.day for gap in gaps]
    assert days[:3] == [date(2026, 3, 6), date(2026, 3, 13), date(2026, 3, 16)]
    assert gaps[0].at == [FRIDAY, FRIDAY + timedelta(hours=8)]


def test_the_next_good_slot_is_free_and_in_turn(cast: Cast, agora: Channel) -> None:
    post = agreed(cast, "Agreed")
    monday = FRIDAY + timedelta(days=3)
    assert offered(post, agora)[:2] == [FRIDAY, monday]
    plan(cast, cast.post, datetime(2026, 3, 6, 10, 15))
    assert offered(post, agora)[0] == monday
    order.embargo(
        post, wall=datetime(2026, 3, 9, 9, 1), zone=PARIS, by=cast.actor("admin"), now=NOW
    )
    assert offered(post, agora)[0] == FRIDAY + timedelta(days=7)
    assert offered(post, cast.chirp) == []


def test_what_is_offered_to_one_is_not_offered_to_the_next(cast: Cast, agora: Channel) -> None:
    pairs = [(agreed(cast, f"Agreed {n}"), agora) for n in range(3)]
    with CaptureQueriesContext(connection) as asked:
        found = queue.free_slots(pairs, now=NOW, count=1)
    assert len({at for offers in found.values() for at, _zone in offers}) == 3
    assert len(asked) <= 8


def test_undated_approved_posts_fill_a_gap_by_the_usual_verb(cast: Cast, agora: Channel) -> None:
    post = agreed(cast, "Agreed")
    editor = cast.actor("editor")
    assert [variant.post for variant in queue.undated(editor)] == [post]
    assert not queue.undated(cast.actor("sales_editor"))
    (variant,) = queue.undated(editor)
    assert offered(post, agora)[0] == FRIDAY
    wall = datetime(2026, 3, 6, 9)
    publishing.schedule_variant(variant, wall=wall, zone=PARIS, by=editor, now=NOW)
    assert not queue.undated(editor)
    assert health(cast, agora).gaps[0].day == date(2026, 3, 9)


def test_its_people_are_told_once_while_little_is_left(cast: Cast, agora: Channel) -> None:
    def watch() -> int:
        return publishing_jobs.watch(cast.lumen.pk, now=NOW)

    def told() -> int:
        jobs.run_pending()
        kinds = ("channel.queue_low", "channel.queue_empty")
        return Notice.objects.filter(kind__in=kinds).count()

    assert watch() == 1
    assert (watch(), told()) == (0, 1)
    posts = [agreed(cast, f"Agreed {n}") for n in range(4)]
    assert watch() == 0
    for post in posts:
        content.remove_post(post, by=cast.actor("admin"), now=NOW)
    assert (watch(), told()) == (1, 2)
    # Who wants no warning gets none.
    Channel.objects.filter(pk=agora.pk).update(queue_low_at=None)
    slots.warn_below(agora, 0, by=cast.actor("admin"), now=NOW)
    assert watch() == 0

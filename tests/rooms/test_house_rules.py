"""House rules in the verbs: who sets them, what they refuse, who may plan nevertheless."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, PASSWORD, Cast, connected
from tests.rooms.test_series_at_once import _clear
from unisono.kernel import clock, events, jobs, tenancy
from unisono.kernel.refusals import Invalid, NotAllowed
from unisono.kernel.secrets import Secret
from unisono.rooms.channels import house
from unisono.rooms.channels.models import Channel, HouseRules
from unisono.rooms.channels.queries import rules_of
from unisono.rooms.channels.rules import Blackout, Quiet, Rules
from unisono.rooms.content import actions as content
from unisono.rooms.content import board, ideas
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.people import actions as people
from unisono.rooms.people.actors import Actor, actor_for
from unisono.rooms.people.models import Department, Member
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, decisions
from unisono.rooms.publishing.decisions import Choice
from unisono.rooms.publishing.models import Override, Publication
from unisono.rooms.publishing.pacing import queries as pacing
from unisono.rooms.publishing.pacing.asking import Collides
from unisono.rooms.publishing.pacing.lane import Kind
from unisono.rooms.publishing.placing import place
from unisono.rooms.workflow import actions as workflow

PARIS = "Europe/Paris"
TEN = datetime(2026, 3, 11, 10)
WEEK = (NOW, NOW + timedelta(days=14))


def ruled(cast: Cast, channel: Channel | None = None, **rules: Any) -> None:
    house.set_rules(channel or cast.agora, Rules("", **rules), by=cast.actor("admin"), now=NOW)


def draft(cast: Cast, title: str, *, by: str = "editor", channels: Any = None) -> Post:
    sales = by == "sales_editor"
    return content.write_post(
        title=title,
        text=f"About {title}.",
        department=cast.departments["Sales" if sales else "Marketing"],
        channels=channels or [cast.agora],
        by=cast.actor(by),
        now=NOW,
    )


def agreed(cast: Cast, title: str, **more: Any) -> Post:
    post = draft(cast, title, **more)
    admin = cast.actor("admin")
    workflow.ask_approval(post, schedule_when_approved=False, by=admin, now=NOW)
    workflow.approve_post(post, by=admin, now=NOW)
    return post


def planned(
    cast: Cast, title: str, wall: datetime, *, anyway: str = "", **more: Any
) -> Publication:
    post = agreed(cast, title, **more)
    by = cast.actor("manager" if anyway else more.get("by", "editor"))
    return publishing.schedule_variant(
        post.variants.get(channel=cast.agora), wall=wall, zone=PARIS, anyway=anyway, by=by, now=NOW
    )


def test_who_manages_the_channel_sets_its_rules(cast: Cast) -> None:
    dark = Blackout("Stocktaking", date(2026, 3, 12), date(2026, 3, 12))
    ruled(cast, gap_minutes=45, blackouts=(dark,))
    told = rules_of(cast.agora)
    assert told and (told.zone, told.gap_minutes, told.blackouts) == (PARIS, 45, (dark,))
    event = events.history(cast.agora.pk)[0]
    assert event.kind == "channel.rules_set"
    assert event.data["changed"] == ["blackouts", "gap_minutes", "zone"]
    with pytest.raises(NotAllowed):
        house.set_rules(cast.agora, Rules(""), by=cast.actor("manager"), now=NOW)


@pytest.mark.parametrize(
    ("field", "rules"),
    [
        ("zone", Rules("Europe/Nowhere")),
        ("gap_minutes", Rules("", gap_minutes=20_000)),
        ("daily_most", Rules("", daily_most=-1)),
        ("shares", Rules("", shares={UUID(int=1): 20})),
        ("quiet", Rules("", quiet=(Quiet(time(8), time(8)),))),
        ("quiet", Rules("", quiet=(Quiet(time(8), time(9), frozenset()),))),
        ("blackouts", Rules("", blackouts=(Blackout(" ", TEN.date(), TEN.date()),))),
        ("blackouts", Rules("", blackouts=(Blackout("X", TEN.date(), date(2026, 3, 1)),))),
    ],
)
def test_rules_that_cannot_be_meant_are_named(cast: Cast, field: str, rules: Rules) -> None:
    with pytest.raises(Invalid) as refused:
        house.set_rules(cast.agora, rules, by=cast.actor("admin"), now=NOW)
    assert refused.value.field == field


def test_every_verb_that_plans_asks_the_rules(cast: Cast) -> None:
    ruled(cast, gap_minutes=60)
    planned(cast, "First", TEN)
    near, by = TEN + timedelta(minutes=30), cast.actor("editor")
    post = agreed(cast, "Second")
    (variant,) = post.variants.all()
    with pytest.raises(Collides) as refused:
        publishing.schedule_variant(variant, wall=near, zone=PARIS, by=by, now=NOW)
    (finding,) = refused.value.data["findings"]
    assert finding["rule"] == "gap" and "“First” (Marketing)" in finding["sentence"]
    walls = [way["wall"] for way in refused.value.data["ways_out"]]
    assert walls == ["2026-03-11T11:00", "2026-03-11T09:00", "2026-03-12T10:30"]
    for verb in (publishing.move, lambda v, **at: publishing.move_together([v], **at)):
        with pytest.raises(Collides):
            verb(variant, wall=near, zone=PARIS, by=by, now=NOW)
    with pytest.raises(Collides):
        publishing.move_post(post, wall=near, zone=PARIS, by=by, now=NOW)
    content.plan_variant(variant, wall=near, zone=PARIS, by=by, now=NOW)
    with pytest.raises(Collides):
        publishing.schedule_post(post, by=by, now=NOW)
    assert not Publication.objects.filter(variant=variant).exists()
    for wall in walls:
        place([variant], wall=datetime.fromisoformat(wall), zone=PARIS, by=by, now=NOW)
    place([variant], wall=TEN + timedelta(hours=1), zone=PARIS, scheduling=True, by=by, now=NOW)
    row = Publication.objects.get(variant=variant)
    assert (row.state, row.wall) == ("scheduled", "2026-03-11T11:00")
    with pytest.raises(Collides):
        publishing.retime(row, wall=near, zone=PARIS, by=by, now=NOW)
    (outcome,) = decisions.decide([Choice(row.pk, "retime", near, PARIS)], by=by, now=NOW)
    assert outcome.refusal and outcome.refusal.code == "collides"


def test_now_is_a_time_like_others(cast: Cast) -> None:
    ruled(cast, quiet=(Quiet(time(9), time(11)),))
    post = agreed(cast, "At once")
    with pytest.raises(Collides) as refused:
        publishing.publish_post_now(post, by=cast.actor("editor"), now=NOW)
    assert refused.value.ways[0].at == clock.resolve(datetime(2026, 3, 4, 11), PARIS).instant
    (row,) = publishing.publish_post_now(
        post, anyway="The news is out.", by=cast.actor("manager"), now=NOW
    )
    assert row.state == "scheduled" and row.due_at == NOW


def test_what_is_scheduled_goes_out_whatever_is_ruled_later(cast: Cast) -> None:
    row = planned(cast, "First", TEN)
    ruled(cast, quiet=(Quiet(time(9), time(11)),))
    (clash,) = pacing.collisions(cast.actor("viewer"), *WEEK)
    assert (clash.publication_id, clash.findings[0].kind) == (row.pk, Kind.QUIET)
    ways = clash.ways(now=NOW, zone=PARIS)
    assert len(ways) == 3 and ways[0].at == clock.resolve(datetime(2026, 3, 11, 11), PARIS).instant
    assert [c.publication_id for c in claims.claim_due(worker="w", now=row.due_at)] == [row.pk]


def test_a_manager_may_plan_nevertheless_with_a_reason(cast: Cast) -> None:
    ruled(cast, daily_most=1)
    planned(cast, "First", TEN)
    late = TEN + timedelta(hours=3)
    (variant,) = agreed(cast, "Second").variants.all()
    with pytest.raises(NotAllowed):
        publishing.move(
            variant, wall=late, zone=PARIS, anyway="I like it", by=cast.actor("approver"), now=NOW
        )
    publishing.move(
        variant, wall=late, zone=PARIS, anyway="Press day", by=cast.actor("manager"), now=NOW
    )
    event = events.history(variant.pk).filter(kind="variant.overridden").get()
    assert (event.data["reason"], event.data["rules"]) == ("Press day", ["day"])
    # Leave once given holds for that instant, whoever schedules it then, and for no other.
    row = publishing.schedule_variant(variant, by=cast.actor("editor"), now=NOW)
    (clash,) = pacing.collisions(cast.actor("viewer"), *WEEK)
    assert (clash.variant_id, clash.anyway) == (variant.pk, "Press day")
    with pytest.raises(Collides):
        publishing.retime(
            row, wall=late + timedelta(hours=1), zone=PARIS, by=cast.actor("editor"), now=NOW
        )
    assert Override.objects.get().reason == "Press day"


def test_a_post_on_two_channels_is_offered_times_free_on_both(cast: Cast) -> None:
    ruled(cast, gap_minutes=60)
    ruled(cast, cast.chirp, quiet=(Quiet(time(10), time(12)),))
    planned(cast, "First", TEN)
    post = agreed(cast, "Both", channels=[cast.agora, cast.chirp])
    with pytest.raises(Collides) as refused:
        publishing.move_post(
            post, wall=TEN + timedelta(minutes=30), zone=PARIS, by=cast.actor("editor"), now=NOW
        )
    assert {f["rule"] for f in refused.value.data["findings"]} == {"gap", "quiet"}
    assert refused.value.data["ways_out"][0]["wall"] == "2026-03-11T12:00"


def test_an_approval_that_cannot_schedule_says_so(cast: Cast) -> None:
    ruled(cast, gap_minutes=60)
    post = draft(cast, "Second")
    (variant,) = post.variants.all()
    content.plan_variant(variant, wall=TEN, zone=PARIS, by=cast.actor("editor"), now=NOW)
    workflow.ask_approval(post, by=cast.actor("editor"), now=NOW)
    planned(cast, "First", TEN)
    workflow.approve_post(post, by=cast.actor("approver"), now=NOW)
    jobs.run_pending()
    assert not Publication.objects.filter(variant=variant).exists()
    told = events.history(variant.pk).get(kind="variant.unscheduled")
    assert told.data["code"] == "collides"


def test_one_topic_a_day_is_the_tag_of_the_idea(cast: Cast) -> None:
    ruled(cast, one_topic_a_day=True)
    editor, rows = cast.actor("editor"), []
    for title in ("One", "Two"):
        idea = ideas.capture(
            title=title, department=cast.departments["Marketing"], by=editor, now=NOW
        )
        board.tag(idea, ["glass"], by=editor, now=NOW)
        post = draft(cast, title)
        Post.objects.filter(pk=post.pk).update(idea=idea)
        rows.append(Variant.objects.select_related("post", "channel").get(post=post))
    department = cast.departments["Marketing"].pk
    first = agreed(cast, "Third")
    Post.objects.filter(pk=first.pk).update(idea=Post.objects.get(title="One").idea)
    publishing.schedule_variant(first.variants.get(), wall=TEN, zone=PARIS, by=editor, now=NOW)
    with pytest.raises(Collides, match="glass"):
        publishing.move(rows[1], wall=TEN.replace(hour=18), zone=PARIS, by=editor, now=NOW)
    at = clock.resolve(TEN, PARIS).instant
    asked = [at, at + timedelta(days=1)]
    with CaptureQueriesContext(connection) as questions:
        free = pacing.free_at(cast.agora, asked, department_id=department, topic="glass", now=NOW)
    assert free == asked[1:] and len(questions) == 2
    assert pacing.free_at(cast.agora, asked, department_id=department, now=NOW) == asked


def test_what_one_may_not_see_is_named_by_its_department(cast: Cast) -> None:
    ruled(cast, gap_minutes=60)
    planned(cast, "Secret of sales", TEN, by="sales_editor")
    with pytest.raises(Collides) as refused:
        planned(cast, "Second", TEN)
    (finding,) = refused.value.data["findings"]
    assert "Secret" not in finding["sentence"] and "Sales" in finding["sentence"]
    assert finding["other_variant_id"] is None


def test_collisions_are_a_fixed_number_of_questions(cast: Cast) -> None:
    viewer = cast.actor("viewer")
    with CaptureQueriesContext(
        connection,
    ) as none:
        assert pacing.collisions(viewer, *WEEK) == []
    assert len(none) == 1
    planned(cast, "First", TEN)
    planned(cast, "Second", TEN)
    ruled(cast, gap_minutes=60)
    with CaptureQueriesContext(connection) as few:
        (clash,) = pacing.collisions(viewer, *WEEK)
    assert clash.place.title == "Second"
    for number in range(3):
        content.plan_variant(
            draft(cast, f"Draft {number}").variants.get(), wall=TEN, zone=PARIS,
            by=cast.actor("editor"), now=NOW,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as more:
        assert len(pacing.collisions(viewer, *WEEK)) == 4
    assert len(few) == len(more) <= 6


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[UUID, list[UUID]]]:
    """Two agreed posts of one channel that takes one a day, committed for other connections."""
    with django_db_blocker.unblock():
        admin = people.found_organization(
            name="Last Place House",
            zone=PARIS,
            language="en",
            admin_email="admin@last.example",
            admin_name="Lou Last",
            password=Secret(PASSWORD),
            departments=[("Marketing", "violet")],
            now=NOW,
        )
        with tenancy.within(admin.organization.pk):
            channel = connected("last-agora", "agora", by=admin)
            house.set_rules(channel, Rules("", daily_most=1), by=admin, now=NOW)
            made = [_agreed(f"Post {number}", channel, admin) for number in range(2)]
        yield admin.organization.pk, made
        _clear(admin.organization.pk, admin.member.user_id)  # type: ignore[union-attr]


def _agreed(title: str, channel: Channel, by: Actor) -> UUID:
    post = content.write_post(
        title=title, text=title, department=Department.objects.get(), channels=[channel], by=by,
        now=NOW,
    )  # fmt: skip
    workflow.ask_approval(post, schedule_when_approved=False, by=by, now=NOW)
    workflow.approve_post(post, by=by, now=NOW)
    return post.variants.get().pk


def test_two_at_once_do_not_both_take_the_last_place(committed: tuple[UUID, list[UUID]]) -> None:
    organization, variants = committed
    start = Barrier(2)

    def schedule(pk: UUID) -> str:
        try:
            with tenancy.within(organization):
                by = actor_for(Member.objects.get())
                variant = Variant.objects.select_related("post", "channel").get(pk=pk)
                start.wait(timeout=10)
                publishing.schedule_variant(variant, wall=TEN, zone=PARIS, by=by, now=NOW)
            return "scheduled"
        except Collides as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(schedule, variants)) == ["collides", "scheduled"]
    with tenancy.within(organization):
        assert Publication.objects.count() == 1 and HouseRules.objects.count() == 1

"""Campaigns: details, templates on working days, copies with dates shifted, status."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cast import NOW, Cast
from tests.pictures import png
from tests.screens import stories
from unisono.kernel.models import Event
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed, NotFound
from unisono.rooms.content import actions as content
from unisono.rooms.content import campaigns
from unisono.rooms.content.campaigns import Launch
from unisono.rooms.content.models import Post
from unisono.rooms.content.queries import variants_of
from unisono.rooms.library import actions as library
from unisono.rooms.metrics import campaigns as standing_of
from unisono.rooms.people.models import Department
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import audiences, key_dates, queries, templates
from unisono.rooms.plan.briefs import Details, Link, details_of
from unisono.rooms.plan.launches import Kind, Step, Unit, checked, place
from unisono.rooms.plan.models import Campaign
from unisono.rooms.plan.queries import Wanted
from unisono.rooms.plan.utm import Pattern
from unisono.rooms.workflow import campaigns as work
from unisono.rooms.workflow import queries as waiting
from unisono.rooms.workflow import reactions, reminders, tasks
from unisono.rooms.workflow.models import Task
from unisono.rooms.workflow.tasks import Due

TODAY = NOW.date()
PARIS = "Europe/Paris"


def weekend(day: date) -> bool:
    return day.weekday() > 4


steps = st.lists(
    st.builds(
        Step,
        title=st.text(min_size=1, max_size=3),
        offset=st.integers(-120, 120),
        unit=st.sampled_from([Unit.DAYS, Unit.WORKING]),
        at=st.sampled_from(["08:00", "09:00", "23:59"]),
    ),
    min_size=1,
    max_size=8,
)
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@given(steps, days, st.booleans())
@settings(max_examples=40, deadline=None)
def test_steps_keep_their_side_and_their_order(given: list[Step], day: date, move: bool) -> None:
    placed = place(given, day, move=move, off=weekend)
    assert [p.wall for p in placed] == sorted(p.wall for p in placed if p.wall)
    for one in placed:
        assert one.on and one.meant
        assert (one.on < day, one.on > day) == (one.step.offset < 0, one.step.offset > 0)
        if one.step.offset and (move or one.step.unit == Unit.WORKING):
            assert not weekend(one.on)
        if not move:
            assert not one.moved
        assert abs((one.on - one.meant).days) <= 2
    for unit in (Unit.DAYS, Unit.WORKING):
        same = sorted((p for p in placed if p.step.unit == unit), key=lambda p: p.step.offset)
        assert [p.on for p in same] == sorted(p.on for p in same if p.on)


@pytest.mark.parametrize(
    ("day", "offset", "unit", "on"),
    [
        ("2026-03-11", -3, "working", "2026-03-06"),
        ("2026-03-11", 3, "working", "2026-03-16"),
        ("2026-03-15", 1, "working", "2026-03-16"),
        ("2026-03-15", -1, "working", "2026-03-13"),
        ("2026-03-15", 0, "working", "2026-03-15"),
        ("2026-03-11", -4, "days", "2026-03-06"),
        ("2026-03-11", 4, "days", "2026-03-16"),
        ("2026-02-27", 1, "days", "2026-03-02"),
        ("2028-02-28", 1, "days", "2028-02-29"),
    ],
)
def test_a_step_on_its_day(day: str, offset: int, unit: str, on: str) -> None:
    step = Step("Hint", offset=offset, unit=unit)
    (placed,) = place([step], date.fromisoformat(day), move=True, off=weekend)
    assert placed.on == date.fromisoformat(on)


def test_holidays_of_the_countries_that_matter_are_left_out(cast: Cast) -> None:
    key_dates.choose_countries(["FR"], by=cast.actor("admin"), now=NOW)
    off = templates.days_off(cast.actor("editor"))
    easter = [date(2026, 4, 3) + timedelta(n) for n in range(5)]
    assert [off(day) for day in easter] == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ([], "at least one"),
        ([Step("x")] * 61, "60 steps"),
        ([Step("x"), Step("", "words")], "Step 2: Give it a title"),
        ([Step("x", kind="dance")], "values offered"),
        ([Step("x", offset=366)], "a year"),
        ([Step("x", at="9 o'clock")], "hours and minutes"),
    ],
)
def test_steps_that_cannot_be_kept(wrong: list[Step], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        checked(wrong)


def test_every_built_in_template_can_be_kept_and_held(cast: Cast) -> None:
    found = templates.all_templates(cast.actor("viewer"))
    assert [t.key for t in found] == ["product-launch", "event", "job-opening", "sale"]
    assert len(found[0].steps) == 12
    for template in found:
        assert checked(template.steps) == list(template.steps)
        made = campaigns.hold(
            template, launch(cast, name=template.name), by=cast.actor("editor"), now=NOW
        )
        assert made.posts.count() == template.posts
        assert len(taken_up(made)) == len(template.steps) - template.posts


def taken_up(campaign: Campaign) -> list[Task]:
    """The tasks of a campaign, once its news arrived, as the worker would bring it."""
    reactions.campaign_noted(Event.objects.get(kind="campaign.noted", subject_id=campaign.pk))
    return list(campaign.tasks.all())


def launch(cast: Cast, **more: Any) -> Launch:
    values: dict[str, Any] = {
        "name": "Lamp", "day": date(2026, 4, 1), "zone": PARIS,
        "department": cast.departments["Marketing"], "channels": [cast.agora], **more,
    }  # fmt: skip
    return Launch(**values)


def test_a_template_becomes_a_campaign_with_drafts_at_their_wall_times(cast: Cast) -> None:
    """The clocks go forward on 29 March 2026: nine in the morning stays nine."""
    editor = cast.actor("editor")
    cooks = audiences.describe(
        name="Cooks", department=cast.departments["Marketing"], by=editor, now=NOW
    )
    template = templates.keep_template(
        name="Lamp", department=cast.departments["Marketing"], by=editor, now=NOW,
        steps=[
            Step("Past", offset=-40), Step("Saturday", offset=-4), Step("Before", offset=-5),
            Step("Day", at="18:30", channels=(str(cast.chirp.pk), "gone")),
            Step("Call", kind=Kind.TASK, offset=-1), Step("Some day", unit=Unit.UNDATED),
        ],
    )  # fmt: skip
    there = templates.template(editor, str(template.pk))
    wanted = launch(cast, audiences=[cooks])
    placed = {p.step.title: p for p in campaigns.outlook(there, wanted, by=editor)}
    assert placed["Saturday"].moved and placed["Saturday"].on == date(2026, 3, 27)
    made = campaigns.hold(there, wanted, by=editor, now=NOW)
    assert (made.starts_on, made.ends_on) == (date(2026, 2, 20), date(2026, 4, 1))
    walls = {
        post.title: [(v.channel.name, v.planned_wall, v.planned_at) for v in variants_of(post)]
        for post in made.posts.all()
    }
    assert walls["Past"] == [("Lumen Agora", "", None)]
    assert walls["Some day"] == [("Lumen Agora", "", None)]
    (before,) = walls["Before"]
    assert before[1:] == ("2026-03-27T09:00", datetime.fromisoformat("2026-03-27T08:00+00:00"))
    (day,) = walls["Day"]
    assert day[:2] == ("Lumen Chirp", "2026-04-01T18:30")
    assert day[2] == datetime.fromisoformat("2026-04-01T16:30+00:00")
    (call,) = taken_up(made)
    assert (call.title, call.due_on, call.owner) == ("Call", date(2026, 3, 31), None)
    assert call.department == cast.departments["Marketing"]
    assert list(made.audiences.all()) == [cooks]
    loose = campaigns.hold(there, replace(wanted, dated=False, move=False), by=editor, now=NOW)
    assert not any(v.planned_at for post in loose.posts.all() for v in variants_of(post))
    again = work.keep_as_template(made, name="Lamp again", day=date(2026, 4, 1), by=editor, now=NOW)
    kept = {s["title"]: (s["offset"], s["unit"], s["at"], s["kind"]) for s in again.steps}
    assert kept["Before"] == (-5, "days", "09:00", "post")
    assert kept["Day"] == (0, "days", "18:30", "post")
    assert kept["Call"] == (-1, "days", "09:00", "task")
    assert kept["Past"][1] == "undated"


def test_whoever_holds_a_campaign_has_to_be_allowed_to(cast: Cast) -> None:
    template = templates.template(cast.actor("viewer"), "sale")
    for name in ("viewer", "contributor", "sales_editor"):
        with pytest.raises(NotAllowed):
            campaigns.hold(template, launch(cast), by=cast.actor(name), now=NOW)
    with pytest.raises(Invalid) as refusal:
        campaigns.hold(template, launch(cast, department=None), by=cast.actor("admin"), now=NOW)
    assert refusal.value.field == "department"
    for key in ("nothing", "sale"):
        with pytest.raises(NotFound):
            templates.own_template(cast.actor("admin"), key)


def full(cast: Cast) -> Campaign:
    editor = cast.actor("editor")
    cooks = audiences.describe(
        name="Cooks", department=cast.departments["Marketing"], by=editor, now=NOW
    )
    details = Details(
        goal="Full house", message="Come in", tone="Warm", dos="Name the street", donts="Prices",
        budget="4,000 €", links=[Link("https://lumen.example/lyon", "The page")],
        utm=Pattern("{network}", "social", "{campaign}"), departments=[cast.departments["Sales"]],
        channels=[cast.agora], audiences=[cooks], objectives=[cast.objective],
    )  # fmt: skip
    return plan.open_campaign(
        name="Lyon, the party", starts_on=date(2026, 3, 20), ends_on=date(2026, 3, 31),
        department=cast.departments["Marketing"], details=details, by=editor, now=NOW,
    )  # fmt: skip


def test_a_copy_has_all_of_it_at_other_dates(cast: Cast) -> None:
    """The copy crosses the change of the clocks: its wall times are the same, its instants not."""
    editor, campaign = cast.actor("editor"), full(cast)
    assert campaign.code == "lyon-the-party"
    post = content.write_post(
        title="Doors", text="Come: https://lumen.example", follow_ups=["Really"], language="fr",
        department=cast.departments["Marketing"], campaign=campaign,
        audiences=campaign.audiences.all(), channels=[cast.agora, cast.chirp],
        wall=datetime(2026, 3, 20, 9), zone=PARIS, by=editor, now=NOW,
    )  # fmt: skip
    asset = library.add_asset(data=png(), name="Door", alt="A door", by=editor, now=NOW)
    content.attach_image(post, asset, alt="Our door", by=editor, now=NOW)
    for variant in variants_of(post):
        if variant.channel == cast.chirp:
            content.adapt_variant(variant, text="Short", by=editor, now=NOW)
    made = campaigns.clone(
        campaign, name="Once more", starts_on=date(2026, 4, 3), drafts=True, by=editor, now=NOW
    )
    assert (made.ends_on, made.code) == (date(2026, 4, 14), "once-more")
    assert replace(details_of(made), code="") == replace(details_of(campaign), code="")
    copy = made.posts.get()
    assert (copy.title, copy.language, copy.follow_ups) == ("Doors", "fr", ["Really"])
    assert copy.images.get().alt == "Our door"
    assert {v.channel.name: v.text for v in variants_of(copy)} == {
        "Lumen Agora": None, "Lumen Chirp": "Short"
    }  # fmt: skip
    for old, new in zip(variants_of(post), variants_of(copy), strict=True):
        assert new.planned_wall == "2026-04-03T09:00"
        assert (new.planned_at - old.planned_at) == timedelta(days=14, hours=-1)  # type: ignore[operator]
    bare = campaigns.clone(
        campaign, name="Past", starts_on=date(2026, 1, 5), drafts=False, by=editor, now=NOW
    )
    assert bare.posts.count() == 0
    past = campaigns.clone(
        campaign, name="Past", starts_on=date(2026, 1, 5), drafts=True, by=editor, now=NOW
    )
    assert [v.planned_wall for v in variants_of(past.posts.get())] == ["", ""]
    with pytest.raises(NotAllowed):
        campaigns.clone(
            campaign, name="No", starts_on=TODAY, drafts=False, by=cast.actor("viewer"), now=NOW
        )


def test_steps_that_are_no_posts_are_tasks_of_their_departments_once(cast: Cast) -> None:
    editor, sales = cast.actor("editor"), cast.departments["Sales"]
    template = templates.keep_template(
        name="Fair", department=cast.departments["Marketing"], by=editor, now=NOW,
        steps=[
            Step("Book the stand", kind=Kind.TASK, offset=-10, text="Ask for the corner."),
            Step("Call the buyers", kind=Kind.TASK, offset=-2, department=str(sales.pk)),
            Step("Thank everybody", kind=Kind.TASK, unit=Unit.UNDATED, department="gone"),
            Step("Long", kind=Kind.TASK, text="x" * 5000),
        ],
    )  # fmt: skip
    made = campaigns.hold(
        templates.template(editor, str(template.pk)), launch(cast, move=False), by=editor, now=NOW
    )
    first = taken_up(made)
    assert [(t.title, t.note[:20], t.department.name, t.due_on) for t in first] == [
        ("Book the stand", "Ask for the corner.", "Marketing", date(2026, 3, 22)),
        ("Call the buyers", "", "Sales", date(2026, 3, 30)),
        ("Long", "x" * 20, "Marketing", date(2026, 4, 1)),
        ("Thank everybody", "", "Marketing", None),
    ]
    tasks.drop(first[0], by=editor, now=NOW)
    assert {t.pk for t in taken_up(made)} == {t.pk for t in first}


def test_a_copy_has_the_tasks_too_and_an_archive_lets_them_rest(cast: Cast) -> None:
    editor, campaign = cast.actor("editor"), full(cast)
    written: dict[str, Any] = {"of": campaign, "by": editor, "now": NOW}
    hall = tasks.add(title="Rent", owner=cast.members["editor"], due=Due(date(2026, 3, 4), "17:00"),
                     days=3, **written)  # fmt: skip
    doors = tasks.add(title="Doors", due=Due(date(2026, 3, 20)), **written)
    tasks.depend(doors, on=hall, by=editor, now=NOW)
    tasks.drop(tasks.add(title="Balloons", **written), by=editor, now=NOW)
    tasks.finish(hall, by=editor, now=NOW)

    def copied(first: date) -> list[Task]:
        made = campaigns.clone(
            campaign, name="Again", starts_on=first, drafts=False, by=editor, now=NOW
        )
        told = Event.objects.get(kind="campaign.cloned", subject_id=made.pk)
        for _twice in range(2):
            reactions.campaign_cloned(told)
        return list(made.tasks.order_by("title"))

    doors_again, hall_again = copied(date(2026, 4, 20))
    assert (hall_again.title, hall_again.state, hall_again.days) == ("Rent", "open", 3)
    assert (hall_again.due_on, hall_again.due_time) == (date(2026, 4, 4), "17:00")
    assert hall_again.owner == cast.members["editor"]
    assert [need.needed for need in doors_again.needs.all()] == [hall_again]
    assert [t.due_on for t in copied(date(2026, 3, 1))] == [None, None]

    later = NOW + timedelta(days=16, hours=15)
    plan.archive_campaign(campaign, by=editor, now=NOW)
    assert doors not in waiting.tasks(editor)
    assert doors in waiting.tasks_of(editor, campaign=campaign)
    assert waiting.task(editor, doors.pk).pending and work.resting(campaign) == 1
    reminders.remind(now=later)
    assert not Event.objects.filter(kind="task.overdue", subject_id=doors.pk).exists()
    plan.restore_campaign(campaign, by=editor, now=NOW)
    assert doors in waiting.tasks(editor)
    reminders.remind(now=later)
    assert Event.objects.filter(kind="task.overdue", subject_id=doors.pk).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"links": [Link("javascript:alert(1)")]}, "links"),
        ({"links": [Link("https://")]}, "links"),
        ({"links": [Link("https://[x")]}, "links"),
        ({"links": [Link(f"https://a.example/{n}") for n in range(21)]}, "links"),
        ({"code": "!!!"}, "code"),
        ({"utm": Pattern(medium="social")}, "utm_source"),
    ],
)
def test_details_that_cannot_be_meant(wrong: dict[str, Any], field: str, cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        plan.open_campaign(
            name="x", starts_on=TODAY, ends_on=TODAY, details=Details(**wrong),
            by=cast.actor("admin"), now=NOW,
        )  # fmt: skip
    assert refusal.value.field == field


def test_status_is_told_by_the_day_and_the_archive(cast: Cast) -> None:
    editor, row = cast.actor("editor"), cast.campaign
    days = {date(2026, 2, 28): "planned", date(2026, 3, 1): "running", date(2026, 3, 20): "running"}
    days |= {date(2026, 3, 21): "ended"}
    assert {day: row.status(day) for day in days} == days
    plan.archive_campaign(row, by=editor, now=NOW)
    plan.archive_campaign(row, by=editor, now=NOW)
    assert row.status(TODAY) == "archived"
    assert list(queries.campaigns(editor)) == []
    plan.restore_campaign(row, by=editor, now=NOW)
    assert list(queries.campaigns(editor)) == [row]
    kinds = Counter(Event.objects.filter(subject_id=row.pk).values_list("kind", flat=True))
    assert (kinds["campaign.archived"], kinds["campaign.restored"]) == (1, 1)
    with pytest.raises(NotAllowed):
        plan.archive_campaign(row, by=cast.actor("contributor"), now=NOW)


def test_campaigns_are_found_by_what_they_are(cast: Cast) -> None:
    editor, party = cast.actor("editor"), full(cast)
    (cooks,) = party.audiences.all()

    def found(**wanted: Any) -> list[str]:
        return [c.name for c in queries.find_campaigns(editor, Wanted(**wanted), TODAY)]

    assert found() == ["Lyon opening", "Lyon, the party"]
    assert found(status="running") == ["Lyon opening"]
    assert found(status="planned") == ["Lyon, the party"]
    assert found(status="ended") == found(status="archived") == []
    assert found(departments=(cast.departments["Sales"].pk,)) == ["Lyon, the party"]
    assert found(objectives=(cast.objective.pk,)) == ["Lyon opening", "Lyon, the party"]
    assert found(audiences=(cooks.pk,)) == ["Lyon, the party"]
    assert found(owners=(cast.members["editor"].pk,)) == ["Lyon, the party"]
    assert found(text="PARTY lyon") == ["Lyon, the party"]
    # Sales takes part in the one and not in the other.
    sales = queries.campaigns(cast.actor("sales_editor"))
    assert [c.name for c in sales] == ["Lyon, the party"]


def test_nothing_makes_no_template(cast: Cast) -> None:
    editor = cast.actor("editor")
    empty = plan.open_campaign(
        name="x", starts_on=TODAY, ends_on=TODAY, department=cast.departments["Marketing"],
        by=editor, now=NOW,
    )  # fmt: skip
    with pytest.raises(Conflict):
        work.keep_as_template(empty, name="x", day=TODAY, by=editor, now=NOW)
    kept = templates.keep_template(
        name="x", steps=[Step("x")], department=Department.objects.get(name="Marketing"),
        by=editor, now=NOW,
    )  # fmt: skip
    templates.remove_template(kept, by=editor, now=NOW)
    assert len(templates.all_templates(editor)) == 4
    assert Post.objects.filter(campaign=empty).count() == 0


def test_how_a_campaign_stands(cast: Cast) -> None:
    """What its own posts brought counts where they serve; what nobody scheduled is in the way."""
    editor = cast.actor("editor")
    late = content.write_post(
        title="Late", text="Late", department=cast.departments["Marketing"],
        campaign=cast.campaign, channels=[cast.agora], wall=datetime(2026, 3, 5, 9), zone=PARIS,
        by=editor, now=NOW,
    )  # fmt: skip
    stories.published(cast, views=700)
    other = content.write_post(
        title="Elsewhere", text="Elsewhere", department=cast.departments["Marketing"],
        objective=cast.objective, channels=[cast.chirp], by=editor, now=NOW,
    )  # fmt: skip
    stories.published(cast, other, views=300)
    stands = standing_of.standings(editor, [cast.campaign])[cast.campaign.pk]
    assert (stands.posts, stands.stages["drafted"]) == (2, 1)
    (reach,) = standing_of.served(editor, cast.campaign, now=NOW + timedelta(days=2))
    assert (reach.earned, reach.progress.value) == (700, 1000)
    found = standing_of.in_the_way(editor, cast.campaign, now=NOW + timedelta(days=2))
    assert [(item.group, item.variant.post) for item in found] == [("person", late)]

"""The desk, notices and the palette's search."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import NOW, Cast
from tests.screens import stories
from tests.screens.conftest import Browser, browser
from unisono.rooms.content import actions as content
from unisono.rooms.content.queries import variants_of
from unisono.rooms.notifications import actions as notifications
from unisono.rooms.notifications.models import Notice
from unisono.rooms.plan import actions as plan
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.delivery import delivery
from unisono.rooms.workflow import actions as workflow
from unisono.screens.desk import facts, parts, views

PARTS = list(views.PARTS)


def titles(cast: Cast, who: str = "admin") -> list[str]:
    return [fact.title for fact in facts.changed(cast.actor(who), NOW)["facts"]]


def many(cast: Cast, count: int) -> None:
    """So many posts in review, each pencilled in for today, by the clock on the wall."""
    editor, at = cast.actor("editor"), timezone.now()
    for number in range(count):
        post = content.write_post(
            title=f"Post {number}",
            text=f"Words {number}.",
            department=cast.departments["Marketing"],
            campaign=cast.campaign,
            channels=[cast.agora, cast.chirp],
            by=editor,
            now=at,
        )
        for variant in variants_of(post):
            wall = (at + timedelta(minutes=5)).replace(tzinfo=None, second=0, microsecond=0)
            content.plan_variant(variant, wall=wall, zone="UTC", by=editor, now=at)
        workflow.ask_approval(post, by=editor, now=at)


def test_the_first_steps_are_shown_until_something_is_on_its_way(
    cast: Cast, admin: Browser
) -> None:
    assert "First steps" in admin.get("/").content.decode()
    stories.published(cast)
    assert "First steps" not in admin.get("/").content.decode()


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [(8, "Good morning, Ada"), (14, "Good afternoon, Ada"), (22, "Good evening, Ada")],
)
def test_the_desk_greets_by_the_time_of_day(hour: int, greeting: str) -> None:
    assert views._greeting(hour, "Ada Admin") == greeting


@pytest.mark.parametrize("part", PARTS)
def test_each_part_refreshes_alone(part: str, cast: Cast, editor: Browser) -> None:
    stories.asked(stories.published(cast), "tom", "When do you open?", cast=cast)
    answer = editor.htmx("get", f"/desk/{part}/")
    assert answer.status_code == 200
    assert f'id="desk-{part}"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_part_that_is_none_is_not_found(editor: Browser) -> None:
    assert editor.get("/desk/weather/").status_code == 404


def test_the_desk_asks_a_constant_number_of_questions(cast: Cast, admin: Browser) -> None:
    stories.asked(stories.published(cast), "tom", "When do you open?", cast=cast)
    many(cast, 2)
    admin.get("/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        admin.get("/")
    many(cast, 8)
    with CaptureQueriesContext(connection) as more:
        admin.get("/")
    assert len(more) == len(few)
    assert len(more) <= 40


def test_what_was_sent_back_stands_on_the_desk_until_it_is_changed(cast: Cast) -> None:
    workflow.ask_approval(cast.post, by=cast.actor("editor"), now=NOW)
    workflow.ask_changes_of_post(
        cast.post, note="Name the street.", by=cast.actor("approver"), now=NOW
    )
    (fact,) = [f for f in facts.changed(cast.actor("editor"), NOW)["facts"] if f.kind == "Changes"]
    assert fact.title == "Changes were asked for “The doors”"
    assert "Name the street." in fact.reason
    assert fact.action == "Edit"
    assert fact.url == f"/posts/{cast.post.pk}/"
    for variant in variants_of(cast.post):
        content.adapt_variant(variant, text="Rue Mercière.", by=cast.actor("editor"), now=NOW)
    assert "Changes were asked for “The doors”" not in titles(cast, "editor")


def test_an_approval_that_makes_a_post_late_is_a_fact(cast: Cast) -> None:
    for variant in variants_of(cast.post):
        wall = (NOW + timedelta(hours=3)).replace(tzinfo=None)
        content.plan_variant(variant, wall=wall, zone="UTC", by=cast.actor("editor"), now=NOW)
    workflow.ask_approval(cast.post, by=cast.actor("editor"), now=NOW)
    late = "“The doors” is to go out in 3 hours, and is not approved"
    (fact,) = [f for f in facts.changed(cast.actor("approver"), NOW)["facts"] if f.title == late]
    assert (fact.action, fact.url) == ("Decide", f"/approvals/#{cast.post.pk}")
    (fact,) = [f for f in facts.changed(cast.actor("viewer"), NOW)["facts"] if f.title == late]
    assert fact.action == "Look"


def test_a_campaign_without_a_post_in_the_coming_week_is_a_gap(cast: Cast) -> None:
    gap = "“Lyon opening” has no post in the next seven days"
    assert gap in titles(cast)
    (variant, *_others) = variants_of(cast.post)
    wall = (NOW + timedelta(days=2)).replace(tzinfo=None)
    content.plan_variant(variant, wall=wall, zone="UTC", by=cast.actor("editor"), now=NOW)
    assert gap not in titles(cast)
    (item,) = parts.ahead(cast.actor("admin"), NOW).week
    assert (item.campaign_id, item.objective_id) == (cast.campaign.pk, cast.objective.pk)


def test_an_objective_behind_says_where_it_is_and_where_it_should_be(cast: Cast) -> None:
    stories.published(cast, views=1200)
    now = NOW + timedelta(days=7)
    (standing,) = parts.objectives(cast.actor("viewer"), now)["standings"]
    assert standing.behind
    assert standing.words == "behind: nothing more is planned"
    (title,) = [t for t in titles(cast) if t.startswith("Brand reach")]
    assert title == "Brand reach is at 1,200, and should be at 7,000 by now"


def test_delivery_counts_what_went_out_and_what_needs_a_person(cast: Cast) -> None:
    stories.published(cast)
    (variant, *_others) = [v for v in variants_of(cast.post) if not v.publications.exists()]
    (request,) = variant.requests.all()
    publishing.publish_now(request.revision, by=cast.actor("editor"), now=NOW)
    long_after = NOW + timedelta(days=3)
    found = delivery(cast.actor("admin"), since=NOW - timedelta(days=1), now=long_after)
    assert (found.published, found.lost, found.needs_a_person, found.twice) == (1, 1, 0, 0)
    assert found.share == 0.5
    nobody = delivery(cast.actor("sales_editor"), since=NOW - timedelta(days=1), now=long_after)
    assert nobody.share is None


def test_notices_are_told_and_read(cast: Cast, editor: Browser, viewer: Browser) -> None:
    notifications.tell(
        [cast.members["editor"]],
        "comment.written",
        {"who": "Ada Admin", "title": "The doors"},
        link=f"/posts/{cast.post.pk}",
        now=NOW,
    )
    assert "Ada Admin commented on “The doors”." in editor.get("/notices/").content.decode()
    assert "No notices" in viewer.get("/notices/").content.decode()
    viewer.post("/notices/reading/")
    assert Notice.objects.filter(read_at=None).count() == 1
    assert editor.post("/notices/reading/").status_code == 302
    assert Notice.objects.filter(read_at=None).count() == 0


def test_search_finds_what_one_sees_and_nothing_else(
    cast: Cast, editor: Browser, stranger: Browser
) -> None:
    def found(client: Browser, wanted: str) -> list[str]:
        return [
            one["title"]
            for one in json.loads(client.get("/search/", {"q": wanted}).content)["results"]
        ]

    assert found(editor, "doors") == ["The doors"]
    assert found(editor, "lyon") == ["The doors", "Lyon opening"]
    assert found(editor, "reach") == ["Brand reach"]
    assert found(editor, "glassblow") == ["Meet the glassblowers"]
    assert found(editor, "sacha") == ["Sacha Sales"]
    assert found(editor, "d") == []
    assert found(editor, "\x00doors%_") == []
    assert found(stranger, "doors") == []
    assert found(browser(cast, "sales_editor"), "doors") == []


def test_objectives_of_the_desk_leave_out_what_does_not_run(cast: Cast) -> None:
    plan.archive_objective(cast.objective, by=cast.actor("admin"), now=NOW)
    assert parts.objectives(cast.actor("admin"), NOW)["standings"] == []


def test_the_next_fourteen_days_lead_to_each_day_of_each_department(cast: Cast) -> None:
    (variant, *_others) = variants_of(cast.post)
    wall = (NOW + timedelta(days=2)).replace(tzinfo=None)
    content.plan_variant(variant, wall=wall, zone="UTC", by=cast.actor("editor"), now=NOW)
    workflow.ask_approval(cast.post, by=cast.actor("editor"), now=NOW)
    rows = parts.looked_out(cast.actor("editor"), NOW)["outlook"]
    (row,) = [one for one in rows if one.department == cast.post.department]
    assert [cell.number for cell in row.cells[:4]] == [0, 0, 1, 0]
    assert row.total == len(row.review) == 1
    assert "state=in_review" in row.review_url
    day = f"{wall:%Y-%m-%d}"
    assert row.cells[2].url == f"/calendar/?department={row.department.pk}&view=day&day={day}"
    assert row.cells[2].said.endswith(": 1 post")
    assert row.cells[3].url.startswith(f"/posts/new/?department={row.department.pk}&day=")


def test_who_may_not_write_is_offered_no_new_post_on_an_empty_day(cast: Cast) -> None:
    rows = parts.looked_out(cast.actor("viewer"), NOW)["outlook"]
    assert all(not cell.url for row in rows for cell in row.cells)

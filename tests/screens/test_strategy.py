"""Strategy: the list, an objective's page, its form."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from tests.screens import stories
from tests.screens.conftest import Browser, browser
from unisono.rooms.content import actions as content
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan.models import KeyResult, Objective, Reading
from unisono.screens.strategy import course

FORM = {
    "name": "Newsletter readers",
    "why": "They buy twice.",
    "metric": "clicks",
    "target": "1000",
    "unit": "readers",
    "starts_on": "2026-03-01",
    "ends_on": "2026-03-31",
}


def objective(cast: Cast, name: str, **more: object) -> Objective:
    values = {
        "metric": "reach",
        "target": 1000,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2099, 12, 31),
        "by": cast.actor("admin"),
        "now": NOW,
    }
    return plan.set_objective(name=name, **{**values, **more})


def test_the_list_goes_from_the_organization_to_its_departments(
    cast: Cast, viewer: Browser
) -> None:
    whole = objective(cast, "A house people trust")
    objective(cast, "Answers in public", parent=whole)
    objective(cast, "Reach in Lyon", department=cast.departments["Marketing"])
    page = viewer.get("/strategy/").content.decode()
    order = [
        page.index(name) for name in ("A house people trust", "Answers in public", "Reach in Lyon")
    ]
    assert order == sorted(order)
    assert "Brand reach" not in page, "its period is over"
    assert "Brand reach" in viewer.get("/strategy/?period=all").content.decode()
    assert viewer.get("/strategy/?period=tomorrow").status_code == 200


def test_the_list_names_contents_that_serve_nothing(cast: Cast, viewer: Browser) -> None:
    assert "Contents that serve no objective" not in viewer.get("/strategy/").content.decode()
    content.write_post(
        title="Adrift", department=cast.departments["Marketing"], by=cast.actor("editor"), now=NOW
    )
    page = viewer.get("/strategy/").content.decode()
    assert "Contents that serve no objective" in page
    assert "Adrift" in page


def test_the_list_asks_a_constant_number_of_questions(cast: Cast, viewer: Browser) -> None:
    objective(cast, "First")
    viewer.get("/strategy/")
    with CaptureQueriesContext(connection) as few:
        viewer.get("/strategy/")
    for number in range(6):
        objective(cast, f"More {number}", department=cast.departments["Marketing"])
    with CaptureQueriesContext(connection) as more:
        viewer.get("/strategy/")
    assert len(more) == len(few)


def test_an_objective_shows_its_way_its_campaigns_and_its_contents(
    cast: Cast, viewer: Browser
) -> None:
    stories.published(cast, views=1200)
    page = viewer.get(f"/objectives/{cast.objective.pk}/").content.decode()
    for words in ("1,200 of 10,000", "Lyon opening", "The doors", "As a table"):
        assert words in page


def test_one_page_goes_from_the_objective_to_the_results(cast: Cast, viewer: Browser) -> None:
    stories.published(cast, views=1200)
    alone = content.write_post(
        title="On its own", department=cast.departments["Marketing"], objective=cast.objective,
        by=cast.actor("editor"), now=NOW,
    )  # fmt: skip
    page = " ".join(viewer.get(f"/objectives/{cast.objective.pk}/report/").content.decode().split())
    order = [
        "1,200 of 10,000 views",
        "Lyon opening",
        "The doors",
        "Without a campaign",
        alone.title,
    ]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert '<td class="number" data-label="Views"> 1,200 </td>' in page and "data-prints" in page


def test_the_course_is_the_figures_day_by_day(cast: Cast) -> None:
    stories.published(cast, views=1200)
    viewer = cast.actor("viewer")
    totals = metrics.course(viewer, cast.objective)
    assert totals == [(NOW.date(), 1200)]
    (progress,) = metrics.progress(viewer, [cast.objective], now=NOW).values()
    drawn = course.draw(progress, totals, NOW.date() + timedelta(days=1))
    assert sum(step.gained for step in drawn.steps) == 1200
    assert drawn.steps[-1].total == 1200
    assert len(drawn.steps) <= course.ROWS
    assert drawn.pace.endswith("100.00,2.00")
    early = course.draw(progress, [], date(2025, 1, 1))
    assert (early.steps, early.now) == ([], None)


def test_setting_an_objective(cast: Cast, admin: Browser) -> None:
    assert admin.get("/objectives/new/").status_code == 200
    answer = admin.post("/objectives/new/", FORM)
    made = Objective.objects.get(name="Newsletter readers")
    assert answer.headers["Location"] == f"/objectives/{made.pk}/"
    assert (made.target, made.unit, made.department) == (1000, "readers", None)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ends_on": "2026-02-01"}, "The last day lies before the first."),
        ({"target": "0"}, "A target is a number above zero."),
        ({"target": "many"}, "Enter a whole number."),
        ({"starts_on": "soon"}, "Enter a valid date."),
        ({"name": " "}, "This field is required."),
        ({"metric": "fame"}, "Select a valid choice."),
    ],
)
def test_bad_input_keeps_what_was_typed(
    wrong: dict[str, str], sentence: str, cast: Cast, admin: Browser
) -> None:
    answer = admin.post("/objectives/new/", {**FORM, **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "They buy twice." in page
    assert not Objective.objects.filter(name="Newsletter readers").exists()


def test_a_manager_of_one_department_sets_none_for_the_whole(cast: Cast) -> None:
    manager = browser(cast, "manager")
    assert "The whole organization" not in manager.get("/objectives/new/").content.decode()
    assert manager.post("/objectives/new/", FORM).status_code == 422
    whole = objective(cast, "A house people trust")
    assert manager.get(f"/objectives/{whole.pk}/edit/").status_code == 403
    assert manager.post(f"/objectives/{whole.pk}/archiving/").status_code == 403


def test_an_objective_cannot_serve_itself_through_another(cast: Cast, admin: Browser) -> None:
    whole = objective(cast, "Above")
    below = objective(cast, "Below", parent=whole)
    answer = admin.post(f"/objectives/{whole.pk}/edit/", {**FORM, "parent": str(below.pk)})
    assert answer.status_code == 422
    assert "An objective cannot serve itself." in answer.content.decode()


def test_a_figure_is_entered_where_unisono_cannot_measure(cast: Cast, admin: Browser) -> None:
    hires = objective(cast, "Hire twelve artisans", metric="entered", target=12)
    assert admin.post(f"/objectives/{hires.pk}/readings/", {"value": "5"}).status_code == 302
    assert Reading.objects.get(objective=hires).value == 5
    page = admin.get(f"/objectives/{hires.pk}/").content.decode()
    assert "5 of 12" in page
    bad = admin.post(f"/objectives/{hires.pk}/readings/", {"value": "-3"})
    assert bad.status_code == 422
    assert 'value="-3"' in bad.content.decode()
    measured = admin.post(f"/objectives/{cast.objective.pk}/readings/", {"value": "5"})
    assert measured.status_code == 422
    assert "Unisono measures this objective itself." in measured.content.decode()


def test_key_results_stand_beside_the_objective(cast: Cast, admin: Browser) -> None:
    there = f"/objectives/{cast.objective.pk}/"
    bad = {"name": "Shop visits", "metric": "entered", "target": "0", "unit": "visits"}
    refused = admin.post(f"{there}key-results/new/", bad)
    assert refused.status_code == 422 and "Shop visits" in refused.content.decode()
    answer = admin.post(f"{there}key-results/new/", {**bad, "target": "500"})
    assert answer.headers["Location"] == there
    visits = KeyResult.objects.get()
    admin.post(f"/key-results/{visits.pk}/readings/", {"value": "120"})
    page = admin.get(there).content.decode()
    assert "120 of 500 visits" in " ".join(page.split())
    assert "It is judged by its own figure alone." not in page
    assert "Shop visits" in admin.get("/strategy/?period=all").content.decode()
    assert "Ada Admin" in admin.get(f"/key-results/{visits.pk}/readings/").content.decode()
    edited = {**bad, "target": "100", "channel": str(cast.agora.pk)}
    refused = admin.post(f"/key-results/{visits.pk}/edit/", edited)
    assert "Only followers are counted on one channel." in refused.content.decode()
    admin.post(f"/key-results/{visits.pk}/edit/", {**edited, "channel": ""})
    assert "120 of 100 visits" in " ".join(admin.get(there).content.decode().split())
    admin.post(f"/key-results/{visits.pk}/removal/")
    admin.get(there)
    assert "Shop visits" not in admin.get(there).content.decode()


def test_what_serves_nothing_is_aligned_with_one_click(cast: Cast, admin: Browser) -> None:
    running = objective(cast, "Reach in Lyon", department=cast.departments["Marketing"])
    elsewhere = objective(cast, "A house people trust")
    adrift = content.write_post(
        title="Adrift", department=cast.departments["Marketing"], by=cast.actor("editor"), now=NOW
    )
    page = admin.get("/strategy/unaligned/").content.decode()
    assert "Adrift" in page and "Serves “Reach in Lyon”" in page
    there = f"/posts/{adrift.pk}/alignment/"
    nothing = admin.post(there, {"objective": ""})
    assert nothing.status_code == 422
    assert "Choose the objective it serves." in nothing.content.decode()
    admin.post(there, {"objective": str(running.pk)})
    adrift.refresh_from_db()
    assert adrift.objective == running
    page = admin.get("/strategy/unaligned/").content.decode()
    assert "Every content ahead serves an objective" in page
    admin.post(there, {"objective": str(elsewhere.pk), "list": "1"})
    adrift.refresh_from_db()
    assert adrift.objective == elsewhere


def test_the_page_says_what_is_missing_to_the_target(cast: Cast, viewer: Browser) -> None:
    reach = objective(cast, "Reach", department=cast.departments["Marketing"])
    page = " ".join(viewer.get(f"/objectives/{reach.pk}/").content.decode().split())
    assert "not enough data" in page
    assert "1,000 views are missing. Only 0 posts were measured" in page

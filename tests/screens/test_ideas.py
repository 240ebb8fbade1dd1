"""Ideas: captured in a line, developed, put aside, taken back."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from tests.screens.conftest import Browser
from unisono.rooms.content import ideas
from unisono.rooms.content.models import Idea, Post


def test_an_idea_is_captured_with_one_line(cast: Cast, editor: Browser) -> None:
    assert editor.post("/ideas/", {"title": "A lamp for reading"}).status_code == 302
    made = Idea.objects.get(title="A lamp for reading")
    assert made.captured_by == cast.members["editor"]
    assert "A lamp for reading" in editor.get("/ideas/").content.decode()


def test_bad_input_keeps_what_was_typed(cast: Cast, editor: Browser) -> None:
    typed = {"title": "", "note": "Seen on the tram.", "link": "no link at all"}
    answer = editor.post("/ideas/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Seen on the tram." in page
    assert "Enter a valid URL." in page
    assert Idea.objects.count() == 1


def test_an_idea_becomes_a_post(cast: Cast, editor: Browser) -> None:
    chosen = {"department": str(cast.departments["Marketing"].pk), "channels": [str(cast.agora.pk)]}
    answer = editor.post(f"/ideas/{cast.idea.pk}/development/", chosen)
    made = Post.objects.get(idea=cast.idea)
    assert answer.headers["Location"] == f"/posts/{made.pk}/"
    assert [v.channel for v in made.variants.all()] == [cast.agora]
    page = editor.get(f"/ideas/{cast.idea.pk}/").content.decode()
    assert "What became of it" in page
    again = editor.post(f"/ideas/{cast.idea.pk}/development/", chosen)
    assert again.status_code in (409, 422)
    assert Post.objects.filter(idea=cast.idea).count() == 1


def test_an_idea_is_developed_only_where_one_may_write(cast: Cast, editor: Browser) -> None:
    sales = {"department": str(cast.departments["Sales"].pk)}
    assert editor.post(f"/ideas/{cast.idea.pk}/development/", sales).status_code == 422
    cast.idea.refresh_from_db()
    assert cast.idea.state == "captured"


def test_an_idea_is_put_aside_and_taken_back(cast: Cast, editor: Browser) -> None:
    editor.post(f"/ideas/{cast.idea.pk}/dropping/")
    assert "Meet the glassblowers" not in editor.htmx("get", "/ideas/").content.decode()
    assert "Meet the glassblowers" in editor.htmx("get", "/ideas/?state=dropped").content.decode()
    editor.post(f"/ideas/{cast.idea.pk}/return/")
    assert "Meet the glassblowers" in editor.htmx("get", "/ideas/").content.decode()


def test_the_list_is_narrowed(cast: Cast, editor: Browser) -> None:
    sales = cast.departments["Sales"].pk
    assert "No idea fits" in editor.htmx("get", f"/ideas/?department={sales}").content.decode()
    assert "glassblowers" in editor.htmx("get", "/ideas/?q=GLASS").content.decode()
    assert "glassblowers" in editor.htmx("get", "/ideas/?department=odd").content.decode()


def test_the_list_asks_a_constant_number_of_questions(cast: Cast, editor: Browser) -> None:
    editor.get("/ideas/")
    with CaptureQueriesContext(connection) as few:
        editor.get("/ideas/")
    for number in range(9):
        ideas.capture(
            title=f"Idea {number}",
            department=cast.departments["Marketing"],
            campaign=cast.campaign,
            by=cast.actor("editor"),
            now=NOW,
        )
    with CaptureQueriesContext(connection) as more:
        editor.get("/ideas/")
    assert len(more) == len(few)
